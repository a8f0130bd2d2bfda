"""A survey's design: who was drawn how, and with it the variance of everything estimated from it.

`survey_design` takes any table and the columns that say how it was drawn; every estimator of this room takes the
`SurveyDesign` it gives. Conventions are those of R's survey package (docs/how-to/coming-from-r-stata-spss.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from barometer.estimation._design_check import check_fpc, check_lonely, check_nesting
from barometer.estimation._design_columns import Columns, DesignNames, read_columns, unit_order
from barometer.estimation._ppsample import JointProbabilities, Pairs, pairs
from barometer.estimation._projection import Projection, Reduced
from barometer.estimation._replicates import ReplicateColumns, ReplicateWeights, replicate_weights
from barometer.estimation._stages import LONELY, Stage, group_sums, make_stages
from barometer.problems import raise_errors
from barometer.tables import Calibrated, Replicates

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]
Names = str | Sequence[str]

NEARLY_NOTHING = 1e-6
"""Residual variances below this part of the raw one, and errors below this part of the total, are computed anew from
the residuals themselves, where subtracting large numbers costs no digits."""


@dataclass(frozen=True, eq=False)
class SurveyDesign:
    """A table with its design. Made by `survey_design`; frozen; rows are never dropped: a domain is a mask.

    Row numbers and masks are those of `data`. Exactly one of Taylor stages, `pairs` and `replicates` makes the
    variance.
    """

    data: pl.DataFrame
    weights: Vector
    stages: tuple[Stage, ...]
    order: Numbers  # rows, sorted so that the units of each stage lie together
    pairs: Pairs | None
    projection: Projection | None
    replicates: ReplicateWeights | None

    @property
    def n(self) -> int:
        return self.data.height

    def variance(self, contributions: Matrix, domain: Flags | None = None) -> Matrix:
        """Covariance (k x k) of the column sums of `contributions` (n x k), weighted linearised values of all rows.

        With Taylor linearisation, contributions are w z with z the influence of a row on the estimate; rows outside
        the `domain` contribute 0, and tell of it so that lonely units are treated as R does. Of a calibrated design
        the residuals are taken. Of a replicate design the sums are made anew with each set of weights: exact for
        totals; an estimator that is not linear does better by `replicate_variance`.
        """
        contributions = np.asarray(contributions, dtype=np.float64)
        if self.replicates is not None:
            with np.errstate(divide="ignore", invalid="ignore"):
                plain = np.where(self.weights[:, None] != 0, contributions / self.weights[:, None], 0.0)
            return self.replicates.covariance(self.replicates.weights.T @ plain, contributions.sum(axis=0))
        if self.projection is not None:
            contributions, domain = self.projection.residuals(contributions), None
        if self.pairs is not None:
            return self.pairs.covariance(contributions)
        cases, sorted_contributions = self._sorted(contributions, domain)
        return np.asarray(sum(stage.covariance(cases, sorted_contributions) for stage in self.stages))

    def variances(self, contributions: Matrix, domain: Flags | None = None) -> Vector:
        """The diagonal of `variance`, for many columns at the cost of one pass."""
        if self.replicates is not None or self.pairs is not None:
            return np.array([float(self.variance(column[:, None], domain)[0, 0]) for column in contributions.T])
        if self.projection is not None:
            contributions, domain = self.projection.residuals(contributions), None
        cases, sorted_contributions = self._sorted(contributions, domain)
        return np.asarray(sum(stage.variances(cases, sorted_contributions) for stage in self.stages))

    def domain_variances(self, rows: Numbers, contributions: Matrix) -> Vector:
        """Variances of the column sums of the contributions of `rows` (rising); all others are outside the domain."""
        if self.stages and self.pairs is None and (self.projection is None or self.reduced is not None):
            place = self._place[rows]
            order = np.argsort(place, kind="stable")
            cases, ordered = place[order], contributions[order]
            if self.reduced is None:
                return np.asarray(sum(stage.variances(cases, ordered) for stage in self.stages))
            units, totals = group_sums(self.stages[0].unit[cases], ordered)
            raw = self.stages[0].spread(units, totals)
            residual = raw + self.reduced.change(rows[order], ordered, units, totals)
            whole = NEARLY_NOTHING * np.abs(totals).sum(axis=0)
            delicate = residual < np.maximum(NEARLY_NOTHING * raw, whole**2)
            if delicate.any():
                everyone = np.zeros((self.n, int(delicate.sum())))
                everyone[rows] = contributions[:, delicate]
                residual[delicate] = self.variances(everyone)
            return residual
        everyone = np.zeros((self.n, contributions.shape[1]))
        everyone[rows] = contributions
        return self.variances(everyone)

    @property
    def tells_domains_apart(self) -> bool:
        """Whether it matters which rows are in a domain beside those that contribute: with lonely strata it does."""
        return any(
            stage.rule in ("adjust", "average") and (stage.lonely.any() or stage.in_domains) for stage in self.stages
        )

    def is_whole(self, rows: Numbers) -> bool:
        """Whether all units of the strata of these rows were drawn, at every stage."""
        if self.projection is not None or self.pairs is not None:
            return False
        place = np.sort(self._place[rows])
        return all(not stage.scale[stage.unit[place]].any() for stage in self.stages)

    @cached_property
    def reduced(self) -> Reduced | None:
        """Of one stage and a regression; other calibrated designs take residuals of all rows."""
        if self.projection is None or self.projection.margins or len(self.stages) != 1 or self.tells_domains_apart:
            return None
        return self.projection.reduced(self.stages[0], self.order)

    @cached_property
    def _place(self) -> Numbers:
        """Place of each row in `order`."""
        place = np.empty(self.n, dtype=np.int64)
        place[self.order] = np.arange(self.n)
        return place

    def replicate_variance(self, estimates: Matrix, full: Vector) -> Matrix:
        """Covariance (k x k) from estimates made with each column of `replicates.weights` (R x k) and with all."""
        if self.replicates is None:
            raise ValueError("this design has no replicate weights")
        return self.replicates.covariance(estimates, full)

    def degf(self, mask: Flags | None = None) -> float:
        """Degrees of freedom: primary units minus strata that have rows in `mask` with a weight (all rows without);
        for replicates the rank of the weights in `mask`, minus 1."""
        if self.replicates is not None:
            return self.replicates.degf if mask is None or mask.all() else self.replicates.degf_of(mask)
        inside = self.weights != 0 if mask is None else mask & (self.weights != 0)
        first = self.stages[0]
        units = np.zeros(len(first.stratum), dtype=bool)
        units[self.psu[inside]] = True
        strata = np.zeros(len(first.size), dtype=bool)
        strata[first.stratum[units]] = True
        drawn = np.count_nonzero(units) if first.count is None else first.count[units].sum()
        return float(drawn - np.count_nonzero(strata))

    @cached_property
    def psu(self) -> Numbers:
        """Number of each row's primary unit, from 0."""
        numbers = np.empty(self.n, dtype=np.int64)
        numbers[self.order] = self.stages[0].unit
        return numbers

    @cached_property
    def strata(self) -> Numbers:
        """Number of each row's first stratum, from 0."""
        return self.stages[0].stratum[self.psu]

    def _sorted(self, contributions: Matrix, domain: Flags | None) -> tuple[Numbers, Matrix]:
        """Numbers of the domain's rows in the order of the stages, and their contributions."""
        if domain is None:
            return np.arange(self.n), contributions.take(self.order, axis=0)
        cases = np.flatnonzero(domain[self.order])
        return cases, contributions.take(self.order[cases], axis=0)

    def _repr_html_(self) -> str:
        lines = [
            f"<b>Survey design</b>: {self.n:,} rows, sum of weights {self.weights.sum():,.6g}",
            f"variance by {self.method}; {self.degf():g} degrees of freedom",
        ]
        return "<br>".join(lines)

    def __repr__(self) -> str:
        return f"SurveyDesign({self.n} rows, {self.method}, degf {self.degf():g})"

    @property
    def method(self) -> str:
        """How variances are made, in words."""
        if self.replicates is not None:
            return f"{self.replicates.drawn.count} replicates"
        stage = self.stages[0]
        stages = "1 stage" if len(self.stages) == 1 else f"{len(self.stages)} stages"
        plain = f"linearisation, {stages}, {len(stage.size)} strata, {stage.size.sum():.0f} primary units"
        return plain + (", calibrated" if self.projection is not None else "")


