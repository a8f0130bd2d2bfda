"""What non-response adds to the variance, where weights were raised for it.

With d the design weight, p the estimated propensity to answer and e what calibration leaves of a value (the value
itself without it), an estimate varies over samples and answers like the sum over all units asked of

    z = d m + R w phi (e - m),    m = p h'B,
    B = (sum over asked of d p (1 - p) h h')^-1 (sum over answers of b (1 - p) h e),

where R says who answered, h are the variables of the response model, b = d / p and w the weights before and after
calibration. In response classes m is the class's mean. Those who did not answer add to the variance by their class:
that is what the draw, with all its n_h of N_h units in a stratum, would have given. To the variance of the sum of z
as a stratified sample comes that of R, answers being independent of one another:

    sum over answers of (1 - p) / d  (w phi (e - m))²

phi² = 1 / (1 - the part the unit's own value has in m) makes up for m being fitted to the same answers, as m / (m - 1)
does for a mean of m.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from barometer.tables import ASKED

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
Numbers = NDArray[np.int64]

LARGEST_PART = 0.5
"""Of a unit's own value in its fitted one, for phi: a class of one answer has no residual to stretch."""


@dataclass(frozen=True)
class Asked:
    """All units asked, ordered by stratum and id."""

    table: pl.DataFrame  # stratum, psu, population_psus
    design: Vector
    propensity: Vector
    model: Matrix  # units x q


@dataclass(frozen=True)
class Answering:
    """What two quadratic forms need, of T stretched by `stretch`, with slopes `coefficient`' T (all units x ...).

    T - `drawing` s are the z of all units asked, T - `answering` s the R w phi (e - m), weighed by `scale`.
    """

    stretch: Vector
    coefficient: Matrix
    drawing: Matrix
    answering: Matrix
    scale: Vector


def asked_units(asked: pl.DataFrame) -> Asked:
    """From ASKED with the variables of the response model behind it."""
    ordered = asked.sort("stratum", "unit_id")
    return Asked(
        table=ordered.select("stratum", "population_psus", psu="unit_id"),
        design=ordered["design_weight"].to_numpy(),
        propensity=ordered["propensity"].to_numpy(),
        model=ordered.drop(column.name for column in ASKED).to_numpy(),
    )


def answering_of(
    asked: Asked, answered: Numbers, weight: Vector, base: Vector, fitted: Matrix, coefficient: Matrix
) -> Answering:
    """From the units that `answered` (rising numbers among the asked), their weights and their regression on the
    calibration variables: residuals of weighted totals T are T - `fitted` `coefficient`' T."""
    model, lift = _fitted_values(asked, answered, base)
    own = base * np.einsum("ur,ur->u", model[answered], lift)
    missing = asked.propensity[answered] < 1
    stretch = np.where(missing, 1 / np.sqrt(1 - np.clip(own, 0, LARGEST_PART)), 1.0)
    of_residuals = lift * (base / weight)[:, None]
    combined = np.hstack([coefficient, of_residuals - coefficient @ (fitted.T @ of_residuals)])
    count = len(asked.design)
    drawing, answering, slopes = (np.zeros((count, combined.shape[1])) for _ in range(3))
    columns = fitted.shape[1]
    drawing[:, columns:] = -asked.design[:, None] * model
    answering[answered] = stretch[:, None] * np.hstack([fitted, weight[:, None] * model[answered]])
    drawing[answered] += answering[answered]
    slopes[answered] = combined / stretch[:, None]
    scale, of_all = np.zeros(count), np.ones(count)
    scale[answered] = (1 - asked.propensity[answered]) / asked.design[answered]
    of_all[answered] = stretch
    return Answering(of_all, slopes, drawing, answering, scale)


def _fitted_values(asked: Asked, answered: Numbers, base: Vector) -> tuple[Matrix, Matrix]:
    """A (asked x q + 1) and L (answered x q + 1) with m = A L' (b e). The mean of all is taken out first, which
    weights scaled to a fixed sum do."""
    p, h = asked.propensity, asked.model
    silent = (1 - p)[answered]
    inner = np.linalg.pinv((h * (asked.design * p * (1 - p))[:, None]).T @ h, hermitian=True)
    slopes = (silent[:, None] * h[answered]) @ inner
    mean = np.full((len(answered), 1), 1 / base.sum())
    centred = slopes - mean @ (base @ slopes)[None, :]
    return np.hstack([np.ones((len(p), 1)), p[:, None] * h]), np.hstack([mean, centred])
