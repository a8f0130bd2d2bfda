"""Made-up answers along the path of a questionnaire, for all cases at once."""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from barometer.expressions import Expression, to_polars
from barometer.model import CONSENTED, Instrument, Question, QuestionKind, Required
from barometer.problems import BadInput, Place, Problem
from barometer.questionnaire import is_chosen, missing_column, value_columns
from barometer.simulation._choice_answers import grid_choices, multiple_choice, single_choice
from barometer.simulation._figure_answers import measured, number
from barometer.simulation._sheet import NO_INFORMATION, Sheet, as_column
from barometer.simulation._specification import FILE, QuestionPlan, SurveyPlan

Flags = NDArray[np.bool_]
Matrix = NDArray[np.float64]


def fill_in(
    instrument: Instrument,
    columns: Mapping[str, pl.DataType],
    units: pl.DataFrame,
    inclination: Matrix,
    plan: SurveyPlan,
    lifts: Sequence[tuple[str, Expression, Mapping[str, float]]],
    survey: str,
    rng: np.random.Generator,
) -> pl.DataFrame:
    """`units` (register columns, one row a case) with one column an answer.

    Pages, questions, items and choices are shown by the same conditions respondents meet; these look back only, so
    going through the questionnaire once is its path. Raises BadInput E062.
    """
    empty = [pl.lit(None, dtype=dtype).alias(name) for name, dtype in columns.items()]
    sheet = Sheet(units.with_columns(empty), inclination, plan, lifts, instrument.languages, survey, rng)
    for page in instrument.pages:
        for question in page.questions:
            _answer(sheet, question, sheet.holds(page.when, question.when))
    return sheet.table


def _answer(sheet: Sheet, question: Question, asked: Flags) -> None:
    match question.kind:
        case QuestionKind.SINGLE:
            plan = sheet.plan_of(question.id)
            asked = asked & sheet.is_answered(question, plan)
            sheet.write({question.id: single_choice(sheet, question, plan, question.id, asked)})
        case QuestionKind.GRID:
            grid_choices(sheet, question, asked)
        case QuestionKind.MULTI:
            multiple_choice(sheet, question, asked)
        case QuestionKind.NUMBER:
            number(sheet, question, asked)
        case QuestionKind.TEXT | QuestionKind.LONGTEXT:
            _text(sheet, question, asked)
        case QuestionKind.YEAR | QuestionKind.DATE | QuestionKind.SHARES | QuestionKind.RANKING:
            measured(sheet, question, asked)
        case QuestionKind.CONSENT:
            asked = asked & sheet.is_answered(question, sheet.plan_of(question.id))
            sheet.write({question.id: as_column(np.full(sheet.cases, CONSENTED, dtype=object), asked, pl.String)})
        case QuestionKind.COMPUTED if question.expression is not None:
            computed = sheet.table.select(to_polars(question.expression).alias("value"))["value"]
            sheet.write({question.id: computed.set(pl.Series(~asked), None)})
    if question.missing:
        _missing(sheet, question, asked)
    _other_texts(sheet, question)


def _missing(sheet: Sheet, question: Question, asked: Flags) -> None:
    """Some give a missing answer, where the question offers one beside its answer."""
    says = asked & (sheet.rng.uniform(size=sheet.cases) < NO_INFORMATION)
    codes = np.array([missing.value for missing in question.missing], dtype=object)
    words = codes[sheet.rng.integers(len(codes), size=sheet.cases)]
    emptied = {name: sheet.table[name].set(pl.Series(says), None) for name in value_columns(question)}
    sheet.write({**emptied, missing_column(question): as_column(words, says, pl.String)})


def _other_texts(sheet: Sheet, question: Question) -> None:
    """Some of those who choose 'other' say what, where the specification has phrases."""
    for name, code in question.other_texts.items():
        chosen = sheet.table.select(is_chosen(question, code)).to_series().to_numpy()
        phrases = _phrases(sheet, sheet.plan_of(name, question.id), np.inf)
        if phrases:
            words = np.array(phrases, dtype=object)[sheet.rng.integers(len(phrases), size=sheet.cases)]
            sheet.write({name: as_column(words, chosen, pl.String)})


def _text(sheet: Sheet, question: Question, asked: Flags) -> None:
    plan = sheet.plan_of(question.id)
    asked = asked & sheet.is_answered(question, plan)
    longest = np.inf if question.maximum is None else question.maximum
    phrases = _phrases(sheet, plan, longest)
    if not phrases:
        _no_phrases(sheet, question)
        return
    chosen = np.array(phrases, dtype=object)[sheet.rng.integers(len(phrases), size=sheet.cases)]
    sheet.write({question.id: as_column(chosen, asked, pl.String)})


def _no_phrases(sheet: Sheet, question: Question) -> None:
    if question.required is Required.HARD:
        place = Place(FILE, field=f"{sheet.survey}.question.{question.id}.phrases")
        way_out = f"Give phrases.{sheet.languages[0]} for the question or the survey."
        expected = "phrases that are short enough, since the question must be answered"
        raise BadInput((Problem("E062", place, "no phrases", expected, way_out),))


def _phrases(sheet: Sheet, plan: QuestionPlan, longest: float) -> list[str]:
    known = {**sheet.plan.phrases, **plan.phrases}
    spoken = next((known[one] for one in sheet.languages if one in known), [])
    return [phrase for phrase in spoken if len(phrase) <= longest]
