"""Adjustment for non-response, and the table of response."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from barometer.model import ALL, TOTAL, Survey
from barometer.problems import Place
from barometer.tables import RESPONSE, Matrix, Sample, Vector
from barometer.weighting._propensity import propensity_weights, response_propensities

Flags = NDArray[np.bool_]
ONE = 1e-12
"""How near to 1 a weight is that is 1 but for rounding."""


def class_of(columns: tuple[str, ...]) -> pl.Expr:
    """Response class of a unit: categories joined by ':'; one class for everyone when there are no columns."""
    if not columns:
        return pl.lit("").alias("class")
    parts = [pl.col(name).cast(pl.String).fill_null("") for name in columns]
    return pl.concat_str(parts, separator=":").alias("class")


@dataclass(frozen=True)
class Response:
    """How those asked answered: `base`, weights of the units that answered, and, of all units asked (n rows, q
    variables), estimated `propensity` and the `model`. Both in the order of unit_id."""

    base: Vector
    propensity: Vector
    model: Matrix  # n x q: columns of response classes, or of the logistic model
    names: tuple[str, ...]


def response_of(survey: Survey, asked: pl.DataFrame, responded: Flags) -> Response:
    """Base weight of each responding unit: its design weight, times the weighted ratio of sampled to responding
    units in its response class. 1 where the survey is not weighted. `asked` is ordered by unit_id.

    Within a class respondents are taken to be a random part of those asked (Särndal and Lundström 2005,
    Estimation in surveys with nonresponse, section 6.4). With `propensity` columns a logistic model says how often
    units like it answer.
    """
    design = asked["design_weight"].to_numpy()
    if not survey.weighting.weighted:
        return Response(np.ones(int(responded.sum())), np.ones(len(design)), np.empty((len(design), 0)), ())
    if survey.weighting.propensity:
        return _by_model(survey, asked, responded)
    number, names = classes_of(survey, asked)
    answered = np.bincount(number[responded], design[responded], len(names))
    wanted = np.bincount(number, design, len(names))
    model = (number[:, None] == np.arange(len(names))).astype(np.float64)
    ratio = np.divide(wanted, answered, out=np.ones(len(names)), where=answered > 0)
    base = (design * ratio[number])[responded]
    return Response(base, 1 / ratio[number], model, tuple(f"class {name}" for name in names))


def classes_of(survey: Survey, asked: pl.DataFrame) -> tuple[NDArray[np.int64], list[str]]:
    """Number of each unit's response class, from 0 in the order of their codes; and the codes."""
    codes = asked.with_columns(class_of(survey.weighting.response_classes))["class"]
    return codes.rank("dense").cast(pl.Int64).to_numpy() - 1, codes.unique().sort().to_list()


def certain(units: pl.DataFrame, base: Vector) -> Flags:
    """Respondents of strata in which everyone was asked and answered, and who stand for nobody else: they keep the
    weight 1, so that what is known of such a stratum stays certain. `units` are all that responded."""
    whole = units.select(pl.len().over("stratum") == pl.col("population")).to_series().to_numpy()
    flags: Flags = whole & (np.abs(base - 1) < ONE)
    return flags


def _by_model(survey: Survey, asked: pl.DataFrame, responded: Flags) -> Response:
    place = Place(file="weighting.toml", field=f"{survey.id}.propensity")
    weights, answered = asked["design_weight"], responded.astype(np.float64)
    model = response_propensities(asked, answered, survey.weighting.propensity, weights=weights, place=place)
    base = propensity_weights(weights, model, answered, place=place)
    return Response(base, model.propensity, model.variables, model.names)


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
        if columns and not breakdown.merges:
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
