"""What regression models say of outcomes: likelihood, scores, information and response of each family."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit, xlogy

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]


class Family(Protocol):
    """What a model says of outcomes. `y` has numbers, or codes of categories from 0."""

    def start(self, X: Matrix, y: Vector, weight: Vector) -> Vector:
        """Coefficients to begin with."""

    def likelihood(self, X: Matrix, y: Vector, weight: Vector, coefficients: Vector) -> tuple[float, Vector]:
        """Weighted log-likelihood up to a constant, NaN where it has none, and its derivatives."""

    def scores(self, X: Matrix, y: Vector, coefficients: Vector) -> Matrix:
        """Derivatives of each case's log-likelihood (n x coefficients)."""

    def information(self, X: Matrix, y: Vector, weight: Vector, coefficients: Vector) -> Matrix:
        """Minus the second derivatives of the weighted log-likelihood."""

    def response(self, X: Matrix, coefficients: Vector) -> Matrix:
        """Expected outcome (n x 1), or probability of each category (n x K)."""

    def mean_gradient(self, X: Matrix, weight: Vector, coefficients: Vector) -> Matrix:
        """Derivatives of the weighted sums of `response` by the coefficients (K x coefficients)."""


@dataclass(frozen=True)
class Exponential:
    """Linear exponential families with their natural link: normal, binomial, Poisson. Variance up to a factor."""

    mean: Callable[[Vector], Vector]
    variance: Callable[[Vector], Vector]
    cumulant: Callable[[Vector], Vector]  # log-likelihood is y eta - cumulant(eta)
    link: Callable[[float], float]
    offset: Vector | float = 0.0
    first: Callable[[Vector, Vector], Vector] | None = None  # means scoring begins with, from y and weights of mean 1
    predictor: Callable[[Vector], Vector] = np.asarray  # of means
    saturated: Callable[[Vector], Vector] = np.zeros_like  # log-likelihood of means that are y

    def start(self, X: Matrix, y: Vector, weight: Vector) -> Vector:
        first = np.zeros(X.shape[1])
        first[0] = self.link(float(weight @ y / weight.sum()))  # the first column is the intercept
        return first

    def likelihood(self, X: Matrix, y: Vector, weight: Vector, coefficients: Vector) -> tuple[float, Vector]:
        eta = X @ coefficients + self.offset
        return float(weight @ (y * eta - self.cumulant(eta))), (weight * (y - self.mean(eta))) @ X

    def scores(self, X: Matrix, y: Vector, coefficients: Vector) -> Matrix:
        return X * (y - self.mean(X @ coefficients + self.offset))[:, None]

    def information(self, X: Matrix, y: Vector, weight: Vector, coefficients: Vector) -> Matrix:
        variance = weight * self.variance(self.mean(X @ coefficients + self.offset))
        rooted = X * np.sqrt(variance)[:, None]
        result: Matrix = rooted.T @ rooted
        return result

    def response(self, X: Matrix, coefficients: Vector) -> Matrix:
        return self.mean(X @ coefficients + self.offset)[:, None]

    def mean_gradient(self, X: Matrix, weight: Vector, coefficients: Vector) -> Matrix:
        mean = self.mean(X @ coefficients + self.offset)
        result: Matrix = (weight * self.variance(mean)) @ X
        return result[None, :]


def gaussian(offset: Vector | float = 0.0) -> Exponential:
    """Normal outcomes, identity link."""
    return Exponential(lambda eta: eta, np.ones_like, lambda eta: eta**2 / 2, lambda mean: mean, offset)


def binomial(offset: Vector | float = 0.0) -> Exponential:
    """Outcomes 0 and 1, logit link."""
    return Exponential(
        expit,
        lambda mean: mean * (1 - mean),
        lambda eta: np.logaddexp(0.0, eta),
        lambda mean: float(np.log(mean / (1 - mean))) if 0 < mean < 1 else 0.0,
        offset,
        lambda y, weight: (weight * y + 0.5) / (weight + 1),
        logit,
    )


def poisson(offset: Vector | float = 0.0) -> Exponential:
    """Counts, log link."""
    return Exponential(
        np.exp,
        lambda mean: mean,
        np.exp,
        lambda mean: float(np.log(mean)) if mean > 0 else 0.0,
        offset,
        lambda y, weight: y + 0.1,
        np.log,
        lambda y: xlogy(y, y) - y,
    )


