"""What rooms hand on: their tables together."""

from dataclasses import dataclass, field

import polars as pl

from barometer.tables._columns import ASKED, empty


@dataclass(frozen=True)
class Sample:
    """What `draw_sample` gives. `units` has columns SAMPLE, then those of the register."""

    survey: str
    units: pl.DataFrame
    frame_size: int


@dataclass(frozen=True)
class Weights:
    """What `weigh` gives: weights, and what estimation needs to linearise calibration.

    `auxiliaries` (n cases x k): calibration variables, zero columns where weights were not calibrated; the
    residual of a linearised variable on them, fitted with `base_weight`, carries its variance (Deville and
    Sarndal 1992). `asked` is what the variance that non-response adds is worked out from.
    """

    survey: str
    cases: pl.DataFrame  # WEIGHTS
    auxiliaries: pl.DataFrame  # k Float64 columns, rows as in `cases`
    response: pl.DataFrame  # RESPONSE
    diagnostics: pl.DataFrame  # DIAGNOSTICS
    asked: pl.DataFrame = field(default_factory=lambda: empty(ASKED))  # ASKED, then the model of response


@dataclass(frozen=True)
class Estimates:
    """What `estimate` gives for one survey or, joined, for an edition. Confidential, all of it."""

    cells: pl.DataFrame  # CELLS
    contrasts: pl.DataFrame  # CONTRASTS
    leaves: pl.DataFrame  # LEAVES
    counts: pl.DataFrame  # COUNTS
    response: pl.DataFrame  # RESPONSE
    diagnostics: pl.DataFrame  # DIAGNOSTICS


@dataclass(frozen=True)
class UnitCounts:
    """Evidence unit by unit: LEAVES and COUNTS with 'unit_id' in the place of 'leaf'. Confidential."""

    leaves: pl.DataFrame
    counts: pl.DataFrame
