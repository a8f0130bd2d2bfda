"""Intervals for proportions, as `svyciprop` of R's survey package 4.5 has them. Arrays of one entry an estimate."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import betaincinv, xlogy

from barometer.estimation._intervals import exact_interval, plain_interval, share_interval, t_quantile

Vector = NDArray[np.float64]

INTERVALS = ("logit", "xlogit", "wald", "mean", "wilson", "beta", "asin", "likelihood")


def proportion_interval(
    method: str,
    share: Vector,
    se: Vector,
    df: Vector,
    n: Vector,
    size: Vector,
    level: float,
    log_odds_se: Vector | None = None,
) -> tuple[Vector, Vector]:
    """Lower and upper ends at confidence `level`.

    wald (mean): p -/+ t se. xlogit: the same for log(p / (1 - p)), its error se / (p (1 - p)), carried back. logit:
    with the error of log-odds of replicate designs, `log_odds_se`; where there is none (NaN) it is xlogit. asin: for
    arcsin sqrt(p), never beyond 0 and 1. wilson: Wilson's at the effective size p (1 - p) / se², with t. beta:
    Clopper and Pearson's at the effective size times (t(n - 1) / t(df))² (Korn and Graubard 1998, Survey Methodology
    24, 193-201). likelihood: where the binomial log-likelihood, scaled by the design effect, has fallen by t² / 2 (Rao
    and Scott 1984, The Annals of Statistics 12, 46-60). For shares of 0 and 1 all of them say nothing; there the
    exact interval at the effective size `size` (Kish) stands, whatever the method. NaN in, NaN out.
    """
    if log_odds_se is not None and method == "logit":
        se = np.where(np.isnan(log_odds_se), se, log_odds_se * share * (1 - share))
    low, high = _METHODS[method](share, se, df, n, 1 - level)
    extreme = (share == 0) | (share == 1)
    if extreme.any():
        exact = exact_interval(share[extreme], size[extreme], df[extreme], 1 - level)
        low[extreme], high[extreme] = exact
    return low, high


def _wald(share: Vector, se: Vector, df: Vector, n: Vector, level: float) -> tuple[Vector, Vector]:
    return plain_interval(share, se, df, level)


def _logit(share: Vector, se: Vector, df: Vector, n: Vector, level: float) -> tuple[Vector, Vector]:
    return share_interval(share, se, df, level)


def _asin(share: Vector, se: Vector, df: Vector, n: Vector, level: float) -> tuple[Vector, Vector]:
    with np.errstate(divide="ignore", invalid="ignore"):
        reach = t_quantile(df, level) * se / (2 * np.sqrt(share * (1 - share)))
        middle = np.arcsin(np.sqrt(share))
        low: Vector = np.sin(np.clip(middle - reach, 0, np.pi / 2)) ** 2
        high: Vector = np.sin(np.clip(middle + reach, 0, np.pi / 2)) ** 2
    return low, high


def _wilson(share: Vector, se: Vector, df: Vector, n: Vector, level: float) -> tuple[Vector, Vector]:
    with np.errstate(divide="ignore", invalid="ignore"):
        squared = t_quantile(df, level) ** 2 * se**2 / (share * (1 - share))  # t² / effective size
        middle: Vector = (share + squared / 2) / (1 + squared)
        reach: Vector = np.sqrt(squared * (share * (1 - share) + squared / 4)) / (1 + squared)
    return middle - reach, middle + reach


def _beta(share: Vector, se: Vector, df: Vector, n: Vector, level: float) -> tuple[Vector, Vector]:
    with np.errstate(divide="ignore", invalid="ignore"):
        size = share * (1 - share) / se**2 * (t_quantile(n - 1, level) / t_quantile(df, level)) ** 2
        low = np.asarray(betaincinv(size * share, size * (1 - share) + 1, level / 2), dtype=np.float64)
        high = np.asarray(betaincinv(size * share + 1, size * (1 - share), 1 - level / 2), dtype=np.float64)
    return low, high


def _likelihood(share: Vector, se: Vector, df: Vector, n: Vector, level: float) -> tuple[Vector, Vector]:
    low, high = np.full(len(share), np.nan), np.full(len(share), np.nan)
    t = t_quantile(df, level)
    for place in np.flatnonzero((share > 0) & (share < 1) & (se > 0) & ~np.isnan(t)):
        p, variance = float(share[place]), float(se[place]) ** 2
        fall = float(t[place]) ** 2 * variance * n[place] / (n[place] - 1) / (p * (1 - p))

        def above(x: float, p: float = p, fall: float = fall) -> float:
            return float(2 * (xlogy(p, p / x) + xlogy(1 - p, (1 - p) / (1 - x))) - fall)

        low[place] = _crossing(above, p, 1e-300)
        high[place] = 1 - _crossing(lambda x: above(1 - x), 1 - p, 1e-15)
    return low, high


def _crossing(above: Callable[[float], float], share: float, smallest: float) -> float:
    """Where a falling function crosses 0 below `share`; 0 when it is not above 0 even at the smallest number."""
    if smallest >= share or above(smallest) <= 0:
        return 0.0
    return math.exp(brentq(lambda u: above(math.exp(u)), math.log(smallest), math.log(share), xtol=1e-15, rtol=1e-14))


_METHODS = {
    "logit": _logit,
    "xlogit": _logit,
    "wald": _wald,
    "mean": _wald,
    "wilson": _wilson,
    "beta": _beta,
    "asin": _asin,
    "likelihood": _likelihood,
}
