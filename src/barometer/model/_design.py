"""Registers, how units are chosen from them, and how answers stand for them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

import polars as pl

from barometer.expressions import Expression
from barometer.model._instrument import Text


@dataclass(frozen=True)
class Code:
    """A category of a register variable or breakdown, with its label."""

    code: str
    label: Text


@dataclass(frozen=True)
class FrameColumn:
    """A column of the register. `kind` is 'category', 'integer', 'number' or 'text'."""

    name: str
    kind: str
    label: Text
    categories: tuple[Code, ...] = ()
    required: bool = True


@dataclass(frozen=True)
class Exclusion:
    """Units of the register left out of the frame, and why."""

    when: Expression
    reason: Text


@dataclass(frozen=True)
class Frame:
    """A register of units. `units` are those left after the exclusions, one row a unit, `unit_id` unique text."""

    id: str
    file: str
    unit: Text  # what one unit is called, in the singular: 'workplace'
    units_plural: Text
    source: Text
    columns: tuple[FrameColumn, ...]
    exclusions: tuple[Exclusion, ...]
    units: pl.DataFrame
    excluded: int = 0
    name_column: str = ""  # column with the body's name; never published
    prn_column: str = ""  # column with the permanent random number in [0, 1); drawn when empty

    def column(self, name: str) -> FrameColumn:
        return next(column for column in self.columns if column.name == name)


class Selection(Enum):
    STRATIFIED = "stratified"  # simple random without replacement in each stratum, by permanent random numbers
    CENSUS = "census"  # everyone is asked
    REPORTED = "reported"  # nobody drew anybody: every report handed in, clustered in units


@dataclass(frozen=True)
class Design:
    """How units are chosen. `fractions` gives sampling fractions by category of `fraction_by` (stratified)."""

    selection: Selection
    strata: tuple[str, ...] = ()
    fraction_by: str = ""
    fractions: Mapping[str, float] = field(default_factory=dict)
    sample_size: int | None = None
    minimum_per_stratum: int = 2


class Calibration(Enum):
    NONE = "none"
    RAKING = "raking"
    LINEAR = "linear"


@dataclass(frozen=True)
class Margin:
    """Register totals weights must reproduce: counts of units by the crossing of `columns`,
    or, for a numeric column, its total."""

    columns: tuple[str, ...]


@dataclass(frozen=True)
class Weighting:
    """How answers stand for the frame. `weighted` False: a census or reports, published as they are, no weights."""

    weighted: bool = True
    response_classes: tuple[str, ...] = ()
    calibration: Calibration = Calibration.NONE
    margins: tuple[Margin, ...] = ()
    lower: float = 0.0  # bounds of g-weights; 0 and inf when not bounded
    upper: float = float("inf")
