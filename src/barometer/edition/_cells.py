"""Opening a workbook safely: sheets as rows of cells, each cell with its place."""

import io
import re
import warnings
import zipfile
from dataclasses import dataclass
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter

from barometer.edition._entries import Entry, Report
from barometer.problems import Place

LARGEST = 20_000_000
"""Bytes of a workbook as stored."""
LARGEST_UNPACKED = 100_000_000
"""Bytes of all its parts unpacked; a small file that unpacks to more is made to do harm."""
MOST_PARTS = 1_000
MOST_ROWS = 10_000
MOST_COLUMNS = 200
MOST_CELLS = 500_000
"""Of one sheet, blank ones too; counted before anything is parsed, which takes longer for each."""
_SYNONYMS = {"list_name": "list"}
"""Names XLSForm has for columns that are called otherwise here; most are the same."""
_CELL = re.compile(rb"<(?:\w+:)?c[ />]")
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


@dataclass(frozen=True)
class Sheet:
    """A sheet with a header row: its columns by name, and its rows that are not blank, each with its number.

    Every row has an entry for every column; blank cells have the value None.
    """

    name: str
    place: Place
    columns: dict[str, Place]
    rows: tuple[tuple[int, dict[str, Entry]], ...]


def read_sheets(file: str, content: bytes, report: Report, most_rows: int = MOST_ROWS) -> dict[str, Sheet] | None:
    """Sheets by name, without those whose name starts with x_; None when the file cannot be opened."""
    if not _safe(file, content, report):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of decorations it does not keep
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            formulas = _formulas(content, most_rows)
            return {
                sheet.title.strip(): _sheet(file, sheet, formulas.get(sheet.title, set()), report, most_rows)
                for sheet in book.worksheets
                if not sheet.title.startswith("x_")
            }
    except Exception as error:  # openpyxl raises whatever its parsers raise on damaged files
        _unusable(file, report, f"a damaged workbook ({type(error).__name__}: {error})")
        return None


def _safe(file: str, content: bytes, report: Report) -> bool:
    """Whether this is a workbook of reasonable size without entity declarations; otherwise reported."""
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        _unusable(file, report, "a workbook with a password, or of the old format .xls")
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            unpacked = sum(part.file_size for part in parts)
            if len(content) > LARGEST or unpacked > LARGEST_UNPACKED or len(parts) > MOST_PARTS:
                report.error(
                    "Q018",
                    Place(file),
                    f"{len(parts)} parts that unpack to {unpacked:,} bytes",
                    f"at most {MOST_PARTS} parts and {LARGEST_UNPACKED:,} bytes",
                    "Copy the sheets into a new workbook and save that.",
                )
                return False
            if "xl/workbook.xml" not in archive.namelist():
                _unusable(file, report, "an archive that is no workbook")
                return False
            for part in parts:
                if not _part_is_safe(file, part.filename, archive.read(part), report):
                    return False
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        _unusable(file, report, f"no workbook ({error})")
        return False
    except Exception as error:  # zlib.error and its like
        _unusable(file, report, f"a damaged workbook ({error})")
        return False
    return True


def _part_is_safe(file: str, name: str, content: bytes, report: Report) -> bool:
    """Whether a part of the archive declares nothing and has no more cells than a questionnaire can need.

    Declarations are looked for in the bytes, so another encoding than ASCII's relatives, which none of the programs
    that write workbooks use, is refused as well.
    """
    if not name.endswith((".xml", ".rels")):
        return True
    if _DECLARATION.search(content) or b"\0" in content[:200]:
        _unusable(file, report, f"declarations in {name} that no workbook has")
        return False
    cells = sum(1 for _ in _CELL.finditer(content)) if name.startswith("xl/worksheets/") else 0
    if cells > MOST_CELLS:
        way_out = "Copy the rows of the questionnaire into a new workbook and save that."
        report.error("Q018", Place(file), f"{cells:,} cells in {name}", f"at most {MOST_CELLS:,} cells", way_out)
    return cells <= MOST_CELLS


def _unusable(file: str, report: Report, found: str) -> None:
    report.error(
        "Q001",
        Place(file),
        found,
        "a workbook of the format .xlsx",
        "Open it in a spreadsheet program and save it as .xlsx, without a password.",
    )


def _formulas(content: bytes, most_rows: int) -> dict[str, set[str]]:
    """Cells with a formula, by sheet; read a second time only if there are any."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        if not any(re.search(rb"<(\w+:)?f[ >/]", archive.read(name)) for name in sheets):
            return {}
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    found: dict[str, set[str]] = {}
    for sheet in book.worksheets:
        for row in sheet.iter_rows(max_row=most_rows, max_col=MOST_COLUMNS):
            found.setdefault(sheet.title, set()).update(
                cell.coordinate for cell in row if getattr(cell, "data_type", "") == "f"
            )
    return found


def _sheet(file: str, sheet: Any, formulas: set[str], report: Report, most_rows: int) -> Sheet:
    place = Place(file, sheet=sheet.title)
    sheet.reset_dimensions()  # some programs store wrong ones
    rows = sheet.iter_rows(max_row=most_rows + 1, max_col=MOST_COLUMNS)
    columns = _header(next(rows, ()), place, report)
    letters = {name: where.column.split(":", 1)[0] for name, where in columns.items()}
    found = []
    for number, row in enumerate(rows, 2):
        cells = {get_column_letter(i): cell for i, cell in enumerate(row, 1)}
        entries = {
            name: _cell(
                cells.get(letter),
                Place(file, sheet=sheet.title, row=number, column=columns[name].column),
                f"{letter}{number}" in formulas,
                report,
            )
            for name, letter in letters.items()
        }
        if any(entry.value is not None for entry in entries.values()):
            found.append((number, entries))
    if len(found) and found[-1][0] > most_rows:
        report.error("Q018", place, f"more than {most_rows:,} rows", "fewer", "Delete rows that are not part of it.")
    return Sheet(sheet.title.strip(), place, columns, tuple(found))


def _header(row: Any, place: Place, report: Report) -> dict[str, Place]:
    columns: dict[str, Place] = {}
    for number, cell in enumerate(row, 1):
        name = str(cell.value).strip() if cell.value is not None else ""
        if not name or name.startswith("x_"):
            continue
        where = Place(place.file, sheet=place.sheet, row=1, column=f"{get_column_letter(number)}: {name}")
        name = _SYNONYMS.get(name, name)
        if name in columns:
            report.error("Q008", where, f"a second column '{name}'", "each column once", "Delete or rename one.")
        else:
            columns[name] = where
    return columns


def _cell(cell: Any, place: Place, formula: bool, report: Report) -> Entry:
    """The value of a cell as text; numbers as they are shown without a format, 3 rather than 3.0."""
    value = cell.value if cell is not None else None
    if value is None and formula:
        report.error(
            "Q017",
            place,
            "a formula without a stored result",
            "a value",
            "Open the workbook in a spreadsheet program and save it, or replace the formula by its value.",
        )
        return Entry("?", place, plain=True)
    if getattr(cell, "data_type", "") == "e":
        report.error("Q017", place, f"the error {value}", "a value", "Mend the formula, or write the value.")
        return Entry("?", place, plain=True)
    if isinstance(value, bool):
        return Entry("true" if value else "false", place, plain=True)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = "" if value is None else str(value).replace("\r\n", "\n").strip()
    return Entry(text or None, place, plain=True)
