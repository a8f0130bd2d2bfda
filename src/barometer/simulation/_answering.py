"""Made-up answers along the path of a questionnaire, for all cases at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from barometer.expressions import Expression, to_polars
from barometer.model import CONSENTED, Instrument, Question, QuestionKind, Required, day_number
from barometer.problems import BadInput, Place, Problem
from barometer.questionnaire import is_chosen, missing_column, value_columns
from barometer.simulation._specification import FILE, QuestionPlan, SurveyPlan

Flags = NDArray[np.bool_]
Matrix = NDArray[np.float64]

MARK = 0.3
"""Chance of a mark in a multiple choice of which the specification says nothing."""
NO_INFORMATION = 0.04
"""Weight of don't know and not relevant where the specification says nothing."""
TYPICAL_NUMBER = 10.0
"""Median of numbers without a median and without limits."""


@dataclass
class _Sheet:
    """The table being filled in: register columns and answers so far, one row a case."""

    table: pl.DataFrame
    inclination: Matrix
    plan: SurveyPlan
    lifts: Sequence[tuple[str, Expression, Mapping[str, float]]]
    languages: Sequence[str]
    survey: str
    rng: np.random.Generator

    @property
    def cases(self) -> int:
        return self.table.height

    def holds(self, *conditions: Expression | None) -> Flags:
        given = [to_polars(condition) for condition in conditions if condition is not None]
        if not given:
            return np.ones(self.cases, dtype=bool)
        return self.table.select(pl.all_horizontal(given)).to_series().to_numpy()

    def write(self, columns: Mapping[str, pl.Series]) -> None:
        self.table = self.table.with_columns(**columns)

    def plan_of(self, *names: str) -> QuestionPlan:
        """The first of the names the specification knows."""
        return next((self.plan.questions[name] for name in names if name in self.plan.questions), QuestionPlan())

    def is_answered(self, question: Question, plan: QuestionPlan) -> Flags:
        if question.required is Required.HARD:
            return np.ones(self.cases, dtype=bool)
        share = self.plan.unanswered if plan.unanswered is None else plan.unanswered
        return self.rng.uniform(size=self.cases) >= share


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
    sheet = _Sheet(units.with_columns(empty), inclination, plan, lifts, instrument.languages, survey, rng)
    for page in instrument.pages:
        for question in page.questions:
            _answer(sheet, question, sheet.holds(page.when, question.when))
    return sheet.table


def _answer(sheet: _Sheet, question: Question, asked: Flags) -> None:
    match question.kind:
        case QuestionKind.SINGLE:
            plan = sheet.plan_of(question.id)
            asked = asked & sheet.is_answered(question, plan)
            sheet.write({question.id: _single(sheet, question, plan, question.id, asked)})
        case QuestionKind.GRID:
            _grid(sheet, question, asked)
        case QuestionKind.MULTI:
            _multi(sheet, question, asked)
        case QuestionKind.NUMBER:
            _number(sheet, question, asked)
        case QuestionKind.TEXT | QuestionKind.LONGTEXT:
            _text(sheet, question, asked)
        case QuestionKind.YEAR | QuestionKind.DATE | QuestionKind.SHARES | QuestionKind.RANKING:
            _measured(sheet, question, asked)
        case QuestionKind.CONSENT:
            asked = asked & sheet.is_answered(question, sheet.plan_of(question.id))
            sheet.write({question.id: _column(np.full(sheet.cases, CONSENTED, dtype=object), asked, pl.String)})
        case QuestionKind.COMPUTED if question.expression is not None:
            computed = sheet.table.select(to_polars(question.expression).alias("value"))["value"]
            sheet.write({question.id: computed.set(pl.Series(~asked), None)})
    if question.missing:
        _missing(sheet, question, asked)
    _other_texts(sheet, question)


def _missing(sheet: _Sheet, question: Question, asked: Flags) -> None:
    """Some give a missing answer, where the question offers one beside its answer."""
    says = asked & (sheet.rng.uniform(size=sheet.cases) < NO_INFORMATION)
    codes = np.array([missing.value for missing in question.missing], dtype=object)
    words = codes[sheet.rng.integers(len(codes), size=sheet.cases)]
    emptied = {name: sheet.table[name].set(pl.Series(says), None) for name in value_columns(question)}
    sheet.write({**emptied, missing_column(question): _column(words, says, pl.String)})


def _measured(sheet: _Sheet, question: Question, asked: Flags) -> None:
    """Years, days, shares and ranks, evenly within their limits where nothing tells more."""
    plan = sheet.plan_of(question.id)
    asked = asked & sheet.is_answered(question, plan)
    if question.kind is QuestionKind.RANKING:
        ranks = _ranks(sheet, question)
        columns = {
            f"{question.id}.{choice.code}": _column(ranks[:, i], asked & (ranks[:, i] > 0), pl.Int64)
            for i, choice in enumerate(question.choices)
        }
    elif question.kind is QuestionKind.SHARES:
        shown = np.column_stack([asked & sheet.holds(item.when) for item in question.items])
        parts = _shares_of_total(sheet.rng, question, shown)
        columns = {
            f"{question.id}.{item.code}": _column(parts[:, i], shown[:, i], pl.Float64)
            for i, item in enumerate(question.items)
        }
    else:
        low, high = _even_limits(question)
        numbers = sheet.rng.integers(low, high, endpoint=True, size=sheet.cases)
        values = _column(numbers, asked, pl.Int64)
        columns = {question.id: values.cast(pl.Date) if question.kind is QuestionKind.DATE else values}
    sheet.write(columns)