def survey_design(
    data: Any,
    *,
    weights: str | None = None,
    strata: Names = (),
    psu: Names = (),
    fpc: Names = (),
    nest: bool = False,
    lonely: str = "fail",
    lonely_domains: bool = False,
    pps: str | JointProbabilities | None = None,
    calibration: Calibrated | None = None,
    replicates: ReplicateColumns | Replicates | None = None,
) -> SurveyDesign:
    """Say how a table was drawn.

    `data`: a Polars frame, or anything Polars makes one of (Arrow, pandas, dict). `weights`: column with each row's
    weight, 0 or more; may be left out when `fpc` gives all stages (weights are then the products of M / m), and when
    `calibration` or replicates have them.
    `strata`, `psu`, `fpc`: one column, or one per stage. Rows are their own units without `psu`. `fpc`: units of the
    stratum in the population, or fractions drawn of it when no value is above 1; without it units count as drawn
    with replacement and later stages bring nothing; stages beyond those given count as complete. `nest`: numbers of
    PSUs start anew in each stratum. `lonely`: what to do about strata of which one unit was drawn: "fail", "adjust",
    "average", "remove", "certainty"; with `lonely_domains` "adjust" and "average" also deal with strata that have
    one unit in a domain. `pps`: "brewer" (then `fpc` holds probabilities of selection, one per unit) or
    `JointProbabilities`. `calibration`: what `barometer.weighting` gives for these rows; its weights then replace
    `weights`. `replicates`: columns of replicate weights, or what `barometer.weighting` gives; strata, units and fpc
    are then not used.

    Blank items of other columns are no matter here. Raises BadInput with everything wrong in the design columns,
    rows named (T010 to T021).
    """
    frame = data if isinstance(data, pl.DataFrame) else pl.DataFrame(data)
    if lonely not in LONELY:
        raise ValueError(f"lonely is one of {', '.join(LONELY)}")
    wanted = DesignNames(
        weights,
        _names(strata),
        _names(psu),
        _names(fpc),
        nest,
        pps is not None,
        calibration is not None or isinstance(replicates, Replicates),
    )
    columns = read_columns(frame, wanted, replicates if isinstance(replicates, ReplicateColumns) else None)
    weight = columns.weight if calibration is None else calibration.weights
    if isinstance(replicates, Replicates) and weights is None:
        weight = replicates.base
    if len(weight) != frame.height:
        raise ValueError("calibrated weights are not those of this table")
    projection = None if calibration is None else Projection.of(calibration)
    if replicates is not None:
        made = _replicates(replicates, columns, weight)
        return SurveyDesign(frame, weight, (), np.arange(frame.height), None, None, made)
    return sampled(frame, columns, weight, projection, lonely, lonely_domains, pps)


