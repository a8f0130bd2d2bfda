"""A file of contacts: read safely, columns found by their headers, every row checked. Pure: no database."""

import csv
import io
import re
from collections.abc import Collection as Members
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from barometer.edition import Report, read_sheets
from barometer.problems import Place, Problem, Severity

LARGEST = 10_000_000
"""Bytes of a file."""
MOST_ROWS = 60_000
LONGEST: Mapping[str, int] = {"unit": 120, "name": 200, "email": 254, "phone": 40, "language": 8}
"""Columns a file of contacts may have, and characters of a value."""
HEADERS: Mapping[str, tuple[str, ...]] = {
    "unit": ("unit_id", "unit", "id", "enhed", "enhets-id", "enhet", "orgnr", "organisasjonsnummer", "cvr", "case"),
    "name": ("name", "navn", "namn", "contact", "kontakt", "kontaktperson", "leder", "ledare"),
    "email": ("email", "e-mail", "mail", "e-post", "epost", "e-postadresse", "e-postadress", "mailadresse"),
    "phone": ("phone", "telephone", "telefon", "tlf", "mobil", "mobile", "telefonnummer"),
    "language": ("language", "sprog", "språk", "spraak"),
}
"""Headers that are understood without being told, in small letters."""


@dataclass(frozen=True)
class ContactTable:
    """A file as it stands: headers in order, and rows with their number in the file, a text a column."""

    headers: tuple[str, ...]
    rows: tuple[tuple[int, Mapping[str, str]], ...]


@dataclass(frozen=True)
class ContactRow:
    row: int
    unit_id: str
    name: str
    email: str
    phone: str
    language: str


@dataclass(frozen=True)
class Checked:
    """Rows without errors, and everything found; a row with an error is not among the rows."""

    rows: tuple[ContactRow, ...]
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> int:
        """Rows that have an error."""
        return len({one.place.row for one in self.problems if one.severity is Severity.ERROR})


@dataclass
class _Check:
    """What the rows before have taught."""

    units: Members[str]
    languages: tuple[str, ...]
    file: str
    seen: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read_contacts(name: str, content: bytes) -> tuple[ContactTable | None, tuple[Problem, ...]]:
    """The table in a CSV or an XLSX (its first sheet), or what keeps it from being read (C020, C021, Q001, Q018)."""
    if len(content) > LARGEST:
        return None, (_too_large(name, f"{len(content) / 1e6:.1f} MB", f"at most {LARGEST / 1e6:.0f} MB"),)
    if name.lower().endswith(".xlsx") or content.startswith(b"PK"):
        return _workbook(name, content)
    return _csv(name, content)


def guess_columns(headers: Iterable[str]) -> dict[str, str]:
    """The header of each column that can be told by its name."""
    small = {
        re.sub(r"[\s_]+", " ", header.strip().lower()).replace(" ", "_"): header for header in reversed([*headers])
    }
    small |= {header.replace("_", "-"): kept for header, kept in small.items()}
    found = {}
    for wanted, names in HEADERS.items():
        header = next((small[one] for one in names if one in small), None)
        if header is not None:
            found[wanted] = header
    return found


def check_contacts(
    name: str, table: ContactTable, columns: Mapping[str, str], units: Members[str], languages: tuple[str, ...]
) -> Checked:
    """Every row beside the sample. `columns`: what is wanted -> header. Languages: the collection's, its own first.

    Errors: C022 to C027. Warnings: C028 where a contact has no e-mail address.
    """
    check = _Check(units, languages, name)
    missing = [wanted for wanted in ("unit",) if columns.get(wanted) not in table.headers]
    if missing:
        found = f"headers {', '.join(table.headers[:12])}"
        way_out = "Choose the column that has the unit's id, as in the sample."
        return Checked((), (Problem("C022", Place(name), found, "a column with the unit's id", way_out),))
    rows = []
    for number, cells in table.rows:
        contact = _contact(number, {key: cells.get(columns.get(key, ""), "") for key in LONGEST}, columns, check)
        if contact is not None:
            rows.append(contact)
    return Checked(tuple(rows), tuple(check.problems))


