"""Mistakes in questionnaires, in YAML and in workbooks."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import openpyxl
import pytest

from barometer.edition import read_edition, read_instrument, starter, to_workbook
from barometer.expressions import Type, Variable
from barometer.problems import BadInput

LANGUAGES = ("en", "da", "nb", "sv")
REGISTER = {
    "employees": Variable("employees", Type.NUMBER),
    "sector": Variable("sector", Type.CODE, ("municipality", "region", "state")),
}
YAML = starter()["questionnaires/workplaces.yaml"].decode()


def told(name: str, content: bytes) -> str:
    """Everything that is wrong with a questionnaire, as shown to its author."""
    with pytest.raises(BadInput) as caught:
        read_instrument(name, content, REGISTER, LANGUAGES)
    return str(caught.value)


@dataclass(frozen=True)
class Mistake:
    name: str
    old: str
    new: str
    code: str
    says: tuple[str, ...]


ITEMS = YAML[YAML.index("        items:") : YAML.index("        choices:\n          - {code: helped")]

MISTAKES = [
    Mistake("syntax", "pages:\n", "pages: [\n", "Q002", ("q.yaml, line ", "indentation")),
    Mistake("tab", "      - id: process", "\t- id: process", "Q002", ("line 36", "a tab")),
    Mistake("alias", "choices: yes_no\n", "choices: *yes_no\n", "Q002", ("anchors and aliases",)),
    Mistake("key twice", "max: 2000\n", "max: 2000\n        max: 3000\n", "Q008", ("the key 'max'", "Delete one")),
    Mistake("misspelt key", "hint: {", "hints: {", "Q003", ("questions[2].hints", "Did you mean 'hint'?")),
    Mistake("no kind", "        kind: longtext\n", "", "Q004", ("pages[3].questions[1].kind", "Fill in 'kind'")),
    Mistake("unknown kind", "kind: longtext", "kind: note", "Q007", ("'note'", "Write 'information'")),
    Mistake("text in two languages", "nb: Takk, ", "", "Q006", ("pages[3].title", "no text in nb")),
    Mistake(
        "plain text",
        "title: {en: Thank you, da: Tak, nb: Takk, sv: Tack}",
        "title: Thank you",
        "Q005",
        ("pages[3].title", "a language a line"),
    ),
    Mistake("blank text", "sv: Tack}", "sv: }", "Q006", ("pages[3].title.sv", "no text in sv")),
    Mistake(
        "unknown list",
        "choices: yes_no",
        "choices: yes_or_no",
        "Q009",
        ("questions[1].choices", "Did you mean 'yes_no'?"),
    ),
    Mistake("unknown list in a route", "service == 'yes' or", "service == 'ja' or", "X005", ("pages[2].when", "ja")),
    Mistake(
        "route to a later question", "service == 'yes' or", "shared == 'yes' or", "X009", ("pages[2].when", "shared")
    ),
    Mistake(
        "route to itself",
        "      - id: novelty\n",
        "      - id: novelty\n        when: novelty == 'copy'\n",
        "X009",
        ("pages[2].questions[1].when",),
    ),
    Mistake(
        "equality of a multiple choice",
        "      - id: shared\n",
        "      - id: shared\n        when: partners == 'citizens'\n",
        "X007",
        ("pages[2].questions[4].when",),
    ),
    Mistake(
        "question twice", "- id: process", "- id: service", "Q008", ("a second question 'service', first in line 27",)
    ),
    Mistake("page twice", "- id: close", "- id: latest", "Q008", ("a second page 'latest'",)),
    Mistake("choice twice", "- {code: companies,", "- {code: citizens,", "Q008", ("'citizens' again",)),
    Mistake("item twice", "- {code: management,", "- {code: employees,", "Q008", ("'employees' again",)),
    Mistake(
        "question called like a column",
        "- id: comment",
        "- id: sector",
        "Q011",
        ("a column of the register", "sector_answer"),
    ),
    Mistake(
        "question called like a function",
        "- id: comment",
        "- id: count",
        "Q011",
        ("a word of the expression language",),
    ),
    Mistake("question called like a weight", "- id: comment", "- id: weight", "Q011", ("a column Barometer adds",)),
    Mistake("question with a capital", "- id: comment", "- id: Comment", "Q007", ("'Comment'",)),
    Mistake("limits crossed", "min: 0\n", "min: 30000\n", "Q012", ("min 30000 and max 20000",)),
    Mistake(
        "limits of a single choice",
        "choices: yes_no\n",
        "choices: yes_no\n        max: 3\n",
        "Q013",
        ("'max' of a question of kind single",),
    ),
    Mistake(
        "choices of a number",
        "min: 0\n",
        "min: 0\n        choices: yes_no\n",
        "Q013",
        ("'choices' of a question of kind number",),
    ),
    Mistake("grid without items", ITEMS, "", "Q014", ("no items",)),
    Mistake(
        "missing answer among others",
        "exclusive: true, label",
        "missing: refused, label",
        "Q015",
        ("choice 'none'", "Set exclusive"),
    ),
    Mistake("not in all languages", "[en, da, nb, sv]", "[en, da, nb]", "Q016", ("Add sv",)),
    Mistake("control character", "en: Thank you", 'en: "Thank\\u0007 you"', "Q020", ("U+0007",)),
    Mistake("check of an unknown name", "2000 * employees", "2000 * staff", "X003", ("checks[1].when", "staff")),
    Mistake(
        "check of an unknown level",
        "level: soft",
        "level: medium",
        "Q007",
        ("checks[1].level", "one of hard, soft, info"),
    ),
    Mistake("required as a word of others", "required: hard", "required: true", "Q007", ("Write 'hard'",)),
    Mistake("a number that is a word", "max: 2000\n", "max: many\n", "Q005", ("max is 'many'", "a number")),
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_a_mistake_in_yaml_is_told_with_line_and_way_out(mistake: Mistake) -> None:
    assert mistake.old in YAML

    shown = told("q.yaml", YAML.replace(mistake.old, mistake.new, 1).encode())

    assert f"{mistake.code}" in shown
    assert all(words in shown for words in mistake.says), shown


def test_yes_and_no_are_words_in_yaml() -> None:
    instrument = read_instrument("q.yaml", YAML.encode(), REGISTER, LANGUAGES)

    assert [choice.code for choice in instrument.question("service").choices] == ["yes", "no", "dont_know"]


def test_yaml_of_another_encoding_or_depth_is_refused() -> None:
    assert "E016 q.yaml, line 5" in told("q.yaml", YAML.encode("latin-1", "replace"))
    assert "Q018" in told("q.yaml", b"[" * 100_000)


@cache
def whole_workbook() -> bytes:
    return to_workbook(read_edition(starter()).surveys[0].instrument)


def workbook(change: Callable[[Any], None]) -> bytes:
    """The starter's questionnaire as a workbook, changed by hand."""
    book = openpyxl.load_workbook(io.BytesIO(whole_workbook()))
    change(book)
    stored = io.BytesIO()
    book.save(stored)
    return stored.getvalue()


