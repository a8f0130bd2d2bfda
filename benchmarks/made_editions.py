"""The survey that attacks on corrected editions are tried on: 2,378 respondents, 60 yes/no indicators, and the tables
of four register variables; and one release after another of it.

The respondents are those of `disclosure_tables.py`, so that figures compare.
"""

import sys
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import disclosure_tables
import polars as pl
from disclosure_tables import Counts

import disclosure_examples
from barometer.model import TOTAL, Edition, Rules, Selection
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
    name: tuple(f"{letter}{place}" for place in range(1, count + 1))
    for (name, count), letter in zip(disclosure_tables.CATEGORIES.items(), "STZR", strict=True)
}


def respondents(*, weighted: bool = False) -> tuple[pl.DataFrame, Counts]:
    """Register values, id and weight of every respondent (1 unless `weighted`), and answers (respondents x indicators,
    0 or 1)."""
    made = disclosure_tables.respondents()
    columns: dict[str, object] = {
        name: [codes[one] for one in made.groups[:, place]] for place, (name, codes) in enumerate(REGISTER.items())
    }
    columns["unit_id"] = [f"O{place:05d}" for place in range(len(made.weight))]
    return pl.DataFrame(columns | {"weight": made.weight if weighted else 1.0}), made.answers


def edition(indicators: int) -> Edition:
    """The edition of `indicators` shares in total and all one- and two-way tables."""
    names = [f"Q{number:02d}" for number in range(1, indicators + 1)]
    return disclosure_examples.edition(
        REGISTER,
        {name.lower(): ("yes", "no") for name in names},
        {name: f"{name.lower()} == 'yes'" for name in names},
        {**{name: name for name in REGISTER}, **{"_".join(pair): pair for pair in combinations(REGISTER, 2)}},
        selection=Selection.STRATIFIED,
        rules=Rules(),
    )


def estimates(made: Edition, table: pl.DataFrame, answers: Counts) -> tuple[Estimates, UnitCounts]:
    """What estimation would hand on about these respondents, and the same unit by unit."""
    names = [one.id for one in made.indicators]
    columns = list(REGISTER)
    leaf = table.select(pl.struct(columns).rank("dense").cast(pl.Int64) - 1).to_series()
    wide = table.with_columns(
        leaf.alias("leaf"), *(pl.Series(name, answers[:, place]) for place, name in enumerate(names))
    )
    index = ["unit_id", "weight", "leaf", *columns]
    long = wide.unpivot(names, index=index, variable_name="indicator", value_name="n_yes").with_columns(
        survey=pl.lit("survey"),
        group=pl.lit(""),
        n=pl.lit(1),
        weighted_base="weight",
        weighted_yes=pl.col("weight") * pl.col("n_yes"),
    )
    ways = [(), *((one,) for one in columns), *combinations(columns, 2)]
    sums = pl.col("n", "n_yes", "weighted_base", "weighted_yes").sum()
    cells, leaves = [], []
    for way in ways:
        cell = pl.concat_str(way, separator=":") if way else pl.lit("all")
        named = {"breakdown": pl.lit("_".join(way) or TOTAL), "cell": cell}
        cells.append(
            long.with_columns(**named)
            .group_by("survey", "indicator", "breakdown", "cell", maintain_order=True)
            .agg(sums)
        )
        leaves.append(wide.select("unit_id", "leaf", pl.lit("survey").alias("survey"), **named))
    counts = long.group_by("survey", "leaf", "indicator", "group", maintain_order=True).agg(sums).sort(pl.all())
    everywhere = pl.concat(leaves)
    return (
        Estimates(
            cells=_figures(pl.concat(cells)),
            contrasts=empty(CONTRASTS),
            leaves=_columns(everywhere.drop("unit_id").unique().sort(pl.all()), LEAVES),
            counts=_columns(counts, COUNTS),
            response=_response(table.height),
            diagnostics=empty(DIAGNOSTICS),
        ),
        UnitCounts(
            leaves=everywhere.select("survey", "unit_id", "breakdown", "cell"),
            counts=long.select("survey", "unit_id", *(one.name for one in COUNTS[2:])),
        ),
    )


def _figures(cells: pl.DataFrame) -> pl.DataFrame:
    """CELLS of shares, one case a unit."""
    n, yes = pl.col("n"), pl.col("n_yes")
    share = pl.col("weighted_yes") / pl.col("weighted_base")
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