def _contact(number: int, cells: Mapping[str, str], columns: Mapping[str, str], check: _Check) -> ContactRow | None:
    before = len(check.problems)

    def error(code: str, key: str, found: str, expected: str, way_out: str, **values: object) -> None:
        place = Place(check.file, row=number, column=columns.get(key, ""))
        known = {"found": found, "expected": expected, **values}
        check.problems.append(Problem(code, place, found, expected, way_out, values=known))

    unit, email, language = cells["unit"], cells["email"], cells["language"].lower() or check.languages[0]
    if unit not in check.units:
        error("C023", "unit", f"'{unit}'", "a unit of the sample", "Correct the id, or leave the row out.")
    elif unit in check.seen:
        first = check.seen[unit]
        error("C024", "unit", f"'{unit}'", "each unit once", f"It is in row {first} too: leave one out.", first=first)
    check.seen.setdefault(unit, number)
    if email and not _is_email(email):
        error("C025", "email", f"'{email}'", "an e-mail address", "Correct it, or empty the cell.")
    if language not in check.languages:
        expected = ", ".join(check.languages)
        error("C026", "language", f"'{language}'", expected, "Use one of these codes.")
    for key, value in cells.items():
        if (
            len(value) > LONGEST[key]
            or not value.isprintable()
            or (key != "phone" and value.startswith(("=", "+", "@")))
        ):
            error("C027", key, f"'{value[:40]}'", "a short text in one line, and no formula", "Correct the cell.")
    if len(check.problems) > before:
        return None
    if not email:
        way_out = "Add one, or write or phone."
        place = Place(check.file, row=number, column=columns.get("email", ""))
        check.problems.append(Problem("C028", place, "no address", "an e-mail address", way_out, Severity.WARNING))
    return ContactRow(number, unit, cells["name"], email, cells["phone"], language)


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def _workbook(name: str, content: bytes) -> tuple[ContactTable | None, tuple[Problem, ...]]:
    report = Report()
    sheets = read_sheets(name, content, report, MOST_ROWS)
    if not sheets or any(problem.severity is Severity.ERROR for problem in report):
        return None, report.problems or (_unreadable(name, "a workbook without a sheet"),)
    sheet = next(iter(sheets.values()))
    rows = tuple((number, {key: str(cell.value or "") for key, cell in row.items()}) for number, row in sheet.rows)
    return _table(name, tuple(sheet.columns), rows)


def _csv(name: str, content: bytes) -> tuple[ContactTable | None, tuple[Problem, ...]]:
    """UTF-8, or Windows' encoding as Nordic spreadsheet programs save it; separated by what the header has most of."""
    if b"\0" in content:
        return None, (_unreadable(name, "bytes that are no text"),)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    first = text.split("\n", 1)[0]
    delimiter = max(";,\t", key=first.count)
    try:
        lines = [
            [cell.strip() for cell in row] for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        ]
    except csv.Error as error:
        return None, (_unreadable(name, str(error)),)
    headers = tuple(lines[0]) if lines else ()
    rows = tuple((i, dict(zip(headers, row, strict=False))) for i, row in enumerate(lines[1:], 2) if any(row))
    return _table(name, headers, rows)


def _table(
    name: str, headers: tuple[str, ...], rows: tuple[tuple[int, Mapping[str, str]], ...]
) -> tuple[ContactTable | None, tuple[Problem, ...]]:
    if len(rows) > MOST_ROWS:
        return None, (_too_large(name, f"{len(rows):,} rows", f"at most {MOST_ROWS:,}"),)
    named = [header for header in headers if header]
    if not rows or not named or len(set(named)) < len(named):
        return None, (_unreadable(name, "no rows below a header of different names"),)
    return ContactTable(tuple(named), rows), ()


def _unreadable(name: str, found: str) -> Problem:
    way_out = "Save it from the spreadsheet program as CSV (UTF-8) or XLSX, with a first row of column names."
    return Problem("C020", Place(name), found, "a CSV or XLSX file with a header row", way_out, values={"found": found})


def _too_large(name: str, found: str, expected: str) -> Problem:
    values = {"found": found, "expected": expected}
    return Problem("C021", Place(name), found, expected, "Split it, and import the parts one by one.", values=values)
