"""The register itself: from CSV or Parquet to a table with the types that frame.toml promises."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from barometer.edition._entries import Report
from barometer.model import Frame, FrameColumn
from barometer.problems import Place, suggestion

_SHOWN = 5
"""Rows and values named in one problem; the rest is counted."""
_NUMBER = r"^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$"
_INTEGER = r"^[+-]?\d+$"


@dataclass(frozen=True)
class _Raw:
    """A register as stored: text columns from CSV, typed ones from Parquet; `rows` are row numbers for people."""

    table: pl.DataFrame
    rows: Sequence[int]


def read_register(
    frame: Frame, id_column: str, content: bytes, broken: frozenset[str], report: Report
) -> pl.DataFrame | None:
    """The units: unit_id, the described columns, then name and permanent random number, if the register has them.

    Ids, categories and texts are String, integers Int64, numbers Float64, blanks null. None when it is no table.
    """
    raw = (
        _parquet(frame.file, content, report) if frame.file.endswith(".parquet") else _csv(frame.file, content, report)
    )
    return None if raw is None else _Reader(frame, raw, report).units(id_column, broken)


def _csv(file: str, content: bytes, report: Report) -> _Raw | None:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        report.error(
            "F001",
            Place(file, line=line),
            f"byte 0x{content[error.start]:02X} at position {error.start + 1}",
            "UTF-8",
            "Save it anew as 'CSV UTF-8' from the spreadsheet program, or export it with encoding UTF-8.",
        )
        return None
    try:
        numbered = [(i, row) for i, row in enumerate(csv.reader(io.StringIO(text, newline=""), strict=True), 1) if row]
    except csv.Error as error:
        report.error("F002", Place(file), str(error), "a CSV file", "Check quotation marks in the values.")
        return None
    header = [name.strip() for name in numbered[0][1]] if numbered else []
    if not _header_usable(file, header, report):
        return None
    uneven = [i for i, row in numbered[1:] if len(row) != len(header)]
    if uneven:
        report.error(
            "F013",
            Place(file, row=uneven[0]),
            f"another number of values than the {len(header)} of the header in {_list(uneven)}",
            f"{len(header)} values",
            "Put quotation marks around values with commas, and add the commas that lack.",
        )
    kept = [(i, row) for i, row in numbered[1:] if len(row) == len(header)]
    values = list(zip(*(row for _, row in kept), strict=True)) or [()] * len(header)
    table = pl.DataFrame(
        {name: pl.Series(column, dtype=pl.String) for name, column in zip(header, values, strict=True)}
    )
    blank_to_null = pl.all().str.strip_chars().replace("", None)
    return _Raw(table.with_columns(blank_to_null), [i for i, _ in kept])


def _header_usable(file: str, header: Sequence[str], report: Report) -> bool:
    if not header:
        report.error("F002", Place(file), "an empty file", "a header row and units", "Export the register anew.")
        return False
    if len(header) == 1 and (";" in header[0] or "\t" in header[0]):
        sign = "semicolons" if ";" in header[0] else "tabs"
        report.error(
            "F002", Place(file, row=1), f"columns separated by {sign}", "commas", "Save it with commas as separator."
        )
        return False
    twice = sorted({name for name in header if header.count(name) > 1})
    for name in twice:
        report.error(
            "F014", Place(file, row=1, column=name), f"two columns '{name}'", "each name once", "Rename one of them."
        )
    return not twice


def _parquet(file: str, content: bytes, report: Report) -> _Raw | None:
    try:
        table = pl.read_parquet(io.BytesIO(content))
    except (pl.exceptions.PolarsError, OSError) as error:
        report.error(
            "F002", Place(file), str(error).split("\n")[0], "a Parquet file", "Write the file anew, or store it as CSV."
        )
        return None
    return _Raw(table, range(1, table.height + 1))


def _list(rows: Sequence[int]) -> str:
    """'rows 3, 8 and 12', or the first five and how many more."""
    shown = ", ".join(str(row) for row in rows[:_SHOWN])
    rest = len(rows) - _SHOWN
    return f"{'row' if len(rows) == 1 else 'rows'} {shown}" + (f" and {rest} more" if rest > 0 else "")


class _Reader:
    def __init__(self, frame: Frame, raw: _Raw, report: Report) -> None:
        self.frame, self.raw, self.report = frame, raw, report
        self.file = frame.file

    def units(self, id_column: str, broken: frozenset[str]) -> pl.DataFrame | None:
        columns = [self._ids(id_column)]
        columns += [self._described(column) for column in self.frame.columns if column.name not in broken]
        if self.frame.name_column:
            columns.append(self._take(self.frame.name_column, "text"))
        if self.frame.prn_column:
            columns.append(self._random_numbers(self.frame.prn_column))
        known = {id_column, self.frame.name_column, self.frame.prn_column}
        known |= {column.name for column in self.frame.columns}
        for name in self.raw.table.columns:
            if name not in known and not name.startswith("x_"):
                self.report.warning(
                    "F004",
                    Place(self.file, row=1, column=name),
                    f"'{name}'",
                    "columns described in frame.toml",
                    "Describe it there, or leave it out of the register.",
                )
        whole = [column for column in columns if column is not None]
        return pl.DataFrame(whole) if len(whole) == len(columns) else None

    def _ids(self, name: str) -> pl.Series | None:
        ids = self._take(name, "text")
        if ids is None:
            return None
        self._tell("F006", name, ids.is_null(), "no id", "an id for every unit", "Give these units an id.")
        self._tell(
            "F005",
            name,
            ids.is_duplicated() & ids.is_not_null(),
            "the same id",
            "each id once",
            "Delete the double units, or give them ids of their own.",
            ids,
        )
        return ids.alias("unit_id")

    def _described(self, column: FrameColumn) -> pl.Series | None:
        values = self._take(column.name, column.kind)
        if values is None:
            return None
        if column.required:
            way_out = "Fill in the values, or set required = false for the column in frame.toml."
            self._tell("F008", column.name, self._blank(column.name), "no value", "a value in every row", way_out)
        if column.kind == "category":
            self._categories(column, values)
        return values

    def _categories(self, column: FrameColumn, values: pl.Series) -> None:
        known = [code.code for code in column.categories]
        unknown = values.drop_nulls().filter(~values.drop_nulls().is_in(known)).unique(maintain_order=True).to_list()
        for value in unknown[: 2 * _SHOWN]:
            rows = self._rows((values == value).fill_null(False))
            more = f" (and {len(unknown) - 2 * _SHOWN} other unknown values)" if len(unknown) > 2 * _SHOWN else ""
            self.report.error(
                "F007",
                Place(self.file, row=rows[0], column=column.name),
                f"'{value}' in {_list(rows)}{more}",
                f"a category of '{column.name}' in frame.toml",
                suggestion(value, known) + " Or add the category to frame.toml.",
            )

    def _random_numbers(self, name: str) -> pl.Series | None:
        values = self._take(name, "number")
        if values is None:
            return None
        self._tell("F008", name, self._blank(name), "no value", "a number in every row", "Fill in the numbers.")
        outside = ((values < 0) | (values >= 1)).fill_null(False)
        way_out = "Draw the numbers uniformly from 0 to below 1."
        self._tell("F010", name, outside, "numbers outside", "at least 0 and below 1", way_out)
        same = values.is_duplicated() & values.is_not_null()
        way_out = "Draw them anew, with at least ten decimals."
        self._tell("F011", name, same, "the same number", "each number once", way_out)
        return values

    def _take(self, name: str, kind: str) -> pl.Series | None:
        """The column with its type; values that do not fit are reported and null."""
        if name not in self.raw.table.columns:
            self.report.error(
                "F003",
                Place(self.file, row=1, column=name),
                "the columns " + ", ".join(self.raw.table.columns[:12]),
                f"a column '{name}'",
                suggestion(name, self.raw.table.columns) + " Correct frame.toml or the header of the register.",
            )
            return None
        values = self.raw.table.get_column(name)
        wanted = {"integer": pl.Int64, "number": pl.Float64}.get(kind, pl.String)
        if values.dtype == pl.String and wanted != pl.String:
            return self._numbers(name, values, kind, wanted)
        if values.dtype == pl.String or isinstance(values.dtype, pl.Categorical | pl.Enum):
            return values.cast(pl.String)
        fits = values.dtype.is_integer() if kind == "integer" else values.dtype.is_numeric()
        if wanted == pl.String or not fits:
            self.report.error(
                "F015",
                Place(self.file, column=name),
                f"a Parquet column of type {values.dtype}",
                f"{kind}, stored as {wanted.__name__}",
                "Store the column with that type, or change its kind in frame.toml.",
            )
            return None
        return values.cast(wanted)

    def _numbers(self, name: str, values: pl.Series, kind: str, wanted: type[pl.DataType]) -> pl.Series:
        form = values.str.contains(_INTEGER if kind == "integer" else _NUMBER)
        numbers = values.cast(wanted, strict=False)
        wrong = values.is_not_null() & (~form | numbers.is_null()).fill_null(False)
        self._tell(
            "F009",
            name,
            wrong,
            "no number",
            "a whole number" if kind == "integer" else "a number such as 12 or 0.75",
            "Write digits with a point as decimal mark, without blanks, thousands separators or units.",
            values,
        )
        return numbers

    def _blank(self, name: str) -> pl.Series:
        return self.raw.table.get_column(name).is_null()

    def _rows(self, mask: pl.Series) -> list[int]:
        return [self.raw.rows[i] for i in mask.arg_true().to_list()]

    def _tell(
        self,
        code: str,
        column: str,
        mask: pl.Series,
        what: str,
        expected: str,
        way_out: str,
        values: pl.Series | None = None,
    ) -> None:
        """Report the rows where `mask` holds, if any, with some of their `values`."""
        rows = self._rows(mask)
        if rows:
            shown = (
                ""
                if values is None
                else " ("
                + ", ".join(f"'{value}'" for value in values.filter(mask).unique(maintain_order=True).head(_SHOWN))
                + ")"
            )
            place = Place(self.file, row=rows[0], column=column)
            self.report.error(code, place, f"{what} in {_list(rows)}{shown}", expected, way_out)
