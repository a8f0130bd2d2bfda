"""Answers to many yes/no items, read once and kept small."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from barometer.estimation._design import SurveyDesign
from barometer.estimation._domain_means import numbers_of
from barometer.problems import BadInput, Place, Problem

Matrix = NDArray[np.float64]
Numbers = NDArray[np.int64]
Codes = NDArray[np.int8]

NO_ANSWER = 2


@dataclass(frozen=True)
class YesNo:
    """Codes of k items (k x n): 0, 1 or NO_ANSWER. Items that miss the same rows share a pattern; pattern 0 misses
    none."""

    codes: Codes
    pattern: Numbers  # of each item
    example: Numbers  # of each pattern but the first: an item that has it

    @property
    def width(self) -> int:
        """Rows of `numbers`: items, then patterns."""
        return len(self.pattern) + 1 + len(self.example)

    def take(self, rows: Numbers) -> "YesNo":
        """Of some rows, in that order."""
        if len(rows) and rows[-1] - rows[0] == len(rows) - 1 and (np.diff(rows) == 1).all():
            return replace(self, codes=self.codes[:, rows[0] : rows[-1] + 1])  # no copy
        return replace(self, codes=self.codes.take(rows, axis=1))

    def numbers(self, rows: slice) -> Matrix:
        """Of some rows (width x m): 1 where the answer is yes; then, pattern by pattern, 1 where there is one."""
        codes = self.codes[:, rows]
        items, size = codes.shape
        result = np.ones((self.width, size))
        np.equal(codes, 1, out=result[:items])
        np.not_equal(codes[self.example], NO_ANSWER, out=result[items + 1 :])
        return result

    def values(self) -> Matrix:
        """The answers as numbers (n x k), NaN where missing."""
        return np.where(self.codes == NO_ANSWER, np.nan, self.codes).T


def yes_no(design: SurveyDesign, names: Sequence[str]) -> YesNo:
    """Read 0/1 or Boolean columns. Raises BadInput T040, T041, and T024 for columns with other values."""
    schema = design.data.schema
    if not all(name in schema and (schema[name].is_numeric() or schema[name] == pl.Boolean) for name in names):
        numbers_of(design, names)  # raises
    distinct = list(dict.fromkeys(names))
    table = design.data.select(distinct)
    wrong = _with_other_values(table)
    if wrong:
        raise BadInput(tuple(_not_yes_or_no(table.get_column(name)) for name in wrong))
    if any(dtype.is_float() for dtype in table.dtypes):
        table = table.with_columns(pl.col(pl.Float32, pl.Float64).fill_nan(None))
    codes = table.select(pl.all().cast(pl.Int8).fill_null(NO_ANSWER)).to_numpy().T
    if len(distinct) < len(names):
        codes = codes[[distinct.index(name) for name in names]]
    return _with_patterns(np.ascontiguousarray(codes))


def _with_other_values(table: pl.DataFrame) -> list[str]:
    """Columns with values that are neither 0 nor 1 nor missing."""
    wrong = []
    for column in table.iter_columns():
        if column.dtype.is_integer():
            one = column.min() not in (0, 1, None) or column.max() not in (0, 1, None)
        elif column.dtype == pl.Boolean:
            one = False
        else:
            values = column.cast(pl.Float64).to_numpy()
            one = bool((values * values - values)[~np.isnan(values)].any())
        if one:
            wrong.append(column.name)
    return wrong


def _with_patterns(codes: Codes) -> YesNo:
    places: dict[bytes, int] = {}
    pattern, example = np.zeros(len(codes), dtype=np.int64), []
    for item, one in enumerate(codes):
        missing = one == NO_ANSWER
        if missing.any():
            key = np.packbits(missing).tobytes()
            if key not in places:
                places[key] = len(places) + 1
                example.append(item)
            pattern[item] = places[key]
    return YesNo(codes, pattern, np.array(example, dtype=np.int64))


def _not_yes_or_no(column: pl.Series) -> Problem:
    values = column.cast(pl.Float64).to_numpy()
    wrong = np.flatnonzero(~((values == 0) | (values == 1) | np.isnan(values)))
    return Problem(
        "T024",
        Place(row=int(wrong[0]) + 2, column=column.name),
        f"{values[wrong[0]]:g}, and {len(wrong) - 1:,} more",
        "0 and 1, or true and false",
        "Make a column that says yes or no, or use `proportion` for all categories.",
    )
