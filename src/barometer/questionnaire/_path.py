"""The way one respondent takes through an instrument."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from barometer.expressions import Expression, condition
from barometer.model import Instrument, Page, Question, QuestionKind


@dataclass(frozen=True)
class Path:
    """What is shown, in order. Pages hold only questions that are shown, and questions only the choices and
    items that are; a page without a question left is not on the path."""

    pages: tuple[Page, ...]

    @property
    def questions(self) -> tuple[Question, ...]:
        return tuple(question for page in self.pages for question in page.questions)

    def page(self, page_id: str) -> Page:
        return next(page for page in self.pages if page.id == page_id)


def path(instrument: Instrument, values: Mapping[str, object]) -> Path:
    """Pages and questions to show, given answers so far and register values.

    Answers to questions that are not shown do not count, so a changed answer closes what it had opened.
    """
    return _walk(instrument, values)[0]


def on_path(instrument: Instrument, values: Mapping[str, object]) -> dict[str, object]:
    """Register values and those answers that are on the path; marks of hidden choices are left out.

    Conditions look back only, so one pass settles it: on_path(on_path(x)) == on_path(x).
    """
    return _walk(instrument, values)[1]


def answer_names(question: Question) -> tuple[str, ...]:
    """Names a respondent's values have for this question."""
    if question.kind is QuestionKind.INFORMATION:
        return ()
    if question.kind is QuestionKind.GRID:
        return tuple(f"{question.id}.{item.code}" for item in question.items)
    return (question.id,)


def _walk(instrument: Instrument, values: Mapping[str, object]) -> tuple[Path, dict[str, object]]:
    answers = {name for question in instrument.questions for name in answer_names(question)}
    counted = {name: value for name, value in values.items() if name not in answers}
    pages = []
    for page in instrument.pages:
        if not _holds(page.when, counted):
            continue
        shown = []
        for question in page.questions:
            if _holds(question.when, counted):
                visible = _visible(question, counted)
                shown.append(visible)
                _count(question, visible, values, counted)
        if shown:
            pages.append(replace(page, questions=tuple(shown)))
    return Path(tuple(pages)), counted


def _visible(question: Question, counted: Mapping[str, object]) -> Question:
    choices = tuple(choice for choice in question.choices if _holds(choice.when, counted))
    items = tuple(item for item in question.items if _holds(item.when, counted))
    if len(choices) == len(question.choices) and len(items) == len(question.items):
        return question
    return replace(question, choices=choices, items=items)


def _count(question: Question, visible: Question, values: Mapping[str, object], counted: dict[str, object]) -> None:
    """Put the question's answers into `counted`, without those of choices that are hidden."""
    hidden = {choice.code for choice in question.choices} - {choice.code for choice in visible.choices}
    for name in answer_names(visible):
        value = values.get(name)
        if value is None:
            continue
        if question.kind is not QuestionKind.MULTI:
            if value not in hidden:
                counted[name] = value
        elif not isinstance(value, str) and isinstance(value, Collection):
            marks = tuple(code for code in value if code not in hidden)
            if marks or not value:
                counted[name] = marks if len(marks) < len(value) else value


def _holds(when: Expression | None, counted: Mapping[str, object]) -> bool:
    return when is None or condition(when, counted)
