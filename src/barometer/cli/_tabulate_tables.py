"""Quantiles and tests as tables of the form that `tabulate` prints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from barometer.estimation import (
    SurveyDesign,
    rao_scott,
    t_tests,
)
from barometer.estimation import domains as domains_of
from barometer.estimation import quantiles as quantiles_of


def quantile_table(
    design: SurveyDesign,
    variables: Sequence[str],
    probabilities: Sequence[float],
    *,
    by: Sequence[str],
    interval: str,
    rule: str,
    level: float,
) -> pl.DataFrame:
    """Quantiles in the form of the other tables; `category` is the probability."""
    cells = domains_of(design, by)
    rows = []
    for label, members in zip(cells.labels, cells.rows, strict=True):
        mask = np.zeros(design.n, dtype=bool)
        mask[members] = True
        for variable in variables:
            for one in quantiles_of(
                design, variable, probabilities, interval=interval, rule=rule, level=level, domain=mask
            ):
                reason = "no_respondents" if one.n == 0 else "one_unit" if one.n == 1 else ""
                figures = (one.estimate, one.se, one.ci_low, one.ci_high, None, float(one.df), one.n, reason)
                rows.append((*label, one.variable, f"{one.probability:g}", *figures))
    schema: dict[str, Any] = dict.fromkeys(cells.by, pl.String) | {"variable": pl.String, "category": pl.String}
    schema |= dict.fromkeys(("estimate", "se", "ci_low", "ci_high", "deff", "df"), pl.Float64)
    schema |= {"n": pl.Int64, "reason": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(pl.col(pl.Float64).fill_nan(None))


def t_test_table(design: SurveyDesign, variables: Sequence[str], by: str, level: float) -> pl.DataFrame:
    """t-tests between all pairs of groups, b minus a."""
    tests = t_tests(design, variables, by, level=level)
    columns = ["outcome", "a", "b", "difference", "se", "t", "df", "p", "ci_low", "ci_high", "n"]
    table = pl.DataFrame({name: [getattr(test, name) for test in tests] for name in columns})
    return table.rename({"outcome": "variable"}).with_columns(pl.col(pl.Float64).fill_nan(None))


def chi_square_table(design: SurveyDesign, variables: Sequence[str], by: str) -> pl.DataFrame:
    """Rao–Scott tests of each variable against the groups."""
    tests = rao_scott(design, variables, by)
    columns = ["rows", "columns", "kind", "statistic", "ndf", "ddf", "p", "n"]
    table = pl.DataFrame({name: [getattr(test, name) for test in tests] for name in columns})
    return table.rename({"rows": "variable", "columns": "by"}).with_columns(pl.col(pl.Float64).fill_nan(None))
