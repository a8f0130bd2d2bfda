"""The map of a file of answers collected elsewhere: its TOML as frozen data, with all mistakes of form.

The format is described in docs/how-to/import-answers.md.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from barometer.problems import BadInput, Place, Problem, suggestion
from barometer.questionnaire._numbers import RANGES, NumberRule


@dataclass(frozen=True)
class Dialect:
    """How the file writes its cells."""

    encoding: str = "utf-8"
    delimiter: str = ","
    quote: str = '"'
    escape: str = ""  # '': a quotation mark inside a text is doubled
    escaped: Mapping[str, str] = field(default_factory=dict)  # letter after the escape character -> meaning


@dataclass(frozen=True)
class UnitMap:
    """The column that says whose answers they are, and the column of the frame it is looked up in."""

    column: str
    lookup: str = "unit_id"
    ignore_case: bool = False
    corrections: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class QuestionMap:
    """Where a question's answers are. `column` for one column, `columns` (choice or item -> column) for several;
    `values` from what stands in the file to codes, or to marks of a multiple choice with a column a choice;
    `missing` from what stands in the file to missing answers the question offers; `texts` (choice -> column) of the
    texts beside choices; `format` of dates, as Python's strptime reads it."""

    id: str
    column: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str | bool] | None = None
    blank: tuple[str, ...] = ("",)
    separator: str = ""
    none_marked: str = "answered"
    number: NumberRule = field(default_factory=NumberRule)
    missing: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    format: str = "%Y-%m-%d"

    @property
    def sources(self) -> tuple[str, ...]:
        own = tuple(self.columns.values()) if self.columns else (self.column,)
        return (*own, *self.texts.values())


@dataclass(frozen=True)
class RegisterMap:
    """A column that repeats one of the frame, to be compared with it."""

    column: str
    frame_column: str
    corrections: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class AnswerMap:
    """What each column of a file collected elsewhere means."""

    dialect: Dialect
    case_column: str  # '': cases are numbered as they stand
    case_prefix: str
    unit: UnitMap
    questions: tuple[QuestionMap, ...]
    register: tuple[RegisterMap, ...]
    ignored: tuple[str, ...]


def read_map(content: bytes, place: Place) -> AnswerMap:
    """The map, or BadInput with every entry of wrong form."""
    try:
        document = tomllib.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        problem = Problem("A020", place, str(error), "a TOML file in UTF-8", "Mend the map at this place.")
        raise BadInput((problem,)) from None
    problems: list[Problem] = []
    top = _Table(document, "", place, problems)
    case, unit = top.table("case_id"), top.table("unit_id")
    found = AnswerMap(
        dialect=_dialect(top.table("file")),
        case_column=case.text("column"),
        case_prefix=case.text("prefix"),
        unit=_unit(unit),
        questions=tuple(_question(table) for table in top.tables("question")),
        register=tuple(_register(table) for table in top.tables("register")),
        ignored=tuple(column for table in top.tables("ignore") for column in _ignored(table)),
    )
    if bool(found.case_column) == case.flag("rows"):
        case.wrong("column or rows", f"{sorted(case.content)}", 'column = "...", or rows = true', "Give one of them.")
    for table in (top, case):
        table.close()
    if problems:
        raise BadInput(tuple(problems))
    return found


