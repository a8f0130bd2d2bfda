"""What can be wrong with a design column by itself: its name, type, blanks, weights, populations, replicates."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from barometer.estimation._replicates import TYPES, ReplicateColumns
from barometer.problems import Place, Problem, suggestion

Vector = NDArray[np.float64]
Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]

SHOWN = 8
"""Rows named in one problem; the others are counted."""


def named_rows(wrong: Flags | Numbers) -> str:
    """'rows 3, 4 and 12 more', counted as spreadsheets do: row 1 is the header."""
    places = np.flatnonzero(wrong) if wrong.dtype == bool else wrong
    shown = ", ".join(str(place + 2) for place in places[:SHOWN])
    rest = len(places) - SHOWN
    return ("row " if len(places) == 1 else "rows ") + shown + (f" and {rest:,} more" if rest > 0 else "")


def numbers(column: pl.Series) -> Vector:
    """A numeric or Boolean column as floats, NaN where it is blank."""
    return column.cast(pl.Float64).fill_null(float("nan")).to_numpy()


def unknown_columns(frame: pl.DataFrame, names: Iterable[str]) -> Iterator[Problem]:
    """Names that are no columns (T010)."""
    for name in dict.fromkeys(names):
        if name not in frame.columns:
            yield problem_in("T010", name, f"'{name}'", "a column of the table", suggestion(name, frame.columns))


def not_numbers(frame: pl.DataFrame, name: str) -> Iterator[Problem]:
    """A column of text where numbers are needed (T011)."""
    column = frame[name]
    if not (column.dtype.is_numeric() or column.dtype == pl.Boolean or column.dtype == pl.Null):
        wrong = column.cast(pl.String, strict=False).cast(pl.Float64, strict=False).is_null() & column.is_not_null()
        found = (
            f"text, such as '{column.filter(wrong)[0]}' in {named_rows(wrong.to_numpy())}" if wrong.any() else "text"
        )
        yield problem_in(
            "T011",
            name,
            found,
            "numbers",
            "Correct the values, or read the column as numbers.",
            rows=wrong.to_numpy(),
        )


def blanks(column: pl.Series) -> Iterator[Problem]:
    """Rows without a value (T013)."""
    blank = (column.is_null() | column.is_nan()) if column.dtype.is_float() else column.is_null()
    if blank.any():
        yield problem_in(
            "T013",
            column.name,
            f"blanks in {named_rows(blank.to_numpy())}",
            "a value in every row",
            "Fill them in, or leave these rows out before the design is made.",
            rows=blank.to_numpy(),
        )


def wrong_weights(weight: Vector, name: str) -> Iterator[Problem]:
    """Weights that are missing, infinite or negative, or all 0 (T012)."""
    for wrong, what in (
        (~np.isfinite(weight), "missing or infinite weights"),
        (np.isfinite(weight) & (weight < 0), "negative weights"),
    ):
        if wrong.any():
            yield problem_in(
                "T012",
                name,
                f"{what} in {named_rows(wrong)}",
                "a weight of 0 or more in every row",
                "Weight these rows, or leave them out before the design is made.",
                rows=wrong,
            )
    if not (np.nan_to_num(weight) != 0).any():
        yield problem_in("T012", name, "weights that are all 0", "some weight above 0", "Name the column of weights.")


def wrong_populations(frame: pl.DataFrame, fpc: Sequence[str]) -> Iterator[Problem]:
    """Populations that are missing, zero or negative, or mixed with fractions (T015)."""
    sizes = {name: numbers(frame[name]) for name in fpc}
    for name, size in sizes.items():
        wrong = ~(size > 0)
        if wrong.any():
            yield problem_in(
                "T015",
                name,
                f"missing, zero or negative values in {named_rows(wrong)}",
                "populations of 1 or more, or fractions above 0",
                "Fill in the population of each row's stratum; for none at all use infinity.",
                rows=wrong,
            )
    everything = np.concatenate(list(sizes.values())) if sizes else np.empty(0)
    if (everything > 1).any() and (everything < 1).any():
        name = next(one for one, size in sizes.items() if (size < 1).any())
        wrong = sizes[name] < 1
        yield problem_in(
            "T015",
            name,
            f"populations and fractions mixed: below 1 in {named_rows(wrong)}",
            "populations of 1 or more everywhere, or fractions of 1 or less everywhere",
            "Use one of the two for all stages.",
            rows=wrong,
        )


def check_replicates(given: ReplicateColumns) -> Iterator[Problem]:
    """What is said of replicate weights: type, columns, scale, rscales and Fay's rho (T019)."""

    def wrong(found: str, expected: str, way_out: str) -> Problem:
        return problem_in("T019", "", found, expected, way_out)

    count = len(given.columns)
    if given.type not in TYPES:
        yield wrong(f"type '{given.type}'", f"one of {', '.join(TYPES)}", suggestion(given.type, TYPES))
    if count < 2:
        yield wrong(f"{count} replicate columns", "two or more", "Name all columns, with a pattern such as 'rep_*'.")
    if given.rscales is not None and len(given.rscales) != count:
        yield wrong(f"{len(given.rscales)} rscales for {count} replicates", "one a replicate", "Give as many.")
    if given.type == "Fay" and not 0 < given.rho < 1:
        yield wrong(f"rho {given.rho:g}", "Fay's rho between 0 and 1", "Take it from the survey's documentation.")
    if given.combined and given.type == "JK1" and given.scale is None:
        yield wrong("JK1 weights without scale", "scale (n - 1)/n for combined weights", "Give scale.")
    if given.combined and given.type == "JKn" and given.rscales is None and given.scale is None:
        yield wrong("JKn weights without rscales", "rscales (n - 1)/n for combined weights", "Give rscales or scale.")


def problem_in(
    code: str, column: str, found: str, expected: str, way_out: str, rows: Flags | Numbers | None = None
) -> Problem:
    """A problem in a column; its place is the first of the wrong `rows`, as spreadsheets count."""
    row = 0
    if rows is not None and len(rows):
        places = np.flatnonzero(rows) if rows.dtype == bool else rows
        row = int(places[0]) + 2 if len(places) else 0
    return Problem(code, Place(row=row, column=column), found, expected, way_out)
