"""What `tabulate` and `analyse` ask of the rooms: designs, calibrated too, tables of quantiles and tests."""

from __future__ import annotations

import fnmatch
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from barometer.estimation import (
    JointProbabilities,
    ReplicateColumns,
    SurveyDesign,
    rao_scott,
    survey_design,
    t_tests,
)
from barometer.estimation import domains as domains_of
from barometer.estimation import quantiles as quantiles_of
from barometer.problems import BadInput, Place, Problem
from barometer.weighting import calibrate_margins, calibrate_replicates, read_margins

if TYPE_CHECKING:
    from barometer.cli._design_options import WantedDesign
    from barometer.cli._tabulate import Wanted


def columns_like(columns: Sequence[str], patterns: Sequence[str]) -> tuple[str, ...]:
    """Columns whose names match, in the order of the table. Raises BadInput T010 for a pattern without any."""
    problems = []
    found: dict[str, None] = {}
    for pattern in patterns:
        names = [name for name in columns if fnmatch.fnmatchcase(name, pattern)]
        found |= dict.fromkeys(names)
        if not names:
            problems.append(
                Problem(
                    "T010",
                    Place(column=pattern),
                    f"no column like '{pattern}'",
                    "columns of replicate weights",
                    "Look at the header of the file; * stands for any letters, ? for one.",
                )
            )
    if problems:
        raise BadInput(tuple(problems))
    return tuple(found)


def asked_design(frame: pl.DataFrame, wanted: WantedDesign) -> SurveyDesign:
    """The design, calibrated where margins are given."""
    pps = wanted.pps if wanted.pps in (None, "brewer") else JointProbabilities(approximation=wanted.pps)  # type: ignore[arg-type]
    arguments: dict[str, Any] = {
        "strata": wanted.strata,
        "psu": wanted.psu,
        "fpc": wanted.fpc,
        "nest": wanted.nest,
        "lonely": wanted.lonely,
        "lonely_domains": wanted.lonely_domains,
        "pps": pps,
        "replicates": replicate_columns(frame.columns, wanted),
    }
    design = survey_design(frame, weights=wanted.weights, **arguments)
    return _calibrated(design, arguments, wanted.calibrate) if wanted.calibrate else design


def _calibrated(design: SurveyDesign, arguments: dict[str, Any], margins: Path) -> SurveyDesign:
    """The same design with weights, or replicates, calibrated to a file of margins. Raises BadInput (W)."""
    place = Place(str(margins))
    try:
        content = margins.read_bytes()
    except OSError as error:
        found = error.strerror or str(error)
        raise BadInput((Problem("W016", place, found, "a file of margins", "Check the path."),)) from error
    plan = read_margins(content, place)
    if design.replicates is None:
        made = calibrate_margins(design.weights, design.data, plan, place=place)
        return survey_design(design.data, calibration=made, **arguments)
    after = calibrate_replicates(design.replicates.drawn, design.data, plan, place=place)
    return survey_design(design.data, **(arguments | {"replicates": after}))


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


def replicate_columns(columns: Sequence[str], wanted: WantedDesign) -> ReplicateColumns | None:
    """What the options say of replicate weights."""
    if not wanted.replicates:
        return None
    names = columns_like(columns, wanted.replicates)
    rscales = wanted.rep_rscales * len(names) if len(wanted.rep_rscales) == 1 else wanted.rep_rscales
    return ReplicateColumns(
        columns=names,
        type=wanted.rep_type,
        combined=not wanted.rep_factors,
        scale=wanted.rep_scale,
        rscales=rscales or None,
        rho=wanted.rep_rho,
        mse=wanted.rep_mse,
        degf=wanted.rep_df,
    )


def pairs(wanted: Wanted) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Numerators and denominators: --denominator, 'a/b', or two variables 'a,b'."""
    if wanted.denominator:
        return wanted.var, wanted.denominator
    if len(wanted.var) == 2 and not any("/" in name for name in wanted.var):
        return wanted.var[:1], wanted.var[1:]
    halves = [name.partition("/") for name in wanted.var]
    return tuple(first for first, _, _ in halves), tuple(last for _, _, last in halves)
