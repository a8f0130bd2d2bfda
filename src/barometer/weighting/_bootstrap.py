"""Bootstrap replicates of one stage (Rao, Wu and Yue 1992, Survey Methodology 18; Canty and Davison 1999, The
Statistician 48) and of several (Preston 2009, Survey Methodology 35)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from barometer.problems import Place, Problem, raise_errors
from barometer.tables import Matrix, Piece, Replicates, Vector
from barometer.weighting._fixed_replicates import columns_at_once, lonely_problems
from barometer.weighting._primary import Numbers, StageUnits

COUNTERS = 60_000
"""Counters filled at a time: few enough to stay in the processor's cache."""
UNITS_A_STRIP = 16_384
"""Whole strata are drawn together up to about this many units, so that all replicates of some rows can be had."""

Draw = Callable[[np.random.Generator, int], Matrix]
"""Factors of b replicates (b x n)."""


@dataclass(frozen=True)
class Strip:
    """Some whole strata: rows of the table, and how weights of b replicates are drawn for them (b x rows)."""

    rows: Numbers
    draw: Callable[[np.random.Generator, Matrix], None]  # fills what it is given


def with_replacement(
    kind: str, base: Vector, stage: StageUnits, lonely: str, place: Place, count: int, seed: int, mse: bool
) -> Replicates:
    """'subbootstrap': m_h - 1 of the m_h units of each stratum drawn with replacement, times m_h / (m_h - 1).
    'RaoWuYue': the same, drawn towards 1 by sqrt(1 - f_h) for the finite population. 'bootstrap' without
    population: m_h of m_h.

    Each chunk of each strip has a generator of its own, seeded by their numbers."""
    _check_lonely(stage, lonely, place)
    strips = _strips(kind, base, stage)
    size = len(base)
    width = min(columns_at_once(size), count)
    chunks = -(-count // width)
    scale = 1 / (count - 1)
    if kind == "bootstrap":
        mean = harmonic_mean(stage.size)
        scale = mean / ((mean - 1) * (count - 1))

    def chunk(number: int) -> Matrix:
        found = np.empty((min(width, count - number * width), size))
        for strip, one in enumerate(strips):
            weights = np.empty((len(found), len(one.rows)))
            one.draw(np.random.default_rng([seed, number, strip]), weights)
            found[:, one.rows] = weights
        return found.T

    def pieces() -> Iterator[Piece]:
        for strip, one in enumerate(strips):
            weights = np.empty((count, len(one.rows)))
            for number in range(chunks):
                one.draw(np.random.default_rng([seed, number, strip]), weights[number * width : (number + 1) * width])
            yield Piece(one.rows, slice(0, count), weights)

    varies = _rescaling(kind, stage)[0] != 0
    return Replicates(kind, base, scale, np.ones(count), chunks, chunk, mse, pieces,
                      lambda mask: min(count, _rank(stage, varies, mask & (base > 0))))  # fmt: skip


def _strips(kind: str, base: Vector, stage: StageUnits) -> list[Strip]:
    slope, level = _rescaling(kind, stage)
    order = np.argsort(stage.stratum, kind="stable")
    ends = np.cumsum(stage.size)
    cuts = np.flatnonzero(np.diff(ends // UNITS_A_STRIP, append=-1))  # the last stratum of each strip
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    rows = np.argsort(place[stage.unit], kind="stable")  # of the table, by stratum and unit
    unit_of_row = place[stage.unit][rows]
    strips = []
    before = 0
    for last in cuts.tolist():
        first, end = (int(ends[before] - stage.size[before])), int(ends[last])
        start, stop = np.searchsorted(unit_of_row, (first, end))
        here, units = rows[start:stop], order[first:end]
        of_rows = unit_of_row[start:stop] - first
        size = stage.size[before : last + 1]
        drawn = size if kind == "bootstrap" else np.maximum(size - 1, 0)
        if len(here) == len(units):
            draw = _drawing(size, drawn, slope[units] * base[here], level[units] * base[here], None)
        else:
            draw = _drawing(
                size, drawn, slope[units][of_rows] * base[here], level[units][of_rows] * base[here], of_rows
            )
        strips.append(Strip(here, draw))
        before = last + 1
    return strips


def _drawing(
    size: Numbers, drawn: Numbers, slope: Vector, level: Vector, unit: Numbers | None
) -> Callable[[np.random.Generator, Matrix], None]:
    """Weight of a row = level + slope times how often its unit was drawn; units are sorted by stratum. `unit` of each
    row, where rows are not units."""
    units = int(size.sum())
    of_draw = np.repeat(np.arange(len(size)), drawn)
    sizes, starts = size[of_draw].astype(float), (np.cumsum(size) - size)[of_draw]
    at_once = max(1, COUNTERS // units)
    ahead = np.arange(at_once)[:, None] * units + starts

    def draw(rng: np.random.Generator, weights: Matrix) -> None:
        for first in range(0, len(weights), at_once):
            part = weights[first : first + at_once]
            uniform = rng.random((len(part), len(sizes)))
            uniform *= sizes
            chosen = uniform.astype(np.int64)
            chosen += ahead[: len(part)]
            counts = np.bincount(chosen.ravel(), minlength=len(part) * units).reshape(len(part), units)
            np.multiply(counts if unit is None else counts[:, unit], slope, out=part)
            part += level

    return draw


def _rank(stage: StageUnits, varies: NDArray[np.bool_], mask: NDArray[np.bool_]) -> int:
    """Rank of infinitely many replicates' weights of the rows in `mask`.

    Factors of m units of a stratum vary in m - 1 dimensions around 1; a mask that leaves some of them out leaves
    one for each of the rest. The weights of the whole sample are one dimension more, unless every stratum is cut.
    """
    seen = np.zeros(len(stage.stratum), dtype=bool)
    seen[stage.unit[mask]] = True
    strata = len(stage.size)
    units = np.bincount(stage.stratum[seen], minlength=strata)
    free = np.zeros(strata, dtype=bool)
    free[stage.stratum[varies]] = True
    dimensions = np.where(free, np.minimum(units, stage.size - 1), 0)
    return int(dimensions.sum()) + int((units > dimensions).any())


def _rescaling(kind: str, stage: StageUnits) -> tuple[Vector, Vector]:
    """Factor of a unit = level + slope times how often it was drawn; lonely units keep 1."""
    size = stage.size.astype(float)
    slope = np.ones(len(size)) if kind == "bootstrap" else size / np.maximum(size - 1, 1)
    pull = np.ones(len(size))
    if kind == "RaoWuYue" and stage.fraction is not None:
        pull = np.sqrt(1 - stage.fraction)
    pull[stage.size == 1] = 0
    return (slope * pull)[stage.stratum], (1 - pull)[stage.stratum]


def from_pseudo_population(stage: StageUnits, rng: np.random.Generator, lonely: str, place: Place) -> Draw:
    """'bootstrap' with a population: m_h drawn without replacement from the units repeated to N_h, in an order
    shuffled once (Canty and Davison)."""
    _check_lonely(stage, lonely, place)
    assert stage.fraction is not None
    members = [rng.permutation(np.flatnonzero(stage.stratum == one)) for one in range(len(stage.size))]
    copies = []
    for units, size, fraction in zip(members, stage.size, stage.fraction, strict=True):
        population = round(size / fraction)
        copies.append(np.full(len(units), population // size) + (np.arange(len(units)) < population % size))

    def draw(generator: np.random.Generator, count: int) -> Matrix:
        factors = np.ones((count, len(stage.stratum)))
        for units, available in zip(members, copies, strict=True):
            if len(units) > 1:
                factors[:, units] = generator.multivariate_hypergeometric(available, len(units), size=count)
        return factors[:, stage.unit]

    return draw


def rescaled(stages: Sequence[StageUnits], lonely: str, place: Place) -> Draw:
    """'mrbbootstrap': at each stage half of the units of each stratum are kept, without replacement, and weights
    rescaled so that the variance of every stage is right with its own finite population.

    A unit taken with certainty passes its later stages on (R's `mrbbootstrap` loses their variance). Without
    populations only the first stage counts."""
    if stages[0].fraction is None:
        stages = stages[:1]
    for stage in stages:
        _check_lonely(stage, lonely, place)

    def draw(rng: np.random.Generator, count: int) -> Matrix:
        rows = len(stages[0].unit)
        factors, carried, sampled = np.ones((count, rows)), np.ones((count, rows)), np.ones(rows)
        for stage in stages:
            kept = _kept_half(rng, stage, count)[:, stage.unit]
            size = stage.size[stage.row_stratum].astype(float)
            half = np.floor(size / 2)
            fraction = np.zeros(rows) if stage.fraction is None else stage.fraction[stage.row_stratum]
            several = half > 0
            ratio = np.where(several, size / np.maximum(half, 1), 1.0)
            pull = np.where(several, np.sqrt(sampled * half * (1 - fraction) / np.maximum(size - half, 1)), 0.0)
            factors += carried * pull * (ratio * kept - 1)
            carried *= np.sqrt(ratio) * kept
            sampled = sampled * fraction
        return factors

    return draw


def _kept_half(rng: np.random.Generator, stage: StageUnits, count: int) -> Matrix:
    """1 where a unit is among the half of its stratum that is kept (b x units); lone units are kept."""
    half = np.maximum(stage.size // 2, stage.size == 1)
    order = np.argsort(rng.random((count, len(stage.stratum))) + stage.stratum, axis=1)
    start = np.cumsum(stage.size) - stage.size
    place = np.arange(len(stage.stratum)) - np.repeat(start, stage.size)
    kept = np.empty((count, len(stage.stratum)))
    np.put_along_axis(kept, order, np.broadcast_to(place < np.repeat(half, stage.size), order.shape) * 1.0, axis=1)
    return kept


def bootstrap(
    kind: str, base: Vector, draw: Draw, count: int, scale: float, rscale: float, seed: int, mse: bool
) -> Replicates:
    """Replicates of a way to draw. Each chunk has a generator of its own, seeded by its number."""
    width = min(columns_at_once(len(base)), count)

    def chunk(number: int) -> Matrix:
        factors = draw(np.random.default_rng([seed, number]), min(width, count - number * width))
        factors *= base
        return factors.T

    return Replicates(kind, base, scale, np.full(count, rscale), -(-count // width), chunk, mse)


def _check_lonely(stage: StageUnits, lonely: str, place: Place) -> None:
    if not stage.lonely.any() or lonely in ("remove", "certainty"):
        return
    if lonely == "fail":
        raise_errors(lonely_problems(stage, place))
    found, way_out = f"lonely = '{lonely}' for a bootstrap", "Join lonely strata, or choose lonely = 'remove'."
    raise_errors([Problem("W022", place, found, "'fail', 'remove' or 'certainty'", way_out)])


def harmonic_mean(sizes: Numbers) -> float:
    """Of numbers above 0."""
    return float(1 / np.mean(1 / sizes))
