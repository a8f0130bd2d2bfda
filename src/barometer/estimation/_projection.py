"""What is left of a variable after calibration: its residual on the auxiliary variables."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, csr_matrix

from barometer.estimation._stages import Stage, group_sums
from barometer.tables import Calibrated

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
Numbers = NDArray[np.int64]

DEPENDENT = 1e-9
ORTHONORMAL = 1e-13
ROWS_AT_ONCE = 8192
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
        known = calibrated.triangle if ((weights != 0) | (base == 0)).all() else None
        return cls(weights, root, _orthonormal(calibrated.auxiliaries * root[:, None], known))

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
            back = np.where(self.weights != 0, self.root / self.weights, 0.0)
            forth = np.where(self.root > 0, self.weights / self.root, 0.0)
        by_row = len(stage.stratum) == len(order)
        stratum, scale = stage.stratum, np.where(stage.lonely[stage.stratum], 0.0, stage.scale)
        if by_row:
            stratum, scale = (_scattered(one, order) for one in (stratum, scale))
            fitted = self.basis * forth[:, None]
        else:
            _, fitted = group_sums(stage.unit, self.basis[order] * forth[order, None])
        members = csc_matrix((np.ones(len(stratum)), stratum, np.arange(len(stratum) + 1)),
                             shape=(len(stage.size), len(stratum)))  # fmt: skip
        means = np.asarray(members @ fitted) / stage.size[:, None]
        spread = np.zeros((fitted.shape[1], fitted.shape[1]))
        for start in range(0, len(fitted), ROWS_AT_ONCE):
            part = slice(start, start + ROWS_AT_ONCE)
            centred = fitted[part] - means[stratum[part]]
            centred *= scale[part, None]
            spread += centred.T @ fitted[part]
            fitted[part] = centred
        return Reduced(self.basis, back, fitted, spread, by_row)

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


def _scattered(values: NDArray[Any], places: Numbers) -> NDArray[Any]:
    """An array with each value at its place."""
    result = np.empty_like(values)
    result[places] = values
    return result


def _orthonormal(columns: Matrix, triangle: Matrix | None) -> Matrix:
    """A basis (n x r) of the columns' span, by way of their triangle, which is small and perhaps known.

    It is as near to orthonormal as the columns, scaled, are to independence; where that is not near enough, its own
    products make it so.
    """
    if triangle is None:
        triangle = np.empty((0, columns.shape[1]))
        for start in range(0, len(columns), ROWS_AT_ONCE):
            triangle = np.asarray(np.linalg.qr(np.vstack([triangle, columns[start : start + ROWS_AT_ONCE]]), mode="r"))
    norms = np.sqrt((triangle**2).sum(axis=0))
    norms = np.where(norms > 0, norms, 1.0)
    _, singular, rotation = np.linalg.svd(triangle / norms)
    kept = singular > DEPENDENT * singular.max(initial=0.0)
    basis: Matrix = columns @ ((rotation[kept] / singular[kept, None]).T / norms[:, None])
    products = basis.T @ basis
    if np.abs(products - np.eye(len(products))).max(initial=0.0) > ORTHONORMAL:
        basis = basis @ np.linalg.inv(np.linalg.cholesky(products)).T
    return basis


@dataclass(frozen=True, eq=False)
class Reduced:
    """What residual variances of one stage need beside the raw ones, so that only a domain's rows are looked at.

    With totals T of units, slopes s = (basis x back)' c of the rows' contributions c and the design's quadratic form Q,
    Q(T - F s) = Q(T) + s' spread s - 2 s' centred' T.
    """

    basis: Matrix  # n x r
    back: Vector  # n; the coefficient is basis times back
    centred: Matrix  # units x r; n x r, in the order of the data, where rows are units
    spread: Matrix  # r x r
    by_row: bool

    def change(self, rows: Numbers, contributions: Matrix, units: Numbers, totals: Matrix) -> Vector:
        """What calibration changes in the variance of each column."""
        slopes = self.basis[rows].T @ (contributions * self.back[rows, None])
        changes: Vector = (
            slopes * (self.spread @ slopes - 2 * self.centred[rows if self.by_row else units].T @ totals)
        ).sum(axis=0)
        return changes
