"""Strata: the crossing of register columns, and the sampling fraction each stratum asks for."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from barometer.model import Design

WHOLE_FRAME = "all"
"""The only stratum of a design without strata."""


def stratum_of(columns: tuple[str, ...]) -> pl.Expr:
    """Code of a unit's stratum: its categories joined by ':'; null where one of them is blank."""
    if not columns:
        return pl.lit(WHOLE_FRAME)
    return pl.concat_str([pl.col(name).cast(pl.String) for name in columns], separator=":")


def fractions_of(design: Design, strata: pl.DataFrame) -> NDArray[np.float64]:
    """Sampling fraction of each stratum; 1 for all (proportional allocation) where the design gives none."""
    if not design.fraction_by:
        return np.ones(strata.height)
    categories = strata[design.fraction_by].cast(pl.String)
    return np.array([design.fractions[category] for category in categories], dtype=np.float64)
