"""A delimited text file in a declared dialect as a table of texts."""

import csv
import io
import re
from collections import Counter

import polars as pl

from barometer.problems import BadInput, Place, Problem, Severity
from barometer.questionnaire._map import Dialect


def read_rows(content: bytes, dialect: Dialect, place: Place) -> tuple[pl.DataFrame, list[Problem]]:
    """All fields as text without blanks at their ends, columns named by the first row; and warnings.

    Raises BadInput (A026, A027) with every row that has too few or too many fields.
    """
    rows, warnings = _rows(_escapes(_decoded(content, dialect, place), dialect), dialect, place)
    if not rows:
        raise BadInput((_unreadable(place, "no rows", "a first row with the columns' names"),))
    header, body = [name.strip() for name in rows[0]], rows[1:]
    problems = [
        _unreadable(place, f"column '{name}' {count} times", "columns with names of their own")
        for name, count in Counter(header).items()
        if count > 1
    ]
    for number, row in enumerate(body, start=2):
        if len(row) != len(header):
            where = Place(file=place.file, row=number)
            problems.append(_unreadable(where, f"{len(row)} fields", f"{len(header)} fields as in the first row"))
    if problems:
        raise BadInput(tuple(problems))
    table = pl.DataFrame(body, schema=dict.fromkeys(header, pl.String), orient="row")
    return table.with_columns(pl.all().str.strip_chars()), warnings


def _decoded(content: bytes, dialect: Dialect, place: Place) -> str:
    encoding = "utf-8-sig" if dialect.encoding.lower().replace("_", "-") in ("utf-8", "utf8") else dialect.encoding
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        found = f"byte {error.object[error.start]:#04x}"
        way_out = "Name the file's encoding in the map: cp1252 and iso-8859-1 are common."
        where = Place(file=place.file, line=line)
        raise BadInput((Problem("A026", where, found, dialect.encoding, way_out),)) from None


def _escapes(text: str, dialect: Dialect) -> str:
    """Letters after the escape character as what they stand for; other escapes stay for the reader of rows."""
    if not dialect.escaped:
        return text
    mark = dialect.escape

    def meant(match: re.Match[str]) -> str:
        letter = match.group(1)
        if letter not in dialect.escaped:
            return match.group()
        return "".join(mark + character for character in dialect.escaped[letter])

    return re.sub(re.escape(mark) + "(.)", meant, text, flags=re.DOTALL)


def _rows(text: str, dialect: Dialect, place: Place) -> tuple[list[list[str]], list[Problem]]:
    """Rows of fields. Where quotation marks were left unescaped inside a text, they are read as they are meant."""
    if not dialect.escape:
        return _parsed(text, dialect, place), []
    mended, count = _stray_quotes(dialect).subn(lambda mark: dialect.escape + mark.group(), text)
    rows = _parsed(mended, dialect, place)
    if not count:
        return rows, []
    found = f"{count} quotation marks inside a text without the escape character"
    way_out = "They were read as part of the text. Look at the texts if they matter."
    return rows, [Problem("A035", place, found, "escaped quotation marks", way_out, Severity.WARNING)]


def _parsed(text: str, dialect: Dialect, place: Place) -> list[list[str]]:
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=dialect.delimiter,
        quotechar=dialect.quote,
        escapechar=dialect.escape or None,
        strict=True,  # a quoted field ends at a delimiter or it is an error
    )
    try:
        return [row for row in reader if row]
    except csv.Error as error:
        where = Place(file=place.file, line=reader.line_num)
        raise BadInput((_unreadable(where, str(error), "quoted fields as the map says"),)) from None


def _stray_quotes(dialect: Dialect) -> re.Pattern[str]:
    """Quotation marks that are not escaped and have no delimiter or line end on either side."""
    border = re.escape(dialect.delimiter) + r"\r\n"
    return re.compile(rf"(?<=[^{border}{re.escape(dialect.escape)}]){re.escape(dialect.quote)}(?=[^{border}])")


def _unreadable(place: Place, found: str, expected: str) -> Problem:
    way_out = "Check delimiter, quote and escape in the map against the file."
    return Problem("A027", place, found, expected, way_out)