class _Table:
    """One table of the map: each key is taken once, and keys left when it closes mean nothing."""

    def __init__(self, content: Mapping[str, Any], name: str, place: Place, problems: list[Problem]) -> None:
        self.content, self.name, self.place, self.problems = content, name, place, problems
        self.known: set[str] = set()

    def text(self, key: str, default: str = "", required: bool = False) -> str:
        value: str = self._take(key, str, default, "a text")
        if required and not value:
            self.wrong(key, "nothing", "a text", f"Give {key}.")
        return value

    def flag(self, key: str) -> bool:
        return bool(self._take(key, bool, False, "true or false"))

    def texts(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        values = self._take(key, list, list(default), "a list of texts")
        if all(isinstance(value, str) for value in values):
            return tuple(values)
        self.wrong(key, f"{values}", "a list of texts", "Put quotation marks round every text.")
        return default

    def mapping(self, key: str) -> dict[str, str]:
        values = self._take(key, dict, {}, "a table of texts")
        if all(isinstance(value, str) for value in values.values()):
            return dict(values)
        self.wrong(key, f"{values}", "a table of texts", "Put quotation marks round every text.")
        return {}

    def values(self) -> dict[str, str | bool] | None:
        values: dict[str, str | bool] | None = self._take("values", dict, None, "a table of codes or marks")
        if values is None or all(isinstance(value, str | bool) for value in values.values()):
            return values
        self.wrong("values", f"{values}", "codes, or true and false", "Put quotation marks round every code.")
        return None

    def table(self, key: str) -> "_Table":
        return _Table(self._take(key, dict, {}, "a table"), self._path(key), self.place, self.problems)

    def tables(self, key: str) -> list["_Table"]:
        values = self._take(key, list, [], f"tables [[{key}]]")
        if not all(isinstance(value, dict) for value in values):
            self.wrong(key, f"{values}", f"tables [[{key}]]", f"Write [[{key}]] in double brackets.")
            return []
        return [
            _Table(value, f"{self._path(key)}[{number}]", self.place, self.problems)
            for number, value in enumerate(values, start=1)
        ]

    def close(self) -> None:
        for key in self.content:
            if key not in self.known:
                self.wrong(key, f"'{key}'", "a key with a meaning", suggestion(key, self.known))

    def wrong(self, key: str, found: str, expected: str, way_out: str) -> None:
        where = Place(file=self.place.file, field=self._path(key))
        self.problems.append(Problem("A021", where, found, expected, way_out))

    def _take(self, key: str, kind: type, default: Any, expected: str) -> Any:
        self.known.add(key)
        value = self.content.get(key, default)
        if value is default or isinstance(value, kind):
            return value
        self.wrong(key, f"{value!r}", expected, f"Write {expected}.")
        return default

    def _path(self, key: str) -> str:
        return f"{self.name}.{key}" if self.name else key


def _dialect(table: _Table) -> Dialect:
    default = Dialect()
    found = Dialect(
        table.text("encoding", default.encoding),
        table.text("delimiter", default.delimiter),
        table.text("quote", default.quote),
        table.text("escape"),
        table.mapping("escaped"),
    )
    table.close()
    marks = {"delimiter": found.delimiter, "quote": found.quote}
    marks |= {"escape": found.escape} if found.escape else {}
    for key, mark in marks.items():
        if len(mark) != 1 or mark in "\r\n" or list(marks.values()).count(mark) > 1:
            table.wrong(key, f"{mark!r}", "one character of its own", "Give the character the file uses.")
    for letter in found.escaped:
        if len(letter) != 1 or not found.escape:
            table.wrong("escaped", f"{letter!r}", "one letter, and escape given", "Give the letter alone.")
    try:
        b" ".decode(found.encoding)
    except UnicodeDecodeError:
        pass  # an encoding of more than one byte a letter
    except (LookupError, ValueError):
        table.wrong("encoding", found.encoding, "utf-8, cp1252, iso-8859-1 or the like", "Name a known encoding.")
    return found


def _unit(table: _Table) -> UnitMap:
    found = UnitMap(
        table.text("column", required=True),
        table.text("lookup", UnitMap.lookup),
        table.flag("ignore_case"),
        table.mapping("corrections"),
    )
    table.close()
    return found


def _question(table: _Table) -> QuestionMap:
    column, columns = table.text("column"), table.mapping("columns")
    if bool(column) == bool(columns):
        table.wrong("column", "both or neither", "either column or columns", "Give one of them.")
    found = QuestionMap(
        id=table.text("id", required=True),
        column=column,
        columns=columns,
        values=table.values(),
        blank=table.texts("blank", ("",)),
        separator=table.text("separator"),
        none_marked=table.text("none_marked", "answered"),
        number=_number_rule(table.table("number")),
        missing=table.mapping("missing"),
        texts=table.mapping("texts"),
        format=table.text("format", "%Y-%m-%d"),
    )
    if found.none_marked not in ("answered", "missing"):
        table.wrong("none_marked", found.none_marked, "answered or missing", "Use one of the two words.")
    table.close()
    return found


def _number_rule(table: _Table) -> NumberRule:
    found = NumberRule(table.text("decimal", "."), table.text("thousands"), table.texts("drop"), table.text("range"))
    table.close()
    if found.range and found.range not in RANGES:
        table.wrong("range", found.range, ", ".join(RANGES), suggestion(found.range, RANGES))
    if len(found.decimal) != 1 or len(found.thousands) > 1 or found.decimal == found.thousands:
        marks = f"{found.decimal!r} and {found.thousands!r}"
        table.wrong("decimal", marks, "two different marks of one character", "Look at how the file writes numbers.")
    return found


def _register(table: _Table) -> RegisterMap:
    found = RegisterMap(
        table.text("column", required=True), table.text("is", required=True), table.mapping("corrections")
    )
    table.close()
    return found


def _ignored(table: _Table) -> tuple[str, ...]:
    columns = table.texts("columns")
    table.text("reason", required=True)
    table.close()
    return columns
