"""Regression on survey data: linear, logistic, Poisson, multinomial and ordinal, with the variance of the design.

Coefficients solve the weighted score equations, and their covariance is that of the totals of the linearised scores
under the design: strata, all stages, finite populations, calibration (Binder 1983, International Statistical Review
51, 279-292). With replicate weights the model is fitted anew to each. Conventions are those of `svyglm` and `svyolr`
of R's survey package.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import fdtrc, stdtr, stdtrit

from barometer.estimation._design import SurveyDesign
from barometer.estimation._domain_means import numbers_of
from barometer.estimation._fits import Fit, fit, inverse
from barometer.estimation._model_check import (
    check_cases,
    check_categories,
    check_fit,
    check_freedom,
    check_outcome,
    check_rank,
)
from barometer.estimation._model_families import Family, Multinomial, Ordinal, binomial, gaussian, poisson
from barometer.estimation._model_matrix import INTERCEPT, ModelTerms, model_terms
from barometer.problems import raise_errors

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
Flags = NDArray[np.bool_]

FAMILIES = ("gaussian", "logit", "poisson", "multinomial", "ordinal")


@dataclass(frozen=True, eq=False)
class Regression:
    """A fitted model. Vectors have an entry a coefficient, in the order of `names`.

    `categories` are those of the outcome: (failure, success) of a logistic model, none of numbers. `rows` are the
    cases used; `missing` counts, of the cases in the domain, those without each column. `influence` (n x p) is what
    each row adds to the linearised coefficients, weight included; its design variance is `covariance`.
    `replicates_without_fit` counts replicates left out because the model could not be fitted to them.
    """

    design: SurveyDesign
    family: str
    outcome: str
    terms: ModelTerms  # within the cases used
    names: tuple[str, ...]
    owner: tuple[int, ...]  # of each coefficient: its term, from 1; 0 for intercepts
    coefficients: Vector
    covariance: Matrix
    df: float
    rows: Flags
    categories: tuple[str, ...]
    missing: Mapping[str, int]
    influence: Matrix
    fitted: Family
    replicates_without_fit: int = 0

    @property
    def n(self) -> int:
        return int(self.rows.sum())

    @property
    def se(self) -> Vector:
        return np.sqrt(np.diag(self.covariance))

    def table(self, level: float = 0.95) -> pl.DataFrame:
        """One row a coefficient: term, estimate, se, t, df, p, ci_low, ci_high. NaN t and p where nothing varies."""
        with np.errstate(divide="ignore", invalid="ignore"):
            t = np.where(self.se > 0, self.coefficients / self.se, np.nan)
        reach = float(stdtrit(self.df, (1 + level) / 2)) * self.se
        return pl.DataFrame(
            {
                "term": self.names,
                "estimate": self.coefficients,
                "se": self.se,
                "t": t,
                "df": np.full(len(t), self.df),
                "p": 2 * stdtr(self.df, -np.abs(t)),
                "ci_low": self.coefficients - reach,
                "ci_high": self.coefficients + reach,
            }
        )

    def term_test(self, *terms: str) -> "TermTest":
        """Wald test that all coefficients of the terms are 0 (`regTermTest`): F = b'V⁻¹b / q on q and df degrees of
        freedom. Raises KeyError for a term that is not in the model."""
        wanted = {frozenset(term.split(":")) for term in terms}
        known = {frozenset(name.split(":")): place for place, name in enumerate(self.terms.names, start=1)}
        numbers = {known[term] for term in wanted}
        places = [place for place, number in enumerate(self.owner) if number in numbers]
        values = self.coefficients[places]
        F = float(values @ np.linalg.solve(self.covariance[np.ix_(places, places)], values)) / len(places)
        return TermTest(", ".join(terms), F, len(places), self.df, float(fdtrc(len(places), self.df, F)))

    def _repr_html_(self) -> str:
        return f"<p>{self!r}</p>{self.table()._repr_html_()}"

    def __repr__(self) -> str:
        return f"Regression({self.outcome} ~ {' + '.join(self.terms.names) or '1'}, {self.family}, n = {self.n})"


@dataclass(frozen=True)
class TermTest:
    """Wald's F test that all coefficients of a term are 0."""

    term: str
    F: float
    ndf: int
    ddf: float
    p: float


