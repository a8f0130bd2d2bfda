"""Universes, indicators and breakdowns as columns: the meaning of definitions in the data at hand."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from barometer.estimation._check import check_definitions
from barometer.estimation._questions import Given, given
from barometer.expressions import Expression, to_polars
from barometer.model import Indicator, Measure, Survey
from barometer.problems import raise_errors

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Definitions:
    """For each case (row) and indicator (column): is it asked of the case (universe), did the case give no answer,
    answer don't know or not relevant; and the number: 1 or 0 for a share, NaN where a value is missing."""

    asked: Flags
    missing: Flags
    dont_know: Flags
    not_relevant: Flags
    number: NDArray[np.float64]


def define(survey: Survey, table: pl.DataFrame) -> tuple[pl.DataFrame, Definitions]:
    """Add a flag for every universe and share to the table, and work out every indicator.

    A flag of a share is true for the cases in its universe for which its numerator holds. A universe or share may
    use those defined before it. Raises BadInput T001 and T002, all of them.
    """
    raise_errors(check_definitions(survey, table.columns))
    indicators = survey.programme.indicators
    steps = [(universe.id, _condition(universe.condition)) for universe in survey.programme.universes]
    steps += [(one.id, _numerator(one)) for one in indicators if one.measure is Measure.SHARE]
    table = _with_steps(table, steps)
    answered = {
        question: given(survey.measured, table.columns, question)
        for question in dict.fromkeys(one.question for one in indicators)
    }
    columns = [_columns(one, answered[one.question]) for one in indicators]

    def matrix(name: str) -> Flags:
        selected = table.select(column[name].alias(str(place)) for place, column in enumerate(columns))
        return selected.to_numpy() if columns else np.empty((table.height, 0), dtype=bool)

    numbers = table.select(column["number"].alias(str(place)) for place, column in enumerate(columns))
    return table, Definitions(
        asked=matrix("asked"),
        missing=matrix("missing"),
        dont_know=matrix("dont_know"),
        not_relevant=matrix("not_relevant"),
        number=numbers.to_numpy() if columns else np.empty((table.height, 0)),
    )


def _columns(indicator: Indicator, answer: Given) -> dict[str, pl.Expr]:
    asked = pl.col(indicator.universe)
    given_answer, dont_know, not_relevant = answer.answered, answer.dont_know, answer.not_relevant
    if indicator.measure is Measure.SHARE:
        number = pl.col(indicator.id).cast(pl.Float64)
        given_answer |= ~answer.routed  # nothing is missing where nothing was asked: the numerator decides
    else:
        assert indicator.value is not None
        number = to_polars(indicator.value).cast(pl.Float64)
        given_answer &= number.is_not_null() | dont_know | not_relevant
    return {
        "asked": asked,
        "missing": asked & ~given_answer,
        "dont_know": asked & given_answer & dont_know,
        "not_relevant": asked & given_answer & not_relevant,
        "number": number.fill_null(float("nan")),
    }


def _with_steps(table: pl.DataFrame, steps: list[tuple[str, pl.Expr]]) -> pl.DataFrame:
    """Add the columns in order, as many at a time as do not use one another."""
    together: dict[str, pl.Expr] = {}
    for name, expression in steps:
        if together.keys() & set(expression.meta.root_names()):
            table, together = table.with_columns(**together), {}
        together[name] = expression
    return table.with_columns(**together)


def _condition(expression: Expression | None) -> pl.Expr:
    if expression is None:
        return pl.when(pl.int_range(pl.len()) >= 0).then(pl.lit(True))  # true in every row
    return to_polars(expression)


def _numerator(indicator: Indicator) -> pl.Expr:
    """A share's flag: a union holds where one of its components does."""
    if indicator.components:
        holds = pl.any_horizontal([pl.col(component) for component in indicator.components])
    else:
        assert indicator.numerator is not None
        holds = to_polars(indicator.numerator)
    return pl.col(indicator.universe) & holds
