"""The survey that attacks on corrected editions are tried on: 2,378 respondents, 60 yes/no indicators, and the tables
of four register variables; and one release after another of it.

Drawn number for number as the disclosure benchmark describes it, so that figures compare.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import combinations, product

import numpy as np
import polars as pl
from numpy.typing import NDArray

from barometer.expressions import Expression, Type, Variable, parse_condition
from barometer.model import (
    TOTAL,
    AnswerSource,
    Breakdown,
    Category,
    Design,
    Edition,
    Frame,
    Indicator,
    Instrument,
    Measure,
    Programme,
    Publisher,
    Rules,
    Selection,
    Survey,
    Universe,
    Weighting,
)
from barometer.problems import Place
from barometer.tables import (
    CELLS,
    CONTRASTS,
    COUNTS,
    DIAGNOSTICS,
    LEAVES,
    RESPONSE,
    Column,
    Estimates,
    UnitCounts,
    empty,
)

REGISTER = {
    "sector": ("S1", "S2", "S3"),
    "type": ("T1", "T2", "T3", "T4", "T5", "T6"),
    "size": ("Z1", "Z2", "Z3"),
    "region": ("R1", "R2", "R3", "R4", "R5"),
}
SHARES = {
    "sector": (0.70, 0.12, 0.18),
    "type": (0.30, 0.24, 0.20, 0.06, 0.12, 0.08),
    "size": (0.52, 0.33, 0.15),
    "region": (0.34, 0.25, 0.19, 0.14, 0.08),
}
POSSIBLE = {"S1": REGISTER["type"], "S2": ("T1", "T2", "T5", "T6"), "S3": ("T2", "T4", "T5", "T6")}
ASKED = {"Z1": 0.16, "Z2": 0.28, "Z3": 0.55}
EMPLOYEES = {"Z1": 8, "Z2": 35, "Z3": 160}
SEED = 20261122

Bits = NDArray[np.int64]


def respondents(seed: int = SEED, wanted: int = 2400, indicators: int = 60) -> tuple[pl.DataFrame, Bits]:
    """Register values of every respondent, and answers (respondents x indicators, 0 or 1)."""
    rng = np.random.default_rng(seed)
    cells = [cell for cell in product(*REGISTER.values()) if cell[1] in POSSIBLE[cell[0]]]
    sizes = []
    for cell in cells:
        share = 16000.0
        for name, code in zip(REGISTER, cell, strict=True):
            share = share * SHARES[name][REGISTER[name].index(code)]
        sizes.append(max(1, round(share * rng.lognormal(0, 0.35))))
    population = np.array(sizes)
    asked = np.array([ASKED[cell[2]] for cell in cells])
    answered = rng.binomial(population, np.clip(asked * rng.uniform(0.45, 0.75, len(cells)), 0, 1))
    answered = np.minimum(population, np.round(answered * wanted / answered.sum()).astype(int))
    rows = [cell for cell, count in zip(cells, answered, strict=True) for _ in range(count)]
    table = pl.DataFrame(rows, schema=list(REGISTER), orient="row")
    size = table.height
    rng.uniform(0.85, 1.15, size)  # weights, which these attacks do without
    employees = np.maximum(1, np.round([EMPLOYEES[code] for code in table["size"]] * rng.lognormal(0, 0.7, size)))
    np.round(employees.astype(int) * rng.lognormal(1.2, 1.4, size), 0)  # an amount, likewise
    trait = rng.normal(size=size)
    level = np.concatenate([[0.74], np.clip(rng.beta(1.3, 1.5, indicators - 1), 0.03, 0.97)])
    answers = np.zeros((size, indicators), dtype=np.int64)
    for column, share in enumerate(level):
        eta = np.zeros(size)
        for name, codes in REGISTER.items():
            effect = dict(zip(codes, rng.normal(0, 0.45, len(codes)), strict=True))
            eta += np.array([effect[code] for code in table[name]])
        eta = np.log(share / (1 - share)) + eta + 0.7 * trait
        answers[:, column] = rng.uniform(size=size) < 1 / (1 + np.exp(-eta))
    return table.with_columns(pl.Series("unit_id", [f"O{place:05d}" for place in range(size)])), answers


def edition(indicators: int) -> Edition:
    """The edition of `indicators` shares in total and all one- and two-way tables."""
    names = [f"Q{number:02d}" for number in range(1, indicators + 1)]
    shares = tuple(Indicator(one, "survey", Measure.SHARE, {}, "all", numerator=_said_yes(one)) for one in names)
    single = [Breakdown(name, "survey", {}, _categories(codes), column=name) for name, codes in REGISTER.items()]
    crossed = [
        Breakdown(
            f"{one}_{other}",
            "survey",
            {},
            _categories([f"{a}:{b}" for a, b in product(REGISTER[one], REGISTER[other])]),
            crossing=(one, other),
        )
        for one, other in combinations(REGISTER, 2)
    ]
    breakdowns = (*single, *crossed)
    everything = tuple(one.id for one in breakdowns)
    survey = Survey(
        id="survey",
        title={},
        instrument=Instrument("survey", "1", {}, ("en",), ()),
        frame=Frame("frame", "", {}, {}, {}, (), (), pl.DataFrame()),
        design=Design(Selection.STRATIFIED),
        weighting=Weighting(),
        answers=AnswerSource("imported"),
        programme=Programme(
            "survey", (Universe("all", "survey", {}, {}),), shares, breakdowns, dict.fromkeys(names, everything)
        ),
    )
    return Edition(
        id="made",
        country="DK",
        languages=("en",),
        title={},
        subtitle={},
        purpose={},
        definition={},
        period_start=date(2026, 1, 1),
        period_end=date(2026, 12, 31),
        release_at=datetime(2027, 1, 1, tzinfo=UTC),
        publisher=Publisher({}, "", ""),
        seed=1,
        synthetic=True,
        synthetic_note={},
        surveys=(survey,),
        headline=(),
        themes=(),
        claims=(),
        rules=Rules(),
        texts={},
    )


def estimates(made: Edition, table: pl.DataFrame, answers: Bits) -> tuple[Estimates, UnitCounts]:
    """What estimation would hand on about these respondents, and the same unit by unit."""
    names = [one.id for one in made.indicators]
    columns = list(REGISTER)
    leaf = table.select(pl.struct(columns).rank("dense").cast(pl.Int64) - 1).to_series()
    wide = table.with_columns(
        leaf.alias("leaf"), *(pl.Series(name, answers[:, place]) for place, name in enumerate(names))
    )
    long = wide.unpivot(names, index=["unit_id", "leaf", *columns], variable_name="indicator", value_name="n_yes")
    long = long.with_columns(pl.lit("survey").alias("survey"), pl.lit("").alias("group"), pl.lit(1).alias("n"))
    ways = [(), *((one,) for one in columns), *combinations(columns, 2)]
    cells, leaves = [], []
    for way in ways:
        cell = pl.concat_str(way, separator=":") if way else pl.lit("all")
        named = {"breakdown": pl.lit("_".join(way) or TOTAL), "cell": cell}
        cells.append(
            long.with_columns(**named)
            .group_by("survey", "indicator", "breakdown", "cell")
            .agg(pl.col("n", "n_yes").sum())
        )
        leaves.append(wide.select("unit_id", "leaf", pl.lit("survey").alias("survey"), **named))
    weights = [pl.col(a).cast(pl.Float64).alias(b) for a, b in (("n", "weighted_base"), ("n_yes", "weighted_yes"))]
    counts = long.group_by("survey", "leaf", "indicator", "group").agg(pl.col("n", "n_yes").sum()).sort(pl.all())
    everywhere = pl.concat(leaves)
    return (
        Estimates(
            cells=_figures(pl.concat(cells)),
            contrasts=empty(CONTRASTS),
            leaves=_columns(everywhere.drop("unit_id").unique().sort(pl.all()), LEAVES),
            counts=_columns(counts.with_columns(*weights), COUNTS),
            response=_response(table.height),
            diagnostics=empty(DIAGNOSTICS),
        ),
        UnitCounts(
            leaves=everywhere.select("survey", "unit_id", "breakdown", "cell"),
            counts=long.with_columns(*weights).select("survey", "unit_id", *(one.name for one in COUNTS[2:])),
        ),
    )


def _figures(cells: pl.DataFrame) -> pl.DataFrame:
    """CELLS of unweighted shares, one case a unit."""
    n, yes = pl.col("n"), pl.col("n_yes")
    share = yes / n
    made = cells.sort("indicator", pl.col("breakdown") != TOTAL, "breakdown", "cell").with_columns(
        value=share,
        se=pl.lit(0.02),
        ci_low=share - 0.04,
        ci_high=share + 0.04,
        df=pl.lit(100.0),
        deff=pl.lit(1.0),
        units=n,
        units_yes=yes,
        units_no=n - yes,
        largest=1 / n,
        second=1 / n,
        n_missing=pl.lit(0),
        n_dont_know=pl.lit(0),
        n_not_relevant=pl.lit(0),
        weighted_base=n.cast(pl.Float64),
        weighted_yes=yes.cast(pl.Float64),
        reason=pl.lit(""),
    )
    return _columns(made, CELLS)


def _response(size: int) -> pl.DataFrame:
    return pl.DataFrame(
        [("survey", TOTAL, "all", 16000, 4000, size, size)],
        schema={column.name: column.dtype for column in RESPONSE},
        orient="row",
    )


def _columns(table: pl.DataFrame, columns: Sequence[Column]) -> pl.DataFrame:
    schema = {column.name: column.dtype for column in columns}
    return table.select(*schema).cast(schema)  # type: ignore[arg-type]


def _categories(codes: Sequence[str]) -> tuple[Category, ...]:
    return tuple(Category(code, {}) for code in codes)


def _said_yes(name: str) -> Expression:
    question = name.lower()
    return parse_condition(
        f"{question} == 'yes'", {question: Variable(question, Type.CODE, ("yes", "no"))}, Place(name)
    )
