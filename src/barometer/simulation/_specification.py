"""simulation.toml as frozen data. The format is described in docs/reference/simulation.md."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from barometer.problems import BadInput, Place, Problem, raise_errors, suggestion

FILE = "simulation.toml"
Numbers = Mapping[str, float]
T = TypeVar("T")


@dataclass(frozen=True)
class RegisterColumn:
    """One column: categories with `shares` (by category of `given`, '' for everyone), log-normal whole numbers
    around `medians` by category of `given`, or `classes` (code -> smallest number) of an earlier number."""

    name: str
    given: str = ""
    shares: Mapping[str, dict[str, float]] = field(default_factory=dict)
    medians: Numbers = field(default_factory=dict)
    spread: float = 0.0
    factors: Mapping[str, Numbers] = field(default_factory=dict)
    classes_of: str = ""
    classes: Numbers = field(default_factory=dict)


@dataclass(frozen=True)
class RegisterPlan:
    """A synthetic register: how many units, the start of their ids, and the columns they get."""

    units: int
    seed: int
    prefix: str
    columns: tuple[RegisterColumn, ...]


@dataclass(frozen=True)
class ResponsePlan:
    """`respondents` (or `rate` of the sample), relative inclinations by column, and exact numbers by one column."""

    respondents: int | None = None
    rate: float = 0.6
    rates: Mapping[str, Numbers] = field(default_factory=dict)
    exactly: Mapping[str, Numbers] = field(default_factory=dict)


@dataclass(frozen=True)
class QuestionPlan:
    """How a question or item is answered: see docs/reference/simulation.md."""

    shares: Numbers = field(default_factory=dict)
    by: Mapping[str, Mapping[str, Numbers]] = field(default_factory=dict)
    pull: Numbers = field(default_factory=dict)
    unanswered: float | None = None
    median: float | None = None
    spread: float = 0.6
    phrases: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Lift:
    """Log odds that an earlier answer adds to choices of a later question."""

    when: str
    question: str
    codes: Numbers


@dataclass(frozen=True)
class Adjustment:
    """How made-up answers are drawn near to published figures: candidates a case, and the shares wanted."""

    candidates: int = 24
    margin: float = 0.08
    aims: Numbers = field(default_factory=dict)


@dataclass(frozen=True)
class SurveyPlan:
    """How the answers of one survey are made up; `unanswered` is the share of questions passed over."""

    response: ResponsePlan = field(default_factory=ResponsePlan)
    inclination: Mapping[str, Numbers] = field(default_factory=dict)
    questions: Mapping[str, QuestionPlan] = field(default_factory=dict)
    lifts: tuple[Lift, ...] = ()
    phrases: Mapping[str, Sequence[str]] = field(default_factory=dict)
    unanswered: float = 0.0
    adjustment: Adjustment = field(default_factory=Adjustment)


def read_register_plan(specification: bytes) -> RegisterPlan:
    """The [register] table. Raises BadInput with every problem of it."""
    reader = _Reader()
    table = reader.table(_load(specification), "register", "")
    reader.known(table, "register", ("units", "seed", "prefix", "column"))
    columns: list[RegisterColumn] = []
    for number, entry in enumerate(reader.tables(table, "column", "register"), 1):
        where = f"register.column[{number}]"
        columns.append(_register_column(reader, entry, where, [one.name for one in columns]))
    plan = RegisterPlan(
        units=int(reader.number(table, "units", "register", 0, low=1)),
        seed=int(reader.number(table, "seed", "register", 0)),
        prefix=reader.text(table, "prefix", "register"),
        columns=tuple(columns),
    )
    raise_errors(reader.problems)
    return plan


def read_survey_plan(specification: bytes, survey: str) -> SurveyPlan:
    """The table of a survey; defaults where there is none. Raises BadInput with every problem of it."""
    reader = _Reader()
    table = reader.table(_load(specification), survey, "")
    known = ("response", "inclination", "question", "lift", "phrases", "unanswered", "adjustment")
    reader.known(table, survey, known)
    questions = reader.table(table, "question", survey)
    plan = SurveyPlan(
        response=_response(reader, reader.table(table, "response", survey), f"{survey}.response"),
        inclination=reader.numbers_by(table, "inclination", survey),
        questions={
            name: _question(reader, reader.table(questions, name, f"{survey}.question"), f"{survey}.question.{name}")
            for name in questions
        },
        lifts=tuple(
            _lift(reader, entry, f"{survey}.lift[{number}]")
            for number, entry in enumerate(reader.tables(table, "lift", survey), 1)
        ),
        phrases=reader.phrases(table, "phrases", survey),
        unanswered=reader.number(table, "unanswered", survey, 0.0, low=0, high=1),
        adjustment=_adjustment(reader, reader.table(table, "adjustment", survey), f"{survey}.adjustment"),
    )
    raise_errors(reader.problems)
    return plan


def _register_column(reader: "_Reader", table: dict[str, Any], where: str, earlier: Sequence[str]) -> RegisterColumn:
    keys = ("name", "given", "shares", "median", "spread", "factors", "classes_of", "classes")
    reader.known(table, where, keys)
    column = RegisterColumn(
        name=reader.text(table, "name", where),
        given=reader.text(table, "given", where),
        medians=reader.numbers(table, "median", where),
        spread=reader.number(table, "spread", where, 0.0, low=0),
        factors=reader.numbers_by(table, "factors", where),
        classes_of=reader.text(table, "classes_of", where),
        classes=reader.numbers(table, "classes", where),
        shares=_shares(reader, table, where),
    )
    for name in (column.given, column.classes_of, *column.factors):
        if name and name not in earlier:
            reader.unknown(where, name, "an earlier column", earlier)
    if not (column.shares or (column.medians and column.given) or (column.classes_of and column.classes)):
        expected = "shares, or given with median, or classes_of with classes"
        reader.problem("E004", where, "a column without values", expected, "Say what the column contains.")
    return column


def _shares(reader: "_Reader", table: dict[str, Any], where: str) -> dict[str, dict[str, float]]:
    if table.get("given"):
        return {key: dict(shares) for key, shares in reader.numbers_by(table, "shares", where).items()}
    shares = reader.numbers(table, "shares", where)
    return {"": dict(shares)} if shares else {}


def _response(reader: "_Reader", table: dict[str, Any], where: str) -> ResponsePlan:
    reader.known(table, where, ("respondents", "rate", "rates", "exactly"))
    plan = ResponsePlan(
        respondents=int(reader.number(table, "respondents", where, 0, low=1)) if "respondents" in table else None,
        rate=reader.number(table, "rate", where, 0.6, low=0, high=1),
        rates=reader.numbers_by(table, "rates", where),
        exactly=reader.numbers_by(table, "exactly", where),
    )
    if len(plan.exactly) > 1:
        found = ", ".join(plan.exactly)
        reader.problem("E012", f"{where}.exactly", found, "one register column", "Keep the most important one.")
    return plan


def _question(reader: "_Reader", table: dict[str, Any], where: str) -> QuestionPlan:
    reader.known(table, where, ("shares", "by", "pull", "unanswered", "median", "spread", "phrases"))
    by = reader.table(table, "by", where)
    return QuestionPlan(
        shares=reader.numbers(table, "shares", where, low=0),
        by={column: reader.numbers_by(by, column, f"{where}.by") for column in by},
        pull=reader.numbers(table, "pull", where),
        unanswered=reader.number(table, "unanswered", where, 0.0, low=0, high=1) if "unanswered" in table else None,
        median=reader.number(table, "median", where, 0.0) if "median" in table else None,
        spread=reader.number(table, "spread", where, 0.6, low=0),
        phrases=reader.phrases(table, "phrases", where),
    )


def _lift(reader: "_Reader", table: dict[str, Any], where: str) -> Lift:
    reader.known(table, where, ("when", "question", "codes"))
    return Lift(
        when=reader.text(table, "when", where, required=True),
        question=reader.text(table, "question", where, required=True),
        codes=reader.numbers(table, "codes", where),
    )


def _adjustment(reader: "_Reader", table: dict[str, Any], where: str) -> Adjustment:
    reader.known(table, where, ("candidates", "margin", "aims"))
    return Adjustment(
        candidates=int(reader.number(table, "candidates", where, 24, low=2, high=200)),
        margin=reader.number(table, "margin", where, 0.08, low=0, high=0.4),
        aims=reader.numbers(table, "aims", where),
    )


def _load(specification: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(specification.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        line = re.search(r"at line (\d+)", str(error))
        place = Place(FILE, line=int(line[1]) if line else 0)
        way_out = "Check quotation marks, commas and brackets here and just above."
        raise BadInput((Problem("E002", place, str(error), "valid TOML in UTF-8", way_out),)) from error


class _Reader:
    """Typed values out of nested tables; wrong ones are noted as problems and replaced by defaults."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def problem(self, code: str, where: str, found: str, expected: str, way_out: str) -> None:
        self.problems.append(Problem(code, Place(FILE, field=where), found, expected, way_out))

    def unknown(self, where: str, word: str, expected: str, known: Sequence[str]) -> None:
        self.problem("E009", where, f"'{word}'", expected, suggestion(word, known))

    def known(self, table: Mapping[str, Any], where: str, keys: Sequence[str]) -> None:
        for key in table:
            if key not in keys:
                self.problem("E003", f"{where}.{key}", f"'{key}'", "a known key", suggestion(key, keys))

    def table(self, table: Mapping[str, Any], key: str, where: str) -> dict[str, Any]:
        value = table.get(key, {})
        return value if isinstance(value, dict) else self._wrong(where, key, value, "a table", {})

    def tables(self, table: Mapping[str, Any], key: str, where: str) -> list[dict[str, Any]]:
        value: list[dict[str, Any]] = table.get(key, [])
        if isinstance(value, list) and all(isinstance(one, dict) for one in value):
            return value
        return self._wrong(where, key, value, "a list of tables", [])

    def text(self, table: Mapping[str, Any], key: str, where: str, required: bool = False) -> str:
        value = table.get(key, "")
        if required and not value:
            self.problem("E004", f"{where}.{key}", "nothing", "a text", f"Fill in '{key}'.")
        return value if isinstance(value, str) else self._wrong(where, key, value, "a text", "")

    def number(
        self,
        table: Mapping[str, Any],
        key: str,
        where: str,
        default: float,
        low: float = float("-inf"),
        high: float = float("inf"),
    ) -> float:
        value = table.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return self._wrong(where, key, value, "a number", default)
        if key in table and not low <= value <= high:
            expected = f"a number from {low:g} to {high:g}"
            self.problem("E012", f"{where}.{key}", f"{value:g}", expected, "Change the number.")
            return default
        return float(value)

    def numbers(self, table: Mapping[str, Any], key: str, where: str, low: float = float("-inf")) -> dict[str, float]:
        inner = self.table(table, key, where)
        return {name: self.number(inner, name, f"{where}.{key}", 0.0, low=low) for name in inner}

    def numbers_by(self, table: Mapping[str, Any], key: str, where: str) -> dict[str, dict[str, float]]:
        inner = self.table(table, key, where)
        return {name: self.numbers(inner, name, f"{where}.{key}") for name in inner}

    def phrases(self, table: Mapping[str, Any], key: str, where: str) -> dict[str, list[str]]:
        inner = self.table(table, key, where)
        for language, value in inner.items():
            if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
                self._wrong(f"{where}.{key}", language, value, "a list of texts", None)
        return {language: value for language, value in inner.items() if isinstance(value, list)}

    def _wrong(self, where: str, key: str, value: object, expected: str, default: T) -> T:
        path = f"{where}.{key}" if where else key
        self.problem("E005", path, f"{value!r}", expected, f"Make it {expected}.")
        return default
