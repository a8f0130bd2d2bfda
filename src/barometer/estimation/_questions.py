"""Whether a case answered the question behind an indicator, and whether the answer tells anything."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from barometer.expressions import to_polars
from barometer.model import Instrument, Missing, Question, QuestionKind
from barometer.questionnaire import missing_column, value_columns


@dataclass(frozen=True)
class Given:
    """Conditions, never null: the case was led to the question; gave an answer; it was don't know; not relevant."""

    routed: pl.Expr
    answered: pl.Expr
    dont_know: pl.Expr
    not_relevant: pl.Expr


NO_QUESTION = Given(pl.lit(True), pl.lit(True), pl.lit(False), pl.lit(False))
"""An indicator that no single question is behind: everyone of its universe counts."""


def given(instrument: Instrument, columns: Sequence[str], question: str) -> Given:
    """How `question`, an id or a grid item 'question.item', was answered; NO_QUESTION where the table of answers
    has no such question.

    A refusal tells no more than no answer, and counts as none. A multiple choice was answered when its first column
    is not null; a whole grid when one of its items was.
    """
    name, _, item = question.partition(".")
    asked = next((one for one in instrument.questions if one.id == name), None)
    answers = _answers(asked, item, columns) if asked else []
    if asked is None or not answers:
        return NO_QUESTION
    if asked.kind is QuestionKind.MULTI:
        answered = pl.col(answers[0]).is_not_null()
    else:
        answered = pl.any_horizontal([pl.col(column).is_not_null() for column in answers])
    answered = answered & ~_marked(asked, answers, Missing.REFUSED)
    beside = missing_column(asked) if asked.missing and missing_column(asked) in columns else ""
    dont_know, not_relevant = (
        _marked(asked, answers, missing) | _said_beside(beside, missing)
        for missing in (Missing.DONT_KNOW, Missing.NOT_RELEVANT)
    )
    return Given(_routed(instrument, asked, item), answered | dont_know | not_relevant, dont_know, not_relevant)


def _routed(instrument: Instrument, question: Question, item: str) -> pl.Expr:
    """Whether routing leads a case to the question, and to its item."""
    page = next(page for page in instrument.pages if question in page.questions)
    rows = [one.when for one in question.items if one.code == item]
    conditions = [to_polars(when) for when in (page.when, question.when, *rows) if when is not None]
    return pl.all_horizontal(conditions) if conditions else pl.lit(True)


def _answers(question: Question, item: str, columns: Sequence[str]) -> list[str]:
    """Columns of the table that hold the answer."""
    names = value_columns(question)
    if question.items and item:
        names = tuple(name for name in names if name == f"{question.id}.{item}")
    return [name for name in names if name in columns]


def _said_beside(column: str, missing: Missing) -> pl.Expr:
    """Whether the missing answer was given in place of an answer, by a question without a choice that says so."""
    return (pl.col(column) == missing.value).fill_null(False) if column else pl.lit(False)


def _marked(question: Question, answers: Sequence[str], missing: Missing) -> pl.Expr:
    """Whether the answer is one of the choices marked so; for a whole grid, whether all its answers are."""
    codes = [choice.code for choice in question.choices if choice.missing is missing]
    if not codes:
        return pl.lit(False)
    if question.kind is QuestionKind.MULTI:
        marks = [f"{question.id}.{code}" for code in codes if f"{question.id}.{code}" in answers]
        return pl.any_horizontal([pl.col(mark).fill_null(False) for mark in marks]) if marks else pl.lit(False)
    one_is = pl.any_horizontal([pl.col(column).is_in(codes).fill_null(False) for column in answers])
    return one_is & pl.all_horizontal([pl.col(column).is_in(codes).fill_null(True) for column in answers])
