"""Coding schemes of open answers: coding/*.yaml of an edition folder, and the same as CSV for spreadsheets."""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import replace

from barometer.edition._entries import Entry, Report
from barometer.edition._fields import Fields
from barometer.edition._names import question_scope
from barometer.edition._surveys import SurveyRead, Surveys
from barometer.edition._texts import Context
from barometer.edition._toml import decode
from barometer.edition._yaml import read_yaml, write_yaml
from barometer.model import CodingScheme, Folder, Language, SchemeCode, open_answers
from barometer.problems import Place, raise_errors, suggestion

FOLDER = "coding/"
KEYS = ("survey", "answer", "multiple", "codes")
CODE_KEYS = ("id", "label", "description", "example", "was")
ID = r"[a-z0-9][a-z0-9_]{0,29}"
MOST_CODES = 99
_CSV_KEYS = ("id", "description", "example", "was")


def read_coding(
    file: str, content: bytes, *, languages: tuple[Language, ...], answer: str = "", multiple: bool = False
) -> CodingScheme:
    """A scheme in YAML or, by the ending of the file's name, CSV.

    `answer`: the only open answer it may be of; a CSV says neither that nor `multiple`, which are taken from here.
    Raises BadInput with everything wrong in it (E-codes; Q002 and Q018 for a file that is no YAML).
    """
    report = Report()
    context = Context(report, "E", languages)
    if file.lower().endswith(".csv"):
        entries = _csv_entries(file, content, languages, report)
        codes = _codes(entries, Place(file), context) if entries is not None else ()
        scheme = CodingScheme(answer, codes, multiple)
    else:
        top = read_yaml(file, content, report)
        fields = Fields(top, context, KEYS) if top else None
        scheme = _scheme(fields, context) if fields else CodingScheme(answer)
        if answer and scheme.answer and fields and scheme.answer != answer:
            way_out = "Import it at that answer, or change 'answer'."
            report.error("E009", fields.place("answer"), f"answer '{scheme.answer}'", f"'{answer}'", way_out)
    raise_errors(report)
    return scheme


def check_coding(scheme: CodingScheme, languages: tuple[Language, ...]) -> None:
    """A scheme that was typed into a form: the same checks, the rows counted from 1. Raises BadInput."""
    report = Report()
    rows = [_entry_of(number, code) for number, code in enumerate(scheme.codes, 1)]
    _codes(rows, Place(), Context(report, "E", languages))
    raise_errors(report)


def coding_yaml(scheme: CodingScheme, survey: str = "") -> bytes:
    """The scheme as a file that reads back to the same."""
    codes = [
        {
            "id": code.id,
            "label": dict(code.label),
            **{key: value for key in ("description", "example") if (value := getattr(code, key))},
            **({"was": list(code.was)} if code.was else {}),
        }
        for code in scheme.codes
    ]
    head = {**({"survey": survey} if survey else {}), "answer": scheme.answer, "multiple": scheme.multiple}
    return write_yaml({**head, "codes": codes})


def coding_csv(scheme: CodingScheme, languages: tuple[Language, ...]) -> bytes:
    """The codes for a spreadsheet: UTF-8 with byte order mark, semicolons."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    writer.writerow(["id", *(f"label_{one}" for one in languages), "description", "example", "was"])
    for code in scheme.codes:
        labels = [code.label.get(one, "") for one in languages]
        cells = [code.id, *labels, code.description, code.example, " ".join(code.was)]
        writer.writerow([f"'{cell}" if cell.startswith(("=", "+", "-", "@")) else cell for cell in cells])
    return written.getvalue().encode("utf-8-sig")


def add_codings(surveys: Surveys, folder: Folder, languages: tuple[Language, ...], report: Report) -> Surveys:
    """The surveys with the schemes of the folder's coding/, and the names those give to expressions."""
    by_id = dict(surveys.by_id)
    for path in sorted(folder):
        if not path.startswith(FOLDER):
            continue
        if not path.lower().endswith((".yaml", ".yml")):
            way_out = "Save the scheme as YAML; the page of the scheme does."
            report.warning("E017", Place(path), f"the file '{path}'", "schemes ending in .yaml", way_out)
            continue
        context = Context(report, "E", languages)
        top = read_yaml(path, folder[path], report)
        fields = Fields(top, context, KEYS) if top else None
        if fields is None or not isinstance(fields.entry.value, Mapping):
            continue
        survey, before = surveys.of(fields, report), len(report)
        scheme = _scheme(fields, context)
        if survey is not None and len(report) == before:
            by_id[survey.id] = _added(by_id[survey.id], scheme, fields, report)
    return Surveys(by_id, surveys.unreadable)


