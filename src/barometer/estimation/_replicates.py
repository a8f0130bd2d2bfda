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
    """Weights for analysis (n x R), and what the squares are multiplied by."""

    weights: Matrix
    scale: float
    rscales: Vector
    mse: bool
    given_degf: float | None = None

    def covariance(self, replicates: Matrix, estimate: Vector) -> Matrix:
        """Covariance of k estimates from their values in each replicate (R x k).

        ReplicateColumns in which an estimate is undefined (NaN) are left out of that estimate's variance, as R does.
        """
        kept = ~np.isnan(replicates).any(axis=1)
        if not kept.any():
            return np.full((len(estimate), len(estimate)), np.nan)
        rscales, values = self.rscales[kept], replicates[kept]
        centre = estimate if self.mse else values[rscales > 0].mean(axis=0)
        deviation = (values - centre) * np.sqrt(rscales)[:, None]
        result: Matrix = self.scale * deviation.T @ deviation
        return result

    @cached_property
    def degf(self) -> float:
        """Rank of the weights minus 1, unless it was given."""
        return self.given_degf if self.given_degf is not None else rank(self.weights) - 1.0

    def degf_of(self, mask: NDArray[np.bool_]) -> float:
        """The same of the rows in `mask`."""
        return float(max(rank(self.weights[mask]) - 1, 0))


def rank(weights: Matrix) -> int:
    """Numerical rank by pivoted orthogonal triangularisation."""
    norms = np.sqrt((weights**2).sum(axis=0))
    kept = weights[:, norms > 0] / norms[norms > 0]
    if kept.size == 0:
        return 0
    triangle = qr(kept, mode="r", pivoting=True)[0]
    size = np.abs(np.diag(triangle))
    return int((size > DEPENDENT * size[0]).sum())


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
    return ReplicateWeights(weights, 1.0 if scale is None else scale, of_each, how.mse, how.degf)