def regression(
    design: SurveyDesign,
    outcome: str,
    terms: Sequence[str],
    family: str = "gaussian",
    *,
    domain: Flags | None = None,
    offset: str | None = None,
) -> Regression:
    """Fit a model of a column on terms (see `model_terms`).

    `gaussian` needs numbers; `logit` 0 and 1, false and true, or two categories, of which the second is modelled;
    `poisson` counts; `multinomial` and `ordinal` three categories or more (an Enum column says their order).
    `domain`: cases looked at (an entry a row). Cases without outcome, a term or the offset, or with weight 0, stay
    in the design and contribute nothing. Degrees of freedom are those of the cases used + 1 - coefficients
    (of one equation), for ordinal models minus slopes, as in R.

    Raises BadInput, T040 and T041 for columns, T042 collinear terms, T043 separation, T044 too few cases, T045 no
    convergence.
    """
    if family not in FAMILIES:
        raise ValueError(f"no family '{family}'; there are {', '.join(FAMILIES)}")
    every = model_terms(design, terms)
    shift = numbers_of(design, (offset,))[:, 0] if offset else np.zeros(design.n)
    y, categories = check_outcome(design, outcome, family)
    inside = (design.weights != 0) if domain is None else domain & (design.weights != 0)
    parts = {outcome: ~np.isnan(y)} | {name: factor.present for name, factor in every.factors.items()}
    if offset:
        parts[offset] = np.isfinite(shift)
    rows = np.logical_and.reduce([inside, *parts.values()])
    missing = {name: int((inside & ~present).sum()) for name, present in parts.items()}
    raise_errors(check_cases(outcome, int(rows.sum())))
    used = every.within(rows)
    y, categories = _within_categories(y[rows], categories, outcome, family)
    X, names, owner = used.matrix() if used.factors else (np.ones((len(y), 1)), (INTERCEPT,), (0,))
    weight = design.weights[rows]
    raise_errors(check_rank(X, names, owner, used, weight))
    df = design.degf(rows) + 1 - X.shape[1]
    raise_errors(check_freedom(df, outcome, int(rows.sum())))
    model = _family(family, shift[rows] if offset else 0.0, len(categories))
    if family == "ordinal":
        X, names, owner = X[:, 1:], names[1:], owner[1:]
    everyone = design.weights if domain is None else design.weights[domain]
    result = fit(model, X, y, weight, unit=float(everyone.mean()))
    raise_errors(check_fit(family, result, X, y, outcome, names, categories))
    names, owner = _labels(family, names, owner, categories)
    influence = np.zeros((design.n, len(names)))
    influence[rows] = weight[:, None] * (result.scores @ inverse(result.information))
    covariance, failed = _covariance(design, model, X, y, rows, influence, result)
    return Regression(design, family, outcome, used, names, owner, result.coefficients, covariance, df, rows,
                      categories, missing, influence, model, failed)  # fmt: skip


def _within_categories(
    y: Vector, categories: tuple[str, ...], outcome: str, family: str
) -> tuple[Vector, tuple[str, ...]]:
    """Outcome codes renumbered to the categories that occur; raises T041 or T044 where too few are left."""
    if not categories:
        return y, categories
    used = np.bincount(y.astype(np.int64), minlength=len(categories)) > 0
    kept = tuple(label for label, one in zip(categories, used, strict=True) if one)
    raise_errors(check_categories(kept, outcome, family, len(y)))
    renumbered = np.cumsum(used).astype(np.float64) - 1
    return renumbered[y.astype(np.int64)], kept


def _family(family: str, offset: Vector | float, categories: int) -> Family:
    match family:
        case "gaussian":
            return gaussian(offset)
        case "logit":
            return binomial(offset)
        case "poisson":
            return poisson(offset)
        case "multinomial":
            return Multinomial(categories)
    return Ordinal(categories)


def _labels(
    family: str, names: tuple[str, ...], owner: tuple[int, ...], categories: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Names and terms of the coefficients, as many as the family has."""
    if family == "multinomial":
        return tuple(f"{one}: {name}" for one in categories[1:] for name in names), owner * (len(categories) - 1)
    if family == "ordinal":
        thresholds = tuple(f"{low}|{high}" for low, high in pairwise(categories))
        return names + thresholds, owner + (0,) * len(thresholds)
    return names, owner


def _covariance(
    design: SurveyDesign, model: Family, X: Matrix, y: Vector, rows: Flags, influence: Matrix, full: Fit
) -> tuple[Matrix, int]:
    """Of the coefficients; and how many replicates could not be fitted."""
    if design.replicates is None:
        return design.variance(influence, rows), 0
    estimates = []
    for weight in design.replicates.weights[rows].T:
        one = fit(model, X, y, weight, full.coefficients)
        estimates.append(one.coefficients if one.converged else np.full(len(full.coefficients), np.nan))
    failed = int(np.isnan(estimates).any(axis=1).sum())
    return design.replicate_variance(np.array(estimates), full.coefficients), failed
