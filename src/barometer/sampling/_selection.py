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


def smallest_numbers(units: pl.DataFrame, start: float = 0.0) -> pl.DataFrame:
    """The `sampled` units of each stratum whose permanent random numbers come first after `start`, on a line that
    closes at 1; ties by unit_id.

    A unit keeps its number from round to round, so that a smaller or larger sample from the same start overlaps the
    last one as much as it can, and one from another start as little (Ohlsson 1995, Coordination of samples using
    permanent random numbers).
    """
    behind = pl.when(pl.col("prn") < start).then(pl.col("prn") - start + 1).otherwise(pl.col("prn") - start)
    ranked = units.with_columns(behind=behind).sort("stratum", "behind", "unit_id")
    ranked = ranked.with_columns(rank=pl.int_range(pl.len()).over("stratum"))
    return ranked.filter(pl.col("rank") < pl.col("sampled")).drop("rank", "behind")
