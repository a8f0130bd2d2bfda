"""The way one respondent takes through an instrument."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from barometer.expressions import Expression, condition, number
from barometer.model import MISSING_CODES, Instrument, Page, Question, QuestionKind

SEVERAL = (QuestionKind.MULTI, QuestionKind.RANKING)
"""Kinds whose value is a collection of codes."""


@dataclass(frozen=True)
class Path:
    """What is shown, in order. Pages hold only questions that are shown, and questions only the choices and
    items that are; a page without a question left is not on the path."""

    pages: tuple[Page, ...]

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        return tuple(question for page in self.pages for question in page.questions)

    def page(self, page_id: str) -> Page:
        return next(page for page in self.pages if page.id == page_id)


@dataclass(frozen=True)
class Walk:
    """A path, the values that count on it, and what conditions know: ranks and missing answers by name, too."""

    path: Path
    counted: dict[str, object]
    facts: dict[str, object]


def path(instrument: Instrument, values: Mapping[str, object]) -> Path:
    """Pages and questions to show, given answers so far and register values.

    Answers to questions that are not shown do not count, so a changed answer closes what it had opened.
    """
    return walk(instrument, values).path


def on_path(instrument: Instrument, values: Mapping[str, object]) -> dict[str, object]:
    """Register values, those answers that are on the path, and computed numbers; marks of hidden choices are left
    out, and texts beside choices that are not chosen.

    Conditions look back only, so one pass settles it: on_path(on_path(x)) == on_path(x).
    """
    return walk(instrument, values).counted


def walk(instrument: Instrument, values: Mapping[str, object]) -> Walk:
    """The pages and questions shown, one after the other: conditions see answers on the path only."""
    answers = instrument.names
    counted = {name: value for name, value in values.items() if name not in answers}
    facts = dict(counted)
    pages = []
    for page in instrument.pages:
        if not _holds(page.when, facts):
            continue
        shown = []
        for question in page.questions:
            if _holds(question.when, facts):
                visible = _visible(question, facts) if question.routed else question
                shown.append(visible)
                _count(question, visible, values, counted, facts)
        if shown:
            pages.append(replace(page, questions=tuple(shown)))
    return Walk(Path(tuple(pages)), counted, facts)


def _visible(question: Question, facts: Mapping[str, object]) -> Question:
    choices = tuple(choice for choice in question.choices if _holds(choice.when, facts))
    items = tuple(item for item in question.items if _holds(item.when, facts))
    if len(choices) == len(question.choices) and len(items) == len(question.items):
        return question
    return replace(question, choices=choices, items=items)


def _count(
    question: Question,
    visible: Question,
    values: Mapping[str, object],
    counted: dict[str, object],
    facts: dict[str, object],
) -> None:
    """Put the question's answers into `counted` and `facts`, without those of choices that are hidden."""
    if question.kind is QuestionKind.COMPUTED:
        result = number(question.expression, facts) if question.expression else None
        if result is not None:
            counted[question.id] = facts[question.id] = result
        return
    for name in visible.names:
        value = values.get(name)
        if value is None:
            continue
        if isinstance(value, str) and value in question.missing_codes:
            counted[question.id] = value
            facts[f"{question.id}.missing"] = MISSING_CODES[value].value
        elif name in question.other_texts:
            if _chosen(question.other_texts[name], counted.get(question.id)):
                counted[name] = value
        elif question.kind in SEVERAL:
            _count_several(question, visible, value, counted, facts)
        elif visible is question or value not in _hidden(question, visible):
            counted[name] = facts[name] = value


def _count_several(
    question: Question, visible: Question, value: object, counted: dict[str, object], facts: dict[str, object]
) -> None:
    """Marks, or choices in order, of those that are shown."""
    if isinstance(value, str) or not isinstance(value, Collection):
        return
    hidden = _hidden(question, visible)
    left = tuple(code for code in value if code not in hidden)
    ranked = question.kind is QuestionKind.RANKING
    if left or (not value and not ranked):
        counted[question.id] = left if len(left) < len(value) else value
        facts[question.id] = counted[question.id]
    if ranked:
        facts.update({f"{question.id}.{code}": float(rank) for rank, code in enumerate(left, 1)})


def _hidden(question: Question, visible: Question) -> set[str]:
    return {choice.code for choice in question.choices} - {choice.code for choice in visible.choices}


def _chosen(code: str, value: object) -> bool:
    return value == code or (isinstance(value, Collection) and not isinstance(value, str) and code in value)


def _holds(when: Expression | None, facts: Mapping[str, object]) -> bool:
    return when is None or condition(when, facts)
