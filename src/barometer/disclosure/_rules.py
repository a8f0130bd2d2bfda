"""Which cells must be hidden for their own sake, and how far from the truth an attacker must be left."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from barometer.disclosure._evidence import COUNT, WEIGHTED, Cell, Evidence, Item
from barometer.model import TOTAL, Measure, Rules
from barometer.problems import BadInput, Place, Problem

FLOOR = Rules(minimum_units=3, dominance=0.9)
"""What no edition may fall below."""
WIDTH = 0.1
"""Share of a cell's base (or amount) an attacker must be left uncertain about."""
FEWEST = 2
"""Cases an attacker must be left uncertain about at least; 2, so that one of the respondents, who knows his own
answer, is left with an alternative too."""
P_PERCENT = 0.1
"""Means and totals: the second largest unit must not come closer than this to the largest (p % rule)."""

FEW, EXTREME, DOMINANCE, MEMBERSHIP, NOBODY, TELLTALE = (
    "few_units",
    "extreme",
    "dominance",
    "membership",
    "nobody",
    "telltale_total",
)
RULES = (FEW, EXTREME, DOMINANCE, MEMBERSHIP, NOBODY, TELLTALE)


@dataclass(frozen=True)
class Need:
    """From all that is public, and what an insider knows, a table must be possible in which the cell is `amount`
    (by measure) above (`sense` 1) or below (-1) the truth.

    `pinned` atoms may not move against the sense: the coalition of one knows that its own answer is as it is.
    `known` atoms may not move at all: they hold one unit only, the insider.
    """

    item: int
    cell: int
    rule: str
    sense: int
    amount: tuple[float, float]
    pinned: NDArray[np.int64]
    known: NDArray[np.int64]


def check_rules(rules: Rules) -> None:
    """Refuse rules laxer than the floor (D011)."""
    found: list[tuple[str, float, str]] = []
    if rules.minimum_units < FLOOR.minimum_units:
        found.append(("minimum_units", rules.minimum_units, f"at least {FLOOR.minimum_units}"))
    if rules.dominance > FLOOR.dominance:
        found.append(("dominance", rules.dominance, f"at most {FLOOR.dominance}"))
    if found:
        raise BadInput(
            tuple(
                Problem("D011", Place("outputs.toml", field=f"rules.{name}"), f"{value}", floor, "Change the rule.")
                for name, value, floor in found
            )
        )


def sensitive_rows(evidence: Evidence, rules: Rules) -> dict[int, str]:
    """Rows of the estimates to hide for their own sake, with the first rule that says so."""
    found: dict[int, str] = {}
    measures = {one.id: one.measure for one in evidence.survey.programme.indicators}
    rows = list(evidence.by_row.values())
    free = _free(evidence)
    for row in rows:
        rule = _rule(row, measures[row["indicator"]], rules, free.get(row["row"], False), evidence.public)
        if rule:
            found[row["row"]] = rule
    for item in evidence.items:
        for cell in item.cells:
            if any(row in found for row in cell.own) or membership_is_extreme(evidence, item, cell, rules):
                for carrier in cell.carriers:
                    found.setdefault(carrier, MEMBERSHIP)
    for place in list(_group_rows(evidence, rows, found)):
        found.setdefault(place, MEMBERSHIP)
    return found


def _rule(row: Mapping[str, object], measure: Measure, rules: Rules, free: bool, public: frozenset[int]) -> str:
    number = {name: float(value) for name, value in row.items() if isinstance(value, int | float)}
    if not number["n"]:
        return "" if row["row"] in public else NOBODY
    if number["units"] < rules.minimum_units:
        return FEW
    nearly = min(number["units_yes"], number["units_no"]) <= 1
    if nearly and measure is Measure.SHARE and rules.protect_extremes and free:
        return EXTREME
    largest, second = number.get("largest", 0.0), number.get("second", 0.0)
    close = measure is not Measure.SHARE and 1 - largest - second < P_PERCENT * largest
    return DOMINANCE if largest > rules.dominance or close else ""


