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
    """How units come into a survey."""

    STRATIFIED = "stratified"  # simple random without replacement in each stratum, by permanent random numbers
    CENSUS = "census"  # everyone is asked
    REPORTED = "reported"  # nobody drew anybody: every report handed in, clustered in units


class Method(Enum):
    """How a sample is allocated to strata."""

    PROPORTIONAL = "proportional"  # one sampling fraction
    NEYMAN = "neyman"  # least variance at a sample size
    OPTIMAL = "optimal"  # least variance at a budget
    POWER = "power"  # between precision of the whole and of each stratum
    MARGINS = "margins"  # fewest units for the margins of error that are needed


@dataclass(frozen=True)
class Allocation:
    """How the sample is spread over the strata where no fractions are given.

    The spread of a stratum is that of the numeric register column `variable`, or of a share expected by category of
    the stratum column `share_by`; costs of a unit are given by category of `cost_by`.
    """

    method: Method
    variable: str = ""
    share_by: str = ""
    shares: Mapping[str, float] = field(default_factory=dict)
    cost_by: str = ""
    costs: Mapping[str, float] = field(default_factory=dict)
    budget: float | None = None
    power: float = 0.5
    margins: Mapping[str, float] = field(default_factory=dict)  # stratum column, or 'total', -> margin of error
    response: float = 1.0  # expected, for margins


@dataclass(frozen=True)
class Design:
    """How units are chosen. `fractions` gives sampling fractions by category of `fraction_by`, or `allocation` says
    how they follow from what is known of the strata (stratified)."""

    selection: Selection
    strata: tuple[str, ...] = ()
    fraction_by: str = ""
    fractions: Mapping[str, float] = field(default_factory=dict)
    sample_size: int | None = None
    minimum_per_stratum: int = 2
    allocation: Allocation | None = None
    census: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # stratum column -> categories all asked
    maximum_fraction: float = 1.0  # of any stratum that is no census; only with an allocation
    start: float = 0.0  # where on the line of permanent random numbers the sample begins


class Calibration(Enum):
    """How base weights are changed to meet the margins."""

    NONE = "none"
    RAKING = "raking"
    LINEAR = "linear"
    LOGIT = "logit"  # between bounds that weights never touch


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
    propensity: tuple[str, ...] = ()  # columns of a logistic model of response, in place of response classes
