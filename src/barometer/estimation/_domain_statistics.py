"""One statistic of several items in one domain: estimate, linearised values, replicates, design effect; and all
domains put together."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from barometer.estimation._design import SurveyDesign
from barometer.estimation._intervals import plain_interval
from barometer.estimation._items import Domains, Items
from barometer.estimation._proportions import proportion_interval
from barometer.estimation._result import Result

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]

ROUNDING = 1e-12
"""A standard error this small beside the sum of what goes into it is what rounding left of 0: of the share of a
stratum's own category, say."""


@dataclass(frozen=True)
class Options:
    """How errors are told (see `_estimators.total` and `proportion`)."""

    deff: str
    df: str | float
    level: float
    ci: str = "wald"


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

    @classmethod
    def of(cls, design: SurveyDesign, statistic: Statistic, rows: Numbers) -> "Part":
        weight, value = design.weights[rows], statistic.values[rows]
        observed = np.isfinite(value) & (weight != 0)[:, None]
        base = observed.astype(np.float64) if statistic.denominator is None else statistic.denominator[rows]
        return cls(
            statistic.kind, rows, weight, np.where(observed, value, 0.0), np.where(observed, base, 0.0), observed
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
            result: Matrix = squares / below * self.n / (self.n - 1)
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
                factor = self.n / (self.n - 1)
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
            element = np.einsum("c,ci,ci->i", self.weight, centred, centred) / size * n / (n - 1)
            correction = 1.0 if replacement else (size - n) / size
            result: Vector = element / n * correction * np.where(self.kind in ("total", "ratio"), size**2, 1.0)
        return result


def estimated(design: SurveyDesign, statistic: Statistic, items: Items, cells: Domains, options: Options) -> Result:
    """The statistic of all items in all cells: domains one after another, in each all items."""
    width = len(items.variables)
    columns = [_cell(design, statistic, rows, options) for rows in cells.rows]
    names = {
        name: [label[place] for label in cells.labels for _ in range(width)] for place, name in enumerate(cells.by)
    }
    repeated = len(cells.rows)
    table = pl.DataFrame(
        {
            **{_free(name): pl.Series(values, dtype=pl.String) for name, values in names.items()},
            "variable": pl.Series(list(items.variables) * repeated, dtype=pl.String),
            "category": pl.Series(list(items.categories) * repeated, dtype=pl.String),
            **{
                name: pl.Series(np.concatenate([one[name] for one in columns]), dtype=pl.Float64).fill_nan(None)
                for name in ("estimate", "se", "ci_low", "ci_high", "deff", "df")
            },
            "n": pl.Series(np.concatenate([one["n"] for one in columns])).cast(pl.Int64),
            "reason": pl.Series([str(word) for one in columns for word in one["reason"]], dtype=pl.String),
        }
    )
    return Result(
        table=table,
        statistic=statistic.kind,
        level=options.level,
        by=tuple(_free(name) for name in cells.by),
        design=design,
        rows=cells.rows,
        domain=np.repeat(np.arange(repeated), width),
        make_covariance=lambda: _covariance(design, statistic, cells.rows),
    )


OWN = ("variable", "category", "estimate", "se", "ci_low", "ci_high", "deff", "df", "n", "reason")


def _free(name: str) -> str:
    """A domain column's name that is none of the table's own."""
    return f"by_{name}" if name in OWN else name


def _cell(
    design: SurveyDesign, statistic: Statistic, rows: Numbers, options: Options
) -> dict[str, NDArray[np.generic]]:
    part = Part.of(design, statistic, rows)
    n = part.n
    estimate = part.estimate(part.weight[:, None])[0]
    estimate = np.where(n > 0, estimate, np.nan)
    constant = _constant(part)
    if statistic.kind in ("mean", "proportion"):
        estimate = np.where(constant, part.value.max(axis=0, initial=-np.inf, where=part.observed), estimate)
    variance = _variances(design, part, estimate)
    units = _units(design, part)
    df = _degrees(design, part, options.df)
    linear = statistic.kind == "total"
    no_variation = constant & (not linear) & (statistic.kind != "ratio")
    one = (units == 1) & (not linear) & ~_whole(design, rows)
    variance = np.where(no_variation | (n == 0), 0.0, np.maximum(variance, 0.0))
    se = np.where((n == 0) | one, np.nan, np.sqrt(variance))
    with np.errstate(divide="ignore", invalid="ignore"):
        simple = part.simple_variance(estimate, options.deff == "with") if options.deff != "none" else np.zeros(len(n))
        deff = np.where(simple > 0, se**2 / simple, np.nan)
    low, high = _interval(design, part, options, estimate, se, df)
    reason = np.where(no_variation, "no_variation", "")
    reason = np.where((df < 1) & (se > 0), "no_degrees_of_freedom", reason)
    reason = np.where(one, "one_unit", reason)
    reason = np.where(n == 0, "no_respondents", reason)
    return {
        "estimate": estimate,
        "se": se,
        "ci_low": low,
        "ci_high": high,
        "deff": deff,
        "df": df,
        "n": n,
        "reason": reason,
    }


def _interval(
    design: SurveyDesign, part: Part, options: Options, estimate: Vector, se: Vector, df: Vector
) -> tuple[Vector, Vector]:
    if part.kind != "proportion":
        return plain_interval(estimate, se, df, 1 - options.level)
    extreme = (estimate == 0) | (estimate == 1)
    size = np.full(len(estimate), np.nan)
    if extreme.any():
        size[extreme] = _effective_size(design, part, extreme)
    low, high = proportion_interval(options.ci, estimate, se, df, part.n, size, options.level)
    unknown = np.isnan(se)
    return np.where(unknown, np.nan, low), np.where(unknown, np.nan, high)


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


def _variances(design: SurveyDesign, part: Part, estimate: Vector) -> Vector:
    if len(part.rows) == 0:
        return np.zeros(len(estimate))
    if design.replicates is not None:
        replicates = part.estimate(design.replicates.weights[part.rows])
        return np.array(
            [
                design.replicates.covariance(one[:, None], full[None])[0, 0]
                for one, full in zip(replicates.T, estimate, strict=True)
            ]
        )
    contributions = part.contributions(estimate)
    if design.tells_domains_apart and not part.observed.all():
        variances = np.array(
            [
                design.domain_variances(part.rows[seen], column[seen][:, None])[0] if seen.any() else 0.0
                for column, seen in zip(contributions.T, part.observed.T, strict=True)
            ]
        )
    else:
        variances = design.domain_variances(part.rows, contributions)
    return np.where(variances < (ROUNDING * np.abs(contributions).sum(axis=0)) ** 2, 0.0, variances)


def _units(design: SurveyDesign, part: Part) -> Vector:
    """Primary units with observed rows, 1 or more than 1 (then 2); rows, of a replicate design."""
    if design.replicates is not None or len(part.rows) == 0:
        return np.minimum(part.n, 2)
    unit = design.psu[part.rows][:, None]
    low = np.where(part.observed, unit, np.iinfo(np.int64).max).min(axis=0)
    high = np.where(part.observed, unit, -1).max(axis=0)
    return np.where(part.n == 0, 0.0, np.where(low == high, 1.0, 2.0))


def _whole(design: SurveyDesign, rows: Numbers) -> bool:
    """Whether everyone of the domain's strata was drawn, so that nothing is uncertain."""
    return len(rows) > 0 and design.replicates is None and design.is_whole(rows)


def _degrees(design: SurveyDesign, part: Part, rule: str | float) -> Vector:
    width = part.value.shape[1]
    if isinstance(rule, float | int):
        return np.full(width, float(rule))
    if rule == "normal":
        return np.full(width, np.inf)
    if rule == "full":
        return np.full(width, design.degf())
    if rule == "domain":
        return np.full(width, design.degf(_mask(design, part.rows)))
    return np.array([design.degf(_mask(design, part.rows[seen])) for seen in part.observed.T])


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
