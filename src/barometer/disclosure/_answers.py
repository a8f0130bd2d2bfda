"""Answers to one question that a share or universe stands for, where its definition shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from barometer.expressions import Expression, Node, Type, condition
from barometer.model import Survey


@dataclass(frozen=True)
class Answers:
    """Codes of one variable, asked of the members of one universe ('' where it has no condition)."""

    universe: str
    variable: str
    codes: frozenset[str]


def answers_of(survey: Survey) -> dict[str, Answers]:
    """By indicator, and by 'universe:ID': what it stands for, if that is answers to one variable with codes; unions
    where all their components are."""
    programme = survey.programme
    universes = {one.id: "" if one.condition is None else one.id for one in programme.universes}
    found: dict[str, Answers] = {}
    for universe in programme.universes:
        if universe.condition is not None and (said := _said(universe.condition)):
            found[f"universe:{universe.id}"] = Answers("", *said)
    for one in programme.indicators:
        if one.components:
            parts = [found[part] for part in one.components if part in found]
            if len(parts) == len(one.components) and len({(part.universe, part.variable) for part in parts}) == 1:
                codes = frozenset[str]().union(*(part.codes for part in parts))
                found[one.id] = Answers(parts[0].universe, parts[0].variable, codes)
        elif one.numerator is not None and (said := _said(one.numerator)):
            found[one.id] = Answers(universes.get(one.universe, one.universe), *said)
    return found


def apart(names: Sequence[str], answers: Mapping[str, Answers]) -> list[list[str]]:
    """Names in groups, none of which has something that is part of something else in it by definition. What nothing is
    known of goes with the widest."""

    def inside(one: str, other: str) -> bool:
        return one in answers and other in answers and _narrower(answers[one], answers[other])

    groups: list[list[str]] = []
    for name in sorted(names, key=lambda one: any(inside(one, other) for other in names)):
        fitting = (group for group in groups if not any(inside(name, one) or inside(one, name) for one in group))
        home = next(fitting, None)
        if home is None:
            groups.append([name])
        else:
            home.append(name)
    return groups


def _narrower(one: Answers, other: Answers) -> bool:
    return (one.universe, one.variable) == (other.universe, other.variable) and one.codes < other.codes


def _said(expression: Expression) -> tuple[str, frozenset[str]] | None:
    if len(expression.names) != 1:
        return None
    name = expression.names[0]
    codes = frozenset(code for code in _codes(expression.tree) if condition(expression, {name: code}))
    return (name, codes) if _codes(expression.tree) else None


def _codes(node: Node) -> tuple[str, ...]:
    if node.variable is not None:
        return node.variable.codes if node.variable.type is Type.CODE else ()
    return next((codes for argument in node.arguments if (codes := _codes(argument))), ())
