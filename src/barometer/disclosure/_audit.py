"""The audit: an attacker who has only what would be published, and does not trust the protector.

For each need it finds by linear programming the smallest and largest number that agree with every published cell,
with the bounds and relations everybody knows, and with what an insider knows of himself. Counts are whole numbers:
bounds are rounded inwards, and where a programme ends on fractions an integer programme must confirm the
alternative. Every table found is shown to all needs, so that most need no programme of their own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from barometer.disclosure._evidence import COUNT, WEIGHTED
from barometer.disclosure._families import Family, memberships, neighbourhoods, restricted, shifted
from barometer.disclosure._insider import SLACK, Insider
from barometer.disclosure._rules import Need

Vector = NDArray[np.float64]

FINDINGS = {
    "survey": pl.String,
    "indicator": pl.String,
    "breakdown": pl.String,
    "cell": pl.String,
    "rule": pl.String,
    "measure": pl.String,
    "truth": pl.Float64,
    "lower": pl.Float64,
    "upper": pl.Float64,
    "required": pl.Float64,
    "ok": pl.Boolean,
}
"""One row a need and measure. `lower` and `upper`: alternatives shown to exist (not always the widest, once the
requirement is met); `required`: the number that must be possible. Confidential."""

ASSUMPTIONS = (
    "An attacker knows every published figure exactly, not only as rounded.",
    "An attacker knows how many cases of each register cell are in the base of each indicator, also where that is "
    "not published; but how cells formed by answers spread over the register is not known.",
    "An attacker knows all definitions: which answers exclude each other, which add up, which are offered to whom.",
    "One respondent may be the attacker and know its own answers.",
    "Numbers of cases are whole; weighted figures are attacked separately, with the weighted bases known.",
    "Answers such as don't know, and giving no answer, are not secrets of their own.",
    "Earlier releases of the edition are part of this audit; figures published elsewhere are not.",
)


@dataclass(frozen=True)
class World:
    """Another world said to agree with all that is published: by family, the change of every atom from the truth.

    Numbers of members of universes are the bases of other families; a world that changes them has to change those
    families along. The protector proposes worlds; the audit checks them by arithmetic and believes nothing.
    """

    measure: int
    changes: tuple[tuple[Family, Vector], ...]  # the family the needs are about first


def audit(
    survey: str,
    family: Family,
    needs: Sequence[Need],
    published: set[int],
    *,
    weighted: bool,
    worlds: Sequence[World] = (),
    dependents: Sequence[Family] = (),
) -> pl.DataFrame:
    """FINDINGS for the needs of a family, given the rows of the estimates that are published.

    `dependents` are families whose bases are memberships in this one. Where there are any, each need must hold in one
    of the `worlds`, which change them along; else worlds only save looking for alternatives in large families.
    """
    rows: list[tuple[object, ...]] = []
    amounts = any(item.amount for item in family.items)
    for measure in (COUNT, WEIGHTED) if weighted or amounts else (COUNT,):
        mine = [need for need in needs if need.amount[measure] > SLACK]
        if mine:
            changes = list(_confirmed(worlds, dependents, measure, published))
            for need, row in _attacked(family, measure, published, mine, changes):
                ok = row[-1] and (not dependents or _holding(changes, family, need, measure) is not None)
                rows.append((survey, *row[:-1], ok))
    return pl.DataFrame(rows, schema=FINDINGS, orient="row")


def _confirmed(
    worlds: Sequence[World], dependents: Sequence[Family], measure: int, published: set[int]
) -> Iterator[Vector]:
    """Changes of the first family in the worlds that agree with everything published and known."""
    for world in worlds:
        if world.measure == measure and {id(one) for one, _ in world.changes[1:]} >= {id(one) for one in dependents}:
            first, change = world.changes[0]
            places = np.cumsum([0, *(item.size for item in first.items)])
            shifts = {alias: change[places[place] : places[place + 1]] for alias, place in memberships(first).items()}
            if all(
                _agrees_with(shifted(family, shifts if family is not first else {}, measure), own, measure, published)
                for family, own in world.changes
            ):
                yield change


def _agrees_with(family: Family, change: Vector, measure: int, published: set[int]) -> bool:
    """Whether a changed table keeps the family's bounds, relations and published cells, in whole numbers if counts."""
    starts = np.cumsum([0, *(item.size for item in family.items)])
    truth = np.concatenate([item.truth[measure] for item in family.items])
    low = np.concatenate([item.floor[measure] for item in family.items])
    high = np.concatenate([item.ceiling[measure] for item in family.items])
    slack = SLACK * max(1.0, float(np.abs(truth).max(initial=0.0))) * (1 if measure == COUNT else 100)
    table = truth + change
    fits = bool((table >= low - slack).all() and (table <= high + slack).all())
    if measure == COUNT:
        fits &= bool((np.abs(change - np.round(change)) <= SLACK).all())
    for item, start in zip(family.items, starts, strict=False):
        for cell in item.cells if change[start : start + item.size].any() else ():
            if published.intersection(cell.carriers):
                fits &= abs(float(change[start + cell.atoms].sum())) <= slack
    for relation in family.relations:
        total = np.zeros(relation.low.shape[1])
        for place, sign in zip(relation.items, relation.signs, strict=True):
            part = table[starts[place] : starts[place + 1]]
            total = total + sign * (part.sum(keepdims=True) if relation.summed else part)
        fits &= bool((total >= relation.low[measure] - slack).all() and (total <= relation.high[measure] + slack).all())
    return fits