def _free(evidence: Evidence) -> dict[int, bool]:
    """By row: does its value depend on answers, or do definitions settle it? Rows of no item are settled."""
    return {
        row: bool((item.ceiling - item.floor)[:, cell.atoms].any())
        for item in evidence.items
        for cell in item.cells
        for row in cell.own
    }


def membership_is_extreme(evidence: Evidence, item: Item, cell: Cell, rules: Rules) -> bool:
    """Whether the share of respondents in a universe is 0 %, 100 %, or so but for one unit."""
    if cell.own or not rules.protect_extremes or not (item.ceiling - item.floor)[COUNT, cell.atoms].any():
        return False
    here = evidence.rows.filter((pl.col("breakdown") == cell.breakdown) & (pl.col("cell") == cell.cell))
    yes, base = item.truth[COUNT, cell.atoms].sum(), item.ceiling[COUNT, cell.atoms].sum()
    if (here["n"] == here["units"]).all():
        return bool(min(yes, base - yes) <= 1)
    everyone = float(here["units"].cast(pl.Float64).max() or 0)  # type: ignore[arg-type]
    members = float(here.filter(pl.col("row").is_in(cell.carriers))["units"].cast(pl.Float64).max() or 0)  # type: ignore[arg-type]
    return min(members, max(everyone - members, float(base > yes))) <= 1


def _group_rows(evidence: Evidence, rows: Sequence[Mapping[str, Any]], hidden: Mapping[int, str]) -> Iterator[int]:
    """Rows by a breakdown by answers whose groups would tell an answer: (nearly) everyone or nobody is in a group,
    or the share that says how large the group is must itself be hidden."""
    programme = evidence.survey.programme
    numbers = {(row["indicator"], row["breakdown"], row["cell"]): row for row in rows}
    for breakdown in programme.breakdowns:
        if programme.register_columns(breakdown):
            continue
        asked = {name for category in breakdown.categories if category.when for name in category.when.names}
        asked |= {category.share for category in breakdown.categories}
        shares = [numbers[name, TOTAL, "all"]["row"] for name in asked if (name, TOTAL, "all") in numbers]
        telling = any(row in hidden for row in shares)
        for indicator in programme.indicators:
            total = numbers.get((indicator.id, TOTAL, "all"))
            mine = [row for (one, by, _), row in numbers.items() if one == indicator.id and by == breakdown.id]
            if mine and total is not None and (telling or any(_nearly_all(row, total) for row in mine)):
                yield from (int(str(row["row"])) for row in mine if row["row"] not in evidence.public)


def _nearly_all(group: Mapping[str, object], total: Mapping[str, object]) -> bool:
    whole, units = int(str(total["n"])), int(str(total["units"]))
    left = whole - int(str(group["n"]))
    outside = left if whole == units else max(units - int(str(group["units"])), min(left, 1))
    return whole > 0 and outside <= 1


def needs_of(
    place: int, item: Item, evidence: Evidence, hidden: Mapping[int, str], rules: Rules
) -> tuple[list[Need], list[int]]:
    """Needs of an item's hidden cells; and totals that have to be hidden too, because next to them no alternative
    to the truth would be left."""
    rows = evidence.by_row
    total = next((cell for cell in item.cells if cell.breakdown == TOTAL), None)
    insiders = [] if evidence.one_case_a_unit or item.group else _insiders(item, rows)
    needs: list[Need] = []
    promoted: list[int] = []
    for position, cell in enumerate(item.cells):
        for rule, senses in _ways(evidence, item, cell, hidden, rows, rules).items():
            for known in [np.zeros(0, dtype=np.int64), *insiders]:
                shown = total is not None and not all(row in hidden for row in total.carriers)
                amounts = _amounts(item, cell, senses, known, capped=shown and total is not cell)
                if not any(amounts.values()) and shown and total is not cell and total is not None:
                    amounts = _amounts(item, cell, senses, known, capped=False)
                    promoted += total.carriers if any(amounts.values()) else ()
                for sense, (count, weighted) in amounts.items():
                    pinned = cell.atoms if rule == EXTREME else cell.atoms[:0]
                    if count or weighted:
                        needs.append(Need(place, position, rule, sense, (count, weighted), pinned, known))
    return needs, promoted


