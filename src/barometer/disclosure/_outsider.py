"""The audit of published files alone: what somebody can work out who has the downloads, the register and no more.

Nothing of what `protect` knew is used. The unknowns are, in every smallest register cell, how many are in an
indicator's base and how many of them said yes (weighted, where the survey is). Everything published is an equation:
n and shares of cells, register totals that weights reproduce, groups by answers, unions and their components. For each
hidden figure the smallest and the largest value that agree with all of it are found by linear programming. Shares are
ratios; the programme is scaled so that the cell's base is 1 (Charnes and Cooper 1962), which makes them linear.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from barometer.disclosure._outsider_programme import Outsider
from barometer.disclosure._outsider_register import Register
from barometer.model import ALL, TOTAL, Edition, Indicator, Measure, Rules, Survey

EXACT, NARROW, OPEN = "exact", "narrow", "open"
"""Verdicts: only one value is possible; those possible are fewer cases apart than the edition's rules want at least
(means and totals: closer together than the share of themselves that the rules want); enough are possible."""
SAME = 2e-5
"""Ends of an interval of shares that are no farther apart are one value."""

INTERVALS = {
    "survey": pl.String,
    "indicator": pl.String,
    "breakdown": pl.String,
    "cell": pl.String,
    "low": pl.Float64,
    "high": pl.Float64,
    "verdict": pl.String,
}
"""One row a hidden figure: smallest and largest possible value (shares in [0, 1]; null where there is no bound)."""

DIFFERENCES = {
    "survey": pl.String,
    "indicator": pl.String,
    "breakdown": pl.String,
    "cell": pl.String,
    "release": pl.Int64,
    "n": pl.Int64,
    "n_then": pl.Int64,
}
"""Figures that an earlier release gives for a base that differs by too few respondents."""

ASSUMED = (
    "The attacker has every published file of this release and of all earlier ones, and the register.",
    "The attacker knows the definitions: which cells add up, what is part of what, which totals weights reproduce.",
    "The attacker does not know who in the register answered, nor anybody's weight.",
    "The attacker uses unions and their components, groups that add up, and register counts; not every implication.",
)


@dataclass(frozen=True)
class Findings:
    """`rows`: INTERVALS; `differences`: DIFFERENCES; `unread`: indicators whose published figures do not fit together
    as the attacker understands them, so that nothing can be worked out in this way."""

    rows: pl.DataFrame
    differences: pl.DataFrame
    unread: tuple[str, ...]

    @property
    def passed(self) -> bool:
        return self.differences.is_empty() and not self.rows["verdict"].is_in([EXACT, NARROW]).any()


def audit_published(edition: Edition, cells: pl.DataFrame, earlier: Mapping[int, pl.DataFrame]) -> Findings:
    """Attack a release. `cells`: RELEASED_CELLS as downloaded; `earlier`: those of releases before it, by number."""
    rows: list[tuple[object, ...]] = []
    unread: list[str] = []
    for survey in edition.surveys:
        mine = cells.filter(pl.col("survey") == survey.id)
        register = Register(survey)
        for indicator in survey.programme.indicators:
            hidden = mine.filter(pl.col("indicator") == indicator.id, pl.col("status") == "c")
            if hidden.is_empty():
                continue
            found = list(_intervals(survey, register, mine, indicator, edition.rules_of(survey.id)))
            rows += found
            if len(found) < hidden.height:
                unread.append(indicator.id)
    table = pl.DataFrame(rows, schema=INTERVALS, orient="row")
    return Findings(table, _differences(edition, cells, earlier), tuple(unread))


def _intervals(
    survey: Survey, register: Register, cells: pl.DataFrame, indicator: Indicator, rules: Rules
) -> Iterator[tuple[object, ...]]:
    """Rows of INTERVALS, as far as the published figures fit together."""
    hidden = cells.filter(pl.col("indicator") == indicator.id, pl.col("status") == "c")
    attacker = Outsider(survey, register, cells, indicator)
    alike = [one.id for one in survey.programme.indicators if one.universe == indicator.universe]
    bases = cells.filter(pl.col("indicator").is_in(alike)).group_by("breakdown", "cell").agg(pl.col("n").max())
    n = {(breakdown, cell): most for breakdown, cell, most in bases.iter_rows()}
    for breakdown, cell in hidden.select("breakdown", "cell").iter_rows():
        found = attacker.interval(breakdown, cell)
        if found is None:
            return
        base = n.get((breakdown, cell)) or n.get((TOTAL, ALL)) or 1
        least = rules.least_cases / base if indicator.measure is Measure.SHARE else rules.width
        yield survey.id, indicator.id, breakdown, cell, *_bounded(found), _verdict(indicator, found, least)


def _verdict(indicator: Indicator, found: tuple[float, float], least: float) -> str:
    share = indicator.measure is Measure.SHARE
    if _reach(found, share) <= SAME:
        return EXACT
    return NARROW if _reach(found, share) < least * (1 - 1e-3) else OPEN


def _reach(found: tuple[float, float], share: bool) -> float:
    low, high = found
    if share or not np.isfinite(high):
        return high - low
    return (high - low) / max(abs(high), 1e-9)


def _bounded(found: tuple[float, float]) -> tuple[float | None, ...]:
    return tuple(float(one) if np.isfinite(one) else None for one in found)


def _differences(edition: Edition, cells: pl.DataFrame, earlier: Mapping[int, pl.DataFrame]) -> pl.DataFrame:
    """Figures shown in two releases whose bases differ by fewer respondents than a figure needs."""
    keys = ["survey", "indicator", "breakdown", "cell"]
    fewest = {survey.id: edition.rules_of(survey.id).minimum_units for survey in edition.surveys}
    found = [pl.DataFrame(schema=DIFFERENCES)]
    for number, old in earlier.items():
        both = cells.join(old.select(*keys, "n", "value"), on=keys, suffix="_then")
        change = (pl.col("n") - pl.col("n_then")).abs()
        few = (change > 0) & (change < pl.col("survey").replace_strict(fewest, return_dtype=pl.Int64))
        shown = pl.col("value").is_not_null() & pl.col("value_then").is_not_null()
        told = both.filter(few & shown).with_columns(release=pl.lit(number, dtype=pl.Int64))
        found.append(told.select(*DIFFERENCES))
    return pl.concat(found)
