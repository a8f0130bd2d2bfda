"""What the definitions tell about indicators jointly: unions, exclusive answers, implications, groups.

Every relation is checked against the counts before it is used. One that does not hold (unequal item non-response,
say) is no knowledge; one that holds by accident only makes the attacker stronger.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from barometer.disclosure._answers import answers_of
from barometer.disclosure._evidence import Item
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


def relations(survey: Survey, items: Sequence[Item]) -> Iterator[Relation]:
    """What the definitions of a survey tell about its items, as far as the counts bear it out."""
    return (one for one in _defined(survey, items) if _holds(one, items))


def _defined(survey: Survey, items: Sequence[Item]) -> Iterator[Relation]:
    at = {(alias, item.group): place for place, item in enumerate(items) for alias in item.aliases}
    groups = dict.fromkeys(item.group for item in items if not item.amount)
    trees = list(_trees(survey))
    for group in groups:
        yield from _logical(items, at, group, trees)
        yield from _exclusive(survey, items, at, group)
    yield from _of_groups(survey, items, at)


def _holds(relation: Relation, items: Sequence[Item]) -> bool:
    truth = sum(
        sign * (items[place].truth.sum(axis=1, keepdims=True) if relation.summed else items[place].truth)
        for place, sign in zip(relation.items, relation.signs, strict=True)
    )
    slack = 1e-6 * (1 + np.abs(truth))
    return bool(np.all(truth >= relation.low - slack) and np.all(truth <= relation.high + slack))


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
