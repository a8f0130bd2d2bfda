"""Quantiles of a variable in a domain, with confidence intervals.

Intervals by Woodruff (1952, Journal of the American Statistical Association 47, 635-646): an interval for the share
of the population at or below the quantile, carried back through the distribution; or by inverting a score test
(Francisco and Fuller 1991, The Annals of Statistics 19, 454-469). Conventions are those of `svyquantile` of R's
survey package 4.x.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, expit, logit, stdtrit

from barometer.estimation._design import SurveyDesign
from barometer.estimation._domain_means import domain_means, numbers_of, observed_rows
from barometer.estimation._roots import brent
from barometer.estimation._weighted_quantiles import Ordered

Vector = NDArray[np.float64]
Flags = NDArray[np.bool_]

INTERVALS = ("mean", "beta", "xlogit", "asin", "score", "quantile")


@dataclass(frozen=True)
class Quantile:
    """A quantile and what is known of its error. NaN where it cannot be known; `n` and `df` count the observed cases
    of the domain. The standard error is that of the interval: its length over twice the t quantile."""

    variable: str
    probability: float
    estimate: float
    se: float
    ci_low: float
    ci_high: float
    df: float
    n: int


def quantiles(
    design: SurveyDesign,
    variable: str,
    probabilities: Sequence[float],
    *,
    interval: str = "mean",
    rule: str = "math",
    level: float = 0.95,
    domain: Flags | None = None,
) -> tuple[Quantile, ...]:
    """Quantiles of a numeric column, one for each probability (0 to 1).

    `interval` is mean (share -/+ t se), beta (Korn and Graubard), xlogit, asin, score, or, of replicate designs,
    quantile: the estimate -/+ t times the error from the quantiles of the replicates (not for jackknives). `rule` is
    one of RULES of _weighted_quantiles. `domain` has an entry a row; rows outside it and rows without a value stay in
    the design and contribute nothing. A domain without observed cases gives NaN and n = 0. A limit that would lie
    outside the shares 0 to 1 is NaN, as is a score interval where the test crosses its bounds nowhere between the
    extremes.

    Raises BadInput T040 for a column that is not there and T041 for one that is not numeric.
    """
    if interval not in INTERVALS:
        raise ValueError(f"no interval '{interval}'; there are {', '.join(INTERVALS)}")
    if interval == "quantile" and design.replicates is None:
        raise ValueError("the interval 'quantile' needs replicate weights")
    values = numbers_of(design, (variable,))[:, 0]
    rows = observed_rows(design, np.isfinite(values), domain)
    df, n = design.degf(rows), int(rows.sum())
    if n == 0:
        nan = float("nan")
        return tuple(Quantile(variable, p, nan, nan, nan, nan, 0.0, 0) for p in probabilities)
    ordered = Ordered.of(values[rows], _weights_as_r(design, rows))
    found = []
    for probability in probabilities:
        estimate = ordered.quantile(probability, rule)
        t = float(stdtrit(df, (1 + level) / 2)) if df > 0 else float("nan")
        if interval == "quantile":
            se = _replicate_error(design, values, rows, probability, rule, estimate)
            found.append(Quantile(variable, probability, estimate, se, estimate - t * se, estimate + t * se, df, n))
            continue
        if interval == "score":
            low, high = _score_shares(design, values, rows, probability, df, level)
        else:
            low, high = _woodruff_shares(design, values <= estimate, rows, df, level, interval)
        ends = [ordered.quantile(share, rule) if 0 <= share <= 1 else float("nan") for share in (low, high)]
        se = (ends[1] - ends[0]) / (2 * t)
        found.append(Quantile(variable, probability, estimate, se, ends[0], ends[1], df, n))
    return tuple(found)


def _weights_as_r(design: SurveyDesign, rows: Flags) -> Vector:
    """R keeps probabilities, 1 / w, so that its weights may differ in the last digit: it decides whether a share that
    is met exactly, as 5 of 50 equal weights meet 0.1, counts as met."""
    weight = design.weights[rows]
    if design.replicates is not None:
        return weight
    with np.errstate(divide="ignore"):
        return np.asarray(1 / (1 / weight))


def _replicate_error(
    design: SurveyDesign, values: Vector, rows: Flags, probability: float, rule: str, estimate: float
) -> float:
    """From the quantile of each replicate."""
    assert design.replicates is not None
    replicates = [
        Ordered.of(values[rows], weights).quantile(probability, rule) for weights in design.replicates.weights[rows].T
    ]
    return float(np.sqrt(design.replicate_variance(np.array(replicates)[:, None], np.array([estimate]))[0, 0]))


def _woodruff_shares(
    design: SurveyDesign, below: Flags, rows: Flags, df: float, level: float, interval: str
) -> tuple[float, float]:
    """Interval for the share of the domain that is `below`."""
    means = domain_means(design, below.astype(np.float64)[:, None], rows)
    share, variance = float(means.estimates[0]), float(means.covariance[0, 0])
    se, tail = np.sqrt(variance), (1 - level) / 2
    if df < 1 or (interval in ("beta", "xlogit") and not 0 < share < 1):
        return float("nan"), float("nan")
    t = float(stdtrit(df, 1 - tail))
    match interval:
        case "mean":
            return share - t * se, share + t * se
        case "xlogit":
            reach = t * se / (share * (1 - share))
            return float(expit(logit(share) - reach)), float(expit(logit(share) + reach))
        case "asin":
            reach = t * se / (2 * np.sqrt(share * (1 - share))) if 0 < share < 1 else 0.0
            middle = np.arcsin(np.sqrt(share))
            ends = np.clip([middle - reach, middle + reach], 0, np.pi / 2)
            return float(np.sin(ends[0]) ** 2), float(np.sin(ends[1]) ** 2)
    size = share * (1 - share) / variance if variance > 0 else float("inf")
    size *= (float(stdtrit(rows.sum() - 1, 1 - tail)) / t) ** 2
    if not np.isfinite(size):
        return share, share
    yes, no = size * share, size * (1 - share)
    return float(betaincinv(yes, no + 1, tail)), float(betaincinv(yes + 1, no, 1 - tail))


def _score_shares(
    design: SurveyDesign, values: Vector, rows: Flags, probability: float, df: float, level: float
) -> tuple[float, float]:
    """Shares of the cases at or below the two values at which a test of the quantile just rejects."""
    observed = values[rows]
    quarter = np.subtract(*np.percentile(observed, [75, 25])) / 100
    ends = float(observed.min() + quarter), float(observed.max() - quarter)
    tolerance = 1 / (100 * np.sqrt(rows.sum()))
    shares = []
    for tail in ((1 + level) / 2, (1 - level) / 2):
        limit = float(stdtrit(df, tail)) if df > 0 else float("nan")

        def distance(value: float, limit: float = limit) -> float:
            above = (values > value).astype(np.float64)[:, None] - (1 - probability)
            means = domain_means(design, above, rows)
            with np.errstate(divide="ignore", invalid="ignore"):
                return float(means.estimates[0] / np.sqrt(means.covariance[0, 0]) - limit)

        try:
            shares.append(float(np.mean(observed <= brent(distance, *ends, tolerance))))
        except ValueError:
            return float("nan"), float("nan")
    return shares[0], shares[1]
