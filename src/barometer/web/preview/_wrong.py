"""Answers that do not fit a question, so that the author sees what a respondent is told."""

from collections.abc import Iterable

from barometer.model import Page, Question, QuestionKind

SCRIBBLED = (QuestionKind.YEAR, QuestionKind.DATE)
SCRIBBLE = "ca. 12?"
"""What people write into fields for numbers, years and dates; no reader takes it for one."""


def wrong_answers(page: Page) -> tuple[dict[str, object], dict[str, str]]:
    """Values, and texts that cannot be read, that answer each question of the page as wrongly as it can be; nothing
    where leaving it out is the only mistake there is."""
    values: dict[str, object] = {}
    kept: dict[str, str] = {}
    for question in page.questions:
        if question.kind in SCRIBBLED or (question.kind is QuestionKind.NUMBER and question.maximum is None):
            kept[question.id] = SCRIBBLE
        else:
            values |= dict(_wrong(question))
    return values, kept


def _wrong(question: Question) -> Iterable[tuple[str, object]]:
    if question.kind is QuestionKind.NUMBER:
        yield question.id, (question.maximum or 0) + 1
    elif question.kind in (QuestionKind.TEXT, QuestionKind.LONGTEXT) and question.maximum:
        yield question.id, "å" * (int(question.maximum) + 1)
    elif question.kind is QuestionKind.SHARES:
        yield question.names[0], 10.0
    elif question.kind is QuestionKind.MULTI and (codes := _too_many(question)):
        yield question.id, codes


def _too_many(question: Question) -> tuple[str, ...]:
    """Marks that cannot stand together, or are more than allowed."""
    alone = [choice.code for choice in question.choices if choice.exclusive]
    others = [choice.code for choice in question.choices if not choice.exclusive]
    if alone and others:
        return others[0], alone[0]
    most = int(question.maximum or 0)
    return tuple(others[: most + 1]) if 0 < most < len(others) else ()