def cell(sheet: str, place: str, value: object) -> Callable[[Any], None]:
    def change(book: Any) -> None:
        book[sheet][place] = value

    return change


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (cell("questions", "B3", None), ("Q004", "sheet 'questions', row 3, column 'B: name'", "Fill in 'name'")),
        (cell("questions", "D3", None), ("Q006", "row 3, column 'D: label::da'", "Write the text in da")),
        (cell("questions", "L1", "relevnt"), ("Q003", "row 1, column 'L: relevnt'", "Did you mean 'relevant'?")),
        (cell("questions", "K3", "yes_no"), ("Q009", "row 3, column 'K: choices'", "the list 'yes_no'")),
        (cell("questions", "A3", "select_one"), ("Q007", "row 3, column 'A: type'", "Write 'single'")),
        (cell("questions", "A5", None), ("Q010", "row 6, column 'A: type'", "Add 'end page'")),
        (cell("questions", "A2", None), ("Q010", "row 2, column 'A: type'", "Add 'begin page'")),
        (cell("questions", "A13", None), ("Q010", "inside the grid 'factors'", "Add 'end grid'")),
        (cell("questions", "A9", "item"), ("Q010", "'end grid'", "an item outside a grid")),
        (cell("questions", "M3", "yes"), ("Q007", "row 3, column 'M: required'", "Write 'hard'")),
        (cell("questions", "N15", "few"), ("Q005", "row 15, column 'N: min'", "a number")),
        (cell("questions", "D1", "label::fi"), ("Q003", "language 'fi'", "no column 'label::da'")),
        (cell("choices", "A2", None), ("Q004", "sheet 'choices', row 2, column 'A: list'", "the name of a list")),
        (cell("choices", "B3", "yes"), ("Q008", "sheet 'choices', row 3, column 'B: name'", "'yes' again")),
        (cell("choices", "C2", "=1+1"), ("Q017", "sheet 'choices', row 2, column 'C: label::en'", "a formula")),
        (cell("choices", "C1", None), ("Q006", "no column 'label::en'", "Add the column")),
        (cell("settings", "A3", "versoin"), ("Q003", "sheet 'settings', row 3", "Did you mean 'version'?")),
        (cell("settings", "B1", "x_value"), ("Q004", "sheet 'settings', row 1", "no column 'value'")),
        (cell("checks", "B2", "hours <= 2000 * staff"), ("X003", "sheet 'checks', row 2, column 'B: condition'")),
        (lambda book: book.remove(book["texts"]), ("Q004", "no sheet 'texts'")),
        (lambda book: book.create_sheet("choice"), ("Q003", "sheet 'choice'", "Did you mean 'choices'?")),
    ],
)  # fmt: skip
def test_a_mistake_in_a_workbook_is_told_with_sheet_row_and_column(
    change: Callable[[Any], None], says: tuple[str, ...]
) -> None:
    shown = told("q.xlsx", workbook(change))

    assert all(words in shown for words in says), shown


