"""Calibration of weights to register totals (Deville and Särndal 1992, Calibration estimators, JASA 87).

Weights w = d g stay as near to the base weights d as they can, in the sense of a distance, while the weighted
sums of the auxiliary variables x equal their register totals. The linear distance gives g = 1 + x'λ (the
regression estimator), the multiplicative one g = exp(x'λ) (raking); bounds cut g off at both ends. λ is found
by Newton's method.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import qr

from barometer.model import Calibration, Survey, Weighting
from barometer.problems import BadInput, Place, Problem
from barometer.weighting._margins import Margins

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

TOLERANCE = 1e-10
"""Largest relative difference between a weighted margin and its register total."""
AIM = 1e-13
"""Newton steps go on below the tolerance while they still help, down to about the precision of the numbers."""
MAXIMUM_STEPS = 200
LENGTHS = tuple(0.5**halvings for halvings in range(40))
ENOUGH = 1e-4
"""Part of the rise promised by the slope that a step must bring (Armijo's rule)."""
AT_BOUND = 1e-4
DEPENDENT = 1e-9
"""A column this near (relatively) to a combination of others carries nothing of its own."""


@dataclass(frozen=True)
class Calibrated:
    """Weights, and the linearly independent auxiliary variables (respondents x k) with their names."""

    weights: Vector
    auxiliaries: Matrix
    names: tuple[str, ...]
    margin_error: float


def calibrate(survey: Survey, base: Vector, margins: Margins) -> Calibrated:
    """Calibrate `base` to the margins. Raises BadInput W010 if they cannot be met, W011 on weights below zero."""
    if not margins.labels:
        return Calibrated(base.copy(), np.empty((len(base), 0)), (), 0.0)
    columns = _independent(margins.part * np.sqrt(base)[:, None])
    x, totals = margins.part[:, columns], margins.totals[columns]
    weights = base * g_weights(base, x, totals, survey.weighting)
    difference = margins.part.T @ weights - margins.totals
    errors = np.abs(difference) / np.maximum(np.abs(margins.totals), 1.0)
    worst = int(np.argmax(errors))
    if not errors[worst] <= TOLERANCE:
        raise BadInput((_unmet(survey, margins, worst, difference[worst] + margins.totals[worst]),))
    if weights.min() <= 0:
        raise BadInput((_negative(survey, int((weights <= 0).sum()), len(weights)),))
    return Calibrated(weights, x, tuple(margins.labels[column] for column in columns), float(errors[worst]))


def g_weights(base: Vector, x: Matrix, totals: Vector, weighting: Weighting) -> Vector:
    """Factors g with (base * g) @ x = totals, as near as Newton's method comes.

    The equations say that a concave function of λ, the dual of the distance, is at its top; each step is shortened
    until that function rises, so that the method cannot run astray.
    """
    distance = _Distance.of(weighting)
    scale = np.maximum(np.abs(totals), 1.0)
    x, totals = x / scale, totals / scale
    multipliers = np.zeros(x.shape[1])
    for _ in range(MAXIMUM_STEPS):
        u = x @ multipliers
        gap = totals - (base * distance.factor(u)) @ x
        if np.abs(gap).max() <= AIM:
            break
        step = _newton_step(x, base * distance.slope(u), gap)
        length = _step_length(distance, base, x, totals, multipliers, step)
        if length == 0:
            break
        multipliers = multipliers + length * step
    return distance.factor(x @ multipliers)


def _step_length(
    distance: "_Distance", base: Vector, x: Matrix, totals: Vector, multipliers: Vector, step: Vector
) -> float:
    """The longest of 1, 1/2, 1/4 ... that halves the largest gap or raises the dual enough; 0 when none does."""
    u, direction = x @ multipliers, x @ step
    gap = totals - (base * distance.factor(u)) @ x
    for length in LENGTHS:
        reached = u + length * direction
        rest = totals - (base * distance.factor(reached)) @ x
        if np.abs(rest).max() <= np.abs(gap).max() / 2:
            return length
        rise = length * (totals @ step) - base @ (distance.integral(reached) - distance.integral(u))
        if rise >= ENOUGH * length * (gap @ step):
            return length
    return 0.0


@dataclass(frozen=True)
class _Distance:
    """g as a function of u = x'λ between two bounds of u; constant outside them."""

    raking: bool
    lowest: float
    highest: float

    @classmethod
    def of(cls, weighting: Weighting) -> "_Distance":
        """Bounds 0 and infinity are none: raking cannot go below 0, and linear weights that do are told of."""
        lower, upper = weighting.lower, weighting.upper
        if weighting.calibration is Calibration.RAKING:
            return cls(True, math.log(lower) if lower > 0 else -math.inf, math.log(upper))
        return cls(False, lower - 1 if lower > 0 or upper < math.inf else -math.inf, upper - 1)

    def factor(self, u: Vector) -> Vector:
        inside = np.clip(u, self.lowest, self.highest)
        with np.errstate(over="ignore"):
            g: Vector = np.exp(inside) if self.raking else 1 + inside
        return g

    def slope(self, u: Vector) -> Vector:
        """Derivative of g, and a little instead of 0 where g is at a bound, so that steps can leave it."""
        inside = (u > self.lowest) & (u < self.highest)
        return np.where(inside, self.factor(u) if self.raking else 1.0, AT_BOUND)

    def integral(self, u: Vector) -> Vector:
        """Integral of g from 0, but for a constant."""
        inside = np.clip(u, self.lowest, self.highest)
        with np.errstate(over="ignore", invalid="ignore"):
            area = np.exp(inside) if self.raking else inside + inside**2 / 2
            value: Vector = area + self.factor(inside) * (u - inside)
        return value


def _newton_step(x: Matrix, curvature: Vector, gap: Vector) -> Vector:
    """Solve (x' diag(curvature) x) step = gap by singular values of the root, leaving out empty directions."""
    triangle = np.linalg.qr(x * np.sqrt(curvature)[:, None], mode="r")
    _, singular, directions = np.linalg.svd(triangle)
    kept = singular > DEPENDENT * singular[0]
    directions = directions[: len(singular)][kept]
    step: Vector = directions.T @ ((directions @ gap) / singular[kept] ** 2)
    return step


def _independent(x: Matrix) -> NDArray[np.intp]:
    """Columns that span all columns of x, in their order (the cells of each margin add up to the same total)."""
    norms = np.sqrt((x**2).sum(axis=0))
    _, triangle, order = qr(x / np.where(norms > 0, norms, 1.0), mode="economic", pivoting=True)
    size = np.abs(np.diag(triangle))
    found: NDArray[np.intp] = np.sort(order[: int((size > DEPENDENT * size[0]).sum())])
    return found


def _unmet(survey: Survey, margins: Margins, worst: int, reached: float) -> Problem:
    weighting = survey.weighting
    bounded = weighting.lower > 0 or weighting.upper < float("inf")
    widen = "Widen the bounds, or drop" if bounded else "Drop"
    return Problem(
        "W010",
        Place(file="weighting.toml", field=f"{survey.id}.margins"),
        f"{margins.labels[worst]}: weights reach {reached:,.6g}, the frame has {margins.totals[worst]:,.6g}",
        "weights that add up to the frame in every margin",
        f"{widen} the margin [{', '.join(margins.columns[worst])}], or merge its small cells in the register.",
    )


def _negative(survey: Survey, count: int, respondents: int) -> Problem:
    return Problem(
        "W011",
        Place(file="weighting.toml", field=f"{survey.id}.calibration"),
        f"{count} of {respondents} units with a weight of zero or below",
        "positive weights",
        'Use calibration = "raking", or give bounds such as [0.3, 3.0].',
    )
