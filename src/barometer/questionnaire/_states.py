"""Why a cell of a table of answers has a value or none: the missing codes of collected answers."""

from enum import Enum

import polars as pl

from barometer.model import Choice, Instrument, Question, QuestionKind
from barometer.questionnaire._columns import missing_column, value_columns
from barometer.questionnaire._walk import holds, is_chosen, shown


class AnswerState(Enum):
    """What stands behind a cell of a table of answers."""

    ANSWERED = "answered"
    DONT_KNOW = "dont_know"
    NOT_RELEVANT = "not_relevant"
    REFUSED = "refused"
    NO_ANSWER = "no_answer"  # asked, seen and left open
    NOT_REACHED = "not_reached"  # on the path, after the last answer of a questionnaire not handed in
    OFF_PATH = "off_path"  # not asked of this respondent
    DELETED = "deleted"  # taken out by an editor
    NOT_IN_VERSION = "not_in_version"  # the questionnaire's version did not have the question
    HELD_BACK = "held_back"  # answered in the respondent's own words, which nobody has cleared yet
    NOT_CODED = "not_coded"  # answered, and not yet sorted into the codes of a scheme


STATE = pl.Enum([state.value for state in AnswerState])


def answer_states(instrument: Instrument, table: pl.DataFrame, incomplete: pl.Series) -> pl.DataFrame:
    """One row a case of the walked table: case_id and a column of `STATE` for each column that holds an answer or a
    text beside one. `incomplete`: as for `count_answers`."""
    table = table.with_columns(incomplete.alias(_INCOMPLETE))
    asked = [question for question in instrument.questions if question.kind is not QuestionKind.INFORMATION]
    given = [question for question in asked if question.kind is not QuestionKind.COMPUTED]
    places = [pl.when(_given(one)).then(pl.lit(place)) for place, one in enumerate(given)]
    last = pl.max_horizontal(places).fill_null(-1) if places else pl.lit(-1)
    table = table.with_columns(last.alias(_LAST))
    order = {question.id: place for place, question in enumerate(given)}
    columns = []
    for question in asked:
        unreached = pl.col(_INCOMPLETE) & (pl.lit(order.get(question.id, -1)) > pl.col(_LAST))
        columns += _columns(question, unreached)
    return table.select("case_id", *columns)


_INCOMPLETE = "\0incomplete"
_LAST = "\0last"


def _columns(question: Question, unreached: pl.Expr) -> list[pl.Expr]:
    here = shown(question.id)
    together = question.kind in (QuestionKind.MULTI, QuestionKind.RANKING)
    whole = _answered(question)
    items = [item.when for item in question.items] or [None] * len(value_columns(question))
    columns = []
    for name, when in zip(value_columns(question), items, strict=True):
        answered = whole if together else pl.col(name).is_not_null()
        state = _state(here & holds(when), answered, _missing(question, name), unreached)
        columns.append(state.alias(name))
    for name, code in question.other_texts.items():
        columns.append(_state(is_chosen(question, code), pl.col(name).is_not_null(), None, unreached).alias(name))
    return columns


def _state(asked: pl.Expr, answered: pl.Expr, missing: pl.Expr | None, unreached: pl.Expr) -> pl.Expr:
    open_still = (
        pl.when(unreached).then(pl.lit(AnswerState.NOT_REACHED.value)).otherwise(pl.lit(AnswerState.NO_ANSWER.value))
    )
    state = pl.when(answered).then(pl.lit(AnswerState.ANSWERED.value)).otherwise(open_still)
    if missing is not None:
        state = pl.coalesce(missing, state)
    return pl.when(asked.fill_null(False)).then(state).otherwise(pl.lit(AnswerState.OFF_PATH.value)).cast(STATE)


def _missing(question: Question, column: str) -> pl.Expr | None:
    """The missing answer given in the column, or beside it; null where an answer, or nothing, was."""
    found = [pl.col(missing_column(question))] if question.missing else []
    for choice in question.choices:
        if choice.missing is not None:
            found.append(pl.when(_takes(question, column, choice)).then(pl.lit(choice.missing.value)))
    return pl.coalesce(found) if found else None


def _takes(question: Question, column: str, choice: Choice) -> pl.Expr:
    if question.kind is QuestionKind.GRID:
        return (pl.col(column) == choice.code).fill_null(False)
    return is_chosen(question, choice.code)


def _answered(question: Question) -> pl.Expr:
    return pl.any_horizontal([pl.col(name).is_not_null() for name in value_columns(question)])


def _given(question: Question) -> pl.Expr:
    """Answered, or said why not."""
    beside = pl.col(missing_column(question)).is_not_null() if question.missing else pl.lit(False)
    return _answered(question) | beside