def in_question(name: str, column: str, value: object) -> Callable[[Any], None]:
    """Change a cell of the question, found by its name and the column's."""

    def change(book: Any) -> None:
        sheet = book["questions"]
        (row,) = [cells[0].row for cells in sheet.iter_rows(min_row=2) if cells[1].value == name]
        (number,) = [cell.column for cell in sheet[1] if cell.value == column]
        sheet.cell(row, number).value = value

    return change


@pytest.mark.parametrize(
    ("name", "column", "value", "says"),
    [
        ("financing", "total", 0, ("Q012", "a number above 0")),
        ("financing", "total", "all", ("Q005", ": total'", "a number")),
        ("hours", "total", 50, ("Q013", "'total' of a question of kind number")),
        ("hours", "missing", "dont_now", ("Q007", ": missing'", "Did you mean 'dont_know'?")),
        ("shared", "missing", "dont_know", ("Q013", "'missing' of a question of kind single")),
        ("hours_each", "calculation", None, ("Q004", ": calculation'", "Fill in 'calculation'")),
        ("hours_each", "calculation", "hours / staff", ("X003", ": calculation'", "staff")),
        ("hours_each", "calculation", "service == 'yes'", ("X011", ": calculation'")),
        ("hours_each", "calculation", "founded / 2", ("X009", ": calculation'", "asked earlier")),
        ("hours", "calculation", "employees", ("Q013", "'calculation' of a question of kind number")),
        ("people", "prefill", "employes", ("Q009", ": prefill'", "Did you mean 'employees'?")),
        ("people", "prefill", "sector", ("Q013", ": prefill'", "whose values are no answers here")),
        ("in_use", "min", "1.1.2023", ("Q007", ": min'", "2026-03-31")),
        ("in_use", "max", "2022-12-31", ("Q012", "min after max")),
        ("founded", "min", 87.5, ("Q012", "a year")),
        ("aims", "max", 9, ("Q012", "max is 9, but there are 4 choices")),
        ("aims", "choices", "novelty", ("Q013", "choice 'dont_know' cannot be ranked")),
        ("close", "section", "worklace", ("Q009", ": section'", "Did you mean 'workplace'?")),
        ("close", "section", None, ("Q004", "Give one of: innovation, workplace")),
        ("factors", "choices", "aims", ("Q013", "choice 'other' opens a text")),
        ("financing", "type", "begin grid", ("Q010", "'end shares'", "Q013")),
    ],
)
def test_a_mistake_in_the_parts_of_a_question_is_told_with_its_cell(
    name: str, column: str, value: object, says: tuple[str, ...]
) -> None:
    shown = told("q.xlsx", workbook(in_question(name, column, value)))

    assert "sheet 'questions'" in shown
    assert all(words in shown for words in says), shown


