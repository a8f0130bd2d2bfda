"""Figures that stay as they were: taken over from the last release, with differences between two of them."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from barometer.disclosure._ledger_together import SHOWN, Published
from barometer.disclosure._release import Release
from barometer.tables import UnitCounts

_KEYS = ["survey", "indicator", "breakdown", "cell"]
_NUMBERS = ("value", "ci_low", "ci_high", "n", "n_dont_know", "n_missing", "status", "quality")


@dataclass(frozen=True)
class Before:
    """What an edition has published so far. `earlier`: the evidence of all its releases, oldest first; empty where
    some of it is lost: then whatever would change is held back. `units`: the evidence of the new release."""

    number: int
    last: Release
    earlier: tuple[Published, ...]
    units: UnitCounts


def shown_as_before(cells: pl.DataFrame, held: Mapping[int, int], last: Release) -> pl.DataFrame:
    """Released cells, with the rows of `held` as the last release has them, marked with the release they are from."""
    if not held:
        return cells
    numbers = pl.DataFrame({"row": [*held], "source": [*held.values()]}, schema={"row": pl.UInt32, "source": pl.Int64})
    old = last.cells.select(*_KEYS, *(pl.col(name).alias(f"old_{name}") for name in _NUMBERS))
    joined = cells.with_row_index("row").join(numbers, on="row", how="left", maintain_order="left")
    joined = joined.join(old, on=_KEYS, how="left", maintain_order="left")
    kept = pl.col("source").is_not_null()
    columns = [pl.when(kept).then(pl.col(f"old_{name}")).otherwise(pl.col(name)).alias(name) for name in _NUMBERS]
    return joined.with_columns(*columns, as_in_release=pl.col("source")).select(cells.columns)


def contrasts_as_before(contrasts: pl.DataFrame, cells: pl.DataFrame, last: Release) -> pl.DataFrame:
    """Differences between cells of the new release, and those of the last between cells that both stay as they were;
    a difference of one and the other kind would tell what is held back."""
    keys = ["survey", "indicator", "breakdown"]
    held = cells.filter(pl.col("as_in_release").is_not_null()).select(*keys, "cell")
    if not held.height:
        return contrasts
    new, old = contrasts, last.contrasts
    for side in ("cell_a", "cell_b"):
        named = held.rename({"cell": side})
        new = new.join(named, on=[*keys, side], how="anti", maintain_order="left")
        old = old.join(named, on=[*keys, side], how="semi", maintain_order="left")
    order = cells.select("survey", "indicator").unique(maintain_order=True).with_row_index("order")
    both = pl.concat([new, old]).join(order, on=["survey", "indicator"], maintain_order="left")
    return both.sort("order", maintain_order=True).drop("order")


def held_blindly(cells: pl.DataFrame, last: Release, number: int) -> tuple[dict[int, int], set[int]]:
    """Where the evidence of what was published is lost: rows that stay as they were because they would change, and
    rows to hide because they were not shown before."""
    old = last.cells.select(*_KEYS, *(pl.col(name).alias(f"old_{name}") for name in _NUMBERS), "as_in_release")
    joined = cells.drop("as_in_release").with_row_index("row").join(old, on=_KEYS, how="left", maintain_order="left")
    differs = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"old_{name}")) for name in _NUMBERS)
    before = pl.col("old_status").is_in([*SHOWN]).fill_null(value=False)
    kept = joined.filter(before & (differs | pl.col("as_in_release").is_not_null()))
    source = kept.select("row", pl.col("as_in_release").fill_null(number)).iter_rows()
    fresh = joined.filter(~before & pl.col("status").is_in([*SHOWN]))
    return dict(source), set(fresh["row"])
