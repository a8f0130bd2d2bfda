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
    weighted product; `whole` is the triangle of all columns."""

    kept: NDArray[np.intp]
    triangle: Matrix
    whole: Matrix

    def of(self, x: Matrix) -> Matrix:
        """The basis itself (n x r): `x` are the kept columns."""
        return np.ascontiguousarray(x @ solve_triangular(self.triangle, np.eye(len(self.triangle))))


def basis_of(x: Matrix, metric: Vector) -> Basis:
    """Independent columns of `x` (n x k) and their triangle; `metric` (n) are weights of the rows, zero or more."""
    if not x.shape[1]:
        return Basis(np.empty(0, np.intp), np.empty((0, 0)), np.empty((0, 0)))
    root = np.sqrt(metric)
    triangle: Matrix = np.empty((0, x.shape[1]))
    for start in range(0, len(x), ROWS_AT_ONCE):  # never a second matrix of the size of x
        rows = slice(start, start + ROWS_AT_ONCE)
        triangle = np.asarray(np.linalg.qr(np.vstack([triangle, x[rows] * root[rows, None]]), mode="r"))
    norms = np.sqrt((triangle**2).sum(axis=0))
    norms = np.where(norms > 0, norms, 1.0)
    triangle = triangle / norms
    _, pivoted, order = qr(triangle, mode="economic", pivoting=True)
    size = np.abs(np.diag(pivoted))
    kept: NDArray[np.intp] = np.sort(order[: int((size > DEPENDENT * max(size[0], np.finfo(float).tiny)).sum())])
    spanning = np.asarray(np.linalg.qr(triangle[:, kept], mode="r"))
    return Basis(kept, spanning * norms[kept], triangle * norms)


@dataclass(frozen=True)
class Found:
    """g-weights, the largest relative difference left in the margins, and the steps taken."""

    g: Vector
    error: float
    steps: int


@dataclass(frozen=True)
class Task:
    """What is to be solved: (base * g) @ x = totals with g = factor(x'λ / variance). Columns of `x` (n x k) are
    independent, `triangle` is that of their basis and `z` = x triangle^-1 the basis itself."""

    distance: Distance
    base: Vector
    x: Matrix
    totals: Vector
    variance: Vector
    triangle: Matrix
    z: Matrix

    def gap(self, u: Vector) -> Vector:
        gap: Vector = self.totals - (self.base * self.distance.factor(u)) @ self.x
        return gap

    def error(self, gap: Vector) -> float:
        """Largest difference, relative to 1 + |total| as in R's `calibrate`."""
        return float(np.max(np.abs(gap) / (1 + np.abs(self.totals)), initial=0.0))


def find_g(task: Task, *, aim: float = AIM, maximum_steps: int = MAXIMUM_STEPS) -> Found:
    """Factors g that meet the totals as near as Newton's method comes.

    The equations say that a concave function of λ, the dual of the distance, is at its top; each step is shortened
    until that function rises, so that the method cannot run astray.
    """
    u = np.zeros(len(task.base))
    gap = task.gap(u)
    error, steps = task.error(gap), 0
    while error > aim and steps < maximum_steps:
        slope = solve_triangular(task.triangle, gap, trans="T")
        step = _newton_step(task.z, task.base * task.distance.slope(u) / task.variance, slope)
        direction = (task.z @ step) / task.variance
        length = _step_length(task, u, direction, error, float(slope @ step))
        if length == 0:
            break
        steps += 1
        u = u + length * direction
        gap = task.gap(u)
        error = task.error(gap)
    return Found(task.distance.factor(u), error, steps)


def _newton_step(z: Matrix, curvature: Vector, slope: Vector) -> Vector:
    """Solve (z' diag(curvature) z) step = slope, leaving out empty directions."""
    products = np.zeros((z.shape[1], z.shape[1]))
    for start in range(0, len(z), ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        products += z[rows].T @ (z[rows] * curvature[rows, None])
    values, vectors = np.linalg.eigh(products)
    used = values > np.finfo(float).eps * len(values) * max(values[-1], np.finfo(float).tiny)
    step: Vector = vectors[:, used] @ ((vectors[:, used].T @ slope) / values[used])
    return step


def _step_length(task: Task, u: Vector, direction: Vector, error: float, promised: float) -> float:
    """The longest of 1, 1/2, 1/4 ... that halves the largest difference or raises the dual enough; 0: none does,
    or the differences are as small as numbers get."""
    scaled = task.base * task.variance
    # towards: totals'step, which is the slope's promise and what weights already reach in this direction
    towards = promised + float((scaled * task.distance.factor(u)) @ direction)
    area = task.distance.integral(u)
    for length in LENGTHS:
        reached = u + length * direction
        if task.error(task.gap(reached)) <= error / 2:
            return length
        if error <= TOLERANCE:
            return 0.0
        rise = length * towards - float(scaled @ (task.distance.integral(reached) - area))
        if rise >= ENOUGH * length * promised:
            return length
    return 0.0