def _added(survey: SurveyRead, scheme: CodingScheme, fields: Fields, report: Report) -> SurveyRead:
    if survey.instrument is None:
        return survey
    asked, place = open_answers(survey.instrument), fields.place("answer")
    if scheme.answer not in asked:
        expected = f"an open answer of questionnaire '{survey.instrument.id}'"
        report.error("E009", place, f"answer '{scheme.answer}'", expected, suggestion(scheme.answer, asked))
        return survey
    taken = {question.id for question in survey.instrument.questions} | {one.question_id for one in survey.codings}
    if scheme.question_id in taken or scheme.question_id in survey.names:
        found = f"'{scheme.question_id}', which is there already"
        way_out = "Keep one scheme an answer, and no question or column of this name."
        report.error("E008", place, found, "each name once", way_out)
        return survey
    scope = question_scope(scheme.question(asked[scheme.answer]))
    return replace(survey, codings=(*survey.codings, scheme), names=survey.names.plus(scope))


def _scheme(fields: Fields, context: Context) -> CodingScheme:
    answer, multiple = fields.string("answer"), fields.boolean("multiple", False)
    entry = fields.entries.get("codes")
    if entry is None or entry.value is None or not isinstance(entry.value, tuple):
        fields.tables("codes", CODE_KEYS, required=True)  # tells what is wrong with it
        return CodingScheme(answer, (), multiple)
    return CodingScheme(answer, _codes(entry.value, entry.place, context), multiple)


def _codes(entries: Iterable[Entry], place: Place, context: Context) -> tuple[SchemeCode, ...]:
    codes: list[SchemeCode] = []
    ids: set[str] = set()
    labels: set[tuple[Language, str]] = set()
    for entry in entries:
        fields = Fields(entry, context, CODE_KEYS)
        if not isinstance(entry.value, Mapping):
            continue
        code = SchemeCode(
            fields.string("id", None, ID, "'staff' or 'law_2'"),
            fields.text("label"),
            fields.string("description", ""),
            fields.string("example", ""),
            tuple(word.text for word in fields.strings("was")),
        )
        if code.id and code.id in ids:
            context.error("008", fields.place("id"), f"'{code.id}' again", "each code once", "Give it another id.")
        for language, label in code.label.items():
            if (language, label.casefold()) in labels:
                found = f"the label '{label}' again"
                context.error("008", fields.place("label"), found, "labels that differ", "Change or join the codes.")
            labels.add((language, label.casefold()))
        ids.add(code.id)
        codes.append(code)
    if not codes or len(codes) > MOST_CODES:
        way_out = "Write a code for what answers have in common." if not codes else "Join codes that few answers get."
        context.error("012", place, f"{len(codes)} codes", f"1 to {MOST_CODES} codes", way_out)
    return tuple(codes)


def _entry_of(number: int, code: SchemeCode) -> Entry:
    place = Place(row=number)
    texts = {"id": code.id, "description": code.description, "example": code.example}
    parts = {key: Entry(text or None, Place(row=number, column=key), plain=True) for key, text in texts.items()}
    labels = {
        language: Entry(label or None, Place(row=number, column=f"label_{language}"), plain=True)
        for language, label in code.label.items()
    }
    was = tuple(Entry(one, Place(row=number, column="was"), plain=True) for one in code.was)
    return Entry({**parts, "label": Entry(labels, place), "was": Entry(was or None, place)}, place)


def _csv_entries(
    file: str, content: bytes, languages: tuple[Language, ...], report: Report
) -> tuple[Entry, ...] | None:
    """Rows as tables, as YAML would have them; None when the file is no such table, which is told."""
    text = decode(file, content, report)
    if text is None:
        return None
    text = text.removeprefix("\ufeff")
    first = text.split("\n", 1)[0]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=max(";,\t", key=first.count))
    header = [cell.strip() for cell in next(rows, [])]
    wanted = ["id", *(f"label_{one}" for one in languages)]
    known = {*_CSV_KEYS, *wanted}
    if missing := [name for name in wanted if name not in header]:
        found = f"no column {', '.join(missing)}"
        report.error("E027", Place(file, row=1), found, f"the columns {', '.join(wanted)}", "Correct the first row.")
        return None
    for name in header:
        if name and name not in known:
            report.error("E003", Place(file, row=1), f"'{name}'", "a known column", suggestion(name, known))
    found_rows = ((number, dict(zip(header, row, strict=False))) for number, row in enumerate(rows, 2))
    return tuple(_csv_entry(file, number, row, languages) for number, row in found_rows if any(row.values()))


def _csv_entry(file: str, number: int, row: Mapping[str, str], languages: tuple[Language, ...]) -> Entry:
    def cell(name: str) -> Entry:
        text = (row.get(name) or "").strip()
        text = text.removeprefix("'") if text.startswith(("'=", "'+", "'-", "'@")) else text
        return Entry(text or None, Place(file, row=number, column=name), plain=True)

    place = Place(file, row=number)
    labels = {one: cell(f"label_{one}") for one in languages}
    was = str(cell("was").value or "").replace(",", " ").split()
    words = tuple(Entry(one, Place(file, row=number, column="was"), plain=True) for one in was)
    parts = {"id": cell("id"), "description": cell("description"), "example": cell("example")}
    return Entry({**parts, "label": Entry(labels, place), "was": Entry(words or None, place)}, place)
