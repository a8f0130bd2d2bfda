"""From the entries of a YAML file or workbook to an instrument; both come here, so both mean the same."""

import keyword
from collections.abc import Mapping, Sequence
from dataclasses import replace

from barometer.edition._canonical import digest
from barometer.edition._entries import Entry, Report
from barometer.edition._fields import Fields
from barometer.edition._names import FUNCTIONS, RESERVED, Names, question_scope
from barometer.edition._questions import KEYS as QUESTION_KEYS
from barometer.edition._questions import NAME, Drafts, read_choices, read_question
from barometer.edition._texts import Context
from barometer.edition._workbook import COLUMNS, read_workbook
from barometer.edition._yaml import read_yaml
from barometer.expressions import Scope
from barometer.model import Check, Instrument, Language, Page, Question
from barometer.problems import Place, raise_errors

_KEYS = ("instrument", "version", "languages", "title", "introduction", "choices", "pages", "checks")


def read_instrument(name: str, content: bytes, register: Scope, languages: Sequence[Language]) -> Instrument:
    """The questionnaire in a file whose `name` ends in .yaml, .yml or .xlsx.

    `register` has the columns of the frame that routing may use; `languages` are those it must be written in.
    Raises BadInput with all problems (codes Q, X, and E016 for a file that is not UTF-8).
    """
    report = Report()
    instrument, _ = read(name, content, report, Names(register), tuple(languages))
    raise_errors(report)
    assert instrument is not None
    return instrument


def read(
    file: str, content: bytes, report: Report, register: Names, languages: tuple[Language, ...]
) -> tuple[Instrument | None, Names]:
    """The instrument, as far as it could be read, and the names of register and answers for later expressions."""
    workbook = file.lower().endswith(".xlsx")
    entry = read_workbook(file, content, report) if workbook else read_yaml(file, content, report)
    if entry is None:
        return None, replace(register, unreadable=True)
    spoken = _languages(entry, report, languages)
    context = Context(report, "Q", spoken, COLUMNS if workbook else {})
    return _Reader(Fields(entry, context, _KEYS), register).instrument(file)


def _languages(entry: Entry, report: Report, wanted: tuple[Language, ...]) -> tuple[Language, ...]:
    fields = Fields(entry, Context(report, "Q", ()), None)
    spoken = tuple(dict.fromkeys(word.text for word in fields.strings("languages", required=True)))
    missing = [language for language in wanted if language not in spoken]
    if spoken and missing:
        report.error(
            "Q016",
            fields.place("languages"),
            ", ".join(spoken),
            "the languages of the edition: " + ", ".join(wanted),
            f"Add {', '.join(missing)} to languages, and the texts.",
        )
    return spoken or wanted


class _Reader:
    """Reads top down, so that routing sees only what stands before it."""

    def __init__(self, fields: Fields, register: Names) -> None:
        self.fields = fields
        self.context = fields.context
        self.register = register
        self.names = register
        self.lists: dict[str, Drafts | None] = {}
        self.pages: dict[str, Place] = {}
        self.questions: dict[str, Place] = {}
        self.later: frozenset[str] = frozenset()

    def instrument(self, file: str) -> tuple[Instrument | None, Names]:
        fields, context = self.fields, self.context
        lists = fields.table("choices", None)
        for name, entry in lists.entries.items() if lists else ():
            self.lists[name] = read_choices(entry, context)
        parts = fields.tables("pages", ("id", "title", "when", "questions"), required=True)
        self.later = _all_names(parts)
        pages = tuple(self._page(part) for part in parts)
        if fields.has("pages") and not any(page.questions for page in pages):
            context.error("019", fields.place("pages"), "no questions", "at least one", "Add pages with questions.")
        instrument = Instrument(
            id=fields.string("instrument", None, r"[a-z][a-z0-9_-]*", "'workplaces'"),
            version=fields.string("version"),
            title=fields.text("title"),
            languages=context.languages,
            pages=pages,
            checks=self._checks(),
            introduction=fields.text("introduction", optional=True),
        )
        return replace(instrument, digest=digest(instrument)), self.names

    def _page(self, fields: Fields) -> Page:
        page_id = fields.string("id", None, NAME, "'incidence'")
        self._once(page_id, fields.place("id"), self.pages, "page")
        when = self.names.condition(fields.optional_word("when"), self.context.report, self.later)
        title = fields.text("title")
        questions = fields.tables("questions", QUESTION_KEYS, required=True)
        read = [self._question(question) for question in questions]
        return Page(page_id, title, tuple(read), when)

    def _question(self, fields: Fields) -> Question:
        question, sound = read_question(fields, self.lists, self.names, self.later)
        if question.id:
            free = self._once(question.id, fields.place("id"), self.questions, "question")
            free = self._free(question.id, fields.place("id")) and free
            broken = () if sound and free else (question.id,)
            self.names = self.names.plus(question_scope(question) if sound and free else {}, broken)
        self.later -= {question.id, *question_scope(question)}
        return question

    def _checks(self) -> tuple[Check, ...]:
        checks = []
        seen: dict[str, Place] = {}
        for fields in self.fields.tables("checks", ("id", "when", "level", "text")):
            check_id = fields.string("id", None, NAME, "'hours_fit'")
            self._once(check_id, fields.place("id"), seen, "check")
            level = fields.string("level", None, "hard|soft", "'hard' or 'soft'")
            condition = self.names.condition(fields.word("when"), self.context.report)
            text = fields.text("text")
            if condition:
                checks.append(Check(check_id, condition, level == "hard", text))
        return tuple(checks)

    def _once(self, name: str, place: Place, seen: dict[str, Place], what: str) -> bool:
        if name and name in seen:
            before = seen[name]
            where = f"row {before.row}" if before.row else f"line {before.line}"
            self.context.error(
                "008", place, f"a second {what} '{name}', first in {where}", "each name once", "Give it another name."
            )
            return False
        if name:
            seen[name] = place
        return True

    def _free(self, name: str, place: Place) -> bool:
        if keyword.iskeyword(name) or name in FUNCTIONS:
            found = f"'{name}', a word of the expression language"
        elif name in RESERVED:
            found = f"'{name}', a column Barometer adds to tables"
        elif name in self.register.taken or name in self.register:
            found = f"'{name}', also a column of the register"
        else:
            return True
        self.context.error("011", place, found, "a name of its own", f"Rename the question, to '{name}_answer' say.")
        return False


def _all_names(pages: Sequence[Fields]) -> frozenset[str]:
    """Names of all questions and grid items, so that a reference forward is told as such."""
    names: set[str] = set()
    for page in pages:
        for question in _mappings(page.entries.get("questions")):
            name = question.get("id")
            if name is not None and isinstance(name.value, str):
                names.add(name.value)
                codes = [item.get("code") for item in _mappings(question.get("items"))]
                names |= {f"{name.value}.{code.value}" for code in codes if code is not None}
    return frozenset(names)


def _mappings(entry: Entry | None) -> list[Mapping[str, Entry]]:
    parts = entry.value if entry is not None and isinstance(entry.value, tuple) else ()
    return [part.value for part in parts if isinstance(part.value, Mapping)]
