"""Reading an expression: syntax, names and types, with every problem told at once."""

from collections.abc import Collection

from barometer.expressions._check import checked_condition, checked_number
from barometer.expressions._expression import Expression
from barometer.expressions._names import Surroundings
from barometer.expressions._syntax import syntax_tree
from barometer.expressions._types import Node, Scope, Type
from barometer.problems import BadInput, Place


def parse_condition(source: str, scope: Scope, place: Place, *, later: Collection[str] = ()) -> Expression:
    """The expression, which must be true or false.

    `later` are names defined after this place: using one is told as such and not as a misspelling.
    Raises BadInput with all problems of the expression (codes X).
    """
    return _parse(source, scope, place, later, Type.FLAG)


def parse_number(source: str, scope: Scope, place: Place, *, later: Collection[str] = ()) -> Expression:
    """The expression, which must be a number; see `parse_condition`."""
    return _parse(source, scope, place, later, Type.NUMBER)


def _parse(source: str, scope: Scope, place: Place, later: Collection[str], wanted: Type) -> Expression:
    syntax, text, problems = syntax_tree(source, place)
    if syntax is None:
        raise BadInput(tuple(problems))
    around = Surroundings(text, scope, place, later)
    try:
        tree = checked_condition(syntax, around) if wanted is Type.FLAG else checked_number(syntax, around)
    except BadInput as bad:
        raise BadInput((*problems, *bad.problems)) from None
    if problems:
        raise BadInput(tuple(problems))
    return Expression(source, tree, _names(tree))


def _names(tree: Node) -> tuple[str, ...]:
    """Names of the variables used, each once, in order of appearance."""
    found = {tree.variable.name: None} if tree.variable else {}
    for argument in tree.arguments:
        found |= dict.fromkeys(_names(argument))
    return tuple(found)
