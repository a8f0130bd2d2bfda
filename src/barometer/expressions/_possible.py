"""Whether conditions can hold at all: found by trying every value that makes a difference to them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, combinations, islice, product
from math import prod

from barometer.expressions._expression import Expression, condition
from barometer.expressions._types import Node, Type, Variable

MOST_TRIED = 5_000
"""Combinations of values; conditions that need more are not decided."""
_COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")
_ANOTHER = "another value"

Cases = Sequence[Mapping[str, object]]


@dataclass(frozen=True)
class Circumstances:
    """What is known of variables: conditions under which one can have a value, limits of numbers (None: open), and
    names that are never missing."""

    needs: Mapping[str, Sequence[Expression]] = field(default_factory=dict)
    limits: Mapping[str, tuple[float | None, float | None]] = field(default_factory=dict)
    never_missing: Collection[str] = ()


def possible_cases(conditions: Sequence[Expression], known: Circumstances) -> Cases | None:
    """Values, as for `condition`, that stand for all there can be as far as the conditions can tell them apart.

    None where they cannot be listed: with arithmetic, variables compared with each other, or too many of them.
    """
    used = _with_needs(conditions, known)
    nodes = [node for one in used for node in _nodes(one.tree)]
    if any(_is_undecidable(node) for node in nodes):
        return None
    variables = {node.variable.name: node.variable for node in nodes if node.variable is not None}
    tried = [_values(variable, nodes, known) for variable in variables.values()]
    if prod(map(len, tried)) > MOST_TRIED:
        return None
    cases = (dict(zip(variables, values, strict=True)) for values in product(*tried))
    return [case for case in cases if _is_consistent(case, known)]


def _with_needs(conditions: Sequence[Expression], known: Circumstances) -> list[Expression]:
    """The conditions, and those their variables need, and so on."""
    found: dict[Expression, None] = {}
    waiting = list(conditions)
    while waiting:
        one = waiting.pop()
        if one not in found:
            found[one] = None
            waiting += [need for name in one.names for need in known.needs.get(name, ())]
    return list(found)


def _is_consistent(case: Mapping[str, object], known: Circumstances) -> bool:
    """Nobody has answered what they were not asked."""
    return all(
        condition(need, case) for name, value in case.items() if value is not None for need in known.needs.get(name, ())
    )


def _nodes(tree: Node) -> Iterator[Node]:
    yield tree
    for part in tree.arguments:
        yield from _nodes(part)


def _is_undecidable(node: Node) -> bool:
    if node.op in ("+", "-", "*", "/", "min", "max", "negative"):
        return True
    if node.variable is not None and node.variable.type is Type.FLAG:
        return True
    return node.op in _COMPARISONS and all(part.op not in ("text", "number") for part in node.arguments)


def _values(variable: Variable, nodes: Sequence[Node], known: Circumstances) -> list[object]:
    about = [node for node in nodes if any(part.variable == variable for part in node.arguments)]
    if variable.type is Type.SET:
        found: list[object] = [*islice(_sets(variable, about), MOST_TRIED + 1)]
    elif variable.type is Type.NUMBER:
        found = [*_numbers(about, *known.limits.get(variable.name, (None, None)))]
    else:
        found = [*_words(variable, about)]
    return found if variable.name in known.never_missing else [*found, None]


def _words(variable: Variable, about: Sequence[Node]) -> list[str]:
    """Codes that are named, and one that is not, where there is one."""
    named = {str(part.value) for node in about for part in node.arguments if part.op == "text"}
    named |= {code for node in about if isinstance(node.value, tuple) for code in node.value}
    others = [code for code in variable.codes if code not in named] if variable.codes else [_ANOTHER]
    return sorted(named) + others[:1]


def _sets(variable: Variable, about: Sequence[Node]) -> Iterator[frozenset[str]]:
    """Marks of the codes that are named, with as many others as there can be, since marks may be counted."""
    named = sorted({str(node.value) for node in about if node.op in ("contains", "not contains")})
    others = [code for code in variable.codes if code not in named]
    for marked in chain.from_iterable(combinations(named, size) for size in range(len(named) + 1)):
        for count in range(len(others) + 1):
            yield frozenset((*marked, *others[:count]))


def _numbers(about: Sequence[Node], low: float | None, high: float | None) -> list[float]:
    """Around every number that is named, within the limits."""
    named = {float(part.value) for node in about for part in node.arguments if isinstance(part.value, float | int)}
    ends = {end for end in (low, high) if end is not None}
    tried = {one + step for one in named or {0.0} for step in (-1.0, -0.5, 0.0, 0.5, 1.0)} | ends
    return sorted(one for one in tried if (low is None or one >= low) and (high is None or one <= high))
