"""Agreement of coders on nominal codes or sets of codes, beyond what chance gives.

Percent agreement; kappa of Cohen (1960), Educational and Psychological Measurement 20, 37-46; alpha of Krippendorff
(2011), "Computing Krippendorff's alpha-reliability", for any number of coders with answers not coded by all; for
sets of codes alpha with the distance MASI of Passonneau (2006), "Measuring agreement on set-valued items".
"""

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

Codes = frozenset[str]
Unit = Sequence[Codes | None]
"""The codings of one answer, a place a coder; None where that coder did not code it."""
Distance = Callable[[Codes, Codes], float]


class Undefined(Enum):
    """Why a measure has no value."""

    NOBODY_TWICE = "nobody_twice"  # no answer was coded by two
    ONE_CODE = "one_code"  # everybody used one code throughout: chance agreement is complete


@dataclass(frozen=True)
class Measured:
    """A measure, with a percentile interval of the bootstrap over answers; `reason` where it has no value."""

    value: float | None
    low: float | None = None
    high: float | None = None
    reason: Undefined | None = None


@dataclass(frozen=True)
class Agreement:
    """How well coders agree. `answers`: coded at least twice. `percent`: pairs of codings that are equal, in [0, 1].

    `kappa` compares the first two codings of each answer by coder; it treats different sets as different codes.
    """

    answers: int
    percent: Measured
    kappa: Measured
    alpha: Measured


def nominal(one: Codes, other: Codes) -> float:
    """0 for equal sets of codes, 1 for any others."""
    return 0.0 if one == other else 1.0


def masi(one: Codes, other: Codes) -> float:
    """1 - Jaccard x monotonicity: 0 for equal sets, 1 for sets without a common code."""
    shared, joined = len(one & other), len(one | other)
    if not joined:
        return 0.0
    if one == other:
        weight = 1.0
    elif one <= other or other <= one:
        weight = 2 / 3
    else:
        weight = 1 / 3 if shared else 0.0
    return 1.0 - shared / joined * weight


def agreement(
    units: Sequence[Unit],
    *,
    distance: Distance = nominal,
    rng: np.random.Generator,
    draws: int = 1000,
    level: float = 0.95,
) -> Agreement:
    """Percent, kappa and alpha of the units coded at least twice, each with its interval.

    Intervals are percentiles of `draws` samples of the answers with replacement. A sample in which a measure is
    undefined leaves it out; below two answers there is no interval.
    """
    pairable = [unit for unit in units if sum(one is not None for one in unit) > 1]
    if not pairable:
        nothing = Measured(None, reason=Undefined.NOBODY_TWICE)
        return Agreement(0, nothing, nothing, nothing)
    patterns = Counter(map(tuple, pairable))  # answers coded alike are drawn together
    kinds = sorted(patterns, key=lambda unit: [[] if one is None else ["", *sorted(one)] for one in unit])
    count, alike = len(pairable), np.array([patterns[kind] for kind in kinds])
    weights = np.vstack([alike, rng.multinomial(count, alike / count, size=draws)]).astype(float)
    measures = (_percents(kinds, weights), _kappas(kinds, weights), _alphas(kinds, weights, distance))
    percent, kappa, alpha = (_summed_up(values, level, count) for values in measures)
    return Agreement(count, percent, kappa, alpha)


def by_code(
    units: Sequence[Unit], codes: Sequence[str], *, rng: np.random.Generator, draws: int = 1000
) -> Mapping[str, Agreement]:
    """Agreement on each code taken alone: whether an answer has it or not."""
    return {
        code: agreement(
            [[None if one is None else one & {code} for one in unit] for unit in units], rng=rng, draws=draws
        )
        for code in codes
    }


def confusions(units: Sequence[Unit]) -> tuple[tuple[Codes, Codes, int], ...]:
    """Pairs of unequal codings of an answer with how many answers have them, the most frequent first."""
    found: Counter[tuple[Codes, Codes]] = Counter()
    for unit in units:
        given = [one for one in unit if one is not None]
        for place, one in enumerate(given):
            for other in given[place + 1 :]:
                if one != other:
                    first, second = sorted((one, other), key=sorted)
                    found[first, second] += 1
    ordered = sorted(found.items(), key=lambda item: (-item[1], sorted(item[0][0]), sorted(item[0][1])))
    return tuple((first, second, count) for (first, second), count in ordered)


Matrix = NDArray[np.float64]


def _given(unit: Unit) -> list[Codes]:
    return [one for one in unit if one is not None]


def _percents(units: Sequence[Unit], weights: Matrix) -> Matrix:
    shares = np.array([1 - _disagreement(_given(unit), nominal) for unit in units])
    percents: Matrix = weights @ shares / weights.sum(axis=1)
    return percents


def _kappas(units: Sequence[Unit], weights: Matrix) -> Matrix:
    """The first two codings of each answer, in the order of coders. NaN where expected agreement is complete."""
    pairs = [_given(unit)[:2] for unit in units]
    first, second = (_margins([[pair[side]] for pair in pairs], _codes_of(pairs)) for side in (0, 1))
    totals = weights.sum(axis=1)
    observed = weights @ np.array([float(one == other) for one, other in pairs]) / totals
    expected = np.einsum("bk,bk->b", weights @ first, weights @ second) / totals**2
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(expected < 1 - 1e-12, (observed - expected) / (1 - expected), np.nan)


def _alphas(units: Sequence[Unit], weights: Matrix, distance: Distance) -> Matrix:
    """1 - observed / expected disagreement; NaN where nothing could disagree."""
    given = [_given(unit) for unit in units]
    codes = _codes_of(given)
    sizes = np.array([len(one) for one in given], dtype=float)
    apart = np.array([_disagreement(one, distance) for one in given])
    between = np.array([[distance(one, other) for other in codes] for one in codes])
    margins, totals = weights @ _margins(given, codes), weights @ sizes
    observed = weights @ (sizes * apart) / totals
    expected = np.einsum("bk,kl,bl->b", margins, between, margins) / (totals * (totals - 1))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(expected > 1e-12, 1 - observed / expected, np.nan)


def _disagreement(given: Sequence[Codes], distance: Distance) -> float:
    """Mean distance of the pairs of one answer's codings."""
    pairs = [distance(one, other) for place, one in enumerate(given) for other in given[place + 1 :]]
    return sum(pairs) / len(pairs)


def _codes_of(given: Sequence[Sequence[Codes]]) -> list[Codes]:
    return sorted({one for unit in given for one in unit}, key=sorted)


def _margins(given: Sequence[Sequence[Codes]], codes: Sequence[Hashable]) -> Matrix:
    place = {code: number for number, code in enumerate(codes)}
    margins = np.zeros((len(given), len(codes)))
    for row, unit in enumerate(given):
        for one in unit:
            margins[row, place[one]] += 1
    return margins


def _summed_up(values: Matrix, level: float, count: int) -> Measured:
    """The first value is that of the answers themselves, the others those of the samples."""
    if np.isnan(values[0]):
        return Measured(None, reason=Undefined.ONE_CODE)
    drawn = values[1:][~np.isnan(values[1:])]
    if count < 2 or not len(drawn):
        return Measured(float(values[0]))
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return Measured(float(values[0]), float(low), float(high))
