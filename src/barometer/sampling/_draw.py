"""The door: from a survey's frame and design to its sample."""

import numpy as np
import polars as pl

from barometer.model import Selection, Survey
from barometer.problems import raise_errors
from barometer.sampling._allocation import allocate
from barometer.sampling._check import check_design
from barometer.sampling._design_allocation import allocate_design
from barometer.sampling._selection import permanent_random_numbers, smallest_numbers
from barometer.sampling._strata import everyone_asked, fractions_of, stratum_of
from barometer.tables import SAMPLE, Sample, check_columns


def draw_sample(survey: Survey, rng: np.random.Generator) -> Sample:
    """Draw the sample of `survey` and return one row a drawn unit, ordered by unit_id.

    Stratified: simple random sampling without replacement in each stratum, the units whose permanent random numbers
    come first after the design's start. Census and reported: all units, with inclusion probability 1. `rng` only
    draws the permanent random numbers the frame lacks, in the order of unit_id, so that the order of rows is
    irrelevant.

    Raises BadInput with every S-problem of the design.
    """
    raise_errors(check_design(survey))
    frame = survey.frame.units.sort("unit_id")
    units = frame.with_columns(
        stratum=stratum_of(survey.design.strata),
        prn=permanent_random_numbers(frame, survey.frame.prn_column, rng),
    )
    strata = sampled_per_stratum(survey, units)
    drawn = smallest_numbers(units.join(strata, on="stratum", how="left"), survey.design.start).sort("unit_id")
    probability = pl.col("sampled") / pl.col("population")
    drawn = drawn.with_columns(inclusion_probability=probability, design_weight=1 / probability)
    names = [column.name for column in SAMPLE]
    register = [name for name in frame.columns if name not in names]
    table = check_columns(drawn.select(*names, *register), SAMPLE, "sample")
    return Sample(survey=survey.id, units=table, frame_size=frame.height)


def sampled_per_stratum(survey: Survey, units: pl.DataFrame) -> pl.DataFrame:
    """One row a stratum: its population N_h and the number to draw n_h."""
    design = survey.design
    if design.selection is Selection.STRATIFIED and design.allocation is not None:
        return allocate_design(design, design.allocation, units).select("stratum", "population", "sampled")
    strata = units.group_by("stratum").agg(
        *(pl.col(name).first() for name in design.strata), population=pl.len().cast(pl.Int64)
    )
    strata = strata.sort("stratum")
    population = strata["population"].to_numpy()
    if design.selection is Selection.STRATIFIED:
        everyone = strata.select(everyone_asked(design)).to_series().to_numpy()
        minimum = np.where(everyone, population, design.minimum_per_stratum)
        sampled = allocate(population, fractions_of(design, strata), minimum, design.sample_size)
    else:
        sampled = population
    return strata.select("stratum", "population", sampled=pl.Series(sampled, dtype=pl.Int64))
