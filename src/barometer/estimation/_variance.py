"""The variance of weighted totals in an edition's survey: drawing, answering, calibration.

After calibration the total of a PSU is replaced by the residual of its regression on the calibration variables,
fitted with base weights and multiplied by the calibrated weight (Deville and Särndal 1992; `calibrate` of R's survey
package).

Where some of those asked did not answer and weights were raised for them, the variance has two parts (reverse
framework of Fay 1991 and Shao and Steel 1999, JASA 94, 254-265; for estimated propensities Kim and Kim 2007, Canadian
Journal of Statistics 35, 501-514). See `_response`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from barometer.estimation._response import Answering, Asked, answering_of, asked_units
from barometer.estimation._stages import Stage, distinct, group_sums, make_stages

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
Numbers = NDArray[np.int64]

NEARLY_NOTHING = 1e-6
"""Residual variances below this part of the raw one are computed anew from the residuals themselves, where
subtracting large numbers costs no digits."""
DEPENDENT = 1e-9


@dataclass(frozen=True)
class Form:
    """One part of the variance, as a quadratic form Q of what is left of PSU totals T: Q(T - F s)."""

    raw: Callable[[Numbers, Matrix], Vector]  # Q of PSUs (rising numbers) and their totals; others count as 0
    fitted: Matrix  # F (P x r)
    centred: Matrix  # the form's matrix times F


@dataclass(frozen=True)
class Regression:
    """The sum of quadratic forms of T - F s, with s = coefficient' T the same in all of them.

    Only the PSUs of a domain are looked at: Q(T - F s) = Q(T) + s' spread s - 2 s' centred' T, where `centred` and
    `spread`, F' times it (r x r), are sums over the forms.
    """

    coefficient: Matrix  # P x r
    stretch: Vector  # what T is multiplied by, before anything else
    forms: tuple[Form, ...]
    centred: Matrix
    spread: Matrix

    @classmethod
    def of(cls, coefficient: Matrix, stretch: Vector, forms: tuple[Form, ...]) -> "Regression":
        centred = np.sum([form.centred for form in forms], axis=0)
        spread = np.sum([form.centred.T @ form.fitted for form in forms], axis=0)
        return cls(coefficient, stretch, forms, centred, spread)

    def variance(self, psus: Numbers, totals: Matrix) -> Vector:
        totals = totals * self.stretch[psus][:, None]
        slopes = self.coefficient[psus].T @ totals
        raw: Vector = np.sum([form.raw(psus, totals) for form in self.forms], axis=0)
        residual: Vector = raw + (slopes * (self.spread @ slopes - 2 * self.centred[psus].T @ totals)).sum(axis=0)
        delicate = residual < NEARLY_NOTHING * raw
        if delicate.any():
            residual[delicate] = 0
            for form in self.forms:
                everyone = -form.fitted @ slopes[:, delicate]
                everyone[psus] += totals[:, delicate]
                residual[delicate] += form.raw(np.arange(len(everyone)), everyone)
        return residual


@dataclass(frozen=True)
class VarianceDesign:
    """Strata and PSUs of the cases, which are ordered by stratum and PSU; PSUs asked that did not answer are among
    them where weights were raised for non-response."""

    stage: Stage
    whole: NDArray[np.bool_]  # of each stratum: is every unit of it asked, and did every one answer?
    calibrated: NDArray[np.bool_]  # of each case: did calibration touch its weight?
    regression: Regression | None = None  # on calibration variables and the model of response

    @classmethod
    def of(
        cls, weighed: pl.DataFrame, auxiliaries: Matrix | None, asked: pl.DataFrame | None = None
    ) -> "VarianceDesign":
        """From WEIGHTS ordered by stratum and psu, the auxiliaries of the same cases, and ASKED with the model of
        response, if there are rows in it.

        Weights and auxiliaries are the same for all cases of a PSU. Raises ValueError for a stratum with one
        responding PSU that is not all of it, unless there is no other (then nothing can be said of errors).
        """
        units = None if asked is None or asked.is_empty() else asked_units(asked)
        stage, population = _stage(weighed, units)
        fraction = stage.size / population
        if (fraction > 1).any():
            raise ValueError("a stratum has more PSUs than the frame has")
        if units is None and stage.lonely.any() and len(stage.stratum) > 1:
            raise ValueError("strata with one responding PSU must be collapsed before estimation")
        whole = fraction == 1
        if units is not None:
            whole &= np.bincount(stage.stratum, units.propensity < 1) == 0
        touched: NDArray[np.bool_] = (
            np.zeros(weighed.height, dtype=bool) if auxiliaries is None else (auxiliaries != 0).any(axis=1)
        )
        plain = cls(stage, whole, touched)
        if auxiliaries is None and units is None:
            return plain
        psu = distinct(stage.unit)
        first = np.flatnonzero(np.diff(stage.unit, prepend=-1))
        weight, base = (weighed[name].to_numpy()[first] for name in ("weight", "base_weight"))
        fitted, coefficient = np.zeros((len(first), 0)), np.zeros((len(first), 0))
        if auxiliaries is not None:
            fitted, coefficient = _regression(auxiliaries[first], weight, base)
        if units is None:
            return replace(
                plain, regression=Regression.of(coefficient, np.ones(len(first)), (_drawing(stage, fitted),))
            )
        answering = answering_of(units, psu, weight, base, fitted, coefficient)
        forms = (_drawing(stage, answering.drawing), _answering(answering))
        return replace(plain, regression=Regression.of(answering.coefficient, answering.stretch, forms))

    @property
    def complete(self) -> NDArray[np.bool_]:
        """Of each case: did every PSU of its stratum answer, so that nothing in it is uncertain? Calibration carries
        the uncertainty of any stratum into all that it touches."""
        whole: NDArray[np.bool_] = self.whole[self.stage.stratum[self.stage.unit]]
        return whole if self.whole.all() else whole & ~self.calibrated

    def degrees_of_freedom(self, rows: Numbers) -> int:
        """PSUs minus strata among these cases (rising row numbers)."""
        return self.stage.degrees_of_freedom(rows)

    def variance(self, rows: Numbers, contributions: Matrix) -> Vector:
        """Variances of the column sums of `contributions`, weighted values of the cases `rows` (rising); every
        other case contributes 0."""
        if len(rows) == 0:
            return np.zeros(contributions.shape[1])
        psus, totals = group_sums(self.stage.unit[rows], contributions)
        return self.stage.spread(psus, totals) if self.regression is None else self.regression.variance(psus, totals)


def _stage(weighed: pl.DataFrame, units: Asked | None) -> tuple[Stage, Vector]:
    """The stage of sampling, its units those asked or else those that answered, and the population of each stratum."""
    rows = weighed.select("stratum", "psu", "population_psus", case=True)
    if units is not None:
        silent = units.table.filter(~pl.col("psu").is_in(weighed["psu"].implode()))
        rows = pl.concat([rows, silent.select("stratum", "psu", "population_psus", case=False)])
        rows = rows.sort("stratum", "psu", maintain_order=True)
    psu = rows.select(pl.struct("stratum", "psu").rle_id()).to_series().cast(pl.Int64).to_numpy()
    stratum = rows["stratum"].rle_id().cast(pl.Int64).to_numpy()
    population = rows["population_psus"].fill_null(float("inf")).to_numpy()
    stage = make_stages([psu], [stratum], [population], "remove", False)[0]
    first = np.flatnonzero(np.diff(psu, prepend=-1))
    return replace(stage, unit=stage.unit[rows["case"].to_numpy()]), population[first[stage.first]]


def _regression(auxiliaries: Matrix, weight: Vector, base: Vector) -> tuple[Matrix, Matrix]:
    """The projection on the auxiliaries (P x k) with base weights, by an orthonormal basis of r <= k columns: fitted
    and coefficient (P x r), with the residual of weighted totals T being T - fitted coefficient' T."""
    rooted = auxiliaries * np.sqrt(base)[:, None]
    norms = np.sqrt((rooted**2).sum(axis=0))
    basis, singular, _ = np.linalg.svd(rooted / np.where(norms > 0, norms, 1.0), full_matrices=False)
    basis = basis[:, singular > DEPENDENT * singular[0]]
    return basis * (weight / np.sqrt(base))[:, None], basis * (np.sqrt(base) / weight)[:, None]


def _drawing(stage: Stage, fitted: Matrix) -> Form:
    """Units drawn without replacement in strata."""
    strata, sums = group_sums(stage.stratum, fitted)
    means = (sums / stage.size[strata][:, None])[stage.stratum]
    centred = stage.scale[:, None] * (fitted - means)
    return Form(stage.spread, fitted, centred)


def _answering(answering: Answering) -> Form:
    """Units that answer or not, independently of one another."""
    centred = answering.scale[:, None] * answering.answering

    def raw(psus: Numbers, totals: Matrix) -> Vector:
        result: Vector = np.einsum("u,uk,uk->k", answering.scale[psus], totals, totals)
        return result

    return Form(raw, answering.answering, centred)
