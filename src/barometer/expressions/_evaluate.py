"""The meaning of an expression for one case, as functions of its values.

Walking the tree for every condition of a long questionnaire costs more than the questionnaire itself; a tree of
functions that know their names and codes already does not.
"""

import math
from collections.abc import Callable, Collection, Mapping
from functools import reduce
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from barometer.expressions._types import Node, Variable

Values = Mapping[str, object]
Meaning = Callable[[Values], bool | float | None]
Condition = Callable[[Values], bool]
Number = Callable[[Values], float | None]
Word = Callable[[Values], str | None]
Comparison = Callable[[Any, Any], Any]

_COMPARISONS: dict[str, Comparison] = {"==": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}
_NUMBERS = ("number", "count", "+", "-", "*", "/", "negative", "min", "max")


def meaning_of(tree: Node) -> Meaning:
    """What the tree gives for values: true or false of a condition, a number or None of a number."""
    if tree.op in _NUMBERS or (tree.variable is not None and tree.variable.is_number):
        return _number(tree)
    return _condition(tree)


def _condition(node: Node) -> Condition:
    match node.op:
        case "variable":
            name = _name(node)
            return lambda values: values.get(name) is True
        case "and" | "or":
            return _joined(node.op, [_condition(argument) for argument in node.arguments])
        case "not":
            inner = _condition(node.arguments[0])
            return lambda values: not inner(values)
        case "answered":
            return _answered(node.arguments[0])
        case "contains" | "not contains":
            marked, code, contains = _set(node.arguments[0]), node.value, node.op == "contains"
            return lambda values: (found := marked(values)) is not None and (code in found) is contains
        case "in" | "not in":
            return _one_of(node)
    return _comparison(node)


def _joined(op: str, parts: list[Condition]) -> Condition:
    if op == "and":
        return lambda values: all(part(values) for part in parts)
    return lambda values: any(part(values) for part in parts)


def _one_of(node: Node) -> Condition:
    assert isinstance(node.value, tuple)
    word, codes, wanted = _text(node.arguments[0]), frozenset(node.value), node.op == "in"
    return lambda values: (value := word(values)) is not None and (value in codes) is wanted


def _comparison(node: Node) -> Condition:
    if node.op not in _COMPARISONS:
        raise ValueError(f"unknown operation {node.op!r}")
    left, right = (_operand(argument) for argument in node.arguments)
    holds = _COMPARISONS[node.op]

    def compared(values: Values) -> bool:
        one, other = left(values), right(values)
        return one is not None and other is not None and bool(holds(one, other))

    return compared


def _operand(node: Node) -> Word | Number:
    if node.op == "text" or (node.variable is not None and not node.variable.is_number):
        return _text(node)
    return _number(node)


def _text(node: Node) -> Word:
    """A code or text; an empty text is a missing one."""
    if node.op == "text":
        literal = str(node.value)
        return lambda values: literal
    name = _name(node)

    def word(values: Values) -> str | None:
        value = values.get(name)
        return value if isinstance(value, str) and value else None

    return word


def _number(node: Node) -> Number:
    match node.op:
        case "number":
            constant = node.value
            assert isinstance(constant, float)
            return lambda values: constant
        case "variable":
            return _number_variable(_name(node))
        case "count":
            marked = _set(node.arguments[0])
            return lambda values: float(len(marked(values) or ()))
    parts, op = [_number(argument) for argument in node.arguments], node.op

    def calculated(values: Values) -> float | None:
        numbers = [part(values) for part in parts]
        known = [value for value in numbers if value is not None]
        return _arithmetic(op, known) if len(known) == len(numbers) else None

    return calculated


def _number_variable(name: str) -> Number:
    def value_of(values: Values) -> float | None:
        value = values.get(name)
        return _finite(float(value)) if isinstance(value, int | float) else None

    return value_of


def _arithmetic(op: str, numbers: list[float]) -> float | None:
    match op:
        case "+":
            return reduce(lambda a, b: a if a is None else _finite(a + b), numbers[1:], _finite(numbers[0]))
        case "-":
            return _finite(numbers[0] - numbers[1])
        case "*":
            return _finite(numbers[0] * numbers[1])
        case "/":
            return _finite(numbers[0] / numbers[1]) if numbers[1] else None
        case "negative":
            return -numbers[0]
        case "min":
            return min(numbers)
        case "max":
            return max(numbers)
    raise ValueError(f"unknown operation {op!r}")


def _answered(node: Node) -> Condition:
    assert node.variable
    given: Callable[[Values], object] = _text(node)
    if node.variable.is_set:
        given = _set(node)
    elif node.variable.is_number:
        given = _number(node)
    return lambda values: given(values) is not None


def _set(node: Node) -> Callable[[Values], set[str] | None]:
    """Codes marked, of those the question has; None where it was not answered."""
    assert node.variable
    name, codes = node.variable.name, frozenset(node.variable.codes)

    def marked(values: Values) -> set[str] | None:
        value = values.get(name)
        if value is None or isinstance(value, str) or not isinstance(value, Collection):
            return None
        return {code for code in value if code in codes}

    return marked


def _name(node: Node) -> str:
    assert isinstance(node.variable, Variable)
    return node.variable.name


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
