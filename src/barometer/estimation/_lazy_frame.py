"""Tables too large for memory, as Narwhals sees them: Polars reads them in a stream, Spark on a cluster.

What is said here and in `_lazy_sums` is said once, for both: expressions over a lazy frame, and sums by group that
come back as a small Polars frame.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import narwhals as nw
import polars as pl

from barometer.problems import BadInput, Place, Problem

Lazy = nw.LazyFrame[Any]

MOST_NUMBERS = 100_000_000
"""Sums brought back in one pass at most: 0.8 GB. A survey has strata, units and domains by the thousand; more than
this comes of a column that tells single respondents apart."""
MOST_SUMS = 1500
"""Sums of one pass at most; where more are wanted the data are read again."""


@dataclass(frozen=True)
class Aggregate:
    """A column of the small table: what is summed, counted … in each group, blanks left out."""

    name: str
    how: str  # sum, count, min, max or var (around the mean, over n)
    value: nw.Expr


_HOW: Mapping[str, Callable[[nw.Expr], nw.Expr]] = {
    "sum": nw.Expr.sum,
    "count": nw.Expr.count,
    "min": nw.Expr.min,
    "max": nw.Expr.max,
    "var": lambda column: column.var(ddof=0),
}


def lazy(data: Any) -> Lazy:
    """A lazy frame of Polars or Spark as it is; any table in memory, as Polars has it.

    Raises ValueError for lazy frames of other engines, whose sums have not been tried.
    """
    frame: Lazy | nw.DataFrame[Any] = nw.from_native(data)
    if isinstance(frame, nw.DataFrame):
        return frame.lazy("polars")
    if not (frame.implementation.is_polars() or _on_spark(frame)):
        raise ValueError(f"a lazy frame of Polars or Spark, not {frame.implementation}")
    return frame


def collected(frame: Lazy) -> pl.DataFrame:
    """The rows of a small frame."""
    how: dict[str, Any] = {"engine": "streaming"} if frame.implementation.is_polars() else {}
    table: pl.DataFrame = frame.collect("polars", **how).to_native()
    return table


def attached(frame: Lazy, small: pl.DataFrame, on: Sequence[str]) -> Lazy:
    """The frame with the columns of a small table of the same keys; null where a row has none of them."""
    native: Any = frame.to_native()
    if frame.implementation.is_polars():
        return frame.join(nw.from_native(small.lazy()), on=list(on), how="left")
    return frame.join(nw.from_native(native.sparkSession.createDataFrame(small.to_arrow())), on=list(on), how="left")


def grouped(frame: Lazy, keys: Sequence[str], aggregates: Sequence[Aggregate]) -> pl.DataFrame:
    """Aggregates of each group, in the order of the keys (one row without any). Raises BadInput T025."""
    tables = [_grouped(frame, list(keys), part) for part in _batches(aggregates)]
    return pl.concat([tables[0], *(table.drop(keys) for table in tables[1:])], how="horizontal")


def _grouped(frame: Lazy, keys: list[str], aggregates: Sequence[Aggregate]) -> pl.DataFrame:
    columns = {f"__{place}": one.value for place, one in enumerate(aggregates)}
    wanted = [_HOW[one.how](nw.col(name)).alias(one.name) for name, one in zip(columns, aggregates, strict=True)]
    selected = frame.select(*keys, **columns)
    if not keys:
        return collected(selected.select(*wanted))
    most = MOST_NUMBERS // len(aggregates)
    table = collected(selected.group_by(*keys).agg(*wanted).head(most + 1))
    if table.height > most:
        raise BadInput((_too_many(keys, most),))
    return table.sort(keys, nulls_last=True)


def _batches(aggregates: Sequence[Aggregate]) -> Iterator[list[Aggregate]]:
    rest = iter(aggregates)
    while batch := list(islice(rest, MOST_SUMS)):
        yield batch


def _on_spark(frame: Lazy) -> bool:
    return frame.implementation.is_pyspark() or frame.implementation.is_pyspark_connect()


def _too_many(keys: Sequence[str], most: int) -> Problem:
    return Problem(
        "T025",
        Place(column=keys[-1]),
        f"more than {most:,} groups by {', '.join(keys)}",
        "strata, units and domains of many respondents each",
        "Leave out the column that tells single respondents apart; rows are their own units without psu.",
    )
