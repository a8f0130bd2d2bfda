"""Confidence intervals and tests. Arrays of one entry an estimate; NaN in, NaN out."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, expit, logit, stdtr, stdtrit

Vector = NDArray[np.float64]


def t_quantile(df: Vector, level: float) -> Vector:
    """Two-sided quantile of Student's t at `level` (0.05 for 95 % intervals); NaN for df below 1."""
    distinct, place = np.unique(np.where(df >= 1, df, np.nan), return_inverse=True)
    return np.asarray(stdtrit(distinct, 1 - level / 2), dtype=np.float64)[place]


def share_interval(share: Vector, se: Vector, df: Vector, level: float) -> tuple[Vector, Vector]:
    """Interval on the logit scale, carried back (Korn and Graubard 1999, Analysis of health surveys, section 3.2).

    logit(p) -/+ t se / (p (1 - p)): stays within 0 and 1 and is wider towards the middle, as it should be.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        reach = t_quantile(df, level) * se / (share * (1 - share))
        return expit(logit(share) - reach), expit(logit(share) + reach)


def plain_interval(value: Vector, se: Vector, df: Vector, level: float) -> tuple[Vector, Vector]:
    """value -/+ t se, for means and totals."""
    reach = t_quantile(df, level) * se
    return value - reach, value + reach


def exact_interval(share: Vector, size: Vector, df: Vector, level: float) -> tuple[Vector, Vector]:
    """Interval of a share of 0 or 1 (Korn and Graubard 1998, Survey Methodology 24, 193-201).

    The exact binomial interval of Clopper and Pearson at the effective sample size `size`, which is reduced for
    the degrees of freedom: size (t(size - 1) / t(df))².
    """
    with np.errstate(invalid="ignore"):
        adjusted = size * np.minimum(t_quantile(np.maximum(size - 1, 1), level) / t_quantile(df, level), 1.0) ** 2
        reach = betaincinv(1.0, adjusted, 1 - level / 2)
    return np.where(share == 0, 0.0, 1 - reach), np.where(share == 0, reach, 1.0)


def t_test(difference: Vector, se: Vector, df: Vector) -> Vector:
    """Two-sided p-value of difference / se."""
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = np.abs(difference) / se
    p: Vector = 2 * stdtr(np.where(df >= 1, df, np.nan), -statistic)
    return p


def holm_by_column(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """p-values (tests x indicators) adjusted for all the tests of their column (Holm 1979, Scandinavian Journal of
    Statistics 6, 65-70). NaNs are not tests and stay NaN."""
    order = np.argsort(p, axis=0, kind="stable")  # NaNs last
    sorted_p = np.take_along_axis(p, order, axis=0)
    left = (~np.isnan(p)).sum(axis=0) - np.arange(len(p))[:, None]
    stepped = np.maximum.accumulate(np.where(np.isnan(sorted_p), 0.0, sorted_p * left), axis=0)
    adjusted = np.empty_like(p)
    np.put_along_axis(adjusted, order, np.where(np.isnan(sorted_p), np.nan, np.minimum(stepped, 1.0)), axis=0)
    return adjusted
