"""Made-up choices: single choice, grids and multiple choice, drawn by weight, inclination and earlier answers."""

from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from barometer.model import Question
from barometer.simulation._sheet import NO_INFORMATION, Sheet, as_column
from barometer.simulation._specification import QuestionPlan

Flags = NDArray[np.bool_]
Matrix = NDArray[np.float64]

MARK = 0.3
"""Chance of a mark in a multiple choice of which the specification says nothing."""


def grid_choices(sheet: Sheet, question: Question, asked: Flags) -> None:
    """A single choice an item, for those who are shown it."""
    answers = {}
    for item in question.items:
        name = f"{question.id}.{item.code}"
        plan = sheet.plan_of(name, question.id)
        shown = asked & sheet.holds(item.when) & sheet.is_answered(question, plan)
        answers[name] = single_choice(sheet, question, plan, name, shown)
    sheet.write(answers)


def single_choice(sheet: Sheet, question: Question, plan: QuestionPlan, name: str, asked: Flags) -> pl.Series:
    """One choice a case: the largest of log weight plus Gumbel noise, which is a draw by weight."""
    weights = _shares(sheet, question, plan, _even(question))
    scores = np.log(np.maximum(weights, 1e-12)) + _log_odds(sheet, question, plan, name)
    scores[~sheet.shows(question)] = -np.inf
    chosen = (scores + sheet.rng.gumbel(size=scores.shape)).argmax(axis=1)
    codes = np.array([choice.code for choice in question.choices], dtype=object)
    return as_column(codes[chosen], asked, pl.String)


def multiple_choice(sheet: Sheet, question: Question, asked: Flags) -> None:
    """Marks with their own chances; exclusive ones stand alone; never fewer or more than allowed."""
    plan = sheet.plan_of(question.id)
    asked = asked & sheet.is_answered(question, plan)
    default = {choice.code: NO_INFORMATION if choice.exclusive else MARK for choice in question.choices}
    chances = np.clip(_shares(sheet, question, plan, default), 1e-9, 1 - 1e-9)
    scores = np.log(chances / (1 - chances)) + _log_odds(sheet, question, plan, question.id)
    scores += sheet.rng.logistic(size=scores.shape)
    scores[~sheet.shows(question)] = -np.inf
    alone = np.array([choice.exclusive for choice in question.choices])
    nothing = np.array([choice.exclusive and choice.missing is None for choice in question.choices])
    marks = _marks(scores, alone, nothing, question)
    answers = {
        f"{question.id}.{choice.code}": as_column(marks[:, i], asked, pl.Boolean)
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


def _even(question: Question) -> dict[str, float]:
    """The same weight for every choice that tells something."""
    telling = max(1, sum(choice.missing is None for choice in question.choices))
    return {
        choice.code: NO_INFORMATION if choice.missing else (1 - NO_INFORMATION) / telling for choice in question.choices
    }


def _shares(sheet: Sheet, question: Question, plan: QuestionPlan, default: Mapping[str, float]) -> Matrix:
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


def _log_odds(sheet: Sheet, question: Question, plan: QuestionPlan, name: str) -> Matrix:
    """What inclination and earlier answers add to the choices."""
    codes = [choice.code for choice in question.choices]
    added = np.outer(sheet.inclination, [plan.pull.get(code, 0.0) for code in codes])
    for target, when, lifted in sheet.lifts:
        if target in (name, question.id):
            added += np.outer(sheet.holds(when), [lifted.get(code, 0.0) for code in codes])
    return added
