"""How fast disclosure control is, and what it costs: a synthetic survey of 2,378 respondents with 60 yes/no
indicators in all one- and two-way tables of four register variables (119 cells an indicator).

    python benchmarks/protect.py [weighted]

Prints cells hidden and their share of all bases, what an attacker would learn with and without secondary
suppression (by the audit), and the CPU time of protection in units of the audit's. The last line is JSON.
"""

import json
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import combinations, product
from time import process_time

import numpy as np
import polars as pl

from barometer.disclosure import protect_in_full
from barometer.disclosure._evidence import gather
from barometer.expressions import Type, Variable, parse_condition
from barometer.model import (
    TOTAL,
    AnswerSource,
    Breakdown,
    Category,
    Code,
    Design,
    Edition,
    Frame,
    FrameColumn,
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
from barometer.tables import CELLS, CONTRASTS, DIAGNOSTICS, LEAVES, RESPONSE, Estimates, empty

REGISTER = {
    "sector": ("municipality", "region", "state"),
    "field": ("administration", "education", "health", "research", "social", "technical"),
    "size": ("small", "medium", "large"),
    "region": ("capital", "zealand", "south", "central", "north"),
}
SHARES = {
    "sector": (0.70, 0.12, 0.18),
    "field": (0.30, 0.24, 0.20, 0.06, 0.12, 0.08),
    "size": (0.52, 0.33, 0.15),
    "region": (0.34, 0.25, 0.19, 0.14, 0.08),
}
IMPOSSIBLE = {("region", "health"), ("region", "research"), ("state", "administration"), ("state", "health")}
RESPONDENTS, INDICATORS, SEED = 2378, 60, 20261122


def respondents(rng: np.random.Generator) -> pl.DataFrame:
    """Register values, a weight and the answers Q01 to Q60 of every respondent."""
    cells = [cell for cell in product(*REGISTER.values()) if cell[:2] not in IMPOSSIBLE]
    size = np.array(
        [
            np.prod([SHARES[name][REGISTER[name].index(code)] for name, code in zip(REGISTER, cell, strict=True)])
            for cell in cells
        ]
    ) * rng.lognormal(0, 0.35, len(cells))
    chosen = rng.choice(len(cells), RESPONDENTS, p=size / size.sum())
    table = pl.DataFrame([cells[one] for one in chosen], schema=list(REGISTER), orient="row")
    fraction = np.array([{"small": 0.16, "medium": 0.28, "large": 0.55}[code] for code in table["size"]])
    weight = rng.uniform(0.85, 1.15, RESPONDENTS) / fraction
    trait = rng.normal(size=RESPONDENTS)
    level = np.concatenate([[0.74], np.clip(rng.beta(1.3, 1.5, INDICATORS - 1), 0.03, 0.97)])
    columns = {}
    for number, share in enumerate(level, start=1):
        eta = np.log(share / (1 - share)) + 0.7 * trait
        for name, codes in REGISTER.items():
            effect = dict(zip(codes, rng.normal(0, 0.45, len(codes)), strict=True))
            eta += np.array([effect[code] for code in table[name]])
        columns[f"Q{number:02d}"] = rng.uniform(size=RESPONDENTS) < 1 / (1 + np.exp(-eta))
    return table.with_columns(pl.Series("weight", weight), *(pl.Series(name, one) for name, one in columns.items()))


def edition() -> Edition:
    """Definitions of the synthetic survey."""
    crossings = list(combinations(REGISTER, 2))
    breakdowns = [
        Breakdown(name, "survey", {}, tuple(Category(code, {}) for code in codes), column=name)
        for name, codes in REGISTER.items()
    ]
    for pair in crossings:
        codes = [":".join(codes) for codes in product(*(REGISTER[name] for name in pair))]
        categories = tuple(Category(code, {}) for code in codes)
        breakdowns.append(Breakdown("_".join(pair), "survey", {}, categories, crossing=pair))
    names = [f"Q{number:02d}" for number in range(1, INDICATORS + 1)]
    asked = {
        f"q{number:02d}": Variable(f"q{number:02d}", Type.CODE, ("yes", "no")) for number in range(1, INDICATORS + 1)
    }
    indicators = tuple(
        Indicator(
            name,
            "survey",
            Measure.SHARE,
            {},
            "all",
            numerator=parse_condition(f"{name.lower()} == 'yes'", asked, Place()),
        )
        for name in names
    )
    programme = Programme(
        "survey",
        (Universe("all", "survey", {}, {}),),
        indicators,
        tuple(breakdowns),
        dict.fromkeys(names, tuple(one.id for one in breakdowns)),
    )
    columns = tuple(
        FrameColumn(name, "category", {}, tuple(Code(code, {}) for code in codes)) for name, codes in REGISTER.items()
    )
    survey = Survey(
        "survey",
        {},
        Instrument("survey", "1", {}, ("en",), ()),
        Frame("frame", "", {}, {}, {}, columns, (), pl.DataFrame()),
        Design(Selection.CENSUS),
        Weighting(),
        AnswerSource("simulated"),
        programme,
    )
    start, end = date(2019, 1, 1), date(2019, 12, 31)
    publisher, at = Publisher({}, "", ""), datetime(2020, 1, 1, tzinfo=UTC)
    return Edition(
        *("benchmark", "DK", ("en",), {}, {}, {}, {}, start, end, at, publisher, SEED, True, {}, (survey,)),
        *((), (), (), Rules(minimum_units=5), {}),
    )


def estimates(edition: Edition, cases: pl.DataFrame) -> Estimates:
    """Counts of every cell and leaf."""
    programme = edition.surveys[0].programme
    cases = cases.with_columns((pl.struct(list(REGISTER)).rank("dense").cast(pl.Int64) - 1).alias("leaf"))
    domains = [((), TOTAL)] + [(one.crossing or (one.column,), one.id) for one in programme.breakdowns]
    cells = pl.concat([_cells(cases, columns, breakdown) for columns, breakdown in domains])
    leaves = pl.concat([_leaves(cases, columns, breakdown) for columns, breakdown in domains])
    counts = _sums(cases, ["leaf"]).select(
        pl.lit("survey").alias("survey"), "leaf", "indicator", pl.lit("").alias("group"), *_COUNTED
    )
    return Estimates(cells, empty(CONTRASTS), leaves, counts, empty(RESPONSE), empty(DIAGNOSTICS))


_COUNTED = ("n", "n_yes", "weighted_base", "weighted_yes")


def _sums(cases: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    names = [name for name in cases.columns if name.startswith("Q")]
    long = cases.select(*dict.fromkeys([*keys, "weight"]), *names).unpivot(
        names, index=list(dict.fromkeys([*keys, "weight"])), variable_name="indicator"
    )
    return long.group_by(["indicator", *keys], maintain_order=True).agg(
        pl.len().cast(pl.Int64).alias("n"),
        pl.col("value").sum().cast(pl.Int64).alias("n_yes"),
        pl.col("weight").sum().alias("weighted_base"),
        (pl.col("weight") * pl.col("value")).sum().alias("weighted_yes"),
    )


def _cell_name(columns: tuple[str, ...]) -> pl.Expr:
    return pl.concat_str(columns, separator=":") if columns else pl.lit("all")


def _cells(cases: pl.DataFrame, columns: tuple[str, ...], breakdown: str) -> pl.DataFrame:
    sums = _sums(cases, list(columns)).with_columns(
        survey=pl.lit("survey"),
        breakdown=pl.lit(breakdown),
        cell=_cell_name(columns),
        value=pl.col("weighted_yes") / pl.col("weighted_base"),
        units=pl.col("n"),
        units_yes=pl.col("n_yes"),
        units_no=pl.col("n") - pl.col("n_yes"),
        largest=1 / pl.col("n"),
        second=pl.when(pl.col("n") > 1).then(1 / pl.col("n")).otherwise(0.0),
        reason=pl.lit(""),
    )
    rest = {column.name: column.dtype for column in CELLS if column.name not in sums.columns}
    return sums.with_columns(pl.lit(None, dtype=kind).alias(name) for name, kind in rest.items()).select(
        column.name for column in CELLS
    )


def _leaves(cases: pl.DataFrame, columns: tuple[str, ...], breakdown: str) -> pl.DataFrame:
    return (
        cases.select(
            pl.lit("survey").alias("survey"),
            "leaf",
            pl.lit(breakdown).alias("breakdown"),
            _cell_name(columns).alias("cell"),
        )
        .unique(maintain_order=True)
        .select(column.name for column in LEAVES)
    )


def summary(findings: pl.DataFrame) -> dict[str, int]:
    """exact: one number is left; inside: the interval is narrower than required."""
    cells = findings.group_by("indicator", "breakdown", "cell", "measure").agg(
        pl.col("lower").min(), pl.col("upper").max(), pl.col("ok").all()
    )
    exact = cells.filter((pl.col("upper") - pl.col("lower")) < 1e-6).height
    return {"exact": exact, "inside": cells.filter(~pl.col("ok")).height}


def attacks(edition: Edition, made: Estimates) -> Iterator[tuple[str, dict[str, int], float]]:
    """Protect, then audit the result and, for comparison, the same with primary suppression only."""
    started = process_time()
    release, decision = protect_in_full(edition, made)
    seconds = process_time() - started
    rows = set(range(made.cells.height))
    for name, hidden in (("protected", decision.hidden), ("primary only", set(decision.sensitive))):
        started = process_time()
        found = [protected.audit(rows - hidden) for protected in decision.protected]
        spent = process_time() - started
        lost = made.cells.with_row_index("row").filter(pl.col("row").is_in(sorted(hidden)))["n"].sum()
        share = 100 * lost / made.cells["n"].sum()
        figures = {"cells": len(rows), "hidden": len(hidden), **summary(pl.concat(found))}
        yield name, {**figures, "lost_per_mille": round(10 * share)}, spent
    yield "all", {"needs": release.audit.needs}, seconds


def main() -> None:
    weighted = "weighted" in sys.argv[1:]
    cases = respondents(np.random.default_rng(SEED))
    if not weighted:
        cases = cases.with_columns(weight=pl.lit(1.0))
    survey = edition()
    made = estimates(survey, cases)
    started = process_time()
    gather(survey, made)
    gathering = process_time() - started
    (_, safe, auditing), (_, bare, attacking), (_, rest, total) = attacks(survey, made)
    protecting = total - auditing - gathering
    for name, figures in (("protected", safe), ("primary suppression only", bare)):
        print(f"{name}: {figures}")
    print(f"CPU: evidence {gathering:.2f} s, protection {protecting:.2f} s, audit {auditing:.2f} s, "
          f"audit of the unsafe table {attacking:.2f} s")  # fmt: skip
    ratio = protecting / auditing
    print(
        json.dumps(
            {
                "weighted": weighted,
                "protect_per_audit": round(ratio, 2),
                **rest,
                "protected": safe,
                "primary_only": bare,
            }
        )
    )


if __name__ == "__main__":
    main()
