"""The planning table of an edition's survey."""

from collections.abc import Sequence

import polars as pl

from barometer.model import Survey
from barometer.problems import raise_errors
from barometer.sampling._check import check_design
from barometer.sampling._draw import sampled_per_stratum
from barometer.sampling._plan import plan
from barometer.sampling._strata import stratum_of


def plan_survey(
    survey: Survey,
    by: Sequence[str] = (),
    *,
    response: float = 1.0,
    shares: Sequence[float] = (0.5, 0.2),
    level: float = 0.05,
) -> pl.DataFrame:
    """The planning table (see `plan`) of a survey's frame and design, before anything is drawn.

    `by` are columns of the frame; none: those of the survey's breakdowns by register column. Raises BadInput with
    the problems of the design, too.
    """
    raise_errors(check_design(survey))
    units = survey.frame.units.with_columns(stratum=stratum_of(survey.design.strata))
    columns = list(by) or [breakdown.column for breakdown in survey.programme.breakdowns if breakdown.column]
    in_order: dict[str, pl.DataType] = {
        column.name: pl.Enum([category.code for category in column.categories])
        for column in survey.frame.columns
        if column.name in columns and column.categories
    }
    return plan(
        units.with_columns(pl.col(name).cast(kind) for name, kind in in_order.items()),
        sampled_per_stratum(survey, units),
        columns,
        response=response,
        shares=shares,
        level=level,
    )
