"""Estimates of one domain and what each case contributes to their error (Taylor linearisation)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from barometer.estimation._cases import Cases
from barometer.estimation._domains import Domain

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Linearised:
    """Estimates of some indicators in one domain (one entry an indicator), and their linearised variable.

    The variance of the sum of `contributions` (cases of the domain x indicators) is that of the estimate:
    w (y - R) / N for a ratio R with weighted base N, w y for a total (Woodruff 1971; Särndal, Swensson and
    Wretman 1992, section 5.7).
    """

    value: Vector  # NaN without a base
    contributions: NDArray[np.float64]
    n: Vector
    n_yes: Vector
    weighted_base: Vector
    weighted_yes: Vector
    constant: NDArray[np.bool_]  # all cases of the base have the same value
    element_variance: Vector  # S² of the value in the base, as estimated from the sample


def linearise(cases: Cases, domain: Domain) -> Linearised:
    """Estimate every indicator in the domain."""
    rows = domain.rows
    base, value, weight = cases.base[rows], cases.value[rows], cases.weight[rows]
    n = base.sum(axis=0)
    weighted_base, weighted_yes = weight @ base, weight @ value
    constant, common = _constant(base, value, n)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where(constant, common, weighted_yes / weighted_base)
        centred = value - np.where(n > 0, ratio, 0.0) * base
        element = np.einsum("c,ci,ci->i", weight, centred, centred) / weighted_base * n / (n - 1)
        per_case = np.where(cases.totals, value, centred / np.where(n > 0, weighted_base, 1.0))
    return Linearised(
        value=np.where(n == 0, np.nan, np.where(cases.totals, weighted_yes, ratio)),
        contributions=weight[:, None] * per_case,
        n=n,
        n_yes=np.where(cases.shares, value.sum(axis=0), n),
        weighted_base=weighted_base,
        weighted_yes=weighted_yes,
        constant=constant,
        element_variance=element,
    )


def _constant(base: NDArray[np.float64], value: NDArray[np.float64], n: Vector) -> tuple[NDArray[np.bool_], Vector]:
    """Whether all values of the base are the same, and that value. The ratio is then exactly this value: weighted
    sums would miss it by a rounding error, and make an error out of nothing."""
    if len(base) == 0:
        return np.zeros(len(n), dtype=bool), np.full(len(n), np.nan)
    inside = base > 0
    smallest = np.where(inside, value, np.inf).min(axis=0)
    largest = np.where(inside, value, -np.inf).max(axis=0)
    return smallest == largest, np.where(n > 0, largest, np.nan)