def _even_limits(question: Question) -> tuple[int, int]:
    """Limits of a year or of a day, or ten years around the turn of 2020 where a question has none."""
    usual = (2015, 2024) if question.kind is QuestionKind.YEAR else (day_number(date(2015, 1, 1)), 20088)
    low = usual[0] if question.minimum is None else int(question.minimum)
    high = usual[1] if question.maximum is None else int(question.maximum)
    return (low, max(low, high)) if question.minimum is not None else (min(low, high), high)


def _shares_of_total(rng: np.random.Generator, question: Question, shown: Flags) -> Matrix:
    """Numbers within the limits of each item that add up to the total over the items shown, in steps of the
    question's decimals: each item takes what it must have, and what is left is dealt out by chance."""
    step = 10.0**-question.decimals
    least = 0 if question.minimum is None else round(question.minimum / step)
    total = round((question.total or 100.0) / step)
    most = total if question.maximum is None else round(question.maximum / step)
    weights = rng.exponential(size=shown.shape) * shown
    left = total - least * shown.sum(axis=1, keepdims=True)
    dealt = np.floor(left * weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-12)).astype(np.int64)
    parts = np.where(shown, np.clip(least + dealt, least, most), 0)
    for i in range(parts.shape[1]):  # what rounding and limits left over
        parts[:, i] += np.clip(total - parts.sum(axis=1), 0, np.where(shown[:, i], most - parts[:, i], 0))
    return np.round(parts * step, question.decimals)


def _ranks(sheet: _Sheet, question: Question) -> NDArray[np.int64]:
    """Ranks 1, 2, 3 … by chance, 0 for choices that are hidden or not ranked."""
    scores = sheet.rng.uniform(size=(sheet.cases, len(question.choices)))
    hidden = ~_shown(sheet, question)
    scores[hidden] = np.inf
    ranks = scores.argsort(axis=1).argsort(axis=1) + 1
    most = len(question.choices) if question.maximum is None else int(question.maximum)
    return np.where(hidden | (ranks > most), 0, ranks)


def _other_texts(sheet: _Sheet, question: Question) -> None:
    """Some of those who choose 'other' say what, where the specification has phrases."""
    for name, code in question.other_texts.items():
        chosen = sheet.table.select(is_chosen(question, code)).to_series().to_numpy()
        phrases = _phrases(sheet, sheet.plan_of(name, question.id), np.inf)
        if phrases:
            words = np.array(phrases, dtype=object)[sheet.rng.integers(len(phrases), size=sheet.cases)]
            sheet.write({name: _column(words, chosen, pl.String)})


def _phrases(sheet: _Sheet, plan: QuestionPlan, longest: float) -> list[str]:
    known = {**sheet.plan.phrases, **plan.phrases}
    spoken = next((known[one] for one in sheet.languages if one in known), [])
    return [phrase for phrase in spoken if len(phrase) <= longest]


def _grid(sheet: _Sheet, question: Question, asked: Flags) -> None:
    answers = {}
    for item in question.items:
        name = f"{question.id}.{item.code}"
        plan = sheet.plan_of(name, question.id)
        shown = asked & sheet.holds(item.when) & sheet.is_answered(question, plan)
        answers[name] = _single(sheet, question, plan, name, shown)
    sheet.write(answers)


def _single(sheet: _Sheet, question: Question, plan: QuestionPlan, name: str, asked: Flags) -> pl.Series:
    """One choice a case: the largest of log weight plus Gumbel noise, which is a draw by weight."""
    weights = _shares(sheet, question, plan, _even(question))
    scores = np.log(np.maximum(weights, 1e-12)) + _log_odds(sheet, question, plan, name)
    scores[~_shown(sheet, question)] = -np.inf
    chosen = (scores + sheet.rng.gumbel(size=scores.shape)).argmax(axis=1)
    codes = np.array([choice.code for choice in question.choices], dtype=object)
    return _column(codes[chosen], asked, pl.String)


def _multi(sheet: _Sheet, question: Question, asked: Flags) -> None:
    """Marks with their own chances; exclusive ones stand alone; never fewer or more than allowed."""
    plan = sheet.plan_of(question.id)
    asked = asked & sheet.is_answered(question, plan)
    default = {choice.code: NO_INFORMATION if choice.exclusive else MARK for choice in question.choices}
    chances = np.clip(_shares(sheet, question, plan, default), 1e-9, 1 - 1e-9)
    scores = np.log(chances / (1 - chances)) + _log_odds(sheet, question, plan, question.id)
    scores += sheet.rng.logistic(size=scores.shape)
    scores[~_shown(sheet, question)] = -np.inf
    alone = np.array([choice.exclusive for choice in question.choices])
    nothing = np.array([choice.exclusive and choice.missing is None for choice in question.choices])
    marks = _marks(scores, alone, nothing, question)
    answers = {
        f"{question.id}.{choice.code}": _column(marks[:, i], asked, pl.Boolean)
        for i, choice in enumerate(question.choices)
    }
    sheet.write(answers)


