"""What is measured, by which breakdowns, claimed about it and kept from the public."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from barometer.expressions import Expression
from barometer.model._instrument import Text


@dataclass(frozen=True)
class Universe:
    """Who or what an indicator is about. `condition` None: all respondents of the survey.

    `label` goes with figures ('Innovative workplaces, about their most recent innovation');
    `noun` is the plural that is counted ('innovations').
    """

    id: str
    survey: str
    label: Text
    noun: Text
    condition: Expression | None = None


class Measure(Enum):
    """What an indicator estimates."""

    SHARE = "share"
    MEAN = "mean"
    TOTAL = "total"


class Keep(Enum):
    """Whether answers such as don't know stay in the denominator."""

    IN = "in"
    OUT = "out"


@dataclass(frozen=True)
class Indicator:
    """One published measure.

    A share counts the units of `universe` for which `numerator` holds; mean and total sum `value`.
    `question` names what respondents were asked (for the note): 'novelty', or a grid item 'factors.employees'.
    `components` are the indicators a union is made of (then `numerator` is their disjunction).
    """

    id: str
    survey: str
    measure: Measure
    label: Text
    universe: str
    numerator: Expression | None = None
    value: Expression | None = None
    question: str = ""
    components: tuple[str, ...] = ()
    dont_know: Keep = Keep.IN
    not_relevant: Keep = Keep.IN
    unit: Text = field(default_factory=dict)  # of a mean or total
    note: Text = field(default_factory=dict)  # what the reader must know besides the generated note
    breaks: Mapping[str, Text] = field(default_factory=dict)  # edition id -> why the series breaks there


@dataclass(frozen=True)
class Category:
    """One cell of a breakdown. `when` for breakdowns by answers; `share` is the indicator that tells how large
    the cell is (used to find published figures that contradict each other); `parts` are the cells of the breakdown
    that this one merges."""

    code: str
    label: Text
    when: Expression | None = None
    share: str = ""
    parts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Breakdown:
    """A way to divide respondents: by a register column, by a crossing of two breakdowns, or by answers.

    Exactly one of `column`, `crossing`, `merges` and the categories' `when` is used. Cells of a crossing are
    'a:b' in the order of `crossing`. `overlapping` categories may share respondents. `merges` is another breakdown by
    register, some cells of which this one puts together; `footnote` tells readers that and why.
    """

    id: str
    survey: str
    label: Text
    categories: tuple[Category, ...]
    column: str = ""
    crossing: tuple[str, ...] = ()
    overlapping: bool = False
    merges: str = ""
    footnote: Text = field(default_factory=dict)

    @property
    def by_answers(self) -> bool:
        return not self.column and not self.crossing and not self.merges


TOTAL = "total"
"""The breakdown every indicator has: one cell, 'all'."""


ALL = "all"


@dataclass(frozen=True)
class Picture:
    """What the leaflet draws: one indicator by a breakdown, or several indicators side by side (breakdown '')."""

    indicators: tuple[str, ...]
    breakdown: str = ""


@dataclass(frozen=True)
class Theme:
    """A page of related indicators, in the order shown.

    In the leaflet, the figure of `number` stands large with `statement` after it, above `picture`. `lead` and
    `statement` may have live numbers.
    """

    id: str
    title: Text
    lead: Text
    indicators: tuple[str, ...]
    number: str = ""
    statement: Text = field(default_factory=dict)
    picture: Picture | None = None

    @property
    def first(self) -> str:
        """The indicator whose figure heads the theme."""
        return self.number or self.indicators[0]


class Relation(Enum):
    """How a claim says that one cell compares with another."""

    MORE = ">"
    LESS = "<"
    NOT_DIFFERENT = "~"


@dataclass(frozen=True)
class Claim:
    """A sentence that compares two cells of a breakdown; refused unless the test at `level` bears it out."""

    id: str
    indicator: str
    breakdown: str
    left: str
    relation: Relation
    right: str
    text: Text


@dataclass(frozen=True)
class Programme:
    """What is estimated for one survey: which indicators, by which breakdowns, all in one go."""

    survey: str
    universes: tuple[Universe, ...]
    indicators: tuple[Indicator, ...]
    breakdowns: tuple[Breakdown, ...]
    by: Mapping[str, tuple[str, ...]]  # indicator id -> breakdown ids, without the total, which is always made
    level: float = 0.05

    def indicator(self, indicator_id: str) -> Indicator:
        return next(indicator for indicator in self.indicators if indicator.id == indicator_id)

    def breakdown(self, breakdown_id: str) -> Breakdown:
        return next(breakdown for breakdown in self.breakdowns if breakdown.id == breakdown_id)

    def register_columns(self, breakdown: Breakdown) -> tuple[str, ...]:
        """Register columns whose crossing makes the breakdown's cells; none if answers have a part in it."""
        if breakdown.column:
            return (breakdown.column,)
        if breakdown.merges:
            return self.register_columns(self.breakdown(breakdown.merges))
        parts = [self.register_columns(self.breakdown(part)) for part in breakdown.crossing]
        return tuple(name for part in parts for name in part) if all(parts) else ()
