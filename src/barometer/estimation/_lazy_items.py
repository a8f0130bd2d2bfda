"""What is estimated from a lazy frame: each item as an expression, with the rows that have an answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import polars as pl

from barometer.estimation._domain_means import codes_of
from barometer.estimation._lazy_frame import Lazy, collected
from barometer.problems import BadInput, Place, Problem, suggestion

MOST_CATEGORIES = 1000
"""Categories of a variable at most; each is a column of sums."""


@dataclass(frozen=True)
class LazyItem:
    """A variable, or one of its categories. `value` is null in rows not observed."""

    variable: str
    category: str | None
    value: nw.Expr
    base: int  # number of its base


@dataclass(frozen=True)
class LazyBase:
    """What items are divided by, null in rows not observed: the weight, and of a ratio what it multiplies."""

    weight: nw.Expr
    denominator: nw.Expr | None = None

    def below(self, weight: nw.Expr) -> nw.Expr:
        """Its part in the denominator with another weight."""
        if self.denominator is not None:
            return weight * self.denominator
        return nw.when(~self.weight.is_null()).then(weight)


@dataclass(frozen=True)
class LazyItems:
    """Items and their bases; categories of a variable share one."""

    items: tuple[LazyItem, ...]
    bases: tuple[LazyBase, ...]

    @property
    def labels(self) -> list[tuple[str, str | None]]:
        return [(one.variable, one.category) for one in self.items]


def lazy_items(
    frame: Lazy, weight: nw.Expr, kind: str, variables: Sequence[str], denominators: Sequence[str]
) -> LazyItems:
    """Items as the estimators in memory have them: text by category, numbers as they are; shares all by category.
    Raises BadInput T025, T040 and T041."""
    raise_unknown(frame, (*variables, *denominators))
    if kind == "ratio":
        return _ratios(frame, weight, variables, denominators)
    items: list[LazyItem] = []
    bases: list[LazyBase] = []
    for name in variables:
        column, dtype = nw.col(name), frame.collect_schema()[name]
        present = number(column).is_finite() if _is_number(dtype) else ~column.is_null()
        observed = present & (weight != 0)
        bases.append(LazyBase(nw.when(observed).then(weight)))
        if kind != "proportion" and _is_number(dtype):
            items.append(LazyItem(name, None, nw.when(observed).then(number(column)), len(bases) - 1))
            continue
        for label, value in _categories(frame, name):
            is_it = nw.when(observed).then((column == nw.lit(value)).cast(nw.Float64))
            items.append(LazyItem(name, label, is_it, len(bases) - 1))
    return LazyItems(tuple(items), tuple(bases))


def number(column: nw.Expr) -> nw.Expr:
    """The column as floats."""
    return column.cast(nw.Float64)


def raise_unknown(frame: Lazy, names: Sequence[str]) -> None:
    """Raises BadInput T040 for names that are no columns."""
    known = frame.collect_schema().names()
    unknown = [name for name in dict.fromkeys(names) if name not in known]
    if unknown:
        place = "a column of the data"
        raise BadInput(
            tuple(
                Problem("T040", Place(column=one), "no such column", place, suggestion(one, known)) for one in unknown
            )
        )


def _ratios(frame: Lazy, weight: nw.Expr, tops: Sequence[str], bottoms: Sequence[str]) -> LazyItems:
    schema = frame.collect_schema()
    text = [name for name in dict.fromkeys((*tops, *bottoms)) if not _is_number(schema[name])]
    if text:
        raise BadInput(tuple(_not_numeric(name) for name in text))
    items, bases = [], []
    for place, (top, bottom) in enumerate(zip(tops, bottoms, strict=True)):
        above, below = number(nw.col(top)), number(nw.col(bottom))
        observed = above.is_finite() & below.is_finite() & (weight != 0)
        bases.append(LazyBase(nw.when(observed).then(weight), nw.when(observed).then(below)))
        items.append(LazyItem(f"{top}/{bottom}", None, nw.when(observed).then(above), place))
    return LazyItems(tuple(items), tuple(bases))


def _categories(frame: Lazy, name: str) -> list[tuple[str, Any]]:
    """Label and value of each category found, in the order of the labels."""
    found = collected(frame.select(name).unique().head(MOST_CATEGORIES + 2))[name]
    codes, labels = codes_of(found)
    if len(labels) > MOST_CATEGORIES:
        problem = Problem(
            "T025",
            Place(column=name),
            f"more than {MOST_CATEGORIES:,} categories",
            "categories of many respondents each",
            "Group the values first; for a mean the column has to hold numbers.",
        )
        raise BadInput((problem,))
    values = pl.DataFrame({"code": codes, "value": found}).filter(pl.col("code") >= 0).unique("code").sort("code")
    return list(zip(labels, values["value"].to_list(), strict=True))


def _is_number(dtype: object) -> bool:
    return isinstance(dtype, nw.dtypes.DType) and (dtype.is_numeric() or dtype == nw.Boolean)


def _not_numeric(name: str) -> Problem:
    return Problem(
        "T041",
        Place(column=name),
        "text",
        "a number in every case",
        "Write the column as numbers, or treat it as categories.",
    )
