"""Tables as files for spreadsheet programs, in which no cell is a formula.

A text that begins with =, +, -, @, a tab or a line break would be run as a formula by some programs (CSV injection):
it gets an apostrophe in front.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")

Cell = str | int | float | bool | None


def harmless(value: Cell) -> Cell:
    """The value, as a text that is no formula where it is a text."""
    return f"'{value}" if isinstance(value, str) and value.startswith(DANGEROUS) else value


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """A CSV a line at a time: UTF-8 with byte order mark, semicolons, as Nordic spreadsheet programs open it."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    buffer.write("\ufeff")
    for row in chain([header], rows):
        writer.writerow([harmless(value) for value in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def xlsx(sheet: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A workbook of one sheet with a bold header that stays in sight."""
    book = Workbook(write_only=True)
    page = book.create_sheet(sheet[:31])
    page.freeze_panes = "A2"
    page.append([_bold(page, name) for name in header])
    for row in rows:
        page.append([_written(value) for value in row])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _written(value: Cell) -> Cell:
    safe = harmless(value)
    return ILLEGAL_CHARACTERS_RE.sub("", safe) if isinstance(safe, str) else safe


def _bold(page: object, name: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(page, value=_written(name))
    cell.font = Font(bold=True)
    return cell
