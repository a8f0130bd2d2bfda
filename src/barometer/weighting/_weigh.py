"""The door: from sample and answers to weights."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from barometer.model import Calibration, Selection, Survey
from barometer.problems import raise_errors
from barometer.tables import (
    ANSWERS,
    ASKED,
    DIAGNOSTICS,
    SAMPLE,
    WEIGHTS,
    Calibrated,
    Sample,
    Weights,
    check_columns,
    empty,
)
from barometer.weighting._calibration import calibrate
from barometer.weighting._check import check_answers_and_design
from barometer.weighting._collapse import VarianceStrata, variance_strata
from barometer.weighting._margins import Margins, margins_of
from barometer.weighting._response import Response, certain, class_of, response_of, response_table


def weigh(survey: Survey, sample: Sample, answers: pl.DataFrame) -> Weights:
    """Weigh the answers of a survey.

    The design weight is adjusted for non-response within response classes, then calibrated to the register
    totals of the margins; all of it per unit, so that several cases of one unit share its weight. Surveys that
    are not weighted have weight 1. Raises BadInput with every W-problem found.
    """
    check_columns(sample.units, SAMPLE, "sample")
    check_columns(answers, ANSWERS, "answers")
    raise_errors(check_answers_and_design(survey, sample, answers))
    asked = sample.units.sort("unit_id")
    responded = asked["unit_id"].is_in(answers["unit_id"].unique().implode())
    units = asked.filter(responded)
    strata = variance_strata(survey, asked, responded)
    response = response_of(survey, asked, responded.to_numpy())
    margins = margins_of(survey, units).without(certain(units, response.base))
    calibrated = calibrate(survey, response.base, margins)
    placed = asked.select("unit_id", "design_weight").with_columns(
        stratum=strata.stratum, population_psus=strata.population
    )
    weighed = placed.filter(responded).with_columns(
        psu=pl.col("unit_id"),
        base_weight=pl.Series(response.base, dtype=pl.Float64),
        weight=pl.Series(calibrated.weights, dtype=pl.Float64),
    )
    auxiliaries = pl.DataFrame(calibrated.auxiliaries, schema=list(calibrated.names), orient="row")
    weighed = weighed.with_row_index("row")
    cases = answers.select("case_id", "unit_id").join(weighed, on="unit_id", how="left", maintain_order="left")
    return Weights(
        survey=survey.id,
        cases=check_columns(cases.select(column.name for column in WEIGHTS), WEIGHTS, "weights"),
        auxiliaries=auxiliaries[cases["row"].to_numpy()],
        response=response_table(survey, sample, answers),
        diagnostics=_diagnostics(survey, units, strata, margins, response.base, calibrated),
        asked=_asked(survey, placed, responded, response),
    )


def _asked(survey: Survey, placed: pl.DataFrame, responded: pl.Series, response: Response) -> pl.DataFrame:
    """ASKED and the model of response, where non-response was weighed for."""
    if not survey.weighting.weighted or responded.all():
        return empty(ASKED)
    table = placed.with_columns(propensity=pl.Series(response.propensity, dtype=pl.Float64))
    table = check_columns(table.select(column.name for column in ASKED), ASKED, "asked")
    return table.hstack(pl.DataFrame(response.model, schema=list(response.names), orient="row"))


def _diagnostics(
    survey: Survey,
    units: pl.DataFrame,
    strata: VarianceStrata,
    margins: Margins,
    base: NDArray[np.float64],
    calibrated: Calibrated,
) -> pl.DataFrame:
    weighting, weights = survey.weighting, calibrated.weights
    is_calibrated = weighting.weighted and weighting.calibration is not Calibration.NONE
    classes = units.select(class_of(weighting.response_classes)).to_series().n_unique()
    values = {
        "respondents": units.height,
        "strata": strata.stratum.n_unique() if survey.design.selection is not Selection.REPORTED else 1,
        "collapsed_strata": strata.collapsed,
        "response_classes": classes if weighting.weighted else 0,
        "margins": len(margins.labels) if is_calibrated else 0,
        "margin_error": calibrated.margin_error,
        "g_low": float((weights / base).min()),
        "g_high": float((weights / base).max()),
        "deff_weighting": float(len(weights) * (weights**2).sum() / weights.sum() ** 2),
    }
    return pl.DataFrame(
        [(survey.id, statistic, float(value)) for statistic, value in values.items()],
        schema={column.name: column.dtype for column in DIAGNOSTICS},
        orient="row",
    )
