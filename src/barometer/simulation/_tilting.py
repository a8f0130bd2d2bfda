"""Chances of candidates, changed as little as possible such that expected figures lie in their windows."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from barometer.simulation._targets import Targets

Matrix = NDArray[np.float64]

INNER = 0.5
"""Part of a window that expectations must lie in, so that a draw has room on both sides."""
RIDGE = 1e-4
"""Small penalty on multipliers: keeps them finite where figures cannot all be met."""
STEPS = 400


def tilt(targets: Targets, plausible: NDArray[np.bool_], respondents: int) -> Matrix:
    """Chances (respondents x candidates), each row summing to 1.

    Candidates of a respondent come one after another and are equally likely to begin with; those that are not
    `plausible` get chance 0. The relative entropy to that start is smallest among all chances whose expected sums
    meet the windows; solved in its dual, which is convex with one multiplier a window and side (Dudik, Phillips
    and Schapire 2007).
    """
    start = np.where(plausible, 0.0, -np.inf).reshape(respondents, -1)
    chances = _softmax(start)
    if not targets.names:
        return chances
    size = np.maximum(chances.ravel() @ targets.below, 1e-12)
    steps = targets.excess / size * np.sqrt(respondents)
    slack = INNER * targets.half * np.sqrt(respondents)
    scale = np.maximum(np.sqrt((steps**2).sum(axis=0) / len(steps) * respondents), 1e-12)
    steps, slack = steps / scale, slack / scale
    count = len(targets.names)

    def dual(sides: Matrix) -> tuple[float, Matrix]:
        multipliers = sides[:count] - sides[count:]
        scores = start + (steps @ multipliers).reshape(start.shape)
        top = scores.max(axis=1)
        logs = top + np.log(np.exp(scores - top[:, None]).sum(axis=1))
        expected = np.exp(scores - logs[:, None]).ravel() @ steps
        value = logs.sum() + slack @ (sides[:count] + sides[count:]) + RIDGE / 2 * (sides @ sides)
        slope = np.concatenate([expected + slack, slack - expected]) + RIDGE * sides
        return float(value), slope

    solution = minimize(
        dual,
        np.zeros(2 * count),
        jac=True,
        method="L-BFGS-B",
        bounds=[(0, None)] * (2 * count),
        options={"maxiter": STEPS, "maxcor": 20},
    )
    multipliers = solution.x[:count] - solution.x[count:]
    return _softmax(start + (steps @ multipliers).reshape(start.shape))


def _softmax(scores: Matrix) -> Matrix:
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))
