"""Which categories, shown together, would let most figures be published again.

A quick estimate, table by table: units of register cells add up, so it can be told whether a merged cell would be safe
in itself. What other tables would then hide is not known before it is tried.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import sqrt
from typing import Any

import polars as pl

from barometer.model import Breakdown, Edition, Rules, Survey

MOST = 5
"""Suggestions made."""
Row = Mapping[str, Any]
HARMLESS = ("", "secondary", "precision")


@dataclass(frozen=True)
class Suggestion:
    """Two categories of a breakdown to show together in the tables of some indicators. `cells`: about how many figures
    more would be shown than now; `gain`: the same weighed by the square root of their answers."""

    survey: str
    breakdown: str
    categories: tuple[str, str]
    indicators: tuple[str, ...]
    cells: int
    gain: float


def suggestions(edition: Edition, fates: pl.DataFrame) -> tuple[Suggestion, ...]:
    """The merges that would save most, the best first; at most one a breakdown and set of categories."""
    found = [one for survey in edition.surveys for one in _of_survey(survey, edition.rules_of(survey.id), fates)]
    found.sort(key=lambda one: (-one.gain, one.survey, one.breakdown, one.categories))
    best: dict[tuple[str, str], Suggestion] = {}
    for one in found:
        best.setdefault((one.survey, one.breakdown), one)
    return tuple(best.values())[:MOST]


def _of_survey(survey: Survey, rules: Rules, fates: pl.DataFrame) -> Iterator[Suggestion]:
    mine = fates.filter(pl.col("survey") == survey.id)
    for breakdown in survey.programme.breakdowns:
        if len(breakdown.categories) < 3 or breakdown.merges or not survey.programme.register_columns(breakdown):
            continue
        tables = _tables(mine.filter(pl.col("breakdown") == breakdown.id))
        for pair in combinations([category.code for category in breakdown.categories], 2):
            if _together(breakdown, pair):
                yield from _of_pair(survey.id, breakdown.id, pair, tables, rules)


def _together(breakdown: Breakdown, pair: tuple[str, str]) -> bool:
    """Whether the pair makes sense: in a crossing, only cells that share one of their sides; of sizes and the like,
    whose codes are numbers, only neighbours."""
    if not breakdown.crossing:
        codes = [category.code for category in breakdown.categories]
        sizes = all(code[:1].isdigit() for code in codes)
        return not sizes or abs(codes.index(pair[0]) - codes.index(pair[1])) == 1
    left, right = (code.split(":") for code in pair)
    return any(one == other for one, other in zip(left, right, strict=True))


def _tables(rows: pl.DataFrame) -> dict[str, list[Row]]:
    """Tables with hidden cells, by indicator."""
    tables = rows.partition_by("indicator", as_dict=True, maintain_order=True)
    return {
        str(key[0]): list(table.iter_rows(named=True))
        for key, table in tables.items()
        if (table["status"] == "c").any()
    }


def _of_pair(
    survey: str, breakdown: str, pair: tuple[str, str], tables: Mapping[str, Sequence[Row]], rules: Rules
) -> Iterator[Suggestion]:
    gains = {indicator: _gain(rows, pair, rules) for indicator, rows in tables.items()}
    better = {indicator: gain for indicator, gain in gains.items() if gain[1] > 0}
    cells = sum(more for more, _ in better.values())
    if cells > 0:
        yield Suggestion(survey, breakdown, pair, tuple(better), cells, sum(gain for _, gain in better.values()))


def _gain(rows: Sequence[Row], pair: tuple[str, str], rules: Rules) -> tuple[int, float]:
    """Figures shown more than now in one table, and what they are worth."""
    here = [row for row in rows if row["cell"] in pair]
    others = [row for row in rows if row["cell"] not in pair]
    if len(here) < 2 or all(row["status"] != "c" for row in here):
        return 0, 0.0
    merged = {name: sum(row[name] for row in here) for name in ("n", "units", "units_yes", "units_no")}
    unsafe = merged["units"] < max(rules.minimum_units, rules.census_units if _small(here) else 0) or (
        min(merged["units_yes"], merged["units_no"]) <= max(rules.almost_all, rules.coalition)
    )
    primary = sum(row["rule"] not in HARMLESS for row in others) + unsafe
    hidden = [row for row in others if row["status"] == "c"]
    still = [] if not primary else hidden
    alone = primary and not unsafe and len(still) < 2  # the merged cell would have to cover for the other one
    before = [row["n"] for row in rows if row["status"] != "c"]
    after = [row["n"] for row in others if row not in still] + ([] if unsafe or alone else [merged["n"]])
    return len(after) - len(before), sum(map(_worth, after)) - sum(map(_worth, before))


def _small(rows: Sequence[Row]) -> bool:
    return any(row["rule"] == "small_population" for row in rows)


def _worth(n: float) -> float:
    return sqrt(1 + n)
