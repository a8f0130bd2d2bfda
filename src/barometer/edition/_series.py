"""series.toml: earlier editions and other barometers, and the comparability table. Not in every edition."""

import csv
import io
from collections.abc import Iterable, Mapping

from barometer.edition._entries import Report
from barometer.edition._fields import Fields
from barometer.edition._figures import read_decimal
from barometer.edition._toml import decode
from barometer.model import (
    ALL,
    ESSENTIAL,
    GROUPS,
    OTHER_PROPERTIES,
    TOTAL,
    UNKNOWN,
    Folder,
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
COLUMNS = ("indicator", "breakdown", "cell", "value", "ci_low", "ci_high", "n")
"""Of a file of figures; those of a site's own CSV download, so that an earlier release's file can be used as it is."""
_PROPERTIES = (*ESSENTIAL, *OTHER_PROPERTIES)
_OTHER = ("id", "kin", "survey", "label", "end", "source", "figures", "properties", "exception", GROUPS)
_ID = r"[a-z0-9]+([-_][a-z0-9]+)*"

Words = dict[tuple[str, str], Text]
Points = dict[tuple[str, str, str], Point]


def read_series(top: Fields, programmes: Mapping[str, Programme], folder: Folder, report: Report) -> Series:
    """The file; whatever names something the edition does not have is left out and reported (E003 to E009, E027)."""
    words = _words(top, report)
    here = top.table("here", tuple(programmes), required=True)
    ours = {}
    for survey, programme in programmes.items():
        part = here.table(survey, (*_PROPERTIES, "exception", GROUPS)) if here else None
        if part is not None:
            ours[survey] = _properties(part, part, programme, words, report)
    others = []
    for part in top.tables("other", _OTHER):
        one = _other(part, programmes, ours, folder, words, report)
        if one is not None and one.survey not in ours and here is not None:
            expected = f"a table [here.{one.survey}] to compare with"
            report.error("E004", here.place(one.survey), "nothing", expected, f"Add [here.{one.survey}].")
        others += [one] if one is not None else []
    return Series(ours, words, tuple(sorted(others, key=lambda one: one.end)))


def _words(top: Fields, report: Report) -> Words:
    found: Words = {}
    for part in top.tables("word", ("property", "code", "label")):
        name, code, label = part.string("property"), part.string("code"), part.text("label")
        known = (*_PROPERTIES, GROUPS)
        if name and name not in known:
            _unknown(report, part.place("property"), name, "one of " + ", ".join(known), known)
        elif (name, code) in found:
            report.error("E008", part.place("code"), f"'{code}' again", "each code once", "Delete one.")
        else:
            found[name, code] = label
    return found


def _properties(table: Fields, part: Fields, programme: Programme, words: Words, report: Report) -> Properties:
    """`table` has the usual properties, `part` the list of exceptions and the groups."""
    usual = _codes(table, words, report, required=True)
    known = [one.id for one in programme.indicators]
    exceptions: dict[str, dict[str, str]] = {}
    for entry in part.tables("exception", ("indicators", *_PROPERTIES)):
        codes = _codes(entry, words, report, required=False)
        for word in entry.strings("indicators", required=True):
            if word.text not in known:
                _unknown(report, word.place, word.text, f"an indicator of survey '{programme.survey}'", known)
            exceptions[word.text] = codes
    breakdowns = tuple(one.id for one in programme.breakdowns)
    divided = part.table(GROUPS, breakdowns)
    groups = {one: _code(divided, one, GROUPS, words, report) for one in breakdowns} if divided else {}
    return Properties(usual, exceptions, {breakdown: code for breakdown, code in groups.items() if code})


def _codes(table: Fields, words: Words, report: Report, *, required: bool) -> dict[str, str]:
    codes = {
        name: _code(table, name, name, words, report, None if required and name in ESSENTIAL else "")
        for name in _PROPERTIES
    }
    return {name: code for name, code in codes.items() if code}


def _code(table: Fields, key: str, name: str, words: Words, report: Report, default: str | None = "") -> str:
    """The code of property `name` under `key`."""
    code = table.string(key, default)
    if code and code != UNKNOWN and (name, code) not in words:
        known = [UNKNOWN, *(one for property_name, one in words if property_name == name)]
        expected = f"a code of a [[word]] with property = '{name}', or 'unknown'"
        _unknown(report, table.place(key), code, expected, known)
    return code


def _other(
    part: Fields,
    programmes: Mapping[str, Programme],
    ours: Mapping[str, Properties],
    folder: Folder,
    words: Words,
    report: Report,
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
    points = _points(path, folder[path], programme, report) if path else {}
    if programme.survey in ours:
        _check_groups(path, points, programme, _shared(ours[programme.survey], properties), report)
    return Other(name, kin, survey, label, end, source, properties, points)


def _shared(here: Properties, there: Properties) -> tuple[str, ...]:
    """Breakdowns whose categories are declared the same."""
    return tuple(one for one, code in here.groups.items() if code != UNKNOWN and there.groups.get(one) == code)


def _check_groups(file: str, points: Points, programme: Programme, shared: Iterable[str], report: Report) -> None:
    """Groups that are declared the same must be ours."""
    for breakdown in shared:
        known = [one.code for one in programme.breakdown(breakdown).categories]
        for code in dict.fromkeys(cell for _, of, cell in points if of == breakdown and cell not in known):
            place = Place(file, column="cell")
            _unknown(report, place, code, f"a category of breakdown '{breakdown}', as series.toml says", known)


def _points(file: str, content: bytes, programme: Programme, report: Report) -> Points:
    """Figures by indicator, breakdown and category. Rows of others than ours are passed over, as in the file of a whole
    release."""
    text = decode(file, content, report)
    rows = csv.DictReader(io.StringIO(text or "", newline=""))
    missing = [column for column in COLUMNS if column not in (rows.fieldnames or ())]
    if text is not None and missing:
        found = "no column " + ", ".join(missing)
        way_out = "Add the columns; ci_low, ci_high and n may be empty."
        report.error("E027", Place(file, row=1), found, "the columns " + ", ".join(COLUMNS), way_out)
    if text is None or missing:
        return {}
    known = {one.id: one for one in programme.indicators}
    divisions = {TOTAL, *(one.id for one in programme.breakdowns)}
    points = {}
    for number, row in enumerate(rows, 2):
        indicator = known.get(row["indicator"] or "")
        if indicator is None or row["breakdown"] not in divisions or not row["value"]:
            continue
        scale = 100 if indicator.measure is Measure.SHARE else 1
        numbers = {column: _number(file, number, row, column, report) for column in COLUMNS[3:]}
        value, low, high = (None if one is None else one / scale for one in list(numbers.values())[:3])
        n = numbers["n"]
        if value is not None:
            cell = ALL if row["breakdown"] == TOTAL else row["cell"]
            points[indicator.id, row["breakdown"], cell] = Point(value, low, high, None if n is None else int(n))
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
