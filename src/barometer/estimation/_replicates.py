"""Variance from replicate weights: the estimate is made anew with each set of weights.

V = scale sum_r rscales_r (theta_r - centre)(theta_r - centre)', the centre being the full estimate (`mse`) or the
mean of the replicates (Wolter 2007, Introduction to Variance Estimation; `svrepdesign` of R's survey package).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import qr

from barometer.tables import Replicates

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

TYPES = ("JK1", "JK2", "JKn", "BRR", "Fay", "bootstrap", "ACS", "successive-difference", "other")
DEPENDENT = 1e-5
"""ReplicateColumns this near to a combination of others bring no degree of freedom (as R's `degf`)."""


@dataclass(frozen=True)
class ReplicateColumns:
    """How replicate weights were made. In `survey_design(..., replicates=...)` `columns` are names of the data.

    `combined`: the columns are weights for analysis, not factors of the full-sample weight. `scale` and `rscales`
    (one a replicate) have defaults by type: 1/R for BRR, 1/(R (1 - rho)²) for Fay, 1/(R - 1) for the bootstrap,
    1 with rscales 1 for JK2, 4/R for ACS and successive differences; (n - 1)/n read off factors for JK1 and JKn,
    which therefore have to be given with combined weights. `degf` replaces the rank of the weights minus 1.
    """

    columns: Sequence[str]
    type: str = "bootstrap"
    combined: bool = True
    scale: float | None = None
    rscales: Sequence[float] | None = None
    rho: float = 0.0
    mse: bool = False
    degf: float | None = None


@dataclass(frozen=True, eq=False)
class ReplicateWeights:
    """Weights for analysis, and what the squares are multiplied by."""

    drawn: Replicates
    given_degf: float | None = None

    @cached_property
    def weights(self) -> Matrix:
        """All of them (n x R), stored."""
        return np.asarray(self.drawn.weights, dtype=np.float64)

    def covariance(self, replicates: Matrix, estimate: Vector) -> Matrix:
        """Covariance of k estimates from their values in each replicate (R x k).

        Replicates in which an estimate is undefined (NaN) are left out of all variances, as R does.
        """
        kept = ~np.isnan(replicates).any(axis=1)
        if not kept.any():
            return np.full((len(estimate), len(estimate)), np.nan)
        rscales, values = self.drawn.rscales[kept], replicates[kept]
        centre = estimate if self.drawn.mse else values[rscales > 0].mean(axis=0)
        deviation = (values - centre) * np.sqrt(rscales)[:, None]
        result: Matrix = self.drawn.scale * deviation.T @ deviation
        return result

    def variances(self, replicates: Matrix, estimate: Vector) -> Vector:
        """Variance of each of k estimates from its values in the replicates (R x k), undefined ones left out of it."""
        known = ~np.isnan(replicates)
        if not known.all():
            pairs = zip(replicates.T, estimate, strict=True)
            return np.array([self.covariance(one[:, None], full[None])[0, 0] for one, full in pairs])
        rscales = self.drawn.rscales
        deviation = replicates - (estimate if self.drawn.mse else replicates[rscales > 0].mean(axis=0))
        result: Vector = self.drawn.scale * np.einsum("rk,rk,r->k", deviation, deviation, rscales)
        return result

    @cached_property
    def degf(self) -> float:
        """Rank of the weights minus 1, unless it was given."""
        return self.given_degf if self.given_degf is not None else self.degf_of(np.ones(len(self.drawn.base), bool))

    def degf_of(self, mask: NDArray[np.bool_]) -> float:
        """The same of the rows in `mask`."""
        known = self.drawn.rank
        return float(max((rank(self.weights[mask]) if known is None else known(mask)) - 1, 0))


def rank(weights: Matrix) -> int:
    """Numerical rank: columns of which more than DEPENDENT is left when those before them are taken out, as LINPACK
    counts them for R's `qr`."""
    triangle = qr(weights, mode="r")[0][: weights.shape[1]]
    norms = np.sqrt((triangle**2).sum(axis=0))
    basis = np.zeros_like(triangle)
    found = 0
    for column in (triangle / np.where(norms > 0, norms, 1.0)).T:
        rest = column
        for _ in range(2):  # once more, for what rounding left
            rest = rest - basis[:, :found] @ (basis[:, :found].T @ rest)
        size = float(np.sqrt(rest @ rest))
        if size >= DEPENDENT and found < len(rest):
            basis[:, found] = rest / size
            found += 1
    return found


def rank_of_products(products: Matrix) -> int:
    """The same from the sums of products of the weights of each two replicates (R x R)."""
    norms = np.sqrt(np.diag(products))
    used = norms > 0
    values, vectors = np.linalg.eigh(products[np.ix_(used, used)] / np.outer(norms[used], norms[used]))
    return rank(np.sqrt(np.maximum(values, 0.0))[:, None] * vectors.T)


def replicate_weights(how: ReplicateColumns, columns: Matrix, weight: Vector) -> ReplicateWeights:
    """Weights for analysis and scales from the columns and their description, which was checked before."""
    count = columns.shape[1]
    scale, rscales = how.scale, how.rscales
    if how.type in ("BRR", "Fay") and scale is None:
        scale = 1 / (count * (1 - (how.rho if how.type == "Fay" else 0.0)) ** 2)
    elif how.type == "bootstrap" and scale is None:
        scale = 1 / (count - 1)
    elif how.type in ("ACS", "successive-difference") and scale is None:
        scale = 4 / count
    elif how.type == "JK1" and scale is None and not how.combined:
        scale = float(1 / columns[:, 0].max())
    elif how.type == "JKn" and rscales is None and not how.combined:
        rscales = list(1 / columns.max(axis=0))
    weights = columns if how.combined else columns * weight[:, None]
    of_each = np.ones(count) if rscales is None else np.asarray(rscales, dtype=np.float64)
    drawn = Replicates.of(weight, weights, 1.0 if scale is None else scale, of_each, type=how.type, mse=how.mse)
    return ReplicateWeights(drawn, how.degf)
