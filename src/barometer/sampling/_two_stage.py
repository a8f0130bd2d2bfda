"""Two stages: organisations first, then units inside the organisations drawn."""

from collections.abc import Iterator
from typing import Literal

import numpy as np
import polars as pl

from barometer.problems import Place, Problem, raise_errors
from barometer.sampling._frame import id_problems, missing_columns
from barometer.sampling._pps import select_pps
from barometer.sampling._select import ADDED, select_srs
from barometer.sampling._strata import strata_table

FIRST_STAGE = ("organisation_probability", "organisations", "organisations_sampled")
SECOND_STAGE = ("unit_probability", "units", "units_sampled")


def select_two_stage(
    organisations: pl.DataFrame,
    units: pl.DataFrame,
    strata: pl.DataFrame,
    rng: np.random.Generator,
    *,
    take: int,
    organisation: str = "organisation_id",
    stratum: str = "stratum",
    size: str = "",
    method: Literal["systematic", "sampford", "pareto"] = "systematic",
) -> pl.DataFrame:
    """Draw organisations in each stratum, then `take` units (or all there are) in each organisation drawn.

    `organisations` has one row each with the columns `organisation` and `stratum`; `strata` says how many to draw
    (`population`, `sampled`); `units` name theirs in `organisation`. Organisations are drawn by simple random
    sampling or, with a `size`, in proportion to it (`select_pps`); units by simple random sampling. With the number
    of units as size and a fixed `take` all units of a stratum have nearly the same probability: a self-weighting
    sample.

    Returns the drawn units in the order of `units`, with the stratum and, of the first stage,
    `organisation_probability`, `organisations` (of the stratum) and `organisations_sampled`; of the second,
    `unit_probability`, `units` (of the organisation) and `units_sampled`; the product `inclusion_probability` and
    its inverse `design_weight`. For estimation these are psu = (organisation, unit id) and
    fpc = (organisations, units). Raises BadInput: S002, S003, S004, S008, S010 (`take` below 1), S012, S018, S022.
    """
    raise_errors(_problems(organisations, units, take, organisation, stratum))
    if size:
        first = select_pps(organisations, strata, rng, size=size, method=method, stratum=stratum)
    else:
        first = select_srs(organisations, strata, rng, stratum=stratum)
    stage = first.select(
        organisation,
        pl.col(stratum),
        pl.col("inclusion_probability").alias(FIRST_STAGE[0]),
        pl.col("population").alias(FIRST_STAGE[1]),
        pl.col("sampled").alias(FIRST_STAGE[2]),
    )
    inside = units.join(stage, on=organisation, how="inner", maintain_order="left")
    if inside.is_empty():
        return _joined(inside.with_columns(**dict.fromkeys(ADDED, pl.lit(None, dtype=pl.Float64))))
    sizes = strata_table(inside, organisation)
    sizes = sizes.with_columns(sampled=pl.min_horizontal(pl.lit(take, dtype=pl.Int64), "population"))
    return _joined(select_srs(inside, sizes, rng, stratum=organisation).drop("prn"))


def _joined(drawn: pl.DataFrame) -> pl.DataFrame:
    renamed = dict(zip(("inclusion_probability", "population", "sampled"), SECOND_STAGE, strict=True))
    drawn = drawn.drop("design_weight").rename(renamed)
    probability = pl.col(FIRST_STAGE[0]) * pl.col(SECOND_STAGE[0])
    return drawn.with_columns(inclusion_probability=probability, design_weight=1 / probability)


def _problems(
    organisations: pl.DataFrame, units: pl.DataFrame, take: int, organisation: str, stratum: str
) -> Iterator[Problem]:
    missing = [
        *missing_columns(organisations, [organisation, stratum], "organisations"),
        *missing_columns(units, [organisation], "units"),
    ]
    yield from missing
    own = {*FIRST_STAGE, *SECOND_STAGE, *ADDED, stratum, "prn"}
    for name in units.columns:
        if name in own:
            way_out = "Rename the column, or leave it out; the register of organisations gives the stratum."
            place = Place("units", column=name)
            yield Problem("S003", place, f"a column called '{name}'", "units without it", way_out)
    if take < 1:
        way_out = "Set it to 2 or more, so that the spread inside organisations can be seen."
        yield Problem("S010", Place(), f"take {take}", "1 or more", way_out)
    if missing:
        return
    yield from id_problems(organisations, organisation, "organisations")
    known = units[organisation].is_in(organisations[organisation].drop_nulls().unique().to_list()).fill_null(False)
    if not known.all():
        lost = units.filter(~known)[organisation].unique().head(3).to_list()
        found = f"{(~known).sum()} units of organisations that are not in the register, such as {lost}"
        way_out = "Complete the register of organisations, or correct the units."
        yield Problem("S022", Place("units", column=organisation), found, "an organisation each", way_out)
    empty = organisations.join(units, on=organisation, how="anti")
    if empty.height:
        found = f"{empty.height} organisations without units, such as {empty[organisation].head(3).to_list()}"
        way_out = "Add their units, or take the organisations out of the frame."
        yield Problem("S022", Place("organisations", column=organisation), found, "at least one unit each", way_out)
