"""The table of made-up answers while it is filled in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from barometer.expressions import Expression, to_polars
from barometer.model import Question, Required
from barometer.simulation._specification import QuestionPlan, SurveyPlan

Flags = NDArray[np.bool_]
Matrix = NDArray[np.float64]

NO_INFORMATION = 0.04
"""Weight of don't know and not relevant where the specification says nothing."""


@dataclass
class Sheet:
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

    def shows(self, question: Question) -> Flags:
        """Which choices (columns) each case is shown."""
        shown = np.ones((self.cases, len(question.choices)), dtype=bool)
        for i, choice in enumerate(question.choices):
            if choice.when is not None:
                shown[:, i] = self.holds(choice.when)
        return shown

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


def as_column(values: NDArray[Any], asked: Flags, dtype: type[pl.DataType]) -> pl.Series:
    """The values as a column, null where nothing was asked or answered."""
    return pl.Series(values.tolist(), dtype=dtype).set(pl.Series(~asked), None)
