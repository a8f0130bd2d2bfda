"""Rules an edition publishes by: what protects respondents, what spares readers figures that say little, and which
cells matter most."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf


@dataclass(frozen=True)
class Rules:
    """Disclosure rules. An edition may be stricter than the floor in the program, never laxer.

    minimum_units: fewest responding units behind a published figure. census_units: the same where (nearly) all units
    of a register cell were asked, so that everybody knows who is in it. almost_all: units that may answer otherwise
    and 'everybody answered the same' still gives the others away. dominance: largest share of a cell's cases or
    amount that one unit may have. p_percent: how close, in shares of the largest, the second largest unit may come to
    estimating it. coalition: respondents who put their answers together. width: share of a cell's base, or of its
    amount, an attacker must be left uncertain about, and least_cases: how many cases at least. level: of tests and
    intervals.
    """

    minimum_units: int = 5
    census_units: int = 6
    almost_all: int = 1
    dominance: float = 0.8
    p_percent: float = 0.1
    coalition: int = 1
    width: float = 0.1
    least_cases: int = 2
    level: float = 0.05

    def laxer_than(self, other: "Rules") -> tuple[str, ...]:
        """Names of the rules in which this protects less than `other`."""
        return tuple(
            name for name, sense in STRICTER.items() if sense * getattr(self, name) < sense * getattr(other, name)
        )


STRICTER: Mapping[str, int] = {
    "minimum_units": 1,
    "census_units": 1,
    "almost_all": 1,
    "dominance": -1,
    "p_percent": 1,
    "coalition": 1,
    "width": 1,
    "least_cases": 1,
}
"""Disclosure rules: 1 where the larger number protects more, -1 where the smaller does."""


FLOOR = Rules(dominance=0.9)
"""What no edition may fall below."""


@dataclass(frozen=True)
class Limits:
    """What a figure must meet; the defaults ask for nothing. It falls short when one of these is not met.

    margin: half the interval is smaller (share units; shares only). cv: the standard error divided by the smaller of
    share and 1 - share is smaller (means and totals: divided by the value). n, effective_n (n / design effect), df:
    at least this many cases, and degrees of freedom.
    """

    margin: float = inf
    cv: float = inf
    n: int = 0
    effective_n: float = 0.0
    df: float = 0.0


@dataclass(frozen=True)
class Precision:
    """Figures that fall short of `flag` are marked as uncertain; those that fall short of `hide` are not shown. This
    protects readers, not respondents: nothing else is hidden for their sake."""

    flag: Limits = field(default_factory=lambda: Limits(margin=0.15))
    hide: Limits = field(default_factory=Limits)


@dataclass(frozen=True)
class Importance:
    """How much dearer than other cells of its size it is to hide a cell; `publish`: it must be published."""

    weight: float = 1.0
    publish: bool = False


CellKey = tuple[str, str, str]
"""Indicator, breakdown and cell."""
