"""The tables that pass between rooms: columns, types, units and meaning; and the objects that carry them.

A room checks what it is handed with `check_columns`, so that a wrong table is named at the border where it
appears. Shares are fractions in [0, 1] everywhere; only `publication` writes per cent.
"""

from barometer.tables._carriers import Estimates, Sample, UnitCounts, Weights
from barometer.tables._columns import (
    ANSWERS,
    ASKED,
    CELLS,
    CONTRASTS,
    COUNTS,
    DIAGNOSTICS,
    LEAVES,
    RELEASED_CELLS,
    RELEASED_CONTRASTS,
    RESPONSE,
    SAMPLE,
    WEIGHTS,
    Column,
    check_columns,
    empty,
    from_parquet,
    to_parquet,
)
from barometer.tables._weights import Calibrated, Matrix, Piece, Replicates, Vector

__all__ = [
    "ANSWERS",
    "ASKED",
    "CELLS",
    "CONTRASTS",
    "COUNTS",
    "DIAGNOSTICS",
    "LEAVES",
    "RELEASED_CELLS",
    "RELEASED_CONTRASTS",
    "RESPONSE",
    "SAMPLE",
    "WEIGHTS",
    "Calibrated",
    "Column",
    "Estimates",
    "Matrix",
    "Piece",
    "Replicates",
    "Sample",
    "UnitCounts",
    "Vector",
    "Weights",
    "check_columns",
    "empty",
    "from_parquet",
    "to_parquet",
]
