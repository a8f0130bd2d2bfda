"""Families: items that relations tie together, which have to be protected, and attacked, as one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from barometer.disclosure._evidence import Evidence, Item
from barometer.disclosure._relations import INFINITE, Relation, relations

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Family:
    """Items tied together by relations; they have to be protected as one. Items are places in `items`."""

    items: tuple[Item, ...]
    relations: tuple[Relation, ...]


def families(evidence: Evidence) -> tuple[Family, ...]:
    """The items of a survey, split into families; those with memberships of universes come first, because a cell
    that is hidden there is hidden for every indicator of the universe."""
    items = evidence.items
    found = list(relations(evidence.survey, items))
    pairs = [(one.items[0], other) for one in found for other in one.items[1:]]
    first, second = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    tied = sparse.coo_array((np.ones(len(pairs)), (first, second)), shape=(len(items), len(items)))
    groups: dict[int, list[int]] = {}
    for place, group in enumerate(connected_components(tied, directed=False)[1].tolist() if items else ()):
        groups.setdefault(group, []).append(place)
    made = []
    for places in groups.values():
        new = {old: position for position, old in enumerate(places)}
        mine = tuple(replace(one, items=tuple(new[old] for old in one.items)) for one in found if one.items[0] in new)
        made.append(_tied(Family(tuple(items[place] for place in places), mine)))
    return tuple(sorted(made, key=lambda family: not memberships(family)))


def memberships(family: Family) -> dict[str, int]:
    """Universes whose numbers of members are items of the family, and which."""
    return {
        alias: place
        for place, item in enumerate(family.items)
        for alias in item.aliases
        if alias.startswith("universe:")
    }


def neighbourhoods(family: Family, item: int) -> Iterator[tuple[int, ...]]:
    """Ever larger parts of the family around an item: the same indicator, with its groups by answers; those that
    share a relation with them; everything."""
    aliases = set(family.items[item].aliases)
    own = {place for place, one in enumerate(family.items) if aliases & set(one.aliases)}
    near = own.union(*(one.items for one in family.relations if own.intersection(one.items)))
    everything = range(len(family.items))
    yield from dict.fromkeys((tuple(sorted(own)), tuple(sorted(near)), tuple(everything)))


def restricted(family: Family, places: Sequence[int]) -> Family:
    """The family when all items but these stay as they are. Every table of it is a table of the whole family."""
    new = {old: position for position, old in enumerate(places)}
    relations = []
    for one in family.relations:
        inside = [(place, sign) for place, sign in zip(one.items, one.signs, strict=True) if place in new]
        if not inside:
            continue
        fixed = np.zeros_like(one.low)
        for place, sign in zip(one.items, one.signs, strict=True):
            if place not in new:
                truth = family.items[place].truth
                fixed = fixed + sign * (truth.sum(axis=1, keepdims=True) if one.summed else truth)
        items, signs = zip(*inside, strict=True)
        kept = replace(one, items=tuple(new[place] for place in items), signs=signs)
        relations.append(replace(kept, low=one.low - fixed, high=one.high - fixed))
    return Family(tuple(family.items[place] for place in places), tuple(relations))


def shifted(family: Family, shifts: Mapping[str, Vector], measure: int) -> Family:
    """The family's bounds and relations in a world in which universes have other numbers of members: `shifts` by
    universe and leaf, in one measure."""
    items = []
    for item in family.items:
        shift = shifts.get(item.universe)
        if shift is None or item.group:
            items.append(item)
            continue
        floor, ceiling = item.floor.copy(), item.ceiling.copy()
        base = np.maximum(item.base[measure] + shift, 0.0)  # who was asked and gave no answer is in no base anyway
        if item.amount:
            ceiling[measure] = np.where(base > 1e-9, np.inf, 0.0)
        else:
            never = (item.ceiling[measure] == 0) & (item.base[measure] > 0)
            always = (item.floor[measure] > 0) & (item.floor[measure] == item.base[measure])
            ceiling[measure] = np.where(never, 0.0, base)
            floor[measure] = np.where(always, base, 0.0)
        items.append(replace(item, floor=floor, ceiling=ceiling))
    return Family(tuple(items), tuple(_shifted(one, shifts, measure) for one in family.relations))


def _shifted(relation: Relation, shifts: Mapping[str, Vector], measure: int) -> Relation:
    shift = shifts.get(relation.base)
    if shift is None or (not relation.summed and relation.low.shape[1] != len(shift)):
        return relation
    low, high = relation.low.copy(), relation.high.copy()
    low[measure] += shift.sum(keepdims=True) if relation.summed else shift
    high[measure] += shift.sum(keepdims=True) if relation.summed else shift
    return replace(relation, low=low, high=high)


def _tied(family: Family) -> Family:
    """A family that has the members of a universe among its items, with indicators about that universe: their bases
    are not known then but move with the membership, less those who gave no answer."""
    at = memberships(family)
    items, relations = list(family.items), []
    for relation in family.relations:
        whole = at.get(relation.base)
        if whole is None or not (relation.summed or relation.low.shape[1] == items[whole].size):
            relations.append(relation)
            continue
        members = items[whole].truth.sum(axis=1, keepdims=True) if relation.summed else items[whole].truth
        tied = replace(relation, items=(*relation.items, whole), signs=(*relation.signs, -1.0), base="")
        relations.append(replace(tied, low=relation.low - members, high=relation.high - members))
    for place, item in enumerate(family.items):
        whole = at.get(item.universe)
        if whole is None or whole == place or item.group or item.amount:
            continue
        members, never = items[whole], (item.ceiling == 0) & (item.base > 0)
        always = (item.floor > 0) & (item.floor == item.base)
        items[place] = replace(
            item, floor=np.zeros_like(item.floor), ceiling=np.where(never, 0.0, family.items[whole].ceiling)
        )
        room = item.base - members.truth
        relations.append(Relation((place, whole), (1.0, -1.0), np.where(always, room, -INFINITE), room))
    return Family(tuple(items), tuple(relations))
