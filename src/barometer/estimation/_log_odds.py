"""Errors of log-odds from replicate weights, as R's `svyciprop(method = "logit")` has them.

R fits a logistic model of an intercept to the sample and, from there on, to every replicate, and takes the variance of
the intercepts. Such an intercept is the log-odds of the replicate's share, but for what R's fit leaves over: it stops
when a step of Newton changes the deviance by less than 1e-8 of itself, often after two. What is left over is known in
closed form, so that nothing is fitted here.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit, xlogy

from barometer.estimation._replicates import ReplicateWeights

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

TOLERANCE = 1e-8
MOST_STEPS = 25
"""Both of R's `glm.control`."""
EXTREME = 1e-6
"""Shares this near to 0 and 1 are 0 and 1 but for rounding."""
NUMBERS_AT_ONCE = 8_192
"""Arrays that stay in the processor's memory are several times as fast."""


def log_odds_variances(replicates: ReplicateWeights, shares: Matrix, full: Vector) -> Vector:
    """Variances of the log-odds of k shares, `full`, from their values in the replicates (R x k, NaN where undefined).

    NaN where a replicate says that all or none have it: then log-odds have no variance, and nothing but the error of
    the share itself is left. NaN for shares of 0 and 1 too.
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        usable = (full > 0) & (full < 1) & ~(np.minimum(shares, 1 - shares) < EXTREME).any(axis=0)
        result = np.full(len(full), np.nan)
        if usable.any():
            chosen = slice(None) if usable.all() else usable
            columns, centre = np.ascontiguousarray(shares[:, chosen]), full[chosen]
            height = max(1, NUMBERS_AT_ONCE // len(centre))
            pieces = [_intercepts(columns[start : start + height], centre) for start in range(0, len(shares), height)]
            fitted = np.concatenate(pieces)
            result[chosen] = replicates.variances(fitted, logit(full[chosen]))
    return result


def _intercepts(shares: Matrix, full: Vector) -> Matrix:
    """Of the replicates (R x k): log-odds plus the error R's fit ends with, when it starts at the full estimate."""
    odds: Matrix = np.log(shares / (1 - shares))
    spread = shares * (1 - shares)
    deviance = 2 * np.abs(xlogy(full, full) + xlogy(1 - full, 1 - full) + logit(full) * (shares - full))
    enough = TOLERANCE * (deviance + 0.1) / spread
    before = odds - logit(full)
    error = (shares - full) / (full * (1 - full)) - before
    settled = error.reshape(-1)  # a view: shares lie row by row
    going = np.flatnonzero(before**2 >= enough)
    left, share, enough = settled[going], shares.reshape(-1)[going], enough.reshape(-1)[going]
    settled[going] = 0.0
    for _ in range(MOST_STEPS - 1):
        before, left = left, _next(left, share)
        done = before**2 < enough
        settled[going[done]] = left[done]
        others = np.flatnonzero(~done)
        if len(others) == 0:
            break
        going, left, share, enough = going[others], left[others], share[others], enough[others]
    odds += error
    return odds


def _next(error: Vector, share: Vector) -> Vector:
    """The error after one more of Newton's steps; 0, the log-odds themselves, where they lead away."""
    factor = np.exp(error)
    step: Vector = error - (1 - 1 / factor) * (1 + share * (factor - 1))
    step *= np.abs(step) < np.abs(error)
    return step