@dataclass(frozen=True)
class Multinomial:
    """Logit of each category against the first; coefficients one category after another."""

    categories: int

    def start(self, X: Matrix, y: Vector, weight: Vector) -> Vector:
        share = np.bincount(y.astype(np.int64), weight, self.categories)
        first = np.zeros((self.categories - 1, X.shape[1]))
        first[:, 0] = np.log(share[1:] / share[0])
        return first.ravel()

    def likelihood(self, X: Matrix, y: Vector, weight: Vector, coefficients: Vector) -> tuple[float, Vector]:
        share = self.response(X, coefficients)
        value = float(weight @ np.log(share[np.arange(len(y)), y.astype(np.int64)]))
        return value, ((weight[:, None] * self._residual(share, y)).T @ X).ravel()

    def scores(self, X: Matrix, y: Vector, coefficients: Vector) -> Matrix:
        residual = self._residual(self.response(X, coefficients), y)
        return (residual[:, :, None] * X[:, None, :]).reshape(len(y), -1)

    def information(self, X: Matrix, y: Vector, weight: Vector, coefficients: Vector) -> Matrix:
        share = self.response(X, coefficients)[:, 1:]
        blocks = [
            [X.T @ (X * (weight * share[:, k] * ((k == m) - share[:, m]))[:, None]) for m in range(share.shape[1])]
            for k in range(share.shape[1])
        ]
        return np.block(blocks)

    def response(self, X: Matrix, coefficients: Vector) -> Matrix:
        eta = np.hstack([np.zeros((len(X), 1)), X @ coefficients.reshape(self.categories - 1, -1).T])
        odds = np.exp(eta - eta.max(axis=1, keepdims=True))
        share: Matrix = odds / odds.sum(axis=1, keepdims=True)
        return share

    def _residual(self, share: Matrix, y: Vector) -> Matrix:
        residual: Matrix = (y[:, None] == np.arange(1, self.categories)) - share[:, 1:]
        return residual

    def mean_gradient(self, X: Matrix, weight: Vector, coefficients: Vector) -> Matrix:
        share = self.response(X, coefficients)
        rows = []
        for k in range(self.categories):
            change = (weight * share[:, k])[:, None] * ((np.arange(1, self.categories) == k) - share[:, 1:])
            rows.append((change.T @ X).ravel())
        return np.array(rows)


@dataclass(frozen=True)
class Ordinal:
    """Proportional odds: logit P(y <= k) = threshold_k - x'b (McCullagh 1980, Journal of the Royal Statistical
    Society B 42, 109-142). X has no intercept; coefficients b, then the thresholds in rising order."""

    categories: int

    def start(self, X: Matrix, y: Vector, weight: Vector) -> Vector:
        share = np.cumsum(np.bincount(y.astype(np.int64), weight, self.categories))[:-1] / weight.sum()
        return np.concatenate([np.zeros(X.shape[1]), np.log(share / (1 - share))])

    def likelihood(self, X: Matrix, y: Vector, weight: Vector, coefficients: Vector) -> tuple[float, Vector]:
        upper, lower, _, _ = self._ends(X, y, coefficients)
        share = expit(upper) - expit(lower)
        value = float(weight @ np.log(np.where(share > 0, share, np.nan)))
        return value, weight @ self.scores(X, y, coefficients)

    def scores(self, X: Matrix, y: Vector, coefficients: Vector) -> Matrix:
        upper, lower, a, b = self._ends(X, y, coefficients)
        share = expit(upper) - expit(lower)
        scores: Matrix = a * (_density(upper) / share)[:, None] - b * (_density(lower) / share)[:, None]
        return scores

    def information(self, X: Matrix, y: Vector, weight: Vector, coefficients: Vector) -> Matrix:
        upper, lower, a, b = self._ends(X, y, coefficients)
        share = expit(upper) - expit(lower)
        f, g = _density(upper) / share, _density(lower) / share
        own = f**2 - f * (1 - 2 * expit(upper))
        other = g**2 + g * (1 - 2 * expit(lower))
        cross = a.T @ (b * (weight * f * g)[:, None])
        result: Matrix = a.T @ (a * (weight * own)[:, None]) + b.T @ (b * (weight * other)[:, None]) - cross - cross.T
        return result

    def response(self, X: Matrix, coefficients: Vector) -> Matrix:
        below = self._cumulated(X, coefficients)
        return np.diff(np.hstack([np.zeros((len(X), 1)), below, np.ones((len(X), 1))]), axis=1)

    def mean_gradient(self, X: Matrix, weight: Vector, coefficients: Vector) -> Matrix:
        below = self._cumulated(X, coefficients)
        density = weight[:, None] * below * (1 - below)
        by_threshold = np.hstack([-(density.T @ X), np.diag(density.sum(axis=0))])
        none = np.zeros((1, by_threshold.shape[1]))
        return np.diff(np.vstack([none, by_threshold, none]), axis=0)

    def _cumulated(self, X: Matrix, coefficients: Vector) -> Matrix:
        slopes = X.shape[1]
        cumulated: Matrix = expit(coefficients[slopes:] - (X @ coefficients[:slopes])[:, None])
        return cumulated

    def _ends(self, X: Matrix, y: Vector, coefficients: Vector) -> tuple[Vector, Vector, Matrix, Matrix]:
        """Ends of each case's category on the logit scale, and their derivatives."""
        slopes, code = X.shape[1], y.astype(np.int64)
        thresholds = np.concatenate([[-np.inf], coefficients[slopes:], [np.inf]])
        eta = X @ coefficients[:slopes]
        places = np.arange(1, self.categories)
        a = np.hstack([-X, (code[:, None] + 1 == places).astype(np.float64)])
        b = np.hstack([-X, (code[:, None] == places).astype(np.float64)])
        return thresholds[code + 1] - eta, thresholds[code] - eta, a, b


def _density(value: Vector) -> Vector:
    share = expit(value)
    density: Vector = share * (1 - share)
    return density
