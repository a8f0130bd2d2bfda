"""The columns of a table of answers, question by question."""

from collections.abc import Mapping

import polars as pl

from barometer.model import CONSENTED, Instrument, Question, QuestionKind

_DTYPES: Mapping[QuestionKind, pl.DataType] = {
    QuestionKind.MULTI: pl.Boolean(),
    QuestionKind.RANKING: pl.Int64(),
    QuestionKind.NUMBER: pl.Float64(),
    QuestionKind.SHARES: pl.Float64(),
    QuestionKind.COMPUTED: pl.Float64(),
    QuestionKind.YEAR: pl.Int64(),
    QuestionKind.DATE: pl.Date(),
}
"""Types of the columns; text for all other kinds."""


def answer_columns(instrument: Instrument) -> dict[str, pl.DataType]:
    """Columns of a table of answers after case_id and unit_id, in the order of the questions."""
    columns: dict[str, pl.DataType] = {}
    for question in instrument.questions:
        columns |= question_columns(question)
    return columns


def question_columns(question: Question) -> dict[str, pl.DataType]:
    """The columns that hold the question's answers: the answer's own, texts beside choices, and which missing answer
    was given where choices cannot say so."""
    columns = dict.fromkeys(value_columns(question), _DTYPES.get(question.kind, pl.String()))
    columns |= dict.fromkeys(question.other_texts, pl.String())
    return columns | ({missing_column(question): pl.String()} if question.missing else {})


def value_columns(question: Question) -> tuple[str, ...]:
    """The columns of the answer itself."""
    if question.kind is QuestionKind.INFORMATION:
        return ()
    if question.kind in (QuestionKind.MULTI, QuestionKind.RANKING):
        return tuple(f"{question.id}.{choice.code}" for choice in question.choices)
    if question.kind in (QuestionKind.GRID, QuestionKind.SHARES):
        return tuple(f"{question.id}.{item.code}" for item in question.items)
    return (question.id,)


def missing_column(question: Question) -> str:
    """Which missing answer was given: 'dont_know', 'not_relevant' or 'refused'."""
    return f"{question.id}.missing"


def choice_codes(question: Question) -> list[str]:
    """Codes an answer to the question can have."""
    if question.kind is QuestionKind.CONSENT:
        return [CONSENTED]
    return [choice.code for choice in question.choices]
