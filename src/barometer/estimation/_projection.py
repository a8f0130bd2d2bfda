"""What is left of a variable after calibration: its residual on the auxiliary variables."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from barometer.estimation._stages import Stage, group_sums
from barometer.tables import Calibrated

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
Numbers = NDArray[np.int64]

DEPENDENT = 1e-9
SWEEPS = 10
"""Rounds in which R's survey package takes the means of raking's margins out; more change little."""


@dataclass(frozen=True, eq=False)
class Projection:
    """Residuals of weighted values: w (z - x'B), with B the regression of z on the auxiliaries x, fitted with base
    weights over the model's variance (Deville and Särndal 1992).

    `basis` is orthonormal (n x r) after multiplication by `root`, the square root of base weight over variance.
    After raking by proportional fitting the means of each margin's cells are taken out one margin after the other,
    unweighted, as R's `rake` does.
    """

    weights: Vector
    root: Vector
    basis: Matrix
    margins: tuple[NDArray[np.int64], ...] = ()  # of raking: each row's cell

    @classmethod
    def of(cls, calibrated: Calibrated) -> "Projection":
        weights, base = calibrated.weights, calibrated.base
        spread = np.ones(len(base)) if calibrated.variance is None else calibrated.variance
        root = np.sqrt(np.where(weights != 0, base / spread, 0.0))
        if calibrated.method == "rake":
            return cls(weights, root, np.empty((len(base), 0)), calibrated.raked)
        rooted = calibrated.auxiliaries * root[:, None]
        norms = np.sqrt((rooted**2).sum(axis=0))
        basis, singular, _ = np.linalg.svd(rooted / np.where(norms > 0, norms, 1.0), full_matrices=False)
        return cls(weights, root, basis[:, singular > DEPENDENT * singular[0]])

    def residuals(self, contributions: Matrix) -> Matrix:
        """Of contributions (n x k), weighted linearised values."""
        if self.margins:
            return self._swept(contributions)
        with np.errstate(divide="ignore", invalid="ignore"):
            back = np.where(self.weights != 0, self.root / self.weights, 0.0)[:, None]
            forth = np.where(self.root > 0, self.weights / self.root, 0.0)[:, None]
        rooted = contributions * back
        result: Matrix = forth * (rooted - self.basis @ (self.basis.T @ rooted))
        return result

    def reduced(self, stage: Stage, order: Numbers) -> "Reduced":
        """The projection as sums over the units of a stage; `order` are the rows by unit."""
        with np.errstate(divide="ignore", invalid="ignore"):
            back = np.where(self.weights != 0, self.root / self.weights, 0.0)[:, None]
            forth = np.where(self.root > 0, self.weights / self.root, 0.0)[:, None]
        _, fitted = group_sums(stage.unit, (self.basis * forth)[order])
        strata, sums = group_sums(stage.stratum, fitted)
        scale = np.where(stage.lonely[stage.stratum], 0.0, stage.scale)[:, None]
        centred = scale * (fitted - (sums / stage.size[strata][:, None])[stage.stratum])
        return Reduced(self.basis * back, centred, centred.T @ fitted)

    def _swept(self, contributions: Matrix) -> Matrix:
        with np.errstate(divide="ignore", invalid="ignore"):
            plain = np.where(self.weights[:, None] != 0, contributions / self.weights[:, None], 0.0)
        sums = [csr_matrix((np.ones(len(plain)), (cells, np.arange(len(plain))))) for cells in self.margins]
        counts = [np.maximum(np.bincount(cells), 1)[:, None] for cells in self.margins]
        for _ in range(SWEEPS):
            for cells, summed, count in zip(self.margins, sums, counts, strict=True):
                plain = plain - ((summed @ plain) / count)[cells]
        result: Matrix = plain * self.weights[:, None]
        return result


@dataclass(frozen=True, eq=False)
class Reduced:
    """What residual variances of one stage need beside the raw ones, so that only a domain's rows are looked at.

    With totals T of units, slopes s = coefficient' c of the rows' contributions c, and the design's quadratic form Q,
    Q(T - F s) = Q(T) + s' spread s - 2 s' centred' T.
    """

    coefficient: Matrix  # n x r
    centred: Matrix  # units x r
    spread: Matrix  # r x r

    def change(self, rows: Numbers, contributions: Matrix, units: Numbers, totals: Matrix) -> Vector:
        """What calibration changes in the variance of each column."""
        slopes = self.coefficient[rows].T @ contributions
        changes: Vector = (slopes * (self.spread @ slopes - 2 * self.centred[units].T @ totals)).sum(axis=0)
        return changes
