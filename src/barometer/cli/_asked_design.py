"""The survey design that options ask for, calibrated too: of `tabulate` and `analyse`."""

from __future__ import annotations

import fnmatch
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from barometer.estimation import (
    JointProbabilities,
    ReplicateColumns,
    SurveyDesign,
    survey_design,
)
from barometer.problems import BadInput, Place, Problem
from barometer.weighting import calibrate_margins, calibrate_replicates, read_margins

if TYPE_CHECKING:
    from barometer.cli._design_options import WantedDesign


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


def replicate_columns(columns: Sequence[str], wanted: WantedDesign) -> ReplicateColumns | None:
    """What the options say of replicate weights."""
    if not wanted.replicates:
        return None
    names = _columns_like(columns, wanted.replicates)
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


def _columns_like(columns: Sequence[str], patterns: Sequence[str]) -> tuple[str, ...]:
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
