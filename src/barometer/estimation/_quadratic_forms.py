"""Tail probabilities of weighted sums of chi-squares."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc, fdtrc, ndtr

from barometer.estimation._roots import brent

Vector = NDArray[np.float64]


def weighted_chi_squares(statistic: float, weights: Vector, ddf: float) -> float:
    """Probability that sum_k weights_k chi²_1, over chi²_ddf / ddf unless `ddf` is infinite, exceeds the statistic.

    Saddlepoint approximation of Lugannani and Rice in the form of Barndorff-Nielsen (Kuonen 1999, Biometrika 86,
    929-935), by the steps of `pFsum` and `pchisqsum` of R's survey package; where the saddlepoint lies too near 0,
    Satterthwaite's approximation. ddf counts whole.
    """
    values, times = weights, np.ones(len(weights))
    point = statistic
    if np.isfinite(ddf):
        values = np.append(values, -statistic / ddf)
        times = np.append(times, np.floor(ddf))
        point = 0.0
    tail = _saddlepoint(point, values, times)
    if not np.isnan(tail):
        return tail
    mean = float(weights.mean())
    spread = float((weights**2).mean()) / mean**2
    df = len(weights) / spread
    if np.isfinite(ddf):
        return float(fdtrc(df, ddf, statistic / df / (mean * spread)))
    return float(chdtrc(df, statistic / (mean * spread)))


def _saddlepoint(point: float, values: Vector, times: Vector) -> float:
    """P(sum of `times` x values x chi²_1 > point); NaN where the approximation has no digits."""
    largest = values.max()
    if not largest > 0:
        return float("nan")
    values, point = values / largest, point / largest

    def slope(zeta: float) -> float:
        return float((times * values / (1 - 2 * zeta * values)).sum()) - point

    count = float(times.sum())
    if (values < 0).any():
        low = float((1 / (2 * values[values < 0])).max()) * 0.99999
    elif point > float((times * values).sum()):
        low = -0.01
    else:
        low = -count / (2 * point)
    high = float((1 / (2 * values[values > 0])).min()) * 0.99999
    try:
        zeta = brent(slope, low, high, 1e-8)
    except ValueError:
        return float("nan")
    if abs(zeta) < 1e-4:
        return float("nan")
    cumulant = -float((times * np.log(1 - 2 * zeta * values)).sum()) / 2
    curvature = 2 * float((times * values**2 / (1 - 2 * zeta * values) ** 2).sum())
    w = float(np.sign(zeta)) * float(np.sqrt(2 * (zeta * point - cumulant)))
    v = zeta * float(np.sqrt(curvature))
    return float(ndtr(-(w + np.log(v / w) / w)))
