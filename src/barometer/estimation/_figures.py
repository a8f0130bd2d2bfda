"""From what was measured of k items in a domain to the figures told of them, and all domains as one table."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from barometer.estimation._intervals import plain_interval
from barometer.estimation._proportions import proportion_interval

Vector = NDArray[np.float64]
Flags = NDArray[np.bool_]
Figures = Mapping[str, NDArray[np.generic]]

OWN = ("variable", "category", "estimate", "se", "ci_low", "ci_high", "deff", "df", "n", "reason")


@dataclass(frozen=True)
class Options:
    """How errors are told (see `_estimators.total` and `proportion`)."""

    deff: str
    df: str | float
    level: float
    ci: str = "wald"

    @property
    def needs_log_odds(self) -> bool:
        """Whether intervals are made from the variance of log-odds where replicates give it."""
        return self.ci == "logit"


@dataclass(frozen=True)
class Measured:
    """One statistic (total, mean, proportion, ratio or variance) of k items in one domain, an entry an item."""

    kind: str
    n: Vector  # cases with a value and a weight
    estimate: Vector  # NaN without cases
    variance: Vector
    constant: Flags  # all values are the same
    one_unit: Flags  # one primary unit has them all, though there are more to draw
    df: Vector
    simple: Vector  # variance in a simple random sample; 0 where it was not asked for
    effective_size: Callable[[Flags], Vector]  # Kish's, of the items flagged: shares of 0 or 1 need it
    log_odds_variance: Vector | None = None  # of proportions with replicates: NaN where there is none


def figures(measured: Measured, options: Options) -> Figures:
    """The columns of a table of estimates, but for the labels."""
    n, df = measured.n, measured.df
    linear = measured.kind == "total"
    no_variation = measured.constant & (not linear) & (measured.kind != "ratio")
    one = measured.one_unit & (not linear)
    variance = np.where(no_variation | (n == 0), 0.0, np.maximum(measured.variance, 0.0))
    se = np.where((n == 0) | one, np.nan, np.sqrt(variance))
    with np.errstate(divide="ignore", invalid="ignore"):
        deff = np.where(measured.simple > 0, se**2 / measured.simple, np.nan)
    low, high = _interval(measured, options, se)
    reason = np.where(no_variation, "no_variation", "")
    reason = np.where((df < 1) & (se > 0), "no_degrees_of_freedom", reason)
    reason = np.where(one, "one_unit", reason)
    reason = np.where(n == 0, "no_respondents", reason)
    return {
        "estimate": measured.estimate,
        "se": se,
        "ci_low": low,
        "ci_high": high,
        "deff": deff,
        "df": df,
        "n": n,
        "reason": reason,
    }


def figures_table(
    by: Sequence[str],
    labels: Sequence[Sequence[str]],
    items: Sequence[tuple[str, str | None]],
    cells: Sequence[Figures],
) -> pl.DataFrame:
    """One row a domain and item: the domain's labels, variable and category, and the figures of each domain."""
    names = {name: [label[place] for label in labels for _ in items] for place, name in enumerate(by)}
    return pl.DataFrame(
        {
            **{free(name): pl.Series(values, dtype=pl.String) for name, values in names.items()},
            "variable": pl.Series([variable for variable, _ in items] * len(cells), dtype=pl.String),
            "category": pl.Series([category for _, category in items] * len(cells), dtype=pl.String),
            **{
                name: pl.Series(np.concatenate([one[name] for one in cells]), dtype=pl.Float64).fill_nan(None)
                for name in ("estimate", "se", "ci_low", "ci_high", "deff", "df")
            },
            "n": pl.Series(np.concatenate([one["n"] for one in cells])).cast(pl.Int64),
            "reason": pl.Series([str(word) for one in cells for word in one["reason"]], dtype=pl.String),
        }
    )


def simple_variance(kind: str, squares: Vector, size: Vector, n: Vector, replacement: bool) -> Vector:
    """Variance in a simple random sample of n from a population of `size`, from the weighted sum of `squares` of
    deviations."""
    with np.errstate(divide="ignore", invalid="ignore"):
        element = squares / size * n / (n - 1)
        correction = 1.0 if replacement else (size - n) / size
        result: Vector = element / n * correction * np.where(kind in ("total", "ratio"), size**2, 1.0)
    return result


def free(name: str) -> str:
    """A domain column's name that is none of the table's own."""
    return f"by_{name}" if name in OWN else name


def _interval(measured: Measured, options: Options, se: Vector) -> tuple[Vector, Vector]:
    estimate, df = measured.estimate, measured.df
    if measured.kind != "proportion":
        return plain_interval(estimate, se, df, 1 - options.level)
    extreme = (estimate == 0) | (estimate == 1)
    size = np.full(len(estimate), np.nan)
    if extreme.any():
        size[extreme] = measured.effective_size(extreme)
    of_log_odds = None if measured.log_odds_variance is None else np.sqrt(measured.log_odds_variance)
    low, high = proportion_interval(options.ci, estimate, se, df, measured.n, size, options.level, of_log_odds)
    unknown = np.isnan(se)
    return np.where(unknown, np.nan, low), np.where(unknown, np.nan, high)
