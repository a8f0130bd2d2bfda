"""The variance of weighted totals under the design (Taylor linearisation is in _linearise).

Stratified sampling of primary units without replacement, first stage only: with T_p the weighted total of unit p,
m_h the responding units of stratum h, N_h its units in the frame and f_h = m_h / N_h,

    V = sum_h (1 - f_h) m_h / (m_h - 1) sum_p (T_p - mean_h T)²

After calibration T_p is replaced by the residual of its regression on the calibration variables, fitted with base
weights and multiplied by the calibrated weight (Deville and Särndal 1992; `calibrate` of R's survey package).
"""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
Numbers = NDArray[np.int64]

NEARLY_NOTHING = 1e-6
"""Residual variances below this part of the raw one are computed anew from the residuals themselves, where
subtracting large numbers costs no digits."""
DEPENDENT = 1e-9


@dataclass(frozen=True)
class Calibration:
    """The regression on auxiliaries, per PSU: residual = T - `fitted` (`coefficient`' T), both P x r.

    `spread` is the design's centred and scaled version of `fitted`, times `fitted` (r x r).
    """

    fitted: Matrix
    coefficient: Matrix
    centred: Matrix
    spread: Matrix


@dataclass(frozen=True)
class VarianceDesign:
    """Strata and PSUs of the cases, which are ordered by stratum and PSU."""

    psu: Numbers  # of each case, rising from 0
    stratum: Numbers  # of each PSU, rising from 0
    size: Matrix  # responding PSUs m_h of each stratum
    scale: Matrix  # (1 - f_h) m_h / (m_h - 1) of each stratum
    whole: NDArray[np.bool_]  # did every PSU of the stratum answer?
    calibration: Calibration | None

    @classmethod
    def of(cls, weighed: pl.DataFrame, auxiliaries: Matrix | None) -> "VarianceDesign":
        """From WEIGHTS ordered by stratum and psu, and the auxiliaries of the same cases.

        Weights and auxiliaries are the same for all cases of a PSU. Raises ValueError for a stratum with one
        responding PSU that is not all of it, unless there is no other (then nothing can be said of errors).
        """
        psu = weighed.select(pl.struct("stratum", "psu").rle_id()).to_series().cast(pl.Int64).to_numpy()
        first = np.flatnonzero(np.diff(psu, prepend=-1))
        stratum = weighed["stratum"].rle_id().cast(pl.Int64).to_numpy()[first]
        size = np.bincount(stratum).astype(np.float64)
        start = first[np.flatnonzero(np.diff(stratum, prepend=-1))]
        population = weighed["population_psus"].fill_null(float("inf")).to_numpy()[start]
        fraction = size / population
        if (fraction > 1).any():
            raise ValueError("a stratum has more responding PSUs than the frame has")
        single = (size == 1) & (fraction < 1)
        if single.any() and len(stratum) > 1:
            raise ValueError("strata with one responding PSU must be collapsed before estimation")
        scale = (1 - fraction) * size / np.maximum(size - 1, 1)
        plain = cls(psu, stratum, size, scale, fraction == 1, None)
        if auxiliaries is None:
            return plain
        weight, base = (weighed[name].to_numpy()[first] for name in ("weight", "base_weight"))
        return replace(plain, calibration=_regression(plain, auxiliaries[first], weight, base))

    @property
    def complete(self) -> NDArray[np.bool_]:
        """Of each case: did every PSU of its stratum answer, so that nothing in it is uncertain? Calibration carries
        the uncertainty of any stratum into all of them."""
        if self.calibration is not None and not self.whole.all():
            return np.zeros(len(self.psu), dtype=bool)
        complete: NDArray[np.bool_] = self.whole[self.stratum[self.psu]]
        return complete

    def degrees_of_freedom(self, rows: Numbers) -> int:
        """PSUs minus strata among these cases (rising row numbers)."""
        if len(rows) == 0:
            return 0
        psus = self.psu[rows]
        psus = psus[np.flatnonzero(np.diff(psus, prepend=-1))]
        return len(psus) - int((np.diff(self.stratum[psus]) > 0).sum()) - 1

    def variance(self, rows: Numbers, contributions: Matrix) -> Matrix:
        """Variances of the column sums of `contributions`, weighted values of the cases `rows` (rising); every
        other case contributes 0."""
        if len(rows) == 0:
            return np.zeros(contributions.shape[1])
        psus, totals = _sums(self.psu[rows], contributions)
        raw = self._spread(psus, totals)
        if self.calibration is None:
            return raw
        regression = self.calibration
        slopes = regression.coefficient[psus].T @ totals
        residual: Matrix = raw + (slopes * (regression.spread @ slopes - 2 * regression.centred[psus].T @ totals)).sum(
            axis=0
        )
        delicate = residual < NEARLY_NOTHING * raw
        if delicate.any():
            everyone = -regression.fitted @ slopes[:, delicate]
            everyone[psus] += totals[:, delicate]
            residual[delicate] = self._spread(np.arange(len(self.stratum)), everyone)
        return residual

    def _spread(self, psus: Numbers, totals: Matrix) -> Matrix:
        """sum_h scale_h sum_p (T_p - mean_h)² over all PSUs of each stratum touched; those not in `psus` have 0."""
        strata, sums = _sums(self.stratum[psus], totals)
        count = np.bincount(self.stratum[psus], minlength=len(self.size))[strata]
        means = sums / self.size[strata][:, None]
        deviations = totals - np.repeat(means, count, axis=0)
        inside = np.einsum("p,pi,pi->i", self.scale[self.stratum[psus]], deviations, deviations)
        absent = self.scale[strata] * (self.size[strata] - count)
        spread: Matrix = inside + np.einsum("h,hi,hi->i", absent, means, means)
        return spread


def _sums(groups: Numbers, values: Matrix) -> tuple[Numbers, Matrix]:
    """Distinct groups (rising) and the sums of values in each."""
    starts = np.flatnonzero(np.diff(groups, prepend=-1))
    if len(starts) == len(groups):
        return groups, values
    return groups[starts], np.add.reduceat(values, starts, axis=0)


def _regression(design: VarianceDesign, auxiliaries: Matrix, weight: Matrix, base: Matrix) -> Calibration:
    """The projection on the auxiliaries (P x k) with base weights, by an orthonormal basis of r <= k columns."""
    rooted = auxiliaries * np.sqrt(base)[:, None]
    norms = np.sqrt((rooted**2).sum(axis=0))
    basis, singular, _ = np.linalg.svd(rooted / np.where(norms > 0, norms, 1.0), full_matrices=False)
    basis = basis[:, singular > DEPENDENT * singular[0]]
    fitted = basis * (weight / np.sqrt(base))[:, None]
    strata, sums = _sums(design.stratum, fitted)
    means = (sums / design.size[strata][:, None])[design.stratum]
    centred = design.scale[design.stratum][:, None] * (fitted - means)
    return Calibration(
        fitted=fitted,
        coefficient=basis * (np.sqrt(base) / weight)[:, None],
        centred=centred,
        spread=centred.T @ fitted,
    )
