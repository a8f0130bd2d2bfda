"""Stages of sampling and the variance they bring: strata, primary and later units, finite populations.

At each stage, with T_i the weighted total of unit i, m units drawn of M in its stratum and f = m / M,

    V = sum over strata (1 - f) m / (m - 1) sum_i (T_i - mean T)(T_i - mean T)'

and the variance of stage s is multiplied by the sampling fractions f of the stages before it (Särndal, Swensson and
Wretman 1992, result 4.3.1; `svyrecvar` of R's survey package). Without a finite population the first stage says it
all. Units without any case in a domain count as totals of 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]

LONELY = ("fail", "adjust", "average", "remove", "certainty")
"""What to do about a stratum of which one unit was drawn, though it has more (see `Stage`)."""


@dataclass(frozen=True)
class Stage:
    """One stage of sampling, for cases in an order in which the units of every stage lie together.

    A lonely stratum, of which one unit was drawn though it has more, is left out of the variance (`remove`,
    `certainty`), taken to vary like the average of the others (`average`), or centred at the mean of the units of
    all strata (`adjust`); a design with rule `fail` has none. With `in_domains`, `adjust` and `average` also deal so
    with strata of which only one unit has cases in the domain.
    """

    unit: Numbers  # of each case, rising from 0
    stratum: Numbers  # of each unit, rising from 0
    parent: Numbers  # of each stratum: the unit of the stage before it lies in; 0 at the first stage
    size: Vector  # units drawn of each stratum
    scale: Vector  # of each unit: fractions of earlier stages x (1 - f) m / (m - 1)
    lonely: Flags  # of each stratum
    rule: str
    in_domains: bool = False
    count: Vector | None = None  # of each unit: how many alike it stands for, where a table was reduced to groups

    @cached_property
    def first(self) -> Numbers:
        """First unit of each stratum."""
        return runs(self.stratum)[1]

    def variances(self, cases: Numbers, contributions: Matrix) -> Vector:
        """Variances of the column sums of `contributions`, those of `cases` (rising numbers); others count as 0."""
        return self.spread(*group_sums(self.unit[cases], contributions))

    def spread(self, units: Numbers, totals: Matrix, within: Matrix | None = None) -> Vector:
        """Variances of the column sums of units' totals; units (rising numbers) that are left out count as 0.

        A unit that stands for several has the total of all, and `within` their variance around their mean.
        """
        deviation, scale, centre, absent = self._deviations(units, totals)
        inside: Vector = np.einsum("u,uk,uk->k", scale, deviation, deviation)
        if within is not None:
            inside = inside + np.einsum("u,uk->k", scale, within)
        outside: Vector = np.einsum("h,hk,hk->k", absent, centre, centre)
        return inside + outside

    def covariance(self, cases: Numbers, contributions: Matrix) -> Matrix:
        """Covariance matrix of the column sums of `contributions`."""
        deviation, scale, centre, absent = self._deviations(*group_sums(self.unit[cases], contributions))
        result: Matrix = deviation.T @ (scale[:, None] * deviation) + centre.T @ (absent[:, None] * centre)
        return result

    def degrees_of_freedom(self, cases: Numbers) -> int:
        """Units minus strata among these cases (rising numbers)."""
        if len(cases) == 0:
            return 0
        units = distinct(self.unit[cases])
        return len(units) - len(distinct(self.stratum[units]))

    def _deviations(self, units: Numbers, totals: Matrix) -> tuple[Matrix, Vector, Matrix, Vector]:
        """Deviations of the units' totals from their centre, with scale; the centres of the strata, with the scale
        of the units that are left out."""
        strata, sums = group_sums(self.stratum[units], totals)
        place = np.searchsorted(strata, self.stratum[units])
        alike = None if self.count is None else self.count[units]
        seen = np.bincount(place, weights=alike, minlength=len(strata))
        lonely = self.lonely[strata]
        if self.in_domains and self.rule in ("adjust", "average"):
            lonely = lonely | ((seen == 1) & (self.size[strata] > 1))
        centre = sums / self.size[strata][:, None]
        scale = self.scale[units]
        absent = self.scale[self.first[strata]] * (self.size[strata] - seen)
        if self._whole_scale is not None:
            own = scale if alike is None else scale * alike
            left = self._whole_scale[strata] - np.bincount(place, weights=own, minlength=len(strata))
            absent = np.where(seen == self.size[strata], 0.0, left)
        if lonely.any():
            parent = self.parent[strata]
            if self.rule == "adjust":
                centre = np.where(lonely[:, None], self._grand_means(parent, strata, sums), centre)
            else:
                stretch = _stretch(parent, lonely) if self.rule == "average" else np.where(lonely, 0.0, 1.0)
                scale, absent = scale * stretch[place], absent * stretch
        if alike is not None:
            totals, scale = totals / alike[:, None], scale * alike
        return totals - centre[place], scale, centre, absent

    @cached_property
    def _whole_scale(self) -> Vector | None:
        """Sum of the scales of each stratum's units where they differ, as with unequal probabilities; else None."""
        if np.array_equal(self.scale, self.scale[self.first][self.stratum]):
            return None
        every = self.scale if self.count is None else self.scale * self.count
        return np.bincount(self.stratum, weights=every).astype(np.float64)

    def _grand_means(self, parent: Numbers, strata: Numbers, sums: Matrix) -> Matrix:
        """Mean of the units of all strata with the same parent, one row a stratum."""
        parents, group = np.unique(parent, return_inverse=True)
        count = np.bincount(group, weights=self.size[strata], minlength=len(parents))
        totals = np.zeros((len(parents), sums.shape[1]))
        np.add.at(totals, group, sums)
        means: Matrix = (totals / count[:, None])[group]
        return means


