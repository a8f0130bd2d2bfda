"""Bootstrap replicates of one stage (Rao, Wu and Yue 1992, Survey Methodology 18; Canty and Davison 1999, The
Statistician 48) and of several (Preston 2009, Survey Methodology 35)."""

from collections.abc import Callable, Sequence

import numpy as np

from barometer.problems import Place, Problem, raise_errors
from barometer.tables import Matrix, Replicates, Vector
from barometer.weighting._fixed_replicates import columns_at_once, lonely_problems
from barometer.weighting._primary import Numbers, StageUnits

COUNTERS = 60_000
"""Counters filled at a time: few enough to stay in the processor's cache."""

Draw = Callable[[np.random.Generator, int], Matrix]
"""Factors of b replicates (b x n)."""


def with_replacement(kind: str, stage: StageUnits, lonely: str, place: Place) -> Draw:
    """'subbootstrap': m_h - 1 of the m_h units of each stratum drawn with replacement, times m_h / (m_h - 1).
    'RaoWuYue': the same, drawn towards 1 by sqrt(1 - f_h) for the finite population. 'bootstrap' without
    population: m_h of m_h."""
    _check_lonely(stage, lonely, place)
    drawn = stage.size if kind == "bootstrap" else np.maximum(stage.size - 1, 0)
    order = np.argsort(stage.stratum, kind="stable")
    start = np.cumsum(stage.size) - stage.size
    of_draw = np.repeat(np.arange(len(stage.size)), drawn)
    sizes, starts = stage.size[of_draw].astype(float), start[of_draw]
    slope, level = _rescaling(kind, stage)
    units = len(stage.stratum)
    rows = None if np.array_equal(stage.unit, np.arange(units)) else stage.unit
    sorted_already = np.array_equal(order, np.arange(units))
    at_once = max(1, COUNTERS // units)

    def draw(rng: np.random.Generator, count: int) -> Matrix:
        counts = np.empty((count, units))
        for first in range(0, count, at_once):
            width = min(at_once, count - first)
            chosen = (rng.random((width, len(sizes))) * sizes).astype(np.int64)
            chosen += starts
            if not sorted_already:
                chosen = order[chosen]
            chosen += np.arange(width)[:, None] * units
            counts[first : first + width] = np.bincount(chosen.ravel(), minlength=width * units).reshape(width, units)
        counts *= slope
        counts += level
        return counts if rows is None else counts[:, rows]

    return draw


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
    return float(1 / np.mean(1 / sizes))