def sampled(
    frame: pl.DataFrame,
    columns: Columns,
    weight: Vector,
    projection: Projection | None,
    lonely: str,
    lonely_domains: bool,
    pps: str | JointProbabilities | None,
) -> SurveyDesign:
    """The design of a sample in strata and stages."""
    raise_errors(check_nesting(columns))
    raise_errors(check_fpc(columns))
    order = unit_order(columns)
    population = [None if one is None else one[order] for one in columns.population]
    units, layers = [one[order] for one in columns.units], [one[order] for one in columns.strata]
    count = None if columns.count is None else columns.count[order]
    stages = make_stages(units, layers, population, lonely, lonely_domains, count)
    if lonely == "fail":
        raise_errors(check_lonely(columns, stages, order))
    joint = None
    if isinstance(pps, JointProbabilities):
        joint = pairs(columns.units[0], columns.strata[0], columns.fraction, pps)
    return SurveyDesign(frame, weight, stages, order, joint, projection, None)


def _replicates(given: ReplicateColumns | Replicates, columns: Columns, weight: Vector) -> ReplicateWeights:
    if isinstance(given, ReplicateColumns):
        return replicate_weights(given, columns.replicates, weight)
    if len(given.base) != len(weight):
        raise ValueError("replicate weights are not those of this table")
    return ReplicateWeights(given)


def _names(given: Names) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)
