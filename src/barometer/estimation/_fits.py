"""Weighted maximum-likelihood fits, by Newton's steps: what regressions of every family have in common.

A `Fit` says what the linearisation needs: coefficients, each case's score, and the information.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from barometer.estimation._model_families import Exponential, Family

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

MOST_STEPS = 60
SMALL_STEP = 1e-9
"""Steps below this, in standard errors of one case, are the last: what is left after them is its square."""
MOST_SCORINGS = 100
SMALL_CHANGE = 1e-14
"""Of the deviance; the last step is then the one after which nothing changes. (R's default is 1e-8.)"""
SETTLED = 0.01
"""Predictors that still move by more go to infinity."""


@dataclass(frozen=True)
class Fit:
    """A fitted model; `information` is minus the second derivatives of the weighted log-likelihood."""

    coefficients: Vector
    scores: Matrix  # of each case, without its weight
    information: Matrix
    converged: bool


def fit(
    family: Family, X: Matrix, y: Vector, weight: Vector, start: Vector | None = None, unit: float | None = None
) -> Fit:
    """Newton's steps, halved where they would lower the likelihood, until nothing changes in the 12th digit or so.

    Logistic and Poisson models are scored as R's `glm` does with `epsilon = 1e-14`: the same start, the same stop, and
    an information with the working weights of the step before the last. Where that does not settle, as for separated
    categories, Newton's steps have the last word. R's start depends on which weight counts as 1: `unit`, or the mean.

    Columns of X should be independent. Weights are 0 or more. A fit that does not settle says so in `converged`.
    """
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        scored = _score(family, X, y, weight, start, unit) if isinstance(family, Exponential) else None
        return _climb(family, X, y, weight, start) if scored is None else scored


def _score(
    family: "Exponential", X: Matrix, y: Vector, weight: Vector, start: Vector | None, unit: float | None
) -> Fit | None:
    """Fisher's scoring by the rules of R's `glm.fit`. None where it does not settle."""
    if family.first is None:
        return None
    whole = weight.sum() if start is not None else unit or weight.mean()  # R scales replicates otherwise
    scaled = weight / whole
    eta = family.predictor(family.first(y, scaled)) if start is None else X @ start + family.offset
    saturated = scaled @ family.saturated(y)
    mean, deviance = family.mean(eta), 2 * (saturated - scaled @ (y * eta - family.cumulant(eta)))
    for _ in range(MOST_SCORINGS):
        variance, last = family.variance(mean), eta
        working = scaled * variance
        information = (X * working[:, None]).T @ X
        coefficients = _solved(information, X.T @ (working * (eta - family.offset) + scaled * (y - mean)))
        if coefficients is None:
            return None
        eta = X @ coefficients + family.offset
        mean, before = family.mean(eta), deviance
        deviance = 2 * (saturated - scaled @ (y * eta - family.cumulant(eta)))
        if abs(deviance - before) < SMALL_CHANGE * (abs(deviance) + 0.1):
            break
    else:
        return None
    moved = np.abs(eta - last).max(where=scaled > 0, initial=0.0)
    if not (np.isfinite(deviance) and np.isfinite(information).all() and moved < SETTLED):
        return None
    residual = (y - mean) * variance / family.variance(mean)
    return Fit(coefficients, X * residual[:, None], whole * information, True)


def _climb(family: Family, X: Matrix, y: Vector, weight: Vector, start: Vector | None) -> Fit:
    scaled = weight / weight.mean()
    now = family.start(X, y, scaled) if start is None else start
    small = SMALL_STEP * np.sqrt(len(y)) * max(1.0, float(np.abs(y).max()))
    value, gradient = _likelihood(family, X, y, scaled, now)
    converged = False
    for _ in range(MOST_STEPS):
        step = _solved(family.information(X, y, scaled, now), gradient)
        if step is None:
            break
        size = float(np.sqrt(abs(gradient @ step)))
        new, slope = _likelihood(family, X, y, scaled, now + step)
        halvings = 0
        while not new >= value - 1e-10 * (1 + abs(value)) and halvings < 30:
            step = step / 2
            new, slope = _likelihood(family, X, y, scaled, now + step)
            halvings += 1
        now, value, gradient = now + step, new, slope
        if size <= small and halvings == 0:
            converged = True
            break
    total = weight.mean() * family.information(X, y, scaled, now)
    return Fit(now, family.scores(X, y, now), total, converged)


def inverse(information: Matrix) -> Matrix:
    """Inverse of a positive definite matrix with columns of very different size."""
    scale = 1 / np.sqrt(np.diag(information))
    result: Matrix = np.linalg.inv(information * np.outer(scale, scale)) * np.outer(scale, scale)
    return result


def _solved(information: Matrix, gradient: Vector) -> Vector | None:
    diagonal = np.diag(information)
    if not (np.isfinite(information).all() and (diagonal > 0).all()):
        return None
    scale = 1 / np.sqrt(diagonal)
    try:
        return scale * np.linalg.solve(information * np.outer(scale, scale), scale * gradient)
    except np.linalg.LinAlgError:
        return None


def _likelihood(family: Family, X: Matrix, y: Vector, weight: Vector, at: Vector) -> tuple[float, Vector]:
    value, gradient = family.likelihood(X, y, weight, at)
    return (value if np.isfinite(value) else -np.inf), gradient
