"""Which cells must be hidden for their own sake, and how far from the truth an attacker must be left."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import ceil
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from barometer.disclosure._evidence import CHANGED, COUNT, WEIGHTED, Cell, Evidence, Item
from barometer.model import FLOOR, STRICTER, TOTAL, Edition, Measure, Rules
from barometer.problems import BadInput, Place, Problem

LEAST = replace(FLOOR, minimum_units=3, census_units=3)
"""What nothing may fall below, whoever calls. Editions have a higher floor, checked where they are read."""

FEW_OTHERS = 10
"""Respondents who came or left up to which each is imagined to attack the others."""

FEW, SMALL, EXTREME, DOMINANCE, MEMBERSHIP, NOBODY, TELLTALE = (
    "few_units",
    "small_population",
    "extreme",
    "dominance",
    "membership",
    "nobody",
    "telltale_total",
)
RULES = (FEW, SMALL, EXTREME, DOMINANCE, MEMBERSHIP, NOBODY, TELLTALE)


@dataclass(frozen=True)
class Need:
    """From all that is public, and what an insider knows, a table must be possible in which the cell is `amount`
    (by measure) above (`sense` 1) or below (-1) the truth.

    `pinned` atoms may not move against the sense: the coalition knows that its own answers are as they are.
    `known` atoms may not move at all: they hold units of the coalition only, the insiders. Where everything wanted is
    not to be had, `least` cases will do: one more than the coalition can rule out.
    """

    item: int
    cell: int
    rule: str
    sense: int
    amount: tuple[float, float]
    pinned: NDArray[np.int64]
    known: NDArray[np.int64]
    least: int = 2


def check_rules(edition: Edition) -> None:
    """Refuse rules laxer than the floor, of the edition or of one of its surveys (D011, all at once)."""
    found = [("rules", edition.rules), *((f"stricter.{survey}", one) for survey, one in edition.stricter.items())]
    problems = tuple(
        Problem(
            "D011",
            Place("outputs.toml", field=f"{where}.{name}"),
            f"{getattr(rules, name):g}",
            f"at {'least' if STRICTER[name] > 0 else 'most'} {getattr(LEAST, name):g}",
            "Change the rule.",
        )
        for where, rules in found
        for name in rules.laxer_than(LEAST)
    )
    if problems:
        raise BadInput(problems)


def alike(rules: Rules) -> int:
    """Units that may answer otherwise while the rest is still given away: those of a coalition know that much."""
    return max(rules.almost_all, rules.coalition)


def sensitive_rows(evidence: Evidence, rules: Rules) -> dict[int, str]:
    """Rows of the estimates to hide for their own sake, with the first rule that says so."""
    found: dict[int, str] = {}
    measures = {one.id: one.measure for one in evidence.survey.programme.indicators}
    rows = list(evidence.by_row.values())
    free = _free(evidence)
    for row in rows:
        rule = _rule(row, measures[row["indicator"]], rules, free.get(row["row"], False), evidence)
        if rule:
            found[row["row"]] = rule
    for item in evidence.items:
        for cell in item.cells:
            if any(row in found for row in cell.own) or membership_is_extreme(evidence, item, cell, rules):
                for carrier in cell.carriers:
                    found.setdefault(carrier, MEMBERSHIP)
    for place in list(_group_rows(evidence, rows, found, alike(rules))):
        found.setdefault(place, MEMBERSHIP)
    return found


def _rule(row: Mapping[str, object], measure: Measure, rules: Rules, free: bool, evidence: Evidence) -> str:
    number = {name: float(value) for name, value in row.items() if isinstance(value, int | float)}
    if not number["n"]:
        return "" if row["row"] in evidence.public else NOBODY
    if number["units"] < rules.minimum_units:
        return FEW
    if number["units"] < rules.census_units and evidence.everybody_asked(str(row["breakdown"]), str(row["cell"])):
        return SMALL
    nearly = min(number["units_yes"], number["units_no"]) <= alike(rules)
    if nearly and measure is Measure.SHARE and free:
        return EXTREME
    largest, second = number.get("largest", 0.0), number.get("second", 0.0)
    close = measure is not Measure.SHARE and 1 - largest - second < rules.p_percent * largest
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
    """Whether the share of respondents in a universe is 0 %, 100 %, or so but for one unit (or as many as the rules
    say)."""
    if cell.own or cell.breakdown == CHANGED or not (item.ceiling - item.floor)[COUNT, cell.atoms].any():
        return False
    here = evidence.rows.filter((pl.col("breakdown") == cell.breakdown) & (pl.col("cell") == cell.cell))
    yes, base = item.truth[COUNT, cell.atoms].sum(), item.ceiling[COUNT, cell.atoms].sum()
    if (here["n"] == here["units"]).all():
        return bool(min(yes, base - yes) <= alike(rules))
    everyone = float(here["units"].cast(pl.Float64).max() or 0)  # type: ignore[arg-type]
    members = float(here.filter(pl.col("row").is_in(cell.carriers))["units"].cast(pl.Float64).max() or 0)  # type: ignore[arg-type]
    return min(members, max(everyone - members, float(base > yes))) <= alike(rules)


def _group_rows(
    evidence: Evidence, rows: Sequence[Mapping[str, Any]], hidden: Mapping[int, str], few: int
) -> Iterator[int]:
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
            if mine and total is not None and (telling or any(_outside(row, total) <= few for row in mine)):
                yield from (int(str(row["row"])) for row in mine if row["row"] not in evidence.public)


def _outside(group: Mapping[str, object], total: Mapping[str, object]) -> float:
    """Units outside a group; none stands out where nobody is in the base at all."""
    whole, units = int(str(total["n"])), int(str(total["units"]))
    if not whole:
        return float("inf")
    left = whole - int(str(group["n"]))
    return left if whole == units else max(units - int(str(group["units"])), min(left, 1))


def needs_of(
    place: int, item: Item, evidence: Evidence, hidden: Mapping[int, str], rules: Rules
) -> tuple[list[Need], list[int]]:
    """Needs of an item's hidden cells; and totals that have to be hidden too, because next to them no alternative
    to the truth would be left."""
    rows = evidence.by_row
    total = next((cell for cell in item.cells if cell.breakdown == TOTAL), None)
    insiders = [] if evidence.one_case_a_unit or item.group else _insiders(item, rows, rules.coalition)
    least = max(rules.least_cases, rules.coalition + 1)
    needs: list[Need] = []
    promoted: list[int] = []
    for position, cell in enumerate(item.cells):
        for rule, senses in _ways(evidence, item, cell, hidden, rows, rules).items():
            for known in [np.zeros(0, dtype=np.int64), *(_others(item, cell) or insiders)]:
                shown = total is not None and not all(row in hidden for row in total.carriers)
                amounts = _amounts(item, cell, senses, known, rules, capped=shown and total is not cell)
                if not any(amounts.values()) and shown and total is not cell and total is not None:
                    amounts = _amounts(item, cell, senses, known, rules, capped=False)
                    promoted += total.carriers if any(amounts.values()) else ()
                for sense, (count, weighted) in amounts.items():
                    pinned = cell.atoms if rule == EXTREME else cell.atoms[:0]
                    if count or weighted:
                        needs.append(Need(place, position, rule, sense, (count, weighted), pinned, known, least))
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
    if cell.breakdown == CHANGED:
        return {FEW: (-1, 1)}
    found: dict[str, tuple[int, ...]] = {}
    yes, base = item.truth[COUNT, cell.atoms].sum(), item.ceiling[COUNT, cell.atoms].sum()
    for row in cell.own:
        if hidden.get(row) in (FEW, SMALL, DOMINANCE):
            found[FEW] = (-1, 1)
        if hidden.get(row) == EXTREME and not item.amount:
            ends = ((1, "units_yes"), (-1, "units_no"))
            sides = [sense for sense, units in ends if int(str(rows[row][units])) <= alike(rules)]
            found[EXTREME] = tuple(sides)
    if not cell.own and membership_is_extreme(evidence, item, cell, rules):
        found[EXTREME] = (1,) if yes <= base - yes else (-1,)
    return found


def _amounts(
    item: Item, cell: Cell, senses: tuple[int, ...], known: NDArray[np.int64], rules: Rules, *, capped: bool
) -> dict[int, tuple[float, float]]:
    """How far up and down, by measure: 10 % of the base and at least two cases (or what the rules say, and more than
    the coalition can rule out), shared between the directions, but no farther than
    the cell's own bounds (and the country's total, if that is public) allow."""
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
    least = max(rules.least_cases, rules.coalition + 1)
    wanted = np.array([max(least, ceil(rules.width * base[COUNT] - 1e-9)), rules.width * abs(base[WEIGHTED])])
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


def _others(item: Item, cell: Cell) -> list[NDArray[np.int64]]:
    """For a respondent who is not in every release alike: the others of whom each knows its own answers, if few."""
    others = [one.atoms for one in item.cells if one.breakdown == CHANGED and one is not cell]
    return others if cell.breakdown == CHANGED and len(others) < FEW_OTHERS else []


def _insiders(item: Item, rows: Mapping[int, Mapping[str, object]], coalition: int) -> list[NDArray[np.int64]]:
    """Atoms of cells, or of cells together, with no more units than the coalition: these know all their answers."""
    units = {
        cell.atoms.tobytes(): (int(str(rows[row]["units"])), cell.atoms)
        for cell in item.cells
        for row in cell.own
        if 1 <= int(str(rows[row]["units"])) <= coalition
    }
    together = {
        (joined := np.unique(np.concatenate([atoms for _, atoms in some]))).tobytes(): joined
        for size in range(1, coalition + 1)
        for some in combinations(units.values(), size)
        if sum(count for count, _ in some) <= coalition
    }
    return list(together.values())
