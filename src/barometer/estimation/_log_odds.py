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
SMALL = 1e-3
"""Below this an error of Newton's is its square times (1 - 2 q) / 2, after the next step, to 12 digits."""
EXTREME = 1e-12
"""Shares this near to 0 and 1 are 0 and 1 but for rounding."""


def log_odds_variances(replicates: ReplicateWeights, shares: Matrix, full: Vector) -> Vector:
    """Variances of the log-odds of k shares, `full`, from their values in the replicates (R x k, NaN where undefined).

    NaN where a replicate says that all or none have it: then log-odds have no variance, and nothing but the error of
    the share itself is left. NaN for shares of 0 and 1 too.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        usable = (full > 0) & (full < 1) & ~(np.minimum(shares, 1 - shares) < EXTREME).any(axis=0)
        result = np.full(len(full), np.nan)
        if usable.any():
            chosen = slice(None) if usable.all() else usable
            fitted = _intercepts(shares[:, chosen], full[chosen])
            result[chosen] = replicates.variances(fitted, logit(full[chosen]))
    return result


def _intercepts(shares: Matrix, full: Vector) -> Matrix:
    """Of the replicates (R x k): log-odds plus the error R's fit ends with, when it starts at the full estimate."""
    odds = np.log(shares / (1 - shares))
    spread = shares * (1 - shares)
    deviance = np.abs(-2 * (xlogy(full, full) + xlogy(1 - full, 1 - full) + logit(full) * (shares - full)))
    enough = TOLERANCE * (deviance + 0.1) / spread
    before = odds - logit(full)
    error = (shares - full) / (full * (1 - full)) - before
    for _ in range(MOST_STEPS - 1):
        going = before**2 >= enough
        if not going.any():
            break
        before, error = error, np.where(going, _next(error, shares), error)
    result: Matrix = odds + error
    return result


def _next(error: Matrix, shares: Matrix) -> Matrix:
    """The error after one more of Newton's steps."""
    result = (0.5 - shares) * error**2
    large = np.abs(error) > SMALL
    if large.any():
        wide, share = error[large], shares[large]
        result[large] = wide + np.expm1(-wide) * (1 + share * np.expm1(wide))
    return result
