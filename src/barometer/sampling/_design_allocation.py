"""The allocation an edition's design asks for, when it gives no fractions."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import polars as pl

from barometer.model import Allocation, Design, Method, Survey
from barometer.problems import BadInput, Place, Problem, raise_errors
from barometer.sampling._allocate import allocate_neyman, allocate_optimal, allocate_power, allocate_proportional
from barometer.sampling._frame import missing_columns
from barometer.sampling._margins import WHOLE, allocate_margins
from barometer.sampling._strata import census_problems, everyone_asked, strata_table, stratum_of

TOTAL = "total"
"""What design.toml calls all units together in the margins."""


def allocate_design(design: Design, allocation: Allocation, units: pl.DataFrame) -> pl.DataFrame:
    """One row a stratum of `units` (with a column `stratum`): its columns, `population` and `sampled`.

    Raises BadInput with the problems of the allocation.
    """
    raise_errors(_settings(design, allocation, units))
    strata = strata_table(units, variable=allocation.variable, keep=design.strata)
    if not allocation.variable:
        shares = _by_category(strata, allocation.share_by, allocation.shares)
        strata = strata.with_columns(
            deviation=(shares * (1 - shares)).sqrt() if allocation.shares else pl.lit(0.5),
            mean=shares if allocation.shares else pl.lit(0.5),
            total=pl.col("population").cast(pl.Float64),
        )
    least = pl.min_horizontal(pl.lit(design.minimum_per_stratum, dtype=pl.Int64), "population")
    cap = (pl.col("population") * design.maximum_fraction + 1e-9).floor().cast(pl.Int64)
    strata = strata.with_columns(census=everyone_asked(design), cap=pl.max_horizontal(cap, least))
    minimum, maximum, census = design.minimum_per_stratum, "cap", "census"
    size = design.sample_size or 0
    if allocation.method is Method.PROPORTIONAL:
        return allocate_proportional(strata, size, minimum=minimum, maximum=maximum, census=census)
    if allocation.method is Method.NEYMAN:
        return allocate_neyman(strata, size, minimum=minimum, maximum=maximum, census=census)
    if allocation.method is Method.POWER:
        return allocate_power(strata, size, power=allocation.power, minimum=minimum, maximum=maximum, census=census)
    if allocation.method is Method.OPTIMAL:
        costs = _by_category(strata, allocation.cost_by, allocation.costs)
        strata = strata.with_columns(cost=costs if allocation.costs else pl.lit(1.0))
        return allocate_optimal(strata, allocation.budget or 0.0, minimum=minimum, maximum=maximum, census=census)
    margins = {WHOLE if name == TOTAL else name: margin for name, margin in allocation.margins.items()}
    return allocate_margins(
        strata, margins, response=allocation.response, minimum=minimum, maximum=maximum, census=census
    )


def allocation_problems(survey: Survey) -> Iterator[Problem]:
    """What keeps the allocation of the design from being made, placed in design.toml."""
    design = survey.design
    if design.allocation is None:
        return
    units = survey.frame.units.with_columns(stratum=stratum_of(design.strata))
    try:
        allocate_design(design, design.allocation, units)
    except BadInput as bad:
        place = Place(file="design.toml", field=f"{survey.id}.allocation")
        yield from (replace(problem, place=place) for problem in bad.problems)


def _settings(design: Design, allocation: Allocation, units: pl.DataFrame) -> Iterator[Problem]:
    named = (allocation.variable, allocation.share_by, allocation.cost_by, *allocation.margins)
    yield from missing_columns(units, [name for name in named if name not in ("", TOTAL)])
    inside = (allocation.share_by, allocation.cost_by, *allocation.margins)
    for name in inside:
        if name in units.columns and name not in design.strata:
            way_out = f"Add '{name}' to strata, or use one of: {', '.join(design.strata)}."
            yield Problem("S004", Place(), f"'{name}', which is no stratum column", "one of the strata", way_out)
    yield from census_problems(design, units)
    if not 0 < design.maximum_fraction <= 1:
        found, way_out = f"maximum_fraction {design.maximum_fraction:g}", "Write 0.8 to spare at least one in five."
        yield Problem("S016", Place(), found, "above 0 and at most 1", way_out)
    needs_size = allocation.method in (Method.PROPORTIONAL, Method.NEYMAN, Method.POWER)
    if needs_size and design.sample_size is None:
        yield Problem("S016", Place(), "no sample_size", "a number of units to draw", "Give sample_size.")
    if allocation.method is Method.OPTIMAL and allocation.budget is None:
        yield Problem("S017", Place(), "no budget", "an amount of money", "Give a budget in the money of the costs.")


def _by_category(strata: pl.DataFrame, column: str, numbers: Mapping[str, float]) -> pl.Series:
    """The number of each stratum's category; null where none is given."""
    if not numbers:
        return pl.Series(np.ones(strata.height))
    return pl.Series([numbers.get(code) for code in strata[column].cast(pl.String)], dtype=pl.Float64)
