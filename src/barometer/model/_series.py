"""Earlier editions and other barometers, and what must be alike before their figures stand in a chart with ours."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from barometer.model._instrument import Text

ESSENTIAL = ("unit", "concept", "period", "types", "cover", "base", "wording")
"""What two figures must agree in to be compared: who or what is counted, what was asked, over which time, of which
kinds of innovation, which sectors, out of whom, in which words."""
OTHER_PROPERTIES = ("scale", "selection", "mode", "response", "weighting")
"""`scale` must agree where either has one; the rest are told where they differ and forbid nothing."""
GROUPS = "groups"
"""Property of a breakdown: the classification its categories belong to. Groups are compared only where both sides name
the same one."""
UNKNOWN = "unknown"
"""A property nobody knows agrees with nothing, not even with itself."""


class Kin(Enum):
    """An edition of the same series, or another country's (or sector's) barometer."""

    EDITION = "edition"
    COUNTRY = "country"


@dataclass(frozen=True)
class Properties:
    """A comparability table's column: property -> code, and for single indicators what is otherwise. `groups`:
    breakdown -> code of the classification its categories belong to."""

    usual: Mapping[str, str] = field(default_factory=dict)
    exceptions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # indicator -> property -> code
    groups: Mapping[str, str] = field(default_factory=dict)

    def of(self, indicator: str) -> Mapping[str, str]:
        return {**self.usual, **self.exceptions.get(indicator, {})}


@dataclass(frozen=True)
class Point:
    """A figure published elsewhere: a share in [0, 1], else in the indicator's unit."""

    value: float
    low: float | None = None
    high: float | None = None
    n: int | None = None


@dataclass(frozen=True)
class Other:
    """An edition whose figures may stand beside ours."""

    id: str
    kin: Kin
    survey: str  # ours, which it is like
    label: Text
    end: date  # of its reference period
    source: str
    properties: Properties
    points: Mapping[tuple[str, str, str], Point]  # by our indicator, breakdown and category; (…, TOTAL, ALL): everyone

    def has(self, indicator: str, breakdown: str) -> bool:
        return any(key[:2] == (indicator, breakdown) for key in self.points)


@dataclass(frozen=True)
class Series:
    """What an edition knows of others. `words`: property, code -> how readers are told."""

    here: Mapping[str, Properties] = field(default_factory=dict)  # by survey
    words: Mapping[tuple[str, str], Text] = field(default_factory=dict)
    others: tuple[Other, ...] = ()
