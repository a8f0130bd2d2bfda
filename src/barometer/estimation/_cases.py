"""Cases with everything definitions may use, and each indicator as columns of numbers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from barometer.estimation._definitions import Definitions, define
from barometer.estimation._variance import VarianceDesign
from barometer.model import Keep, Measure, Survey
from barometer.tables import Sample, Weights

Matrix = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Cases:
    """Cases ordered by stratum, PSU, unit and id (n rows), and the survey's indicators (I columns).

    `base` is 1 where the case belongs to the indicator's base. `value` is 0 outside it; inside it is 1 where the
    numerator holds, else 0 (share), or the number (mean, total).
    """

    table: pl.DataFrame  # answers, register columns, universes and shares as flags
    weight: NDArray[np.float64]
    unit: NDArray[np.int64]  # number of the unit, rising
    design: VarianceDesign
    measures: tuple[Measure, ...]
    universe: NDArray[np.int64]  # of each indicator, column of `members`
    members: Flags  # n x universes
    base: Matrix
    value: Matrix
    missing: Flags
    dont_know: Flags
    not_relevant: Flags

    @property
    def shares(self) -> Flags:
        return np.array([measure is Measure.SHARE for measure in self.measures], dtype=bool)

    @property
    def totals(self) -> Flags:
        return np.array([measure is Measure.TOTAL for measure in self.measures], dtype=bool)

    @property
    def yes(self) -> Matrix:
        """1 for cases in the numerator of a share; for cases with a value of a mean or total."""
        return np.where(self.shares, self.value, self.base)

    def only(self, columns: Sequence[int]) -> "Cases":
        """The same cases with these indicators alone."""
        if list(columns) == list(range(len(self.measures))):
            return self
        return replace(
            self,
            measures=tuple(self.measures[column] for column in columns),
            universe=self.universe[columns],
            base=self.base[:, columns],
            value=self.value[:, columns],
            missing=self.missing[:, columns],
            dont_know=self.dont_know[:, columns],
            not_relevant=self.not_relevant[:, columns],
        )


def cases_of(survey: Survey, sample: Sample, answers: pl.DataFrame, weights: Weights) -> Cases:
    """Join answers, register and weights, and work out universes and indicators. Raises BadInput (T)."""
    table, order = _joined(sample, answers, weights)
    table, definitions = define(survey, table)
    weighed = weights.cases[order]
    auxiliaries = weights.auxiliaries[order].to_numpy() if weights.auxiliaries.width else None
    indicators = survey.programme.indicators
    universes = [universe.id for universe in survey.programme.universes]
    base, value = _arrays(survey, definitions)
    return Cases(
        table=table,
        weight=weighed["weight"].to_numpy(),
        unit=weighed["unit_id"].rle_id().cast(pl.Int64).to_numpy(),
        design=VarianceDesign.of(weighed, auxiliaries, weights.asked),
        measures=tuple(indicator.measure for indicator in indicators),
        universe=np.array([universes.index(indicator.universe) for indicator in indicators], dtype=np.int64),
        members=table.select(universes).to_numpy() if universes else np.empty((table.height, 0), dtype=bool),
        base=base,
        value=value,
        missing=definitions.missing,
        dont_know=definitions.dont_know,
        not_relevant=definitions.not_relevant,
    )


def _joined(sample: Sample, answers: pl.DataFrame, weights: Weights) -> tuple[pl.DataFrame, pl.Series]:
    """Answers with the register's columns in the order of `Cases`, and that order as row numbers."""
    if not answers["case_id"].equals(weights.cases["case_id"]):
        raise ValueError("weights and answers must have the same cases in the same order")
    order = weights.cases.with_row_index("row").sort("stratum", "psu", "unit_id", "case_id").get_column("row")
    register = [name for name in sample.units.columns if name == "unit_id" or name not in answers.columns]
    table = answers[order].join(
        sample.units.select(register), on="unit_id", how="left", maintain_order="left", validate="m:1"
    )
    return table, order


def _arrays(survey: Survey, definitions: Definitions) -> tuple[Matrix, Matrix]:
    """Base and value of each indicator: docs/methods/estimation.md tells what counts when."""
    base = definitions.asked & ~definitions.missing
    for column, indicator in enumerate(survey.programme.indicators):
        if indicator.dont_know is Keep.OUT:
            base[:, column] &= ~definitions.dont_know[:, column]
        if indicator.not_relevant is Keep.OUT:
            base[:, column] &= ~definitions.not_relevant[:, column]
    base &= ~np.isnan(definitions.number)
    value = np.where(base, definitions.number, 0.0)
    return base.astype(np.float64), value
