"""series.toml: earlier editions and other barometers, and the comparability table. Not in every edition."""

import csv
import io
from collections.abc import Iterable, Mapping

from barometer.edition._entries import Report
from barometer.edition._fields import Fields
from barometer.edition._figures import read_decimal
from barometer.edition._toml import decode
from barometer.model import (
    ESSENTIAL,
    OTHER_PROPERTIES,
    TOTAL,
    UNKNOWN,
    Folder,
    Indicator,
    Kin,
    Measure,
    Other,
    Point,
    Programme,
    Properties,
    Series,
    Text,
)
from barometer.problems import Place, suggestion

SERIES = "series.toml"
KEYS = ("here", "word", "other")
COLUMNS = ("indicator", "breakdown", "value", "ci_low", "ci_high", "n")
"""Of a file of figures; those of a site's own CSV download, so that an earlier release's file can be used as it is."""
_PROPERTIES = (*ESSENTIAL, *OTHER_PROPERTIES)
_OTHER = ("id", "kin", "survey", "label", "end", "source", "figures", "properties", "exception")
_ID = r"[a-z0-9]+([-_][a-z0-9]+)*"

Words = dict[tuple[str, str], Text]


def read_series(top: Fields, programmes: Mapping[str, Programme], folder: Folder, report: Report) -> Series:
    """The file; whatever names something the edition does not have is left out and reported (E003 to E009, E027)."""
    words = _words(top, report)
    here = top.table("here", tuple(programmes), required=True)
    ours = {}
    for survey, programme in programmes.items():
        part = here.table(survey, (*_PROPERTIES, "exception")) if here else None
        if part is not None:
            ours[survey] = _properties(part, part, programme, words, report)
    others = []
    for part in top.tables("other", _OTHER):
        one = _other(part, programmes, folder, words, report)
        if one is not None and one.survey not in ours and here is not None:
            expected = f"a table [here.{one.survey}] to compare with"
            report.error("E004", here.place(one.survey), "nothing", expected, f"Add [here.{one.survey}].")
        others += [one] if one is not None else []
    return Series(ours, words, tuple(sorted(others, key=lambda one: one.end)))


def _words(top: Fields, report: Report) -> Words:
    found: Words = {}
    for part in top.tables("word", ("property", "code", "label")):
        name, code, label = part.string("property"), part.string("code"), part.text("label")
        if name and name not in _PROPERTIES:
            _unknown(report, part.place("property"), name, "one of " + ", ".join(_PROPERTIES), _PROPERTIES)
        elif (name, code) in found:
            report.error("E008", part.place("code"), f"'{code}' again", "each code once", "Delete one.")
        else:
            found[name, code] = label
    return found


def _properties(table: Fields, part: Fields, programme: Programme, words: Words, report: Report) -> Properties:
    """`table` has the usual properties, `part` the list of exceptions."""
    usual = _codes(table, words, report, required=True)
    known = [one.id for one in programme.indicators]
    exceptions: dict[str, dict[str, str]] = {}
    for entry in part.tables("exception", ("indicators", *_PROPERTIES)):
        codes = _codes(entry, words, report, required=False)
        for word in entry.strings("indicators", required=True):
            if word.text not in known:
                _unknown(report, word.place, word.text, f"an indicator of survey '{programme.survey}'", known)
            exceptions[word.text] = codes
    return Properties(usual, exceptions)


def _codes(table: Fields, words: Words, report: Report, *, required: bool) -> dict[str, str]:
    codes = {}
    for name in _PROPERTIES:
        code = table.string(name, None if required and name in ESSENTIAL else "")
        if code and code != UNKNOWN and (name, code) not in words:
            known = [UNKNOWN, *(one for key, one in words if key == name)]
            _unknown(report, table.place(name), code, "a code of a [[word]] of this property, or 'unknown'", known)
        if code:
            codes[name] = code
    return codes


def _other(
    part: Fields, programmes: Mapping[str, Programme], folder: Folder, words: Words, report: Report
) -> Other | None:
    only = next(iter(programmes)) if len(programmes) == 1 else None
    name, kin = part.string("id", None, _ID, "'norway-2018'"), part.one_of("kin", Kin)
    survey = part.string("survey", only)
    label, end, source, path = part.text("label"), part.day("end"), part.string("source"), part.string("figures")
    if survey and survey not in programmes:
        _unknown(report, part.place("survey"), survey, "a survey of edition.toml", programmes)
    programme = programmes.get(survey)
    table = part.table("properties", _PROPERTIES, required=True)
    if programme is None or table is None or kin is None or end is None:
        return None
    properties = _properties(table, part, programme, words, report)
    if path and path not in folder:
        near = [one for one in folder if one.startswith("series/")]
        _unknown(report, part.place("figures"), path, "a CSV file of the edition folder", near)
        return None
    points = _points(path, folder[path], programme.indicators, report) if path else {}
    return Other(name, kin, survey, label, end, source, properties, points)


def _points(file: str, content: bytes, indicators: Iterable[Indicator], report: Report) -> dict[str, Point]:
    """Everyone's figures by indicator. Rows by breakdown and of other indicators are passed over, as in the file of a
    whole release."""
    text = decode(file, content, report)
    rows = csv.DictReader(io.StringIO(text or "", newline=""))
    missing = [column for column in COLUMNS if column not in (rows.fieldnames or ())]
    if text is not None and missing:
        found = "no column " + ", ".join(missing)
        way_out = "Add the columns; ci_low, ci_high and n may be empty."
        report.error("E027", Place(file, row=1), found, "the columns " + ", ".join(COLUMNS), way_out)
    if text is None or missing:
        return {}
    known = {one.id: one for one in indicators}
    points = {}
    for number, row in enumerate(rows, 2):
        indicator = known.get(row["indicator"] or "")
        if indicator is None or row["breakdown"] != TOTAL or not row["value"]:
            continue
        scale = 100 if indicator.measure is Measure.SHARE else 1
        numbers = {column: _number(file, number, row, column, report) for column in COLUMNS[2:]}
        value, low, high = (None if one is None else one / scale for one in list(numbers.values())[:3])
        n = numbers["n"]
        if value is not None:
            points[indicator.id] = Point(value, low, high, None if n is None else int(n))
    return points


def _number(file: str, row: int, cells: Mapping[str, str | None], column: str, report: Report) -> float | None:
    written = (cells[column] or "").strip()
    number = read_decimal(written) if written else None
    if written and number is None:
        place = Place(file, row=row, column=column)
        report.error("E027", place, f"'{written}'", "a number with a point as decimal mark", "Correct the number.")
    return number


def _unknown(report: Report, place: Place, found: str, expected: str, known: Iterable[str]) -> None:
    report.error("E009", place, f"'{found}'", expected, suggestion(found, list(known)))
