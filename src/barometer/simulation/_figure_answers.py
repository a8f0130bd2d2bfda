"""Made-up numbers, years, days, shares of a total and ranks, within the limits of the question."""

from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from barometer.model import Question, QuestionKind, day_number
from barometer.simulation._sheet import Sheet, as_column

Flags = NDArray[np.bool_]
Matrix = NDArray[np.float64]

TYPICAL_NUMBER = 10.0
"""Median of numbers without a median and without limits."""


def number(sheet: Sheet, question: Question, asked: Flags) -> None:
    """Numbers spread like a lognormal around the median, rounded, within the question's limits."""
    plan = sheet.plan_of(question.id)
    asked = asked & sheet.is_answered(question, plan)
    low = -np.inf if question.minimum is None else question.minimum
    high = np.inf if question.maximum is None else question.maximum
    middle = np.sqrt(max(low, 1.0) * high) if np.isfinite(high) and high > 0 else TYPICAL_NUMBER
    median = plan.median if plan.median is not None else middle
    spread = plan.spread * sheet.rng.standard_normal(sheet.cases)
    numbers = np.clip(np.round(median * np.exp(spread), question.decimals), low, high)
    sheet.write({question.id: as_column(numbers, asked, pl.Float64)})


def measured(sheet: Sheet, question: Question, asked: Flags) -> None:
    """Years, days, shares and ranks, evenly within their limits where nothing tells more."""
    plan = sheet.plan_of(question.id)
    asked = asked & sheet.is_answered(question, plan)
    if question.kind is QuestionKind.RANKING:
        ranks = _ranks(sheet, question)
        columns = {
            f"{question.id}.{choice.code}": as_column(ranks[:, i], asked & (ranks[:, i] > 0), pl.Int64)
            for i, choice in enumerate(question.choices)
        }
    elif question.kind is QuestionKind.SHARES:
        shown = np.column_stack([asked & sheet.holds(item.when) for item in question.items])
        parts = _shares_of_total(sheet.rng, question, shown)
        columns = {
            f"{question.id}.{item.code}": as_column(parts[:, i], shown[:, i], pl.Float64)
            for i, item in enumerate(question.items)
        }
    else:
        low, high = _even_limits(question)
        numbers = sheet.rng.integers(low, high, endpoint=True, size=sheet.cases)
        values = as_column(numbers, asked, pl.Int64)
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


def _ranks(sheet: Sheet, question: Question) -> NDArray[np.int64]:
    """Ranks 1, 2, 3 … by chance, 0 for choices that are hidden or not ranked."""
    scores = sheet.rng.uniform(size=(sheet.cases, len(question.choices)))
    hidden = ~sheet.shows(question)
    scores[hidden] = np.inf
    ranks = scores.argsort(axis=1).argsort(axis=1) + 1
    most = len(question.choices) if question.maximum is None else int(question.maximum)
    return np.where(hidden | (ranks > most), 0, ranks)
