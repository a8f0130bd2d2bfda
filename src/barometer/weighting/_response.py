"""Adjustment for non-response, and the table of response."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from barometer.model import ALL, TOTAL, Survey
from barometer.problems import Place
from barometer.tables import RESPONSE, Sample
from barometer.weighting._propensity import propensity_weights, response_propensities


def class_of(columns: tuple[str, ...]) -> pl.Expr:
    """Response class of a unit: categories joined by ':'; one class for everyone when there are no columns."""
    if not columns:
        return pl.lit("").alias("class")
    parts = [pl.col(name).cast(pl.String).fill_null("") for name in columns]
    return pl.concat_str(parts, separator=":").alias("class")


def response_weights(survey: Survey, sample: Sample, units: pl.DataFrame) -> NDArray[np.float64]:
    """Base weight of each responding unit (rows of `units`): its design weight, times the weighted ratio of
    sampled to responding units in its response class. 1 where the survey is not weighted.

    Within a class respondents are taken to be a random part of those asked (Särndal and Lundström 2005,
    Estimation in surveys with nonresponse, section 6.4). With `propensity` columns a logistic model says how often
    units like it answer.
    """
    if not survey.weighting.weighted:
        return np.ones(units.height)
    if survey.weighting.propensity:
        return _propensity_weights(survey, sample, units)
    key = class_of(survey.weighting.response_classes)
    asked = sample.units.group_by(key).agg(asked=pl.col("design_weight").sum())
    answered = units.group_by(key).agg(answered=pl.col("design_weight").sum())
    ratio = asked.join(answered, on="class").select("class", ratio=pl.col("asked") / pl.col("answered"))
    rows = units.with_columns(key).join(ratio, on="class", how="left", maintain_order="left")
    return (rows["design_weight"] * rows["ratio"]).to_numpy()


def _propensity_weights(survey: Survey, sample: Sample, units: pl.DataFrame) -> NDArray[np.float64]:
    place = Place(file="weighting.toml", field=f"{survey.id}.propensity")
    asked = sample.units.sort("unit_id")  # as `units` are
    responded = asked["unit_id"].is_in(units["unit_id"].implode()).cast(pl.Float64).to_numpy()
    weights = asked["design_weight"]
    model = response_propensities(asked, responded, survey.weighting.propensity, weights=weights, place=place)
    return propensity_weights(weights, model, responded, place=place)


def response_table(survey: Survey, sample: Sample, answers: pl.DataFrame) -> pl.DataFrame:
    """Frame, sampled, responding units and cases by every register breakdown; columns RESPONSE."""
    programme = survey.programme
    cases = answers.group_by("unit_id").agg(cases=pl.len())
    units = survey.frame.units.join(cases, on="unit_id", how="left").with_columns(
        sampled=pl.col("unit_id").is_in(sample.units["unit_id"].implode())
    )
    tables = [_counts(units, pl.lit(ALL), (ALL,), TOTAL)]
    for breakdown in programme.breakdowns:
        columns = programme.register_columns(breakdown)
        if columns:
            codes = tuple(category.code for category in breakdown.categories)
            cell = pl.concat_str([pl.col(name).cast(pl.String) for name in columns], separator=":")
            tables.append(_counts(units, cell, codes, breakdown.id))
    table = pl.concat(tables).with_columns(survey=pl.lit(survey.id))
    return table.select(pl.col(column.name).cast(column.dtype) for column in RESPONSE)


def _counts(units: pl.DataFrame, cell: pl.Expr, codes: tuple[str, ...], breakdown: str) -> pl.DataFrame:
    counts = units.group_by(cell.alias("cell")).agg(
        frame=pl.len(),
        sampled=pl.col("sampled").sum(),
        responded=pl.col("cases").is_not_null().sum(),
        cases=pl.col("cases").sum(),
    )
    rows = pl.DataFrame({"cell": codes}).join(counts, on="cell", how="left", maintain_order="left")
    return rows.with_columns(pl.exclude("cell").fill_null(0), breakdown=pl.lit(breakdown))
