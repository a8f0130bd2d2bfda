"""g-weights by Newton's method on the dual of the distance, in an orthonormal basis of the auxiliary variables.

The basis comes from Householder QR of the auxiliaries, never from their cross products, so that variables of very
different size (an intercept beside turnover in kroner) lose no digits.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import qr, solve_triangular

from barometer.tables import Matrix, Vector
from barometer.weighting._distance import Distance

AIM = 1e-13
"""Steps go on to this largest relative difference, about the precision of the numbers, while they still help."""
TOLERANCE = 1e-10
"""Largest relative difference between a weighted margin and its total that is taken as met."""
MAXIMUM_STEPS = 200
LENGTHS = tuple(0.5**halvings for halvings in range(40))
ENOUGH = 1e-4
"""Part of the rise promised by the slope that a step must bring (Armijo's rule)."""
DEPENDENT = 1e-9
"""A column this near (relatively) to a combination of others carries nothing of its own."""
ROWS_AT_ONCE = 8192


@dataclass(frozen=True)
class Basis:
    """Columns `kept` of X (n x k) that span all of them, and the triangle R with X[:, kept] R^-1 orthonormal in the
    product weighted with `base / variance`."""

    kept: NDArray[np.intp]
    triangle: Matrix


def basis_of(x: Matrix, metric: Vector) -> Basis:
    """Independent columns of `x` (n x k) and their triangle; `metric` (n) are weights of the rows, zero or more."""
    if not x.shape[1]:
        return Basis(np.empty(0, np.intp), np.empty((0, 0)))
    rooted = np.sqrt(metric)[:, None]
    norms = np.sqrt(np.einsum("ij,ij,i->j", x, x, metric))
    norms = np.where(norms > 0, norms, 1.0)
    triangle = np.empty((0, x.shape[1]))
    for start in range(0, len(x), ROWS_AT_ONCE):  # never a second matrix of the size of x
        rows = slice(start, start + ROWS_AT_ONCE)
        triangle = np.linalg.qr(np.vstack([triangle, x[rows] * rooted[rows] / norms]), mode="r")
    _, pivoted, order = qr(triangle, mode="economic", pivoting=True)
    size = np.abs(np.diag(pivoted))
    kept: NDArray[np.intp] = np.sort(order[: int((size > DEPENDENT * max(size[0], np.finfo(float).tiny)).sum())])
    return Basis(kept, np.linalg.qr(triangle[:, kept], mode="r") * norms[kept])


@dataclass(frozen=True)
class Found:
    """g-weights, the largest relative difference left in the margins, and the steps taken."""

    g: Vector
    error: float
    steps: int


def find_g(
    base: Vector,
    x: Matrix,
    totals: Vector,
    distance: Distance,
    variance: Vector,
    triangle: Matrix,
    *,
    aim: float = AIM,
    maximum_steps: int = MAXIMUM_STEPS,
) -> Found:
    """Factors g with (base * g) @ x = totals, as near as Newton's method comes. Columns of `x` are independent.

    The equations say that a concave function of λ, the dual of the distance, is at its top; each step is shortened
    until that function rises, so that the method cannot run astray. Like R's `calibrate`, differences are relative
    to 1 + |total|.
    """
    scale = 1 + np.abs(totals)
    z = np.ascontiguousarray(x @ solve_triangular(triangle, np.eye(len(triangle))))
    u = np.zeros(len(base))
    gap = totals - (base * distance.factor(u)) @ x
    error = float(np.max(np.abs(gap) / scale, initial=0.0))
    for steps in range(1, maximum_steps + 1):
        if error <= aim:
            return Found(distance.factor(u), error, steps - 1)
        before = error
        slope = solve_triangular(triangle, gap, trans="T")
        step = _newton_step(z, base * distance.slope(u) / variance, slope)
        direction = (z @ step) / variance
        length = _step_length(distance, base, x, totals, variance, u, direction, gap, float(slope @ step), scale)
        if length == 0:
            break
        u = u + length * direction
        gap = totals - (base * distance.factor(u)) @ x
        error = float(np.max(np.abs(gap) / scale))
        if before <= TOLERANCE and error > before / 2:
            break  # as good as the numbers get
    return Found(distance.factor(u), error, steps)


def _newton_step(z: Matrix, curvature: Vector, slope: Vector) -> Vector:
    """Solve (z' diag(curvature) z) step = slope, leaving out empty directions."""
    values, vectors = np.linalg.eigh(z.T @ (z * curvature[:, None]))
    used = values > np.finfo(float).eps * len(values) * max(values[-1], np.finfo(float).tiny)
    step: Vector = vectors[:, used] @ ((vectors[:, used].T @ slope) / values[used])
    return step


def _step_length(
    distance: Distance,
    base: Vector,
    x: Matrix,
    totals: Vector,
    variance: Vector,
    u: Vector,
    direction: Vector,
    gap: Vector,
    promised: float,
    scale: Vector,
) -> float:
    """The longest of 1, 1/2, 1/4 ... that halves the largest difference or raises the dual enough; 0: none does."""
    now = np.max(np.abs(gap) / scale)
    at_start = (base * distance.factor(u)) @ direction
    area = distance.integral(u)
    for length in LENGTHS:
        reached = u + length * direction
        rest = totals - (base * distance.factor(reached)) @ x
        if np.max(np.abs(rest) / scale) <= now / 2:
            return length
        # the dual rises by length * totals'step - sum(base variance (area there - area here)), and at first
        # totals'step is what the slope promises plus what the weights already reach in this direction
        towards = promised + at_start @ variance if np.ndim(at_start) else promised + float((base * variance * distance.factor(u)) @ direction)
        rise = length * towards - float((base * variance) @ (distance.integral(reached) - area))
        if rise >= ENOUGH * length * promised:
            return length
        if now <= TOLERANCE:
            return 0.0 if length < LENGTHS[2] else length
    return 0.0
