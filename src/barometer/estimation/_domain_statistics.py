"""One statistic of several items in one domain: estimate, linearised values, replicates, design effect; and all
domains put together."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from barometer.estimation._design import SurveyDesign
from barometer.estimation._figures import Figures, Measured, Options, figures, figures_table, free, simple_variance
from barometer.estimation._items import Domains, Items
from barometer.estimation._log_odds import log_odds_variances
from barometer.estimation._result import Result

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]

ROUNDING = 1e-12
"""A standard error this small beside the sum of what goes into it is what rounding left of 0: of the share of a
stratum's own category, say."""


@dataclass(frozen=True)
class Statistic:
    """total, mean, proportion, ratio or variance of columns (n x k, NaN where missing); ratios have a denominator."""

    kind: str
    values: Matrix
    denominator: Matrix | None = None


@dataclass(frozen=True)
class Part:
    """A statistic's items (k) in a domain: rows x k arrays, 0 outside the rows observed for the item."""

    kind: str
    rows: Numbers
    weight: Vector
    value: Matrix
    base: Matrix  # 1 where observed; the denominator of a ratio
    observed: Flags
    drawn: Vector  # what n / (n - 1) of variances counts: see `_drawn`

    @classmethod
    def of(cls, design: SurveyDesign, statistic: Statistic, rows: Numbers) -> "Part":
        weight, value = design.weights[rows], statistic.values[rows]
        observed = np.isfinite(value) & (weight != 0)[:, None]
        base = observed.astype(np.float64) if statistic.denominator is None else statistic.denominator[rows]
        return cls(
            statistic.kind,
            rows,
            weight,
            np.where(observed, value, 0.0),
            np.where(observed, base, 0.0),
            observed,
            _drawn(design, weight, observed),
        )

    @property
    def n(self) -> Vector:
        count: Vector = self.observed.sum(axis=0).astype(np.float64)
        return count

    def estimate(self, weight: Matrix) -> Matrix:
        """Estimates with each column of weights (rows x R): R x k; NaN without a base."""
        above = weight.T @ self.value
        if self.kind == "total":
            return np.where(self.n > 0, above, np.nan)
        below = weight.T @ self.base
        with np.errstate(divide="ignore", invalid="ignore"):
            mean: Matrix = above / below
            if self.kind != "variance":
                return mean
            squares = np.stack(
                [one @ (self.value - row * self.base) ** 2 for one, row in zip(weight.T, mean, strict=True)]
            )
            result: Matrix = squares / below * self.drawn / (self.drawn - 1)
        return result

    def contributions(self, estimate: Vector) -> Matrix:
        """Weighted linearised values (rows x k) of the estimates."""
        weight = self.weight[:, None]
        if self.kind == "total":
            return weight * self.value
        below = self.weight @ self.base
        with np.errstate(divide="ignore", invalid="ignore"):
            if self.kind == "variance":
                mean = (self.weight @ self.value) / below
                factor = self.drawn / (self.drawn - 1)
                return np.nan_to_num(
                    weight * (factor * (self.value - mean * self.base) ** 2 - estimate * self.base) / below
                )
            return np.nan_to_num(weight * (self.value - estimate * self.base) / below)

    def simple_variance(self, estimate: Vector, replacement: bool) -> Vector:
        """Variance of the estimates in a simple random sample of n from a population of the weighted cases."""
        size, n = self.weight @ self.observed, self.n
        with np.errstate(divide="ignore", invalid="ignore"):
            if self.kind == "ratio":
                variable = (self.value - estimate * self.base) / (self.weight @ self.base)
            else:
                variable = self.value
            centred = np.where(self.observed, variable - (self.weight @ variable) / size, 0.0)
        squares = np.einsum("c,ci,ci->i", self.weight, centred, centred)
        return simple_variance(self.kind, squares, size, n, replacement)


def _drawn(design: SurveyDesign, weight: Vector, observed: Flags) -> Vector:
    """Of each item the rows of the domain with a weight, be its value missing or not; with replicates those that have
    a value. So does R."""
    values = observed.sum(axis=0).astype(np.float64)
    return np.where(values > 1, np.count_nonzero(weight), 1.0) if design.replicates is None else values


def estimated(design: SurveyDesign, statistic: Statistic, items: Items, cells: Domains, options: Options) -> Result:
    """The statistic of all items in all cells: domains one after another, in each all items."""
    width = len(items.variables)
    columns = [_cell(design, statistic, rows, options) for rows in cells.rows]
    labelled = list(zip(items.variables, items.categories, strict=True))
    table = figures_table(cells.by, cells.labels, labelled, columns)
    return Result(
        table=table,
        statistic=statistic.kind,
        level=options.level,
        by=tuple(free(name) for name in cells.by),
        design=design,
        rows=cells.rows,
        domain=np.repeat(np.arange(len(cells.rows)), width),
        make_covariance=lambda: _covariance(design, statistic, cells.rows),
    )


