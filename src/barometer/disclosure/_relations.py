"""What the definitions tell about indicators jointly: unions, exclusive answers, implications, groups.

Every relation is checked against the counts before it is used. One that does not hold (unequal item non-response,
say) is no knowledge; one that holds by accident only makes the attacker stronger.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from barometer.disclosure._answers import answers_of
from barometer.disclosure._evidence import Evidence, Item
from barometer.expressions import Node, Type
from barometer.model import Missing, Survey

Vector = NDArray[np.float64]
INFINITE = float("inf")


@dataclass(frozen=True)
class Relation:
    """low <= sum of sign x item <= high in every atom, or, `summed`, for the sums over all atoms (2 x atoms or 1)."""

    items: tuple[int, ...]
    signs: tuple[float, ...]
    low: Vector
    high: Vector
    summed: bool = False
    base: str = ""  # 'universe:ID' whose members the bounds count, if they do


@dataclass(frozen=True)
class Family:
    """Items tied together by relations; they have to be protected as one. Items are places in `items`."""

    items: tuple[Item, ...]
    relations: tuple[Relation, ...]


def families(evidence: Evidence) -> tuple[Family, ...]:
    """The items of a survey, split into families; those with memberships of universes come first, because a cell
    that is hidden there is hidden for every indicator of the universe."""
    items = evidence.items
    found = [one for one in _relations(evidence.survey, items) if _holds(one, items)]
    head = list(range(len(items)))

    def root(place: int) -> int:
        while head[place] != place:
            head[place] = head[head[place]]
            place = head[place]
        return place

    for relation in found:
        for other in relation.items[1:]:
            head[root(other)] = root(relation.items[0])
    groups: dict[int, list[int]] = {}
    for place in range(len(items)):
        groups.setdefault(root(place), []).append(place)
    made = []
    for places in groups.values():
        new = {old: position for position, old in enumerate(places)}
        mine = tuple(replace(one, items=tuple(new[old] for old in one.items)) for one in found if one.items[0] in new)
        made.append(_tied(Family(tuple(items[place] for place in places), mine)))
    return tuple(sorted(made, key=lambda family: not _about_universes(family)))


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


def _about_universes(family: Family) -> bool:
    return bool(memberships(family))


def _holds(relation: Relation, items: Sequence[Item]) -> bool:
    truth = sum(
        sign * (items[place].truth.sum(axis=1, keepdims=True) if relation.summed else items[place].truth)
        for place, sign in zip(relation.items, relation.signs, strict=True)
    )
    slack = 1e-6 * (1 + np.abs(truth))
    return bool(np.all(truth >= relation.low - slack) and np.all(truth <= relation.high + slack))


def _relations(survey: Survey, items: Sequence[Item]) -> Iterator[Relation]:
    at = {(alias, item.group): place for place, item in enumerate(items) for alias in item.aliases}
    groups = dict.fromkeys(item.group for item in items if not item.amount)
    trees = list(_trees(survey))
    for group in groups:
        yield from _logical(items, at, group, trees)
        yield from _exclusive(survey, items, at, group)
    yield from _of_groups(survey, items, at)


def _trees(survey: Survey) -> Iterator[tuple[str, Node]]:
    """Definitions by name; components of a union as the flags they are."""
    for universe in survey.programme.universes:
        if universe.condition is not None:
            yield f"universe:{universe.id}", universe.condition.tree
    for indicator in survey.programme.indicators:
        if indicator.components:
            yield indicator.id, Node("or", tuple(Node("flag", value=one) for one in indicator.components))
        elif indicator.numerator is not None:
            yield indicator.id, indicator.numerator.tree


def _logical(
    items: Sequence[Item], at: dict[tuple[str, str], int], group: str, trees: Sequence[tuple[str, Node]]
) -> Iterator[Relation]:
    """Implications between definitions that are parts of one another by and, or, not."""
    named: dict[Node, str] = {tree: name for name, tree in reversed(trees)}

    def place(node: Node) -> int | None:
        names = [str(node.value)] if node.op == "flag" else []
        if node.variable is not None and node.op == "variable" and node.variable.type is Type.FLAG:
            names = [node.variable.name, f"universe:{node.variable.name}"]
        if node in named:
            names.append(named[node])
        return next((at[name, group] for name in names if (name, group) in at), None)

    for name, tree in trees:
        whole = at.get((name, group))
        if whole is None:
            continue
        parts = [place(argument) for argument in tree.arguments] if tree.op in ("and", "or") else [place(tree)]
        known = [part for part in dict.fromkeys(parts) if part is not None and part != whole]
        sign = -1.0 if tree.op == "or" else 1.0
        for part in known:
            yield _bound(items, (whole, part), (sign, -sign), -INFINITE, 0.0)
        if tree.op == "or" and None not in parts:
            yield _bound(items, (whole, *known), (1.0, *[-1.0] * len(known)), -INFINITE, 0.0)


def _exclusive(survey: Survey, items: Sequence[Item], at: dict[tuple[str, str], int], group: str) -> Iterator[Relation]:
    """Shares of answers to one single-choice question, unions of such among them: disjoint, nested, adding up to the
    base."""
    asked: dict[tuple[str, str], list[tuple[int, frozenset[str]]]] = {}
    shares = {indicator.id for indicator in survey.programme.indicators}
    for name, answers in answers_of(survey).items():
        place = at.get((name, group))
        if name in shares and place is not None:
            sets = asked.setdefault((answers.universe, answers.variable), [])
            if (place, answers.codes) not in sets:
                sets.append((place, answers.codes))
    for (_, name), sets in asked.items():
        least = [one for one in sets if not any(other[1] < one[1] for other in sets)]
        if sum(len(codes) for _, codes in least) != len(_union(least)):
            least = least[:1]
        places = [place for place, _ in least]
        top = _ceiling(items, places)
        if len(least) > 1:
            complete = _said(survey, name) <= _union(least)
            together = sum((items[one].truth for one in places), np.zeros_like(top))
            low = np.where(complete & np.isclose(together, top), top, -INFINITE)
            yield Relation(tuple(places), (1.0,) * len(places), low, top, base=items[places[0]].universe)
        for wide, codes in (one for one in sets if one not in least):
            inside = [one for one in least if one[1] <= codes]
            outside = [place for place, others in least if not others & codes]
            if inside:
                least_sum = 0.0 if _union(inside) == codes else -INFINITE
                parts = tuple(place for place, _ in inside)
                yield _bound(items, (*parts, wide), (*[1.0] * len(parts), -1.0), least_sum, 0.0)
            if outside:
                whole = (wide, *outside)
                free = np.full_like(top, -INFINITE)
                universe = items[wide].universe
                yield Relation(whole, (1.0,) * len(whole), free, _ceiling(items, whole), base=universe)


def _union(sets: Sequence[tuple[int, frozenset[str]]]) -> frozenset[str]:
    return frozenset[str]().union(*(codes for _, codes in sets))


def _ceiling(items: Sequence[Item], places: Sequence[int]) -> Vector:
    largest: Vector = np.max([items[place].base for place in places], axis=0)
    return largest


def _said(survey: Survey, name: str) -> frozenset[str]:
    """Codes of a question that are neither don't know nor not relevant nor refused."""
    question_id = name.partition(".")[0]
    questions = {question.id: question for question in survey.measured.questions}
    if question_id not in questions:
        return frozenset(category.code for category in survey.frame.column(name).categories)
    return frozenset(
        choice.code for choice in questions[question_id].choices if not isinstance(choice.missing, Missing)
    )


