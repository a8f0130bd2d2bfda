"""What a model says in the units of its outcome: predictive margins and average marginal effects.

A predictive margin of a category is the mean of the predicted outcomes if every case had this category and all else
as it is (Graubard and Korn 1999, Biometrics 55, 652-659; `svypredmeans` of R's survey package, `margins` of Stata).
An average marginal effect is the difference of two such margins, or the mean slope along a number. Errors by the
delta method; they take in that the cases averaged over are a sample, unless `covariates` are "fixed".
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from barometer.estimation._model_matrix import ModelTerms
from barometer.estimation._regression import Regression

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

STEP = 0.01
"""Step of the numerical slope, in standard deviations: its error is of the order of the 4th power, 1e-9."""


@dataclass(frozen=True)
class _Average:
    """Weighted mean response of K categories (or 1), by coefficient, and by case (n x K)."""

    mean: Vector
    gradient: Matrix
    responses: Matrix


def predictive_margins(
    model: Regression, factor: str, *, covariates: str = "sampled", level: float = 0.95
) -> pl.DataFrame:
    """Mean predicted outcome for each category of a factor: factor, category, outcome, estimate, se, df, ci_low,
    ci_high. `outcome` is empty but for multinomial and ordinal models, which have a row for each of its categories.

    Raises KeyError for a factor that is not in the model, ValueError for one that is a number.
    """
    labels = model.terms.factors[factor].labels
    if not labels:
        raise ValueError(f"'{factor}' is a number; predictive margins are of categories")
    rows = [
        _row(model, factor, label, k, part, covariates, level)
        for code, label in enumerate(labels)
        for k, part in _parts(model, _average(model, _all_at(model.terms, factor, code)))
    ]
    return pl.DataFrame(rows).drop("p")


def marginal_effects(
    model: Regression, factors: Sequence[str] | None = None, *, covariates: str = "sampled", level: float = 0.95
) -> pl.DataFrame:
    """Average marginal effects of the factors (all without): factor, category, outcome, estimate, se, df, p, ci_low,
    ci_high. For a category, its margin minus that of the reference; for a number, per unit of it.
    """
    rows = []
    for factor in model.terms.factors if factors is None else factors:
        labels = model.terms.factors[factor].labels
        if not labels:
            slope = _slope(model, factor)
            rows += [_row(model, factor, "", k, part, covariates, level) for k, part in _parts(model, slope)]
            continue
        reference = _average(model, _all_at(model.terms, factor, 0))
        for code, label in enumerate(labels[1:], start=1):
            other = _average(model, _all_at(model.terms, factor, code))
            change = _combined([(1.0, other), (-1.0, reference)])
            rows += [_row(model, factor, label, k, part, covariates, level) for k, part in _parts(model, change)]
    return pl.DataFrame(rows)


def _all_at(terms: ModelTerms, factor: str, code: int) -> ModelTerms:
    return terms.with_values(factor, np.full(len(terms.factors[factor].values), float(code)))


def _slope(model: Regression, factor: str) -> _Average:
    values = model.terms.factors[factor].values
    step = STEP * (float(values.std()) or 1.0)
    at: Callable[[float], _Average] = lambda steps: _average(  # noqa: E731
        model, model.terms.with_values(factor, values + steps * step)
    )
    return _combined([(c / (12 * step), at(place)) for c, place in ((1, -2.0), (-8, -1.0), (8, 1.0), (-1, 2.0))])


def _average(model: Regression, terms: ModelTerms) -> _Average:
    X = terms.matrix()[0]
    if model.family == "ordinal":
        X = X[:, 1:]
    weight = model.design.weights[model.rows]
    responses = model.fitted.response(X, model.coefficients)
    gradient = model.fitted.mean_gradient(X, weight, model.coefficients)
    return _Average(weight @ responses / weight.sum(), gradient / weight.sum(), responses)


def _combined(parts: Sequence[tuple[float, _Average]]) -> _Average:
    return _Average(
        np.sum([factor * one.mean for factor, one in parts], axis=0),
        np.sum([factor * one.gradient for factor, one in parts], axis=0),
        np.sum([factor * one.responses for factor, one in parts], axis=0),
    )


def _parts(model: Regression, average: _Average) -> list[tuple[str, tuple[float, Vector, Vector]]]:
    """Estimate, gradient and responses of each category of the outcome, under its label."""
    labels = model.categories if model.family in ("multinomial", "ordinal") else ("",)
    return [
        (label, (float(average.mean[k]), average.gradient[k], average.responses[:, k]))
        for k, label in enumerate(labels)
    ]


def _row(
    model: Regression,
    factor: str,
    category: str,
    outcome: str,
    part: tuple[float, Vector, Vector],
    covariates: str,
    level: float,
) -> dict[str, object]:
    estimate, gradient, responses = part
    if covariates == "fixed":
        variance = float(gradient @ model.covariance @ gradient)
    elif covariates == "sampled":
        weight = model.design.weights[model.rows]
        contributions = model.influence @ gradient
        contributions[model.rows] += weight * (responses - estimate) / weight.sum()
        variance = float(model.design.variance(contributions[:, None], model.rows)[0, 0])
    else:
        raise ValueError("covariates are 'sampled' or 'fixed'")
    se = float(np.sqrt(max(variance, 0.0)))
    reach = float(stdtrit(model.df, (1 + level) / 2)) * se
    return {
        "factor": factor,
        "category": category,
        "outcome": outcome,
        "estimate": estimate,
        "se": se,
        "df": model.df,
        "p": float(2 * stdtr(model.df, -abs(estimate) / se)) if se > 0 else float("nan"),
        "ci_low": estimate - reach,
        "ci_high": estimate + reach,
    }
