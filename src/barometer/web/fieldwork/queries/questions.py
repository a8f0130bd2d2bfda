"""A question as a page shows it: plain values for the templates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from barometer.model import CONSENTED, Choice, Missing, Question, QuestionKind, Required
from barometer.web.fieldwork.forms import form_fields, written
from barometer.web.fieldwork.instruments import instrument_of
from barometer.web.fieldwork.markdown import as_html
from barometer.web.fieldwork.queries.wording import missing_label

TEMPLATES: Mapping[QuestionKind, str] = {
    QuestionKind.SINGLE: "choices",
    QuestionKind.MULTI: "choices",
    QuestionKind.CONSENT: "choices",
    QuestionKind.GRID: "grid",
    QuestionKind.NUMBER: "line",
    QuestionKind.YEAR: "line",
    QuestionKind.DATE: "line",
    QuestionKind.TEXT: "line",
    QuestionKind.LONGTEXT: "area",
    QuestionKind.SHARES: "shares",
    QuestionKind.RANKING: "ranking",
    QuestionKind.COMPUTED: "figure",
    QuestionKind.INFORMATION: "note",
}


@dataclass(frozen=True)
class Option:
    """One radio button, box or entry of a list; `text`: the line beside it, where it has one."""

    id: str
    name: str
    value: str
    label: str
    chosen: bool
    exclusive: bool = False
    text: "Line | None" = None


@dataclass(frozen=True)
class Line:
    """One field to write in."""

    id: str
    name: str
    label: str
    value: str


@dataclass(frozen=True)
class Row:
    """An item of a grid, or a place of a ranking, with its options."""

    id: str
    label: str
    options: tuple[Option, ...]
    name: str = ""
    errors: tuple[str, ...] = ()


@dataclass
class ShownQuestion:
    id: str
    template: str
    type: str  # of the input: radio, checkbox, or its inputmode
    text: str
    hint: str
    definition: SafeString | str
    demand: str  # in words: must be answered, may be left out
    anchor: str  # id of its first field
    value: str = ""
    unit: str = ""
    width: str = ""
    options: tuple[Option, ...] = ()
    rows: tuple[Row, ...] = ()
    lines: tuple[Line, ...] = ()
    missing: tuple[Option, ...] = ()
    total: str = ""
    room: int = 0  # characters
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)  # an answer that was not stored: somebody changed it meanwhile

    @property
    def described(self) -> str:
        """Ids of what describes its fields."""
        parts = (("hint", self.hint), ("error", self.errors or self.warnings or self.others), ("unit", self.unit))
        return " ".join(f"{part}:{self.id}" for part, there in parts if there)

    @property
    def html(self) -> SafeString:
        """Its part of the page."""
        return SafeString(_template().render({"question": self}))


@lru_cache(maxsize=4096)
def blank_question(version_id: int, language: str, question_id: str) -> SafeString:
    """A question nobody has touched, as HTML: the same for everybody who meets it so."""
    question = instrument_of(version_id).question(question_id)
    return shown_question(question, {}, {}, language).html


@cache
def _template() -> Any:
    return get_template("fieldwork/respondent/_question.html")


def shown_question(
    question: Question, values: Mapping[str, object], kept: Mapping[str, str], language: str
) -> ShownQuestion:
    """The question with what is stored for it."""
    fields = form_fields(question, values, kept, language)
    shown = ShownQuestion(
        id=question.id,
        template=TEMPLATES[question.kind],
        type="",
        text=question.text.get(language, ""),
        hint=question.hint.get(language, ""),
        definition=as_html(question.definition[language]) if question.definition.get(language) else "",
        demand=_demand(question),
        anchor=f"f:{question.id}",
        unit=question.unit.get(language, ""),
    )
    _fill(shown, question, fields, values, language)
    if question.missing:
        shown.missing = _missing(question, fields)
    return shown


def _fill(
    shown: ShownQuestion,
    question: Question,
    fields: Mapping[str, Sequence[str]],
    values: Mapping[str, object],
    language: str,
) -> None:
    kind = question.kind
    if shown.template == "choices":
        shown.type = "radio" if kind is QuestionKind.SINGLE else "checkbox"
        shown.options = _options(question, fields, language) if question.choices else (_consent(question, fields),)
        shown.anchor = shown.options[0].id if shown.options else shown.anchor
    elif kind is QuestionKind.GRID:
        shown.rows = tuple(
            Row(f"f:{name}", label, _scale(question, name, fields, language))
            for name, label in _items(question, language)
        )
        shown.anchor = shown.rows[0].options[0].id if shown.rows else shown.anchor
    elif kind is QuestionKind.SHARES:
        shown.lines = tuple(
            Line(f"f:{name}", name, label, _first(fields, name)) for name, label in _items(question, language)
        )
        shown.total = "" if question.total is None else written(question.total, language)
        shown.anchor = shown.lines[0].id if shown.lines else shown.anchor
    elif kind is QuestionKind.RANKING:
        shown.rows = _places(question, fields, language)
        shown.anchor = shown.rows[0].id if shown.rows else shown.anchor
    elif kind is QuestionKind.COMPUTED:
        result = values.get(question.id)
        shown.value = written(result, language) if isinstance(result, int | float) else ""
    else:
        shown.value = _first(fields, question.id)
        shown.type, shown.width = _line(question)
        shown.room = int(question.maximum or 0) if kind is QuestionKind.LONGTEXT else 0


def _line(question: Question) -> tuple[str, str]:
    """Keyboard of phones, and width of the field."""
    if question.kind is QuestionKind.NUMBER:
        return ("decimal" if question.decimals else "numeric"), "short"
    if question.kind is QuestionKind.YEAR:
        return "numeric", "short"
    return "text", "medium" if question.kind is QuestionKind.DATE else ""


def _demand(question: Question) -> str:
    if question.kind in (QuestionKind.INFORMATION, QuestionKind.COMPUTED) or question.required is Required.SOFT:
        return ""
    return gettext("Must be answered") if question.required is Required.HARD else gettext("Optional")


def _items(question: Question, language: str) -> list[tuple[str, str]]:
    return [(f"{question.id}.{item.code}", item.label.get(language, item.code)) for item in question.items]


def _options(question: Question, fields: Mapping[str, Sequence[str]], language: str) -> tuple[Option, ...]:
    chosen = fields.get(question.id, ())
    return tuple(
        Option(
            id=f"f:{question.id}:{choice.code}",
            name=question.id,
            value=choice.code,
            label=choice.label.get(language, choice.code),
            chosen=choice.code in chosen,
            exclusive=choice.exclusive,
            text=_beside(question, choice, fields) if choice.opens_text else None,
        )
        for choice in question.choices
    )


def _beside(question: Question, choice: Choice, fields: Mapping[str, Sequence[str]]) -> Line:
    name = f"{question.id}.{choice.code}.text"
    return Line(f"f:{name}", name, gettext("Please describe"), _first(fields, name))


def _consent(question: Question, fields: Mapping[str, Sequence[str]]) -> Option:
    chosen = CONSENTED in fields.get(question.id, ())
    return Option(f"f:{question.id}:{CONSENTED}", question.id, CONSENTED, gettext("Yes, I agree"), chosen)


def _scale(question: Question, name: str, fields: Mapping[str, Sequence[str]], language: str) -> tuple[Option, ...]:
    chosen = _first(fields, name)
    return tuple(
        Option(
            f"f:{name}:{choice.code}", name, choice.code, choice.label.get(language, choice.code), choice.code == chosen
        )
        for choice in question.choices
    )


def _places(question: Question, fields: Mapping[str, Sequence[str]], language: str) -> tuple[Row, ...]:
    count = len(question.choices) if question.maximum is None else min(int(question.maximum), len(question.choices))
    rows = []
    for place in range(1, count + 1):
        name = f"{question.id}.{place}"
        label = gettext("Place %(place)s") % {"place": place}
        rows.append(Row(f"f:{name}", label, _scale(question, name, fields, language), name))
    return tuple(rows)


def _missing(question: Question, fields: Mapping[str, Sequence[str]]) -> tuple[Option, ...]:
    name = f"{question.id}.missing"
    chosen = _first(fields, name)
    return tuple(
        Option(f"f:{name}:{one.value}", name, one.value, missing_label(one), one.value == chosen)
        for one in Missing
        if one in question.missing
    )


def _first(fields: Mapping[str, Sequence[str]], name: str) -> str:
    return (fields.get(name) or [""])[0]