def _marks(scores: Matrix, alone: Flags, nothing: Flags, question: Question) -> Flags:
    fewest = max(1, int(question.minimum or 1))
    most = int(question.maximum) if question.maximum is not None else len(alone)
    ordinary = np.where(alone, -np.inf, scores)
    rank = (-ordinary).argsort(axis=1, kind="stable").argsort(axis=1, kind="stable")
    marks = ((ordinary > 0) & (rank < most)) | ((rank < fewest) & np.isfinite(ordinary))
    exclusive = np.where(alone, scores, -np.inf)
    empty = ~(ordinary > 0).any(axis=1)
    exclusive[empty] = np.where(nothing & np.isfinite(scores[empty]), np.abs(scores[empty]), exclusive[empty])
    single = (exclusive > 0).any(axis=1) | ~np.isfinite(ordinary).any(axis=1)
    marks[single] = np.arange(len(alone)) == exclusive[single].argmax(axis=1)[:, None]
    return np.asarray(marks)


def _number(sheet: _Sheet, question: Question, asked: Flags) -> None:
    plan = sheet.plan_of(question.id)
    asked = asked & sheet.is_answered(question, plan)
    low = -np.inf if question.minimum is None else question.minimum
    high = np.inf if question.maximum is None else question.maximum
    middle = np.sqrt(max(low, 1.0) * high) if np.isfinite(high) and high > 0 else TYPICAL_NUMBER
    median = plan.median if plan.median is not None else middle
    spread = plan.spread * sheet.rng.standard_normal(sheet.cases)
    numbers = np.clip(np.round(median * np.exp(spread), question.decimals), low, high)
    sheet.write({question.id: _column(numbers, asked, pl.Float64)})


def _text(sheet: _Sheet, question: Question, asked: Flags) -> None:
    plan = sheet.plan_of(question.id)
    asked = asked & sheet.is_answered(question, plan)
    longest = np.inf if question.maximum is None else question.maximum
    phrases = _phrases(sheet, plan, longest)
    if not phrases:
        _no_phrases(sheet, question)
        return
    chosen = np.array(phrases, dtype=object)[sheet.rng.integers(len(phrases), size=sheet.cases)]
    sheet.write({question.id: _column(chosen, asked, pl.String)})


def _column(values: NDArray[Any], asked: Flags, dtype: type[pl.DataType]) -> pl.Series:
    """The values as a column, null where nothing was asked or answered."""
    return pl.Series(values.tolist(), dtype=dtype).set(pl.Series(~asked), None)


def _no_phrases(sheet: _Sheet, question: Question) -> None:
    if question.required is Required.HARD:
        place = Place(FILE, field=f"{sheet.survey}.question.{question.id}.phrases")
        way_out = f"Give phrases.{sheet.languages[0]} for the question or the survey."
        expected = "phrases that are short enough, since the question must be answered"
        raise BadInput((Problem("E062", place, "no phrases", expected, way_out),))


def _even(question: Question) -> dict[str, float]:
    """The same weight for every choice that tells something."""
    telling = max(1, sum(choice.missing is None for choice in question.choices))
    return {
        choice.code: NO_INFORMATION if choice.missing else (1 - NO_INFORMATION) / telling for choice in question.choices
    }


def _shares(sheet: _Sheet, question: Question, plan: QuestionPlan, default: Mapping[str, float]) -> Matrix:
    """Weight or chance of each choice (column) for each case; choices a plan leaves out have weight 0."""
    codes = [choice.code for choice in question.choices]
    if plan.shares:
        default = dict.fromkeys(codes, 0.0) | dict(plan.shares)
    shares = np.tile([default[code] for code in codes], (sheet.cases, 1))
    for column, categories in plan.by.items():
        values = sheet.table[column].to_numpy()
        for category, changed in categories.items():
            for code, share in changed.items():
                shares[values == category, codes.index(code)] = share
    return shares


def _log_odds(sheet: _Sheet, question: Question, plan: QuestionPlan, name: str) -> Matrix:
    """What inclination and earlier answers add to the choices."""
    codes = [choice.code for choice in question.choices]
    added = np.outer(sheet.inclination, [plan.pull.get(code, 0.0) for code in codes])
    for target, when, lifted in sheet.lifts:
        if target in (name, question.id):
            added += np.outer(sheet.holds(when), [lifted.get(code, 0.0) for code in codes])
    return added


def _shown(sheet: _Sheet, question: Question) -> Flags:
    shown = np.ones((sheet.cases, len(question.choices)), dtype=bool)
    for i, choice in enumerate(question.choices):
        if choice.when is not None:
            shown[:, i] = sheet.holds(choice.when)
    return shown
