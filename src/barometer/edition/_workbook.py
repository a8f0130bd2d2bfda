"""Questionnaires in workbooks: from sheets to the entries a YAML file would give, with cells as places.

The format is described in docs/reference/workbook.md.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from barometer.edition._cells import Sheet, read_sheets
from barometer.edition._entries import Entry, Report
from barometer.edition._outline import outline
from barometer.problems import Place, suggestion

COLUMNS = {
    "id": "name",
    "code": "name",
    "kind": "type",
    "text": "label",
    "title": "label",
    "when": "relevant",
    "expression": "calculation",
}
"""Keys of the YAML format whose column has another name, that of XLSForm."""

SHEETS: dict[str, tuple[str, ...]] = {
    "settings": ("key", "value"),
    "texts": ("name", "label::"),
    "questions": (
        "type",
        "name",
        "label::",
        "hint::",
        "choices",
        "relevant",
        "required",
        "min",
        "max",
        "decimals",
        "unit::",
        "core",
        "concept",
        "definition::",
        "total",
        "calculation",
        "missing",
        "prefill",
        "section",
    ),
    "choices": ("list", "name", "label::", "missing", "exclusive", "opens_text", "relevant"),
    "checks": ("name", "condition", "level", "label::"),
    "sections": ("name", "label::"),
}
"""Columns of each sheet; one ending in '::' stands once for every language, as in label::da."""

_NEEDED = {
    "settings": ("key", "value"),
    "texts": ("name", "label::"),
    "questions": ("type", "name", "label::"),
    "choices": ("list", "name", "label::"),
    "checks": ("name", "condition", "level", "label::"),
    "sections": ("name", "label::"),
}
_OPTIONAL_SHEETS = ("choices", "checks", "sections")
_SETTINGS = ("instrument", "version", "languages")
_TEXTS = ("title", "introduction")
_YES_OR_NO = ("core", "exclusive", "opens_text")
_CHOICE_KEYS = {"name": "code", "relevant": "when"}
_SECTION_KEYS = {"name": "id", "label": "title"}
_CHECK_KEYS = {"name": "id", "condition": "when", "label": "text"}

Row = Mapping[str, Entry]


def read_workbook(file: str, content: bytes, report: Report) -> Entry | None:
    """The workbook as the table a YAML questionnaire would be; None when nothing useful can be read."""
    sheets = read_sheets(file, content, report)
    if sheets is None or not _sheets_complete(file, sheets, report):
        return None
    settings = _by_name(sheets["settings"], "key", _SETTINGS, report)
    languages = _languages(settings)
    tables = {name: _Table(sheet, report, languages).rows() for name, sheet in sheets.items() if name in SHEETS}
    texts = _named(tables["texts"], _TEXTS, report)
    questions = sheets["questions"].place
    data = {key: row["value"] for key, row in settings.items()} | {key: row["label"] for key, row in texts.items()}
    data["languages"] = replace(settings["languages"]["value"], value=languages) if languages else _nothing(sheets)
    data["choices"] = Entry(_lists(tables.get("choices", ()), report), replace(questions, sheet="choices"))
    data["pages"] = Entry(outline(tables["questions"], report), questions)
    checks = tuple(_renamed(row, _CHECK_KEYS) for row in tables.get("checks", ()))
    data["checks"] = Entry(checks, replace(questions, sheet="checks"))
    sections = tuple(_renamed(row, _SECTION_KEYS) for row in tables.get("sections", ()))
    data["sections"] = Entry(sections, replace(questions, sheet="sections"))
    for key in ("instrument", "version"):
        data.setdefault(key, _nothing(sheets))
    data.setdefault("title", Entry(None, sheets["texts"].place))
    return Entry(data, Place(file))


def language_of(column: str) -> tuple[str, str]:
    """'label::da' or 'label::Dansk (da)' as 'label::' and 'da'; other columns as themselves and ''."""
    match = re.fullmatch(r"(\w+::)\s*(?:.*\(\s*)?([A-Za-z]{2,3})\s*\)?", column)
    return (match[1], match[2].lower()) if match else (column, "")


def _nothing(sheets: Mapping[str, Sheet]) -> Entry:
    return Entry(None, replace(sheets["settings"].place, column="value"))


def _sheets_complete(file: str, sheets: Mapping[str, Sheet], report: Report) -> bool:
    """Whether all needed sheets and columns are there; unknown ones are reported, but can be passed over."""
    complete = True
    for name, sheet in sheets.items():
        if name not in SHEETS:
            report.error("Q003", sheet.place, f"the sheet '{name}'", "a known sheet or x_…", suggestion(name, SHEETS))
    for name, needed in _NEEDED.items():
        if name not in sheets and name not in _OPTIONAL_SHEETS:
            report.error(
                "Q004", Place(file), f"no sheet '{name}'", "the sheets " + ", ".join(SHEETS), f"Add a sheet '{name}'."
            )
            complete = False
        for column in needed if name in sheets else ():
            if column not in {language_of(one)[0] for one in sheets[name].columns}:
                shown = column + "da, for example" if column.endswith("::") else column
                report.error(
                    "Q004",
                    replace(sheets[name].place, row=1),
                    f"no column '{column}'",
                    f"a column '{shown}'",
                    "Add the column, with its name in row 1.",
                )
                complete = False
    return complete


def _languages(settings: Mapping[str, Row]) -> tuple[Entry, ...]:
    entry = settings["languages"]["value"] if "languages" in settings else None
    if entry is None or not isinstance(entry.value, str):
        return ()
    return tuple(replace(entry, value=code) for code in re.split(r"[\s,;]+", entry.value) if code)


def _by_name(sheet: Sheet, column: str, known: tuple[str, ...], report: Report) -> dict[str, Row]:
    return _named([row for _, row in sheet.rows], known, report, column)


def _named(rows: Sequence[Row], known: tuple[str, ...], report: Report, column: str = "name") -> dict[str, Row]:
    """Rows by the word in `column`; unknown and repeated words are reported."""
    found: dict[str, Row] = {}
    for row in rows:
        word = str(row[column].value or "")
        if word not in known and not word.startswith("x_"):
            report.error("Q003", row[column].place, f"'{word}'", "a known name", suggestion(word, known))
        elif word in found:
            report.error("Q008", row[column].place, f"'{word}' again", "each name once", "Delete one of the rows.")
        elif not word.startswith("x_"):
            found[word] = row
    return found


def _lists(rows: Sequence[Row], report: Report) -> dict[str, Entry]:
    """Lists of choices by name, in the order of the sheet."""
    lists: dict[str, list[Entry]] = {}
    places: dict[str, Place] = {}
    for row in rows:
        name = str(row["list"].value or "")
        if not name:
            report.error("Q004", row["list"].place, "nothing", "the name of a list", "Fill in 'list' in every row.")
            continue
        places.setdefault(name, row["list"].place)
        without_list = {key: cell for key, cell in row.items() if key != "list"}
        lists.setdefault(name, []).append(_renamed(without_list, _CHOICE_KEYS))
    return {name: Entry(tuple(choices), places[name]) for name, choices in lists.items()}


def _renamed(row: Row, names: Mapping[str, str]) -> Entry:
    place = next(iter(row.values())).place
    return Entry({names.get(key, key): cell for key, cell in row.items()}, replace(place, column=""))


@dataclass(frozen=True)
class _Table:
    """A sheet whose columns of one text in several languages are put together."""

    sheet: Sheet
    report: Report
    languages: tuple[Entry, ...]

    def rows(self) -> list[Row]:
        known = SHEETS[self.sheet.name]
        texts: dict[str, dict[str, str]] = {}  # 'label' -> language -> column
        plain: list[str] = []
        codes = [str(language.value) for language in self.languages]
        for column, place in self.sheet.columns.items():
            base, language = language_of(column)
            if base not in known or (base.endswith("::") and not language):
                self.report.error(
                    "Q003", place, f"the column '{column}'", "a known column or x_…", _near(column, known)
                )
            elif language and codes and language not in codes:
                self.report.error(
                    "Q003", place, f"language '{language}'", "a language of the settings", suggestion(language, codes)
                )
            elif language:
                texts.setdefault(base.removesuffix("::"), {})[language] = column
            else:
                plain.append(column)
        for base in _NEEDED[self.sheet.name]:
            if base.endswith("::"):
                texts.setdefault(base.removesuffix("::"), {})
        for base, columns in texts.items():
            self._report_missing(base, [code for code in codes if code not in columns])
        return [
            {column: _yes_or_no(column, row[column]) for column in plain}
            | {base: self._text(row, columns, codes) for base, columns in texts.items()}
            for _, row in self.sheet.rows
        ]

    def _report_missing(self, base: str, missing: list[str]) -> None:
        for language in missing:
            self.report.error(
                "Q006",
                replace(self.sheet.place, row=1),
                f"no column '{base}::{language}'",
                "a column for every language",
                f"Add the column '{base}::{language}' and write the texts.",
            )

    def _text(self, row: Row, columns: Mapping[str, str], codes: list[str]) -> Entry:
        """A text in all languages; a language without a column, which is reported already, repeats another."""
        cells = {language: row[column] for language, column in columns.items()}
        if not cells:
            place = replace(next(iter(row.values())).place, column="")
            return Entry({code: Entry("?", place, plain=True) for code in codes}, place)
        first = next(iter(cells.values()))
        if all(cell.value is None for cell in cells.values()):
            return Entry(None, first.place)
        some = next(cell for cell in cells.values() if cell.value is not None)
        return Entry({**{code: some for code in codes if code not in cells}, **cells}, first.place)


def _near(column: str, known: tuple[str, ...]) -> str:
    shown = [name + "da" if name.endswith("::") else name for name in known]
    return suggestion(column, shown) + " Or start its name with x_ to keep it for yourself."


def _yes_or_no(column: str, entry: Entry) -> Entry:
    if column not in _YES_OR_NO or not isinstance(entry.value, str):
        return entry
    word = entry.value.lower()
    return replace(entry, value={"yes": "true", "no": "false"}.get(word, word))