def _ways(
    evidence: Evidence,
    item: Item,
    cell: Cell,
    hidden: Mapping[int, str],
    rows: Mapping[int, Mapping[str, object]],
    rules: Rules,
) -> dict[str, tuple[int, ...]]:
    """For each rule that the cell must meet, the directions an attacker must be left with."""
    found: dict[str, tuple[int, ...]] = {}
    yes, base = item.truth[COUNT, cell.atoms].sum(), item.ceiling[COUNT, cell.atoms].sum()
    for row in cell.own:
        if hidden.get(row) in (FEW, DOMINANCE):
            found[FEW] = (-1, 1)
        if hidden.get(row) in (FEW, EXTREME, DOMINANCE) and rules.protect_extremes and not item.amount:
            sides = [sense for sense, units in ((1, "units_yes"), (-1, "units_no")) if int(str(rows[row][units])) <= 1]
            if hidden[row] == EXTREME:
                found[EXTREME] = tuple(sides)
    if not cell.own and membership_is_extreme(evidence, item, cell, rules):
        found[EXTREME] = (1,) if yes <= base - yes else (-1,)
    return found


def _amounts(
    item: Item, cell: Cell, senses: tuple[int, ...], known: NDArray[np.int64], *, capped: bool
) -> dict[int, tuple[float, float]]:
    """How far up and down, by measure: 10 % of the base and at least two cases, shared between the directions, but
    no farther than the cell's own bounds (and the country's total, if that is public) allow."""
    inside, outside = np.zeros((2, item.size), dtype=bool)
    inside[cell.atoms] = True
    outside[:] = ~inside
    inside[known] = outside[known] = False
    highest = item.ceiling if item.amount else np.minimum(item.ceiling, item.base)
    up, down = highest - item.truth, item.truth - item.floor
    room = {1: up[:, inside].sum(axis=1), -1: down[:, inside].sum(axis=1)}
    if capped and not item.group:
        room[1] = np.minimum(room[1], down[:, outside].sum(axis=1))
        room[-1] = np.minimum(room[-1], up[:, outside].sum(axis=1))
    base = item.truth[:, cell.atoms].sum(axis=1) * 2 if item.amount else item.base[:, cell.atoms].sum(axis=1)
    wanted = np.array([max(FEWEST, ceil(WIDTH * base[COUNT] - 1e-9)), WIDTH * abs(base[WEIGHTED])])
    if item.amount:
        wanted[COUNT] = 0.0
    found: dict[int, tuple[float, float]] = {}
    left = wanted.copy()
    for turn, sense in enumerate(senses):
        share = np.where([True, False], np.floor(left / (len(senses) - turn)), left / (len(senses) - turn))
        if len(senses) == 1 or turn == len(senses) - 1:
            share = left
        taken = np.minimum(share, room[sense])
        left = left - taken
        found[sense] = (float(taken[COUNT]), float(taken[WEIGHTED]))
    if len(senses) == 2 and left.any():
        more = np.minimum(left, room[senses[0]] - np.array(found[senses[0]]))
        found[senses[0]] = (
            found[senses[0]][COUNT] + float(more[COUNT]),
            found[senses[0]][WEIGHTED] + float(more[WEIGHTED]),
        )
    return found


def _insiders(item: Item, rows: Mapping[int, Mapping[str, object]]) -> list[NDArray[np.int64]]:
    """Atoms of cells with one unit only: that unit knows its own answers, all of them."""
    alone = {
        cell.atoms.tobytes(): cell.atoms for cell in item.cells for row in cell.own if int(str(rows[row]["units"])) == 1
    }
    return list(alone.values())
