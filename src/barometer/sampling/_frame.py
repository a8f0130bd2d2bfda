"""What can be wrong with a table of units or strata, and the number of each row's stratum."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from barometer.problems import Place, Problem, Severity, raise_errors, suggestion


def check_frame(
    units: pl.DataFrame,
    *,
    unit_id: str = "unit_id",
    strata: Sequence[str] = (),
    size: str = "",
    prn: str = "",
    file: str = "",
) -> tuple[Problem, ...]:
    """Everything that keeps a sample from being drawn from `units`, one row a unit; nothing is changed or dropped.

    Looked at: that there are units (S001), the columns named (S004), unique and filled-in ids (S002), blanks in the
    stratum columns (S005), sizes that are not positive (S012), permanent random numbers missing or double (S024) or
    outside [0, 1) (S011), text instead of numbers (S025). `file` names the frame in the messages.
    """
    return tuple(_frame_problems(units, unit_id, strata, size, prn, file))


def _frame_problems(
    units: pl.DataFrame, unit_id: str, strata: Sequence[str], size: str, prn: str, file: str
) -> Iterator[Problem]:
    if units.is_empty():
        place, way_out = Place(file=file), "Check the file and the conditions its rows were chosen by."
        yield Problem("S001", place, "0 units", "at least one unit", way_out)
        return
    missing = list(missing_columns(units, [unit_id, *strata, *(name for name in (size, prn) if name)], file))
    yield from missing
    if missing:
        return
    yield from id_problems(units, unit_id, file)
    for name in strata:
        if blank := units[name].null_count():
            rows = some_rows(units[name].is_null())
            way_out = "Fill in the column, or take the units out of the frame and say why."
            yield Problem("S005", Place(file, column=name), f"{blank} blanks: {rows}", "a category each", way_out)
    if size:
        yield from size_problems(units, size, file)
    if prn:
        yield from number_problems(units, prn, file)


def require(problems: Iterable[Problem]) -> None:
    """Raise BadInput with all `problems`, if there are any."""
    raise_errors(problems)


def missing_columns(table: pl.DataFrame, names: Iterable[str], file: str = "") -> Iterator[Problem]:
    """Names that are no columns of the table (S004)."""
    for name in dict.fromkeys(names):
        if name not in table.columns:
            way_out = suggestion(name, table.columns)
            yield Problem("S004", Place(file, column=name), f"no column '{name}'", "a column of the table", way_out)


def id_problems(units: pl.DataFrame, unit_id: str, file: str = "") -> Iterator[Problem]:
    """Ids that are blank or stand there more than once (S002)."""
    double = units[unit_id].is_duplicated() | units[unit_id].is_null()
    if double.any():
        found = f"{double.sum()} ids blank or used more than once: {some_rows(double)}"
        way_out = "Remove the double rows, or give the units different ids."
        yield Problem("S002", Place(file, column=unit_id), found, "one row a unit", way_out)


def size_problems(units: pl.DataFrame, size: str, file: str = "") -> Iterator[Problem]:
    """Sizes that are not numbers above 0 (S012, S025)."""
    if not units[size].dtype.is_numeric():
        yield not_numeric(units, size, file)
        return
    values = units[size].cast(pl.Float64)
    bad = ~(values.is_finite() & (values > 0)).fill_null(False)
    if bad.any():
        found = f"{bad.sum()} units without a size above 0: {some_rows(bad)}"
        way_out = "Correct the sizes, or put units of unknown size in a stratum of their own without sizes."
        yield Problem("S012", Place(file, column=size), found, "numbers above 0", way_out)


def number_problems(units: pl.DataFrame, prn: str, file: str = "") -> Iterator[Problem]:
    """Permanent random numbers that are missing, outside [0, 1) or doubled (S011, S024, S025)."""
    if not units[prn].dtype.is_numeric():
        yield not_numeric(units, prn, file)
        return
    values = units[prn].cast(pl.Float64)
    outside = ~values.is_between(0, 1, closed="left").fill_null(True)
    if outside.any():
        found = f"{outside.sum()} numbers: {some_rows(outside)}"
        way_out = "Correct the numbers, or have new ones drawn."
        yield Problem("S011", Place(file, column=prn), found, "from 0 up to, but not including, 1", way_out)
    if missing := values.null_count():
        found = f"{missing} units without a number: {some_rows(values.is_null())}"
        way_out = "Draw numbers for these units once, and keep them in the register."
        yield Problem("S024", Place(file, column=prn), found, "a number for every unit", way_out)
    double = values.is_duplicated() & values.is_not_null()
    if double.any():
        found = f"{double.sum()} units with the number of another: {some_rows(double)}"
        way_out = "Keep more decimals; numbers of fewer than ten digits repeat in large registers."
        place = Place(file, column=prn)
        yield Problem("S024", place, found, "a different number for each unit", way_out, Severity.WARNING)


def not_numeric(table: pl.DataFrame, name: str, file: str = "") -> Problem:
    """A column that should hold numbers and does not (S025)."""
    found = f"a column of type {table[name].dtype}, such as {table[name].drop_nulls().first()!r}"
    way_out = "Convert the column to numbers before it is handed in, with a point as decimal mark."
    return Problem("S025", Place(file, column=name), found, "a numeric column", way_out)


def some_rows(wrong: pl.Series) -> str:
    """'rows 2, 5, 7, …': rows from 1, without counting a header."""
    rows = [row + 1 for row in wrong.arg_true().head(6).to_list()]
    text = ", ".join(map(str, rows[:5]))
    return f"{'rows' if len(rows) > 1 else 'row'} {text}" + (", …" if len(rows) > 5 else "")


def stratum_rows(units: pl.DataFrame, strata: pl.DataFrame, stratum: str) -> NDArray[np.intp]:
    """For each unit the row of its stratum in `strata`.

    Raises BadInput (S018) where the strata of the two tables, or their sizes, differ.
    """
    codes, labels = codes_of(units[stratum])
    wanted = strata[stratum].cast(pl.String)
    found = pl.DataFrame({"label": labels, "code": np.arange(len(labels))})
    rows = pl.DataFrame({"label": wanted, "row": np.arange(len(wanted))})
    matched = found.join(rows, on="label", how="full", coalesce=True, nulls_equal=True)
    require(_mismatches(matched, strata, np.bincount(codes, minlength=len(labels))))
    order = matched.sort("code")["row"].to_numpy()
    return np.asarray(order[codes], dtype=np.intp)


def _mismatches(matched: pl.DataFrame, strata: pl.DataFrame, counts: NDArray[np.int64]) -> Iterator[Problem]:
    expected = "exactly the strata of the frame, each with its number of units"
    way_out = "Make the table of strata from this frame with strata_table()."
    foreign = matched.filter(pl.col("code").is_null())["label"].to_list()
    absent = matched.filter(pl.col("row").is_null())["label"].to_list()
    double = matched["row"].drop_nulls().len() - matched["code"].n_unique() + len(absent)
    for found, names in (("in the allocation only", foreign), ("in the frame only", absent)):
        if names:
            shown = ", ".join(f"'{name}'" for name in names[:5])
            yield Problem("S018", Place(), f"{len(names)} strata {found}, such as {shown}", expected, way_out)
    if not foreign and not absent:
        if double > 0 or matched.height != strata.height:
            yield Problem("S018", Place(), "a stratum twice in the allocation", expected, way_out)
            return
        by_row = matched.sort("row")
        wrong = strata["population"].to_numpy() != counts[by_row["code"].to_numpy()]
        if wrong.any():
            row = int(np.flatnonzero(wrong)[0])
            found = (
                f"{int(wrong.sum())} strata of another size, such as '{by_row['label'][row]}' with "
                f"{strata['population'][row]} units instead of {counts[by_row['code'][row]]}"
            )
            yield Problem("S018", Place(), found, expected, way_out)


def codes_of(column: pl.Series) -> tuple[NDArray[np.int64], pl.Series]:
    """A number for each row's value, and the values as text by number; enumerations and whole numbers cost least."""
    if column.dtype in (pl.Enum, pl.Categorical) and not column.null_count():
        numbers = column.to_physical().to_numpy()
        present = np.flatnonzero(np.bincount(numbers))
        values = column.unique()
        return _dense(numbers, present), values.gather(values.to_physical().arg_sort()).cast(pl.String)
    if column.dtype.is_integer() and len(column) and not column.null_count():
        lowest = int(column.min())  # type: ignore[arg-type]
        if int(column.max()) - lowest < 1_000_000:  # type: ignore[arg-type]
            numbers = column.to_numpy() - lowest
            present = np.flatnonzero(np.bincount(numbers))
            return _dense(numbers, present), pl.Series(present + lowest).cast(pl.String)
    text = column.cast(pl.String)
    labels = text.unique().sort()
    numbered = pl.DataFrame({"label": labels, "code": np.arange(len(labels))})
    found = pl.DataFrame({"label": text}).join(
        numbered, on="label", how="left", nulls_equal=True, maintain_order="left"
    )
    return found["code"].to_numpy(), labels


def _dense(numbers: NDArray[Any], present: NDArray[np.int64]) -> NDArray[np.int64]:
    if len(present) == present[-1] + 1:
        return np.asarray(numbers)
    places = np.zeros(int(present[-1]) + 1, dtype=np.int64)
    places[present] = np.arange(len(present))
    return np.asarray(places[numbers])
