"""The meaning of an expression for one case."""

import math
from collections.abc import Collection, Mapping
from functools import reduce

from barometer.expressions._types import Expression, Node, Variable

Values = Mapping[str, object]


def condition(expression: Expression, values: Values) -> bool:
    """Whether the condition holds. A name that `values` does not have is a missing answer."""
    return _condition(expression.tree, values)


def number(expression: Expression, values: Values) -> float | None:
    """The number, or None where an answer it needs is missing or it is divided by zero."""
    return _number(expression.tree, values)


def _condition(node: Node, values: Values) -> bool:
    match node.op:
        case "variable":
            return values.get(_name(node)) is True
        case "and":
            return all(_condition(argument, values) for argument in node.arguments)
        case "or":
            return any(_condition(argument, values) for argument in node.arguments)
        case "not":
            return not _condition(node.arguments[0], values)
        case "answered":
            return _answered(node.arguments[0], values)
        case "contains" | "not contains":
            marked = _set(node.arguments[0], values)
            return marked is not None and (node.value in marked) is (node.op == "contains")
        case "in" | "not in":
            value = _text(node.arguments[0], values)
            assert isinstance(node.value, tuple)
            return value is not None and (value in node.value) is (node.op == "in")
    return _comparison(node, values)


def _comparison(node: Node, values: Values) -> bool:
    left, right = (_operand(argument, values) for argument in node.arguments)
    if left is None or right is None:
        return False
    if node.op == "==":
        return left == right
    if node.op == "!=":
        return left != right
    assert isinstance(left, float) and isinstance(right, float)
    match node.op:
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
        case ">=":
            return left >= right
    raise ValueError(f"unknown operation {node.op!r}")


def _operand(node: Node, values: Values) -> str | float | None:
    if node.op == "text" or (node.variable is not None and not node.variable.is_number):
        return _text(node, values)
    return _number(node, values)


def _text(node: Node, values: Values) -> str | None:
    """A code or text; an empty text is a missing one."""
    value = node.value if node.op == "text" else values.get(_name(node))
    return value if isinstance(value, str) and (value or node.op == "text") else None


def _number(node: Node, values: Values) -> float | None:
    match node.op:
        case "number":
            assert isinstance(node.value, float)
            return node.value
        case "variable":
            value = values.get(_name(node))
            return _finite(float(value)) if isinstance(value, int | float) else None
        case "count":
            return float(len(_set(node.arguments[0], values) or ()))
    numbers = [_number(argument, values) for argument in node.arguments]
    known = [value for value in numbers if value is not None]
    return _arithmetic(node.op, known) if len(known) == len(numbers) else None


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


def _answered(node: Node, values: Values) -> bool:
    assert node.variable
    if node.variable.is_set:
        return _set(node, values) is not None
    if node.variable.is_number:
        return _number(node, values) is not None
    return _text(node, values) is not None


def _set(node: Node, values: Values) -> set[str] | None:
    """Codes marked, of those the question has; None where it was not answered."""
    assert node.variable
    value = values.get(node.variable.name)
    if value is None or isinstance(value, str) or not isinstance(value, Collection):
        return None
    return set(node.variable.codes) & set(value)


def _name(node: Node) -> str:
    assert isinstance(node.variable, Variable)
    return node.variable.name


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