def _attacked(
    family: Family, measure: int, published: set[int], needs: Sequence[Need], changes: Sequence[Vector]
) -> Iterator[tuple[Need, tuple[object, ...]]]:
    """Each need with its finding. Alternatives that change one indicator only are looked for first, then ones that
    change its neighbours too, then any: an alternative in a part is one in the whole. In large parts a confirmed
    world will do."""
    parts = {need.item: list(neighbourhoods(family, need.item)) for need in needs}
    left = list(needs)
    for size in range(3):
        tasks: dict[tuple[int, ...], list[Need]] = {}
        for need in left:
            tasks.setdefault(parts[need.item][min(size, len(parts[need.item]) - 1)], []).append(need)
        left = []
        for part, mine in tasks.items():
            local = [replace(need, item=part.index(need.item)) for need in mine]
            attacker = Insider(restricted(family, part), measure, published, local)
            for need, row in zip(mine, attacker.findings(local), strict=True):
                change = None if row[-1] else _holding(changes, family, need, measure)
                if row[-1] or (change is None and len(part) == len(family.items)):
                    yield need, row
                elif change is not None:
                    yield need, _seen(row, need, family, change)
                else:
                    left.append(need)


def _holding(changes: Sequence[Vector], family: Family, need: Need, measure: int) -> Vector | None:
    """The first of the confirmed changes that meets the need."""
    start = sum(item.size for item in family.items[: need.item])
    slack = SLACK if measure == COUNT else 1e-3 * need.amount[WEIGHTED]
    for change in changes:
        if (
            need.sense * _change_of(change, family, need) >= need.amount[measure] - slack
            and bool((need.sense * change[start + need.pinned] >= -slack).all())
            and bool((np.abs(change[start + need.known]) <= slack).all())
        ):
            return change
    return None


def _change_of(change: Vector, family: Family, need: Need) -> float:
    start = sum(item.size for item in family.items[: need.item])
    return float(change[start + family.items[need.item].cells[need.cell].atoms].sum())


def _seen(row: tuple[object, ...], need: Need, family: Family, change: Vector) -> tuple[object, ...]:
    """A finding mended: truth and the world's number are both possible."""
    *names, truth, lower, upper, required, _ = row
    found = float(str(truth)) + _change_of(change, family, need)
    return (*names, truth, min(float(str(lower)), found), max(float(str(upper)), found), required, True)