def make_stages(
    units: Sequence[Numbers],
    strata: Sequence[Numbers],
    population: Sequence[Vector | None],
    rule: str,
    in_domains: bool,
    count: Vector | None = None,
) -> tuple[Stage, ...]:
    """Stages from codes of sorted cases: units nested in the units before them, strata in these too.

    `population` has units of each case's stratum per stage (m / f where units were drawn with unequal probabilities
    f), None where there is no correction. Stages after one without correction bring nothing and are left out; so do
    stages that have no population while the first has one: they are complete. `count` says how many units of a
    single stage each case stands for.
    """
    stages: list[Stage] = []
    earlier = np.ones(len(units[0]))
    for place, (unit, stratum, units_in_stratum) in enumerate(zip(units, strata, population, strict=True)):
        if place and (units_in_stratum is None or population[place - 1] is None):
            break
        number, first = runs(unit)
        of_unit, start = runs(stratum[first])
        alike = None if count is None else count[first]
        size = np.bincount(of_unit, weights=alike).astype(np.float64)
        drawn = size[of_unit]
        fraction = np.zeros(len(first)) if units_in_stratum is None else drawn / units_in_stratum[first]
        before = runs(units[place - 1])[0][first] if place else np.zeros(len(first), dtype=np.int64)
        scale = earlier[first] * (1 - fraction) * drawn / np.maximum(drawn - 1, 1)
        lonely = (size == 1) & (fraction[start] < 1)
        stages.append(Stage(number, of_unit, before[start], size, scale, lonely, rule, in_domains, alike))
        earlier = earlier * fraction[number]
    return tuple(stages)


def runs(codes: Numbers) -> tuple[Numbers, Numbers]:
    """Number of the run of equal codes each entry is in, from 0; and where each run starts."""
    starts = np.flatnonzero(np.diff(codes, prepend=codes[0] - 1 if len(codes) else 0))
    number = np.zeros(len(codes), dtype=np.int64)
    number[starts[1:]] = 1
    return np.cumsum(number), starts


def sorting(codes: Numbers) -> Numbers:
    """Places of codes, -1 or more, in rising order; equal ones stay in theirs. Small numbers are quicker to sort."""
    small = np.min_scalar_type(int(codes.max(initial=0)) + 1)
    return np.argsort((codes + 1).astype(small), kind="stable")


def distinct(rising: Numbers) -> Numbers:
    """Distinct values of rising ones."""
    return rising[np.flatnonzero(np.diff(rising, prepend=-1))]


def group_sums(groups: Numbers, values: Matrix) -> tuple[Numbers, Matrix]:
    """Distinct groups (rising) and the sums of values in each."""
    starts = np.flatnonzero(np.diff(groups, prepend=-1))
    if len(starts) == len(groups):
        return groups, values
    return groups[starts], np.add.reduceat(values, starts, axis=0)


def _stretch(parent: Numbers, lonely: Flags) -> Vector:
    """All strata of a parent over those that are not lonely; 0 for lonely ones, NaN where all are."""
    _, group = np.unique(parent, return_inverse=True)
    every = np.bincount(group)
    known = np.bincount(group, weights=~lonely)
    with np.errstate(divide="ignore"):
        factor = np.where(known > 0, every / known, np.nan)[group]
    return np.where(lonely & ~np.isnan(factor), 0.0, factor)
