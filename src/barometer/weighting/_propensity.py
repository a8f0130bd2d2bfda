"""Response propensities by logistic regression (Little 1986, International Statistical Review 54)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import expit, xlogy

from barometer.problems import BadInput, Place, Problem, raise_errors, suggestion
from barometer.tables import Matrix, Vector
from barometer.weighting._calibration import NOWHERE, Numbers, checked_weights
from barometer.weighting._margins import rows_shown
from barometer.weighting._newton import basis_of

MAXIMUM_STEPS = 50
TIED = 10
"""Decimals in which propensities are compared."""
SETTLED = 1e-12
CERTAIN = 1e-6
"""A fitted propensity this near to 0 or 1 says that the data explain response fully (separation)."""


@dataclass(frozen=True)
class Propensities:
    """Fitted propensities of all units asked, and the model: `coefficients` by name (of columns left in; the first
    category is the reference)."""

    propensity: Vector  # n asked
    names: tuple[str, ...]
    coefficients: Vector
    columns: tuple[str, ...]
    variables: Matrix  # n asked x k: the columns of the model left in, the first of ones


def response_propensities(
    asked: pl.DataFrame,
    responded: Numbers,
    columns: Sequence[str],
    *,
    weights: Numbers | None = None,
    place: Place = NOWHERE,
) -> Propensities:
    """Propensity to respond of every unit asked, by a logistic model with main effects.

    `asked` (n rows, respondents and others) has the `columns`: text and Boolean ones are categories, numbers enter
    as they are. `responded` (n): 0 or 1. `weights` (n): design weights, 1 each without. Iteratively reweighted
    least squares. Raises BadInput W012; W020 for blanks; W023 where response is fully explained (separation)
    or all or none responded; W025.
    """
    raise_errors(
        Problem("W025", place, f"column '{name}'", "a column of the data", suggestion(name, asked.columns))
        for name in columns
        if name not in asked.columns
    )
    raise_errors(_blank_problems(asked, columns, place))
    y = np.asarray(responded, dtype=np.float64)
    w = np.ones(len(y)) if weights is None else checked_weights(weights, place)
    if y.shape != (asked.height,) or not np.isin(y, (0.0, 1.0)).all():
        raise ValueError("responded must be 0 or 1 for each unit asked")
    if y.all() or not y.any():
        found = "everyone responded" if y.all() else "nobody responded"
        raise BadInput((Problem("W023", place, found, "some who did and some who did not", "Leave the model out."),))
    x, names = _model(asked, columns)
    basis = basis_of(x, w)
    kept = x[:, basis.kept]
    coefficients, propensity = fit_propensities(kept, y, w, place=place)
    return Propensities(propensity, tuple(names[k] for k in basis.kept), coefficients, tuple(columns), kept)


def fit_propensities(
    variables: Matrix, answered: Vector, weights: Vector, *, start: Vector | None = None, place: Place = NOWHERE
) -> tuple[Vector, Vector]:
    """Coefficients of the logistic model (k) and propensities of all asked (n): the solution of
    sum of weights (answered - propensity) variables = 0. `answered` is 0 for those who did not and 1, or for a
    replicate some number near it, for those who did. Raises BadInput W023."""
    coefficients = _fit(variables, answered, weights, start)
    propensity: Vector = expit(variables @ coefficients)
    extreme = np.flatnonzero((np.minimum(propensity, 1 - propensity) < CERTAIN) & (weights > 0))
    if len(extreme):
        found = f"{len(extreme)} units certain to respond or not, {rows_shown(extreme)}"
        way_out = "Merge categories in which all or none responded, or leave the variable out."
        raise BadInput((Problem("W023", place, found, "propensities between 0 and 1", way_out),))
    return coefficients, propensity


def propensity_weights(
    weights: Numbers, propensities: Propensities, responded: Numbers, *, classes: int = 0, place: Place = NOWHERE
) -> Vector:
    """Design weights (n asked) of the respondents adjusted for non-response, in their order among the asked.

    With `classes` 0 divided by the propensity, and scaled so that they keep the sum over all asked; otherwise units
    are sorted into that many classes of equal size by propensity, in each of which respondents stand for all (more
    robust when the model is wrong). Raises BadInput W012; W007 for a class without respondents.
    """
    design, chance = checked_weights(weights, place), propensities.propensity
    answered = np.asarray(responded, dtype=np.float64) == 1
    if classes == 0:
        raw = design[answered] / chance[answered]
        scaled: Vector = raw * (design.sum() / raw.sum())
        return scaled
    level = np.round(chance, TIED)  # units with the same characteristics stay together
    limits = np.quantile(level, np.arange(1, classes) / classes, method="lower")
    group = np.searchsorted(limits, level, side="left")
    asked = np.bincount(group, design, classes)
    answering = np.bincount(group[answered], design[answered], classes)
    silent = np.flatnonzero((asked > 0) & (answering == 0))
    if len(silent):
        found = f"nobody answered in propensity class {silent[0] + 1} of {classes}"
        way_out = "Use fewer classes."
        raise BadInput((Problem("W007", place, found, "at least one respondent in each class", way_out),))
    ratio = np.divide(asked, answering, out=np.ones(classes), where=answering > 0)
    adjusted: Vector = design[answered] * ratio[group[answered]]
    return adjusted


def _model(asked: pl.DataFrame, columns: Sequence[str]) -> tuple[Matrix, list[str]]:
    parts, names = [np.ones(asked.height)], ["(intercept)"]
    for name in columns:
        values = asked[name]
        if values.dtype.is_numeric():
            parts.append(values.cast(pl.Float64).to_numpy())
            names.append(name)
            continue
        texts = values.cast(pl.String)
        for code in texts.unique().sort()[1:]:
            parts.append((texts == code).cast(pl.Float64).to_numpy())
            names.append(f"{name}={code}")
    return np.column_stack(parts), names


def _fit(x: Matrix, y: Vector, w: Vector, start: Vector | None) -> Vector:
    """Largest weighted likelihood by iteratively reweighted least squares, halving steps that lower it."""
    coefficients = np.zeros(x.shape[1]) if start is None else start
    likelihood = _likelihood(x, y, w, coefficients)
    for _ in range(MAXIMUM_STEPS):
        p = expit(x @ coefficients)
        root = np.sqrt(np.maximum(w * p * (1 - p), np.finfo(float).tiny))
        step = np.linalg.lstsq(x * root[:, None], w * (y - p) / root, rcond=None)[0]
        for _ in range(MAXIMUM_STEPS):
            reached = _likelihood(x, y, w, coefficients + step)
            if reached >= likelihood or np.abs(step).max() < SETTLED:
                break
            step = step / 2
        coefficients = coefficients + step
        settled = np.abs(step).max() <= SETTLED * (1 + np.abs(coefficients).max())
        likelihood = reached
        if settled:
            break
    return coefficients


def _likelihood(x: Matrix, y: Vector, w: Vector, coefficients: Vector) -> float:
    p = expit(x @ coefficients)
    return float(w @ (xlogy(y, p) + xlogy(1 - y, 1 - p)))


def _blank_problems(asked: pl.DataFrame, columns: Sequence[str], place: Place) -> list[Problem]:
    problems = []
    for name in columns:
        blank: NDArray[np.intp] = np.flatnonzero(asked[name].is_null().to_numpy())
        if len(blank):
            found = f"{len(blank)} blanks in '{name}', {rows_shown(blank)}"
            way_out = "Fill in the register, or give blanks a category of their own."
            problems.append(Problem("W020", place, found, "a value for every unit asked", way_out))
    return problems
