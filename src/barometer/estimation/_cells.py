"""All figures of one cell: estimate, error, interval, counts and evidence."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from barometer.estimation._cases import Cases
from barometer.estimation._domains import Domain
from barometer.estimation._evidence import unit_evidence
from barometer.estimation._intervals import exact_interval, plain_interval, share_interval
from barometer.estimation._linearise import Linearised, linearise

Vector = NDArray[np.float64]
Flags = NDArray[np.bool_]
Part = dict[str, NDArray[Any]]
"""Part of a table: columns by name, one entry an indicator; NaN where a figure is missing."""


@dataclass(frozen=True)
class CellFigures:
    """Figures of some indicators in one domain: columns of CELLS by name, and what contrasts are made from."""

    columns: Part
    linearised: Linearised
    units: Vector
    exact: Flags  # every unit of the domain's strata answered: no uncertainty at all


def cell_figures(cases: Cases, domain: Domain, level: float) -> CellFigures:
    """Estimate every indicator in one cell; intervals at 1 - `level`."""
    rows = domain.rows
    linearised = linearise(cases, domain)
    evidence = unit_evidence(cases, domain, linearised)
    units = evidence["units"]
    exact = (linearised.n > 0) & (~cases.design.complete[rows] @ cases.base[rows] == 0)
    df = degrees_of_freedom(cases, rows)
    se = np.sqrt(cases.design.variance(rows, linearised.contributions))
    reason = _reasons(cases, linearised, units, df, exact)
    se = np.where(exact, 0.0, np.where(reason == "", se, np.nan))
    low, high = _intervals(cases, domain, linearised, se, df, reason, level)
    low, high = np.where(exact, linearised.value, low), np.where(exact, linearised.value, high)
    figures: Part = {
        "value": linearised.value,
        "se": se,
        "ci_low": low,
        "ci_high": high,
        "df": df,
        "deff": _design_effect(cases, linearised, se),
        "n": linearised.n,
        "n_yes": linearised.n_yes,
        **evidence,
        "n_missing": cases.missing[rows].sum(axis=0),
        "n_dont_know": cases.dont_know[rows].sum(axis=0),
        "n_not_relevant": cases.not_relevant[rows].sum(axis=0),
        "weighted_base": linearised.weighted_base,
        "weighted_yes": linearised.weighted_yes,
        "reason": reason.astype(object),
        "breakdown": np.full(len(units), domain.breakdown, dtype=object),
        "cell": np.full(len(units), domain.cell, dtype=object),
    }
    return CellFigures(figures, linearised, units, exact)


def degrees_of_freedom(cases: Cases, rows: NDArray[np.int64]) -> Vector:
    """PSUs minus strata of the domain each indicator is about: these cases, in its universe."""
    degrees = {
        universe: cases.design.degrees_of_freedom(rows[cases.members[rows, universe]])
        for universe in np.unique(cases.universe)
    }
    return np.array([degrees[universe] for universe in cases.universe], dtype=np.float64)


def _reasons(
    cases: Cases,
    linearised: Linearised,
    units: Vector,
    df: Vector,
    exact: Flags,
) -> NDArray[np.str_]:
    """Why there is no standard error: nobody in the base; one unit in it, or one in each stratum (no degrees of
    freedom); all values the same. A total of equal values still varies, with how many units have them."""
    reason = np.where(linearised.constant & ~cases.totals, "no_variation", "")
    reason = np.where((units == 1) | (df < 1), "one_unit", reason)
    reason = np.where(exact, "", reason)
    return np.where(linearised.n == 0, "no_respondents", reason)


def _intervals(
    cases: Cases,
    domain: Domain,
    linearised: Linearised,
    se: Vector,
    df: Vector,
    reason: NDArray[np.str_],
    level: float,
) -> tuple[Vector, Vector]:
    value = linearised.value
    low, high = (
        np.where(cases.shares, share, plain)
        for share, plain in zip(
            share_interval(np.where(cases.shares, value, np.nan), se, df, level),
            plain_interval(value, se, df, level),
            strict=True,
        )
    )
    extreme = cases.shares & (reason == "no_variation")
    if extreme.any():
        size = _effective_size(cases, domain, extreme)
        low[extreme], high[extreme] = exact_interval(value[extreme], size, df[extreme], level)
    return low, high


def _effective_size(cases: Cases, domain: Domain, indicators: Flags) -> Vector:
    """Effective number of units in the base, (sum w)² / sum w² with w the weight of all cases of a unit (Kish)."""
    weighted = cases.weight[domain.rows][:, None] * cases.base[domain.rows][:, indicators]
    starts = np.flatnonzero(np.diff(cases.unit[domain.rows], prepend=-1))
    of_units = np.add.reduceat(weighted, starts, axis=0)
    size: Vector = of_units.sum(axis=0) ** 2 / (of_units**2).sum(axis=0)
    return size


def _design_effect(cases: Cases, linearised: Linearised, se: Vector) -> Vector:
    """Variance over that of simple random sampling without replacement of n from the weighted base; NaN where the
    latter is 0 or the base is the whole population (as `deff = TRUE` of R's survey package)."""
    n, size = linearised.n, linearised.weighted_base
    with np.errstate(divide="ignore", invalid="ignore"):
        simple = linearised.element_variance / n * (1 - n / size) * np.where(cases.totals, size**2, 1.0)
        effect: Vector = np.where(simple > 0, se**2 / simple, np.nan)
    return effect
