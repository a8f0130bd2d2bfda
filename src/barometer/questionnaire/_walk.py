"""The way of all cases of a table of answers through an instrument at once.

The table is walked in the order of the questions as a respondent would: what a question's condition, its page's or its
choices' do not let through becomes null before later conditions look at it.
"""

from collections.abc import Iterator

import polars as pl

from barometer.expressions import Expression, to_polars
from barometer.model import Instrument, Page, Question, QuestionKind
from barometer.questionnaire._columns import missing_column, question_columns, value_columns
from barometer.questionnaire._path_map import expressions_of, used_in


def answers_on_path(instrument: Instrument, register: pl.DataFrame, answers: pl.DataFrame) -> pl.DataFrame:
    """The same table with answers off the path made null, and marks of hidden choices False.

    `register`: one row a unit, unit_id and the register's columns. `answers`: columns as `answer_columns` tells.
    """
    return walked(instrument, register, answers).select(answers.columns)


def walked(instrument: Instrument, register: pl.DataFrame, answers: pl.DataFrame) -> pl.DataFrame:
    """Answers that count, with the register's columns, and for the rules also `shown` and `given` columns."""
    own = [name for name in register.columns if name == "unit_id" or name not in answers.columns]
    units = register.select(own).unique("unit_id", keep="first", maintain_order=True)
    table = answers.join(units, on="unit_id", how="left", maintain_order="left")
    for stage in _stages(instrument):
        questions = [question for _, question in stage]
        table = table.with_columns(
            (holds(page.when) & holds(question.when)).alias(f"{_SHOWN}{question.id}") for page, question in stage
        )
        given = [pl.col(name).alias(f"{_GIVEN}{name}") for question in questions for name in question_columns(question)]
        table = table.with_columns(*given, *(one for question in questions for one in _counted(question)))
        table = table.with_columns(one for question in questions for one in _counted_beside(question))
    return table


def shown(question_id: str) -> pl.Expr:
    """Whether the question was on the path."""
    return pl.col(f"{_SHOWN}{question_id}")


def given(column: str) -> pl.Expr:
    """The column as it was handed in, off the path or not."""
    return pl.col(f"{_GIVEN}{column}")


def holds(expression: Expression | None) -> pl.Expr:
    """The condition as an expression of Polars; true where there is none."""
    return pl.lit(True) if expression is None else to_polars(expression)


_SHOWN = "\0shown "
_GIVEN = "\0given "


def _stages(instrument: Instrument) -> Iterator[list[tuple[Page, Question]]]:
    """Questions that can be walked at once, in order: none looks at the answers of another of them. A question each
    would be slow, since every step costs by the width of the table."""
    stage: list[tuple[Page, Question]] = []
    ids: set[str] = set()
    for page in instrument.pages:
        for question in page.questions:
            if not ids.isdisjoint(used_in([page.when, *expressions_of(question)])):
                yield stage
                stage, ids = [], set()
            stage.append((page, question))
            ids.add(question.id)
    yield stage


def _counted(question: Question) -> list[pl.Expr]:
    """The columns of the answer as they count."""
    here = shown(question.id)
    match question.kind:
        case QuestionKind.INFORMATION:
            return []
        case QuestionKind.MULTI:
            return _counted_marks(question, here)
        case QuestionKind.RANKING:
            return _counted_ranks(question, here)
        case QuestionKind.GRID:
            return [
                pl.when(here & holds(item.when)).then(_visible(name, question)).alias(name)
                for item, name in zip(question.items, value_columns(question), strict=True)
            ]
        case QuestionKind.SHARES:
            return [
                pl.when(here & holds(item.when)).then(pl.col(name)).alias(name)
                for item, name in zip(question.items, value_columns(question), strict=True)
            ]
        case QuestionKind.SINGLE:
            return [pl.when(here).then(_visible(question.id, question)).alias(question.id)]
        case QuestionKind.COMPUTED if question.expression is not None:
            return [pl.when(here).then(to_polars(question.expression)).alias(question.id)]
    return [pl.when(here).then(pl.col(question.id)).alias(question.id)]


def _counted_beside(question: Question) -> list[pl.Expr]:
    """What stands beside the answer: texts of choices that count as chosen, and the missing answer."""
    texts = [
        pl.when(is_chosen(question, code)).then(pl.col(name)).alias(name) for name, code in question.other_texts.items()
    ]
    if not question.missing:
        return texts
    name = missing_column(question)
    return [*texts, pl.when(shown(question.id)).then(pl.col(name)).alias(name)]


def is_chosen(question: Question, code: str) -> pl.Expr:
    """Whether the choice was marked, taken or ranked; never null."""
    if question.kind is QuestionKind.MULTI:
        return pl.col(f"{question.id}.{code}").fill_null(False)
    if question.kind is QuestionKind.RANKING:
        return pl.col(f"{question.id}.{code}").is_not_null()
    return (pl.col(question.id) == code).fill_null(False)


def _counted_marks(question: Question, here: pl.Expr) -> list[pl.Expr]:
    """Marks of choices that are shown; no answer where only hidden choices were marked."""
    columns = value_columns(question)
    visible = [holds(choice.when) for choice in question.choices]
    marks = [pl.col(name).fill_null(False) for name in columns]
    left = [mark & see for mark, see in zip(marks, visible, strict=True)]
    answered = pl.any_horizontal([pl.col(name).is_not_null() for name in columns])
    counts = here & answered & (pl.any_horizontal(left) | ~pl.any_horizontal(marks))
    return [pl.when(counts).then(mark).alias(name) for mark, name in zip(left, columns, strict=True)]


def _counted_ranks(question: Question, here: pl.Expr) -> list[pl.Expr]:
    """Ranks of choices that are shown; those behind a hidden choice move up."""
    columns = value_columns(question)
    routed = [
        (name, holds(choice.when))
        for choice, name in zip(question.choices, columns, strict=True)
        if choice.when is not None
    ]
    visible = dict(routed)
    ranks = []
    for name in columns:
        before = [((pl.col(other) < pl.col(name)) & ~see).fill_null(False).cast(pl.Int64) for other, see in routed]
        rank = pl.col(name) - pl.sum_horizontal(before) if before else pl.col(name)
        ranks.append(pl.when(here & visible.get(name, pl.lit(True))).then(rank).alias(name))
    return ranks


def _visible(column: str, question: Question) -> pl.Expr:
    """The code, null where its choice is hidden."""
    hidden = [
        (pl.col(column) == choice.code).fill_null(False) & ~holds(choice.when)
        for choice in question.choices
        if choice.when is not None
    ]
    code = pl.when(~pl.any_horizontal(hidden)).then(pl.col(column)) if hidden else pl.col(column)
    return code.alias(column)