def _of_groups(survey: Survey, items: Sequence[Item], at: dict[tuple[str, str], int]) -> Iterator[Relation]:
    """An indicator among all and within the cells of a breakdown by answers."""
    cells = {
        (breakdown.id, f"{breakdown.id}/{category.code}")
        for breakdown in survey.programme.breakdowns
        for category in breakdown.categories
    }
    for (name, group), place in at.items():
        whole = at.get((name, ""))
        if not group or whole is None:
            continue
        breakdown_id = group.partition("/")[0]
        base, part = (items[one].base.sum(axis=1, keepdims=True) for one in (whole, place))
        yield _bound(items, (place, whole), (1.0, -1.0), -INFINITE, 0.0, summed=True)
        if not items[place].amount:
            rest = np.maximum(base - part, 0.0)
            free, universe = np.full_like(rest, -INFINITE), items[whole].universe
            yield Relation((whole, place), (1.0, -1.0), free, rest, summed=True, base=universe)
        sisters = [at[name, other] for one, other in sorted(cells) if one == breakdown_id and (name, other) in at]
        if sisters[0] == place and not survey.programme.breakdown(breakdown_id).overlapping:
            yield _bound(items, (*sisters, whole), (*[1.0] * len(sisters), -1.0), 0.0, 0.0, summed=True)


def _bound(
    items: Sequence[Item],
    places: tuple[int, ...],
    signs: tuple[float, ...],
    low: float,
    high: float,
    *,
    summed: bool = False,
) -> Relation:
    shape = (2, 1) if summed else items[places[0]].truth.shape
    return Relation(places, signs, np.full(shape, low), np.full(shape, high), summed)
