"""Which units are drawn: the smallest permanent random numbers of each stratum."""

import numpy as np
import polars as pl


def permanent_random_numbers(frame: pl.DataFrame, column: str, rng: np.random.Generator) -> pl.Series:
    """The register's permanent random numbers, drawn from `rng` where it has none. Rows ordered by unit_id."""
    known = frame[column].cast(pl.Float64) if column else pl.Series([None] * frame.height, dtype=pl.Float64)
    numbers = known.to_numpy().copy()
    without = known.is_null().to_numpy()
    numbers[without] = rng.random(int(without.sum()))
    return pl.Series("prn", numbers, dtype=pl.Float64)


def smallest_numbers(units: pl.DataFrame) -> pl.DataFrame:
    """The `sampled` units of each stratum with the smallest permanent random numbers; ties by unit_id.

    A unit keeps its number from round to round, so that a smaller or larger sample overlaps the last one as
    much as it can (Ohlsson 1995, Coordination of samples using permanent random numbers).
    """
    ranked = units.sort("stratum", "prn", "unit_id").with_columns(
        rank=pl.int_range(pl.len()).over("stratum", order_by=["prn", "unit_id"])
    )
    return ranked.filter(pl.col("rank") < pl.col("sampled")).drop("rank")
