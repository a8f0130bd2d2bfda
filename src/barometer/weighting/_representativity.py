"""A report on non-response bias: how differently groups respond, and whether late respondents are others.

R-indicators: Schouten, Cobben and Bethlehem 2009, Survey Methodology 35; partial ones: Schouten, Shlomo and Skinner
2011, Journal of Official Statistics 27.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import stdtr

from barometer.problems import Place, Problem, raise_errors
from barometer.tables import Vector
from barometer.weighting._calibration import NOWHERE, Numbers, checked_weights
from barometer.weighting._propensity import response_propensities

EARLY_PART = 0.5


@dataclass(frozen=True)
class BiasReport:
    """`rate`: weighted response rate. `r_indicator`: 1 - 2 S(propensity); 1 when all groups respond alike.
    `maximal_bias`: largest standardised bias of any mean that depends on the model's variables only,
    (1 - R) / (2 rate). `partial`: one row a variable, `unconditional` its part of the spread of propensities and
    `conditional` what it adds within the crossing of the others. `groups`: one row a category: asked, responded,
    rate (weighted), and `contribution`, its signed part of the unconditional indicator."""

    rate: float
    r_indicator: float
    maximal_bias: float
    partial: pl.DataFrame
    groups: pl.DataFrame


def bias_report(
    asked: pl.DataFrame,
    responded: Numbers,
    columns: Sequence[str],
    *,
    weights: Numbers | None = None,
    place: Place = NOWHERE,
) -> BiasReport:
    """Representativity of response by the register variables `columns` (categories) of all units asked (n rows).

    `responded` (n): 0 or 1; `weights` (n): design weights. Problems as `response_propensities`.
    """
    model = response_propensities(asked, responded, columns, weights=weights, place=place)
    w = np.ones(asked.height) if weights is None else checked_weights(weights, place)
    y = np.asarray(responded, dtype=np.float64)
    p, total = model.propensity, w.sum()
    mean = float(w @ p / total)
    spread = float(np.sqrt(w @ (p - mean) ** 2 / (total - total / len(w))))
    rate = float(w @ y / total)
    partial, groups = [], []
    for name in columns:
        cell = _numbers(asked, [name])
        share, means = np.bincount(cell, w) / total, _means(cell, p, w)
        contribution = np.sqrt(share) * (means - mean)
        others = _numbers(asked, [other for other in columns if other != name])
        within = np.sqrt(w @ (p - _means(others, p, w)[others]) ** 2 / total)
        partial.append((name, float(np.sqrt((contribution**2).sum())), float(within)))
        codes = asked[name].cast(pl.String).to_numpy()[np.unique(cell, return_index=True)[1]]
        counts, answers = np.bincount(cell), np.bincount(cell, y)
        rates = _means(cell, y, w)
        groups += [
            (name, str(codes[k]), int(counts[k]), int(answers[k]), float(rates[k]), float(contribution[k]))
            for k in range(len(codes))
        ]
    return BiasReport(
        rate=rate,
        r_indicator=1 - 2 * spread,
        maximal_bias=spread / rate,
        partial=pl.DataFrame(partial, schema=["variable", "unconditional", "conditional"], orient="row"),
        groups=pl.DataFrame(
            groups, schema=["variable", "category", "asked", "responded", "rate", "contribution"], orient="row"
        ),
    )


def early_and_late(
    answers: pl.DataFrame,
    values: Sequence[str],
    date: str,
    *,
    weights: Numbers | None = None,
    early: float = EARLY_PART,
    place: Place = NOWHERE,
) -> pl.DataFrame:
    """Do those who answered late answer differently? If so, those who never did may differ more.

    `values` (numbers, or Boolean) of respondents who answered up to the `early` quantile of column `date`, and of
    those after: one row a value with `early`, `late` (weighted means), `difference`, its `se` (Welch, weights taken
    as fixed), `p` and the two numbers of respondents; respondents without the value or the date are left out.
    Raises BadInput W020 where all dates are equal, so that nobody is late; W025.
    """
    raise_errors(
        Problem("W025", place, f"column '{name}'", "a column of the data", "Name a column of the answers.")
        for name in (*values, date)
        if name not in answers.columns
    )
    w = np.ones(answers.height) if weights is None else checked_weights(weights, place)
    days = answers[date].rank("dense").cast(pl.Float64)
    limit = days.drop_nulls().quantile(early, interpolation="lower")
    if limit is None or not (days > limit).any():
        found = f"'{date}' has no later dates"
        raise_errors([Problem("W020", place, found, "dates that differ", "Give each answer its date.")])
    late = (days > limit).to_numpy()
    rows = []
    for name in values:
        y = answers[name].cast(pl.Float64)
        known = (y.is_not_null() & days.is_not_null()).to_numpy()
        y_values = y.fill_null(0.0).to_numpy()
        (mean_0, var_0, df_0, n_0), (mean_1, var_1, df_1, n_1) = (
            _mean(y_values[known & part], w[known & part]) for part in (~late, late)
        )
        se = float(np.sqrt(var_0 + var_1))
        df = (var_0 + var_1) ** 2 / (var_0**2 / df_0 + var_1**2 / df_1) if se > 0 else np.nan
        p = float(2 * stdtr(df, -abs(mean_1 - mean_0) / se)) if se > 0 else None
        rows.append((name, mean_0, mean_1, mean_1 - mean_0, se, p, n_0, n_1))
    names = ["value", "early", "late", "difference", "se", "p", "n_early", "n_late"]
    return pl.DataFrame(rows, schema=names, orient="row")


def _mean(y: Vector, w: Vector) -> tuple[float, float, int, int]:
    """Weighted mean, its variance (linearised), degrees of freedom, respondents."""
    if len(y) < 2:
        return (float(y[0]) if len(y) else float("nan")), float("nan"), 1, len(y)
    mean = float(w @ y / w.sum())
    z = w * (y - mean) / w.sum()
    return mean, float(len(y) / (len(y) - 1) * (z**2).sum()), len(y) - 1, len(y)


def _numbers(asked: pl.DataFrame, columns: Sequence[str]) -> NDArray[np.int64]:
    if not columns:
        return np.zeros(asked.height, dtype=np.int64)
    keys = asked.select(pl.struct(pl.col(name).cast(pl.String) for name in columns).rank("dense")).to_series()
    found: NDArray[np.int64] = keys.cast(pl.Int64).to_numpy() - 1
    return found


def _means(cell: NDArray[np.int64], values: Vector, w: Vector) -> Vector:
    means: Vector = np.bincount(cell, w * values) / np.bincount(cell, w)
    return means
