"""How many units each stratum gets."""

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]


def allocate(
    population: Counts, fractions: NDArray[np.float64], minimum: int | Counts, sample_size: int | None
) -> Counts:
    """Units to draw in each stratum: n_h near fractions * population, at least min(minimum, N_h), at most N_h.

    `minimum` is one number, or one a stratum; the population itself where everyone is asked.

    With a `sample_size` the fractions are scaled by one common factor until the numbers, kept within those
    limits, add up to it; what is then left of whole units goes to the largest remainders (the first stratum
    when equal). Without one, each number is rounded to the nearest whole unit, halves upwards.

    `sample_size` must lie between the sums of the lower and upper limits (check_design sees to that).
    """
    lowest = np.minimum(minimum, population)
    wanted = fractions * population
    if sample_size is None:
        return np.clip(np.floor(wanted + 0.5).astype(np.int64), lowest, population)
    return within_limits(wanted, lowest, population, sample_size)


def within_limits(wanted: NDArray[np.float64], lowest: Counts, highest: Counts, total: int) -> Counts:
    """Whole numbers of this total, in proportion to `wanted` (above 0) except where they meet a limit."""
    factor = _common_factor(wanted, lowest, highest, total)
    return _largest_remainders(np.clip(factor * wanted, lowest, highest), total)


def _common_factor(wanted: NDArray[np.float64], lowest: Counts, highest: Counts, total: int) -> float:
    """The factor at which clip(factor * wanted, lowest, highest) adds up to `total`.

    The sum rises with the factor and is linear between the points where a stratum meets one of its limits; a
    binary search finds the piece, and the piece is solved exactly.
    """
    corners = np.sort(np.concatenate([lowest / wanted, highest / wanted]))

    def reached(factor: float) -> float:
        return float(np.clip(factor * wanted, lowest, highest).sum())

    left, right = 0, len(corners) - 1
    if reached(corners[left]) >= total:
        return float(corners[left])
    while right - left > 1:
        middle = (left + right) // 2
        left, right = (middle, right) if reached(corners[middle]) < total else (left, middle)
    low, high = float(corners[left]), float(corners[right])
    gain = reached(high) - reached(low)
    return high if gain == 0 else low + (high - low) * (total - reached(low)) / gain


def _largest_remainders(exact: NDArray[np.float64], total: int) -> Counts:
    whole = np.floor(exact).astype(np.int64)
    left_over = total - int(whole.sum())
    first = np.argsort(whole - exact, kind="stable")[:left_over]
    whole[first] += 1
    return whole
