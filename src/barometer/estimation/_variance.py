"""The variance of weighted totals in an edition's survey: one stage of sampling (_stages), then calibration.

After calibration the total of a PSU is replaced by the residual of its regression on the calibration variables,
fitted with base weights and multiplied by the calibrated weight (Deville and Särndal 1992; `calibrate` of R's survey
package).
"""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from barometer.estimation._stages import Stage, group_sums, make_stages

Vector = NDArray[np.float64]
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

    stage: Stage
    whole: NDArray[np.bool_]  # did every PSU of the stratum answer?
    calibration: Calibration | None

    @classmethod
    def of(cls, weighed: pl.DataFrame, auxiliaries: Matrix | None) -> "VarianceDesign":
        """From WEIGHTS ordered by stratum and psu, and the auxiliaries of the same cases.

        Weights and auxiliaries are the same for all cases of a PSU. Raises ValueError for a stratum with one
        responding PSU that is not all of it, unless there is no other (then nothing can be said of errors).
        """
        psu = weighed.select(pl.struct("stratum", "psu").rle_id()).to_series().cast(pl.Int64).to_numpy()
        stratum = weighed["stratum"].rle_id().cast(pl.Int64).to_numpy()
        population = weighed["population_psus"].fill_null(float("inf")).to_numpy()
        stage = make_stages([psu], [stratum], [population], "remove", False)[0]
        first = np.flatnonzero(np.diff(psu, prepend=-1))
        fraction = stage.size / population[first[stage.first]]
        if (fraction > 1).any():
            raise ValueError("a stratum has more responding PSUs than the frame has")
        if stage.lonely.any() and len(stage.stratum) > 1:
            raise ValueError("strata with one responding PSU must be collapsed before estimation")
        plain = cls(stage, fraction == 1, None)
        if auxiliaries is None:
            return plain
        weight, base = (weighed[name].to_numpy()[first] for name in ("weight", "base_weight"))
        return replace(plain, calibration=_regression(stage, auxiliaries[first], weight, base))

    @property
    def complete(self) -> NDArray[np.bool_]:
        """Of each case: did every PSU of its stratum answer, so that nothing in it is uncertain? Calibration carries
        the uncertainty of any stratum into all of them."""
        if self.calibration is not None and not self.whole.all():
            return np.zeros(len(self.stage.unit), dtype=bool)
        complete: NDArray[np.bool_] = self.whole[self.stage.stratum[self.stage.unit]]
        return complete

    def degrees_of_freedom(self, rows: Numbers) -> int:
        """PSUs minus strata among these cases (rising row numbers)."""
        return self.stage.degrees_of_freedom(rows)

    def variance(self, rows: Numbers, contributions: Matrix) -> Vector:
        """Variances of the column sums of `contributions`, weighted values of the cases `rows` (rising); every
        other case contributes 0."""
        if len(rows) == 0:
            return np.zeros(contributions.shape[1])
        psus, totals = group_sums(self.stage.unit[rows], contributions)
        raw = self.stage.spread(psus, totals)
        if self.calibration is None:
            return raw
        regression = self.calibration
        slopes = regression.coefficient[psus].T @ totals
        explained = slopes * (regression.spread @ slopes - 2 * regression.centred[psus].T @ totals)
        residual: Vector = raw + explained.sum(axis=0)
        delicate = residual < NEARLY_NOTHING * raw
        if delicate.any():
            everyone = -regression.fitted @ slopes[:, delicate]
            everyone[psus] += totals[:, delicate]
            residual[delicate] = self.stage.spread(np.arange(len(self.stage.stratum)), everyone)
        return residual


def _regression(stage: Stage, auxiliaries: Matrix, weight: Matrix, base: Matrix) -> Calibration:
    """The projection on the auxiliaries (P x k) with base weights, by an orthonormal basis of r <= k columns."""
    rooted = auxiliaries * np.sqrt(base)[:, None]
    norms = np.sqrt((rooted**2).sum(axis=0))
    basis, singular, _ = np.linalg.svd(rooted / np.where(norms > 0, norms, 1.0), full_matrices=False)
    basis = basis[:, singular > DEPENDENT * singular[0]]
    fitted = basis * (weight / np.sqrt(base))[:, None]
    strata, sums = group_sums(stage.stratum, fitted)
    means = (sums / stage.size[strata][:, None])[stage.stratum]
    centred = stage.scale[:, None] * (fitted - means)
    return Calibration(
        fitted=fitted,
        coefficient=basis * (np.sqrt(base) / weight)[:, None],
        centred=centred,
        spread=centred.T @ fitted,
    )