def test_a_date_in_a_cell_is_a_limit_like_one_in_words() -> None:
    changed = workbook(in_question("in_use", "min", datetime(2023, 1, 1)))  # noqa: DTZ001

    instrument = read_instrument("q.xlsx", changed, REGISTER, LANGUAGES)

    assert instrument == read_instrument("q.yaml", YAML.encode(), REGISTER, LANGUAGES)


def test_an_item_that_is_called_missing_is_refused_where_it_would_hide_an_answer() -> None:
    shown = told("q.yaml", YAML.replace("{code: grants,", "{code: missing,").encode())

    assert "Q008" in shown
    assert "the code 'missing' beside missing answers" in shown


def test_shares_of_one_item_are_too_few() -> None:
    start, end = YAML.index("          - {code: grants,"), YAML.index("        missing: [dont_know]\n      - id: aims")

    assert "at least 2 items" in told("q.yaml", (YAML[:start] + YAML[end:]).encode())


def test_the_column_names_of_xlsform_are_understood_for_lists() -> None:
    changed = workbook(cell("choices", "A1", "list_name"))

    instrument = read_instrument("q.xlsx", changed, REGISTER, LANGUAGES)

    assert instrument == read_instrument("q.yaml", YAML.encode(), REGISTER, LANGUAGES)


def test_a_sheet_of_millions_of_cells_is_refused_before_it_is_parsed() -> None:
    cells = b"<worksheet><sheetData><row>" + b"<c/>" * 600_000 + b"</row></sheetData></worksheet>"
    content = workbook(lambda book: None)
    stored = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stored, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, cells if name.endswith("sheet3.xml") else old.read(name))

    assert "600,000 cells in xl/worksheets/sheet3.xml" in told("q.xlsx", stored.getvalue())


def test_own_sheets_and_columns_of_a_workbook_are_left_alone() -> None:
    def change(book: Any) -> None:
        book.create_sheet("x_notes")["A1"] = "remember"
        book["questions"]["AX1"] = "x_owner"
        book["questions"]["AX3"] = "Kim"

    instrument = read_instrument("q.xlsx", workbook(change), REGISTER, LANGUAGES)

    assert instrument == read_instrument("q.yaml", YAML.encode(), REGISTER, LANGUAGES)


def test_what_is_no_workbook_is_one_clear_problem() -> None:
    old_format = told("q.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500))
    text = told("q.xlsx", YAML.encode())
    cut_off = told("q.xlsx", workbook(lambda book: None)[:5000])

    assert old_format.count("Q001") == 1
    assert "a password" in old_format
    assert text.count("Q001") == cut_off.count("Q001") == 1


def archive(**parts: bytes) -> bytes:
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name.replace("__", "/") + ".xml", content)
    return stored.getvalue()


def test_archives_made_to_do_harm_are_refused_unread() -> None:
    bomb = archive(xl__workbook=bytes(101_000_000))
    entities_of = b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"
    entities = archive(xl__workbook=b"<?xml version='1.0'?>" + entities_of)

    assert "Q018" in told("q.xlsx", bomb)
    assert "declarations in xl/workbook.xml" in told("q.xlsx", entities)
    for hidden in (b"<!--" + b" " * 3000 + b"-->" + entities_of, entities_of.decode().encode("utf-16")):
        assert "declarations in xl/workbook.xml" in told("q.xlsx", archive(xl__workbook=hidden))


def test_a_questionnaire_without_questions_is_refused() -> None:
    bare = (
        YAML[: YAML.index("choices: #")] + "pages:\n  - {id: a, title: {en: T, da: T, nb: T, sv: T}, questions: []}\n"
    )

    assert "Q019" in told("q.yaml", bare.encode())
