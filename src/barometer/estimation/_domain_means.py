"""Columns of a design as numbers or codes, and means of several variables in one domain with their covariance."""

from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
import polars as pl
from numpy.typing import NDArray

from barometer.estimation._column_check import named_rows
from barometer.estimation._design import SurveyDesign
from barometer.problems import BadInput, Place, Problem, suggestion

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
Flags = NDArray[np.bool_]
Numbers = NDArray[np.int64]

Coded = tuple[Numbers, tuple[str, ...]]

MISSING = -1
"""Code of a missing category."""
SMALL = 1000
"""Whole numbers below this are counted, larger ones and fractions sorted."""
_CODED: WeakKeyDictionary[SurveyDesign, dict[str, Coded]] = WeakKeyDictionary()
"""Codes of columns already worked out, as long as their design lives: neither ever changes."""


@dataclass(frozen=True)
class Means:
    """k estimates and their covariance (k x k)."""

    estimates: Vector
    covariance: Matrix


def domain_means(design: SurveyDesign, values: Matrix, rows: Flags) -> Means:
    """Weighted means of the columns of `values` (n x k, finite in `rows`) in the domain `rows` (an entry a row)."""
    weight = np.where(rows, design.weights, 0.0)
    total = weight.sum()
    inside = np.where(rows[:, None], values, 0.0)
    estimates = weight @ inside / total
    if design.replicates is not None:
        weights = np.where(rows[:, None], design.replicates.weights, 0.0)
        with np.errstate(invalid="ignore", divide="ignore"):
            replicates = (weights.T @ inside) / weights.sum(axis=0)[:, None]
        return Means(estimates, design.replicates.covariance(replicates, estimates))
    return Means(estimates, design.variance(weight[:, None] * (inside - estimates) / total, rows))


def observed_rows(design: SurveyDesign, present: Flags, domain: Flags | None) -> Flags:
    """Rows that count: in the domain, with a value, and with a weight."""
    rows: Flags = present & (design.weights != 0)
    return rows if domain is None else rows & domain


def check_columns(design: SurveyDesign, names: Sequence[str]) -> list[Problem]:
    """T040 for every name that is not a column of the data."""
    known = design.data.columns
    return [
        Problem("T040", Place(column=name), "no such column", "a column of the data", suggestion(name, known))
        for name in dict.fromkeys(names)
        if name not in known
    ]


def numbers_of(design: SurveyDesign, names: Sequence[str]) -> Matrix:
    """Numeric columns (n x k), NaN where missing. Raises BadInput T040 and T041, all of them."""
    problems, schema = check_columns(design, names), design.data.schema
    wanted = list(dict.fromkeys(names))
    problems += [not_numeric(design.data[name]) for name in wanted if name in schema and not is_number(schema[name])]
    if problems:
        raise BadInput(tuple(problems))
    if not wanted:
        return np.empty((design.n, 0))
    values = design.data.select(pl.col(wanted).cast(pl.Float64)).to_numpy()
    return values if len(wanted) == len(names) else values[:, [wanted.index(name) for name in names]]


def is_number(dtype: pl.DataType) -> bool:
    """Whether a column can be averaged; true and false count as 1 and 0."""
    return dtype.is_numeric() or dtype == pl.Boolean


def not_numeric(column: pl.Series) -> Problem:
    """T041 with the first rows that are no numbers."""
    wrong = _texts(column)
    found = "numbers stored as text"
    if wrong.any():
        text = column.cast(pl.String, strict=False).filter(wrong)[0]
        found = f"text, such as '{text}' in {named_rows(wrong.to_numpy())}"
    place = Place(row=int(wrong.arg_max() or 0) + 2 if wrong.any() else 0, column=column.name)
    return Problem("T041", place, found, "a number in every case", "Mend these cases, or use it as categories.")


def is_spoilt(column: pl.Series) -> bool:
    """Whether a column of text is numbers but for less than half of its values: those are slips, not categories."""
    if column.dtype != pl.String:
        return False
    wrong = int(_texts(column).sum())
    return 0 < wrong < (len(column) - column.null_count()) / 2


def _texts(column: pl.Series) -> pl.Series:
    """Which values are no numbers."""
    text = column.cast(pl.String, strict=False)
    return text.is_not_null() & text.str.strip_chars().cast(pl.Float64, strict=False).is_null()


def coded(design: SurveyDesign, name: str) -> Coded:
    """`codes_of` a column of a design, worked out once."""
    known = _CODED.setdefault(design, {})
    if name not in known:
        known[name] = codes_of(design.data[name])
    return known[name]


def codes_of(column: pl.Series) -> Coded:
    """Categories of a column: a code for every row (MISSING where there is none) and the labels in order.

    Enum columns keep the order of their categories, but only those that occur; all others are sorted, numbers by
    size.
    """
    if isinstance(column.dtype, pl.Enum):
        codes, seen = renumbered(_whole(column.to_physical()))
        labels = column.dtype.categories.to_list()
        return codes, tuple(labels[code] for code in seen.tolist())
    if column.dtype == pl.Boolean:
        codes, seen = renumbered(_whole(column))
        return codes, tuple(("FALSE", "TRUE")[code] for code in seen.tolist())
    if column.dtype.is_numeric():
        return _codes_of_numbers(column.cast(pl.Float64).to_numpy())
    texts = (column if column.dtype == pl.String else column.cast(pl.String)).to_list()
    labels = sorted({text for text in texts if text is not None})
    place: dict[str | None, int] = {label: code for code, label in enumerate(labels)} | {None: MISSING}
    return np.fromiter(map(place.__getitem__, texts), dtype=np.int64, count=len(texts)), tuple(labels)


def _whole(column: pl.Series) -> Numbers:
    """Whole numbers or Booleans as codes, MISSING where there is none."""
    codes = column.cast(pl.Int64)
    return (codes.fill_null(MISSING) if codes.null_count() else codes).to_numpy()


def renumbered(codes: Numbers) -> tuple[Numbers, Numbers]:
    """Codes (MISSING or from 0) numbered anew without gaps, and the old code of each new one."""
    used = np.bincount(codes + 1)[1:] > 0
    if used.all():
        return codes, np.arange(len(used))
    place = np.append(np.cumsum(used) - 1, MISSING)
    return place.take(codes), np.flatnonzero(used)


def _codes_of_numbers(values: Vector) -> Coded:
    known = np.isfinite(values)
    whole = np.where(known, values, 0.0)
    if values.size and whole.min() >= 0 and whole.max() < SMALL:
        numbers = whole.astype(np.int64)
        if np.array_equal(numbers, whole):
            numbers[~known] = MISSING
            codes, seen = renumbered(numbers)
            return codes, tuple(map(str, seen.tolist()))
    distinct, place = np.unique(values[known], return_inverse=True)
    codes = np.full(len(values), MISSING, dtype=np.int64)
    codes[known] = place
    return codes, tuple(_label(value) for value in distinct.tolist())


def _label(value: float) -> str:
    return str(int(value)) if value.is_integer() else str(value)
