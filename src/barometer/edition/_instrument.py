"""From the entries of a YAML file or workbook to an instrument; both come here, so both mean the same."""

import keyword
from collections.abc import Mapping, Sequence
from dataclasses import replace

from barometer.edition._canonical import digest
from barometer.edition._entries import Entry, Report
from barometer.edition._fields import Fields
from barometer.edition._kinds import check_prefill
from barometer.edition._names import FUNCTIONS, RESERVED, Names, question_scope
from barometer.edition._questions import KEYS as QUESTION_KEYS
from barometer.edition._questions import NAME, Drafts, read_choices, read_question
from barometer.edition._second_look import Places, look_again, unused_lists
from barometer.edition._texts import Context
from barometer.edition._workbook import COLUMNS, read_workbook
from barometer.edition._yaml import read_yaml
from barometer.expressions import Scope
from barometer.model import Check, Instrument, Language, Level, Page, Question, Section
from barometer.problems import Place, raise_errors, suggestion

_KEYS = ("instrument", "version", "languages", "title", "introduction", "choices", "sections", "pages", "checks")
_PAGE_KEYS = ("id", "title", "section", "when", "questions")


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
        self.sections: dict[str, Place] = {}
        self.questions: dict[str, Place] = {}
        self.checks: dict[str, Place] = {}
        self.used: list[str] = []  # shared lists
        self.later: frozenset[str] = frozenset()

    def instrument(self, file: str) -> tuple[Instrument | None, Names]:
        fields, context = self.fields, self.context
        before = len(context.report)
        lists = fields.table("choices", None)
        for name, entry in lists.entries.items() if lists else ():
            self.lists[name] = read_choices(entry, context)
        sections = self._sections()
        parts = fields.tables("pages", _PAGE_KEYS, required=True)
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
            sections=sections,
        )
        if len(context.report) == before:
            places = Places(self.pages, self.questions, self.checks, self.sections)
            look_again(instrument, places, self.register.scope, context.report)
            unused_lists({name: lists.place(name) for name in self.lists} if lists else {}, self.used, context.report)
        return replace(instrument, digest=digest(instrument)), self.names

    def _page(self, fields: Fields) -> Page:
        page_id = fields.string("id", None, NAME, "'incidence'")
        self._once(page_id, fields.place("id"), self.pages, "page")
        when = self.names.condition(fields.optional_word("when"), self.context.report, self.later)
        title = fields.text("title")
        questions = fields.tables("questions", QUESTION_KEYS, required=True)
        read = [self._question(question) for question in questions]
        return Page(page_id, title, tuple(read), when, self._section(fields))

    def _sections(self) -> tuple[Section, ...]:
        read = []
        for fields in self.fields.tables("sections", ("id", "title")):
            section_id = fields.string("id", None, NAME, "'economy'")
            self._once(section_id, fields.place("id"), self.sections, "section")
            read.append(Section(section_id, fields.text("title")))
        return tuple(read)

    def _section(self, fields: Fields) -> str:
        """The section of a page. Either every page has one or none, so that each answer is somebody's to give."""
        name = fields.string("section", "")
        if name and name not in self.sections:
            found, expected = f"the section '{name}'", "a section of this questionnaire"
            self.context.error("009", fields.place("section"), found, expected, suggestion(name, self.sections))
        elif not name and self.sections:
            way_out = f"Give one of: {', '.join(self.sections)}."
            self.context.error("004", fields.place("section"), "nothing", "a section, as there are some", way_out)
        return name

    def _question(self, fields: Fields) -> Question:
        question, sound = read_question(fields, self.lists, self.names, self.later)
        named = fields.entries.get("choices")
        self.used += [named.value] if named is not None and isinstance(named.value, str) else []
        check_prefill(fields, question, self.register)
        if question.id:
            free = self._once(question.id, fields.place("id"), self.questions, "question")
            free = self._free(question.id, fields.place("id")) and free
            broken = () if sound and free else (question.id,)
            self.names = self.names.plus(question_scope(question) if sound and free else {}, broken)
        self.later -= {question.id, *question_scope(question)}
        return question

    def _checks(self) -> tuple[Check, ...]:
        checks = []
        for fields in self.fields.tables("checks", ("id", "when", "level", "text")):
            check_id = fields.string("id", None, NAME, "'hours_fit'")
            self._once(check_id, fields.place("id"), self.checks, "check")
            level = fields.one_of("level", Level)
            condition = self.names.condition(fields.word("when"), self.context.report)
            text = fields.text("text")
            if condition and level:
                checks.append(Check(check_id, condition, level, text))
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