def _cell(design: SurveyDesign, statistic: Statistic, rows: Numbers, options: Options) -> Figures:
    part = Part.of(design, statistic, rows)
    n = part.n
    estimate = part.estimate(part.weight[:, None])[0]
    estimate = np.where(n > 0, estimate, np.nan)
    constant = _constant(part)
    if statistic.kind in ("mean", "proportion"):
        estimate = np.where(constant, part.value.max(axis=0, initial=-np.inf, where=part.observed), estimate)
    simple = part.simple_variance(estimate, options.deff == "with") if options.deff != "none" else np.zeros(len(n))
    variance, log_odds = _variances(design, part, estimate, statistic.kind == "proportion" and options.needs_log_odds)
    measured = Measured(
        statistic.kind,
        n,
        estimate,
        variance,
        constant,
        one_unit(design, rows, part.observed),
        degrees(design, rows, part.observed, options.df),
        simple,
        lambda items: _effective_size(design, part, items),
        log_odds,
    )
    return figures(measured, options)


def _effective_size(design: SurveyDesign, part: Part, items: Flags) -> Vector:
    """(sum w)² / sum w², with w the weight of all rows of a primary unit (Kish)."""
    weighted = part.weight[:, None] * part.base[:, items]
    if design.replicates is None:
        _, unit = np.unique(design.psu[part.rows], return_inverse=True)
        of_units = np.zeros((unit.max() + 1, weighted.shape[1]))
        np.add.at(of_units, unit, weighted)
        weighted = of_units
    result: Vector = weighted.sum(axis=0) ** 2 / (weighted**2).sum(axis=0)
    return result


def _constant(part: Part) -> Flags:
    """Whether all values observed are the same."""
    if len(part.rows) == 0:
        return np.zeros(part.value.shape[1], dtype=bool)
    smallest = np.where(part.observed, part.value, np.inf).min(axis=0)
    largest = np.where(part.observed, part.value, -np.inf).max(axis=0)
    constant: Flags = (smallest == largest) & (part.n > 0)
    return constant


def _variances(design: SurveyDesign, part: Part, estimate: Vector, log_odds: bool) -> tuple[Vector, Vector | None]:
    """Of the estimates; and with `log_odds` of their log-odds where replicates give it."""
    if len(part.rows) == 0:
        return np.zeros(len(estimate)), None
    if design.replicates is not None:
        replicates = part.estimate(design.replicates.weights[part.rows])
        variances = design.replicates.variances(replicates, estimate)
        return variances, log_odds_variances(design.replicates, replicates, estimate) if log_odds else None
    contributions = part.contributions(estimate)
    variances = linearised_variances(design, part.rows, part.observed, contributions)
    return np.where(variances < (ROUNDING * np.abs(contributions).sum(axis=0)) ** 2, 0.0, variances), None


def linearised_variances(design: SurveyDesign, rows: Numbers, observed: Flags, contributions: Matrix) -> Vector:
    """Variances of the column sums of the contributions of `rows`; each item's domain is the rows observed for it."""
    if not design.tells_domains_apart or observed.all():
        return design.domain_variances(rows, contributions)
    return np.array(
        [
            design.domain_variances(rows[seen], column[seen][:, None])[0] if seen.any() else 0.0
            for column, seen in zip(contributions.T, observed.T, strict=True)
        ]
    )


def one_unit(design: SurveyDesign, rows: Numbers, observed: Flags) -> Flags:
    """Of each column of `observed` (rows x k): is it of one primary unit (of a replicate design: one row) only, though
    more were there to draw? Then its variance is not known."""
    if design.replicates is not None or len(rows) == 0:
        alone: Flags = observed.sum(axis=0) == 1
        return alone
    unit = design.psu[rows][:, None]
    low = np.where(observed, unit, np.iinfo(np.int64).max).min(axis=0)
    high = np.where(observed, unit, -1).max(axis=0)
    single: Flags = (low == high) & (not design.is_whole(rows))
    return single


def degrees(design: SurveyDesign, rows: Numbers, observed: Flags, rule: str | float) -> Vector:
    """Degrees of freedom by the rule of `_estimators.total`, for each column of `observed` (rows x k)."""
    width = observed.shape[1]
    if isinstance(rule, float | int):
        return np.full(width, float(rule))
    if rule == "normal":
        return np.full(width, np.inf)
    if rule == "full":
        return np.full(width, design.degf())
    if rule == "domain":
        return np.full(width, design.degf(_mask(design, rows)))
    return np.array([design.degf(_mask(design, rows[seen])) for seen in observed.T])


def _mask(design: SurveyDesign, rows: Numbers) -> Flags:
    mask = np.zeros(design.n, dtype=bool)
    mask[rows] = True
    return mask


def _covariance(design: SurveyDesign, statistic: Statistic, rows: Sequence[Numbers]) -> Matrix:
    """Covariance of all items in all domains (k x k), NaN for estimates that are missing."""
    parts = [Part.of(design, statistic, one) for one in rows]
    estimates = [part.estimate(part.weight[:, None])[0] for part in parts]
    full = np.concatenate(estimates)
    if design.replicates is not None:
        values = np.hstack([part.estimate(design.replicates.weights[part.rows]) for part in parts])
        known = ~np.isnan(full)
        result = np.full((len(full), len(full)), np.nan)
        result[np.ix_(known, known)] = design.replicates.covariance(values[:, known], full[known])
        return result
    width = statistic.values.shape[1]
    contributions = np.zeros((design.n, len(full)))
    for place, (part, estimate) in enumerate(zip(parts, estimates, strict=True)):
        contributions[part.rows, place * width : (place + 1) * width] = part.contributions(estimate)
    result = design.variance(contributions)
    missing = np.isnan(full)
    result[missing], result[:, missing] = np.nan, np.nan
    return result
