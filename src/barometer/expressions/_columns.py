"""The meaning of an expression for a whole table: the same as case by case, in one pass over the columns."""

from functools import reduce

import polars as pl

from barometer.expressions._expression import Expression
from barometer.expressions._types import Node, Type


def to_polars(expression: Expression) -> pl.Expr:
    """The expression over a table of answers joined with the register's columns, named as `Variable` tells.

    A condition gives a Boolean that is never null, a number a Float64 that is null where it is missing.
    """
    result = _number(expression.tree) if _is_number(expression.tree) else _condition(expression.tree)
    if expression.names:
        return result
    return pl.when(pl.int_range(pl.len()) >= 0).then(result)  # a constant, in every row


def _condition(node: Node) -> pl.Expr:
    arguments = node.arguments
    match node.op:
        case "variable":
            return _column(node).cast(pl.Boolean).fill_null(False)
        case "and":
            return pl.all_horizontal([_condition(argument) for argument in arguments])
        case "or":
            return pl.any_horizontal([_condition(argument) for argument in arguments])
        case "not":
            return ~_condition(arguments[0])
        case "answered":
            return _answered(arguments[0])
        case "contains" | "not contains":
            marked = pl.col(f"{_name(arguments[0])}.{node.value}").cast(pl.Boolean).fill_null(False)
            return marked if node.op == "contains" else _answered(arguments[0]) & ~marked
        case "in" | "not in":
            assert isinstance(node.value, tuple)
            found = _text(arguments[0]).is_in(list(node.value))
            return (found if node.op == "in" else ~found).fill_null(False)
    return _comparison(node).fill_null(False)


def _comparison(node: Node) -> pl.Expr:
    left, right = (_number(side) if _is_number(side) else _text(side) for side in node.arguments)
    match node.op:
        case "==":
            return left == right
        case "!=":
            return left != right
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
        case ">=":
            return left >= right
    raise ValueError(f"unknown operation {node.op!r}")


def _number(node: Node) -> pl.Expr:
    match node.op:
        case "number":
            return pl.lit(node.value, dtype=pl.Float64)
        case "variable":
            return _finite(_column(node).cast(pl.Float64))
        case "count":
            return pl.sum_horizontal([column.fill_null(False) for column in _set(node.arguments[0])]).cast(pl.Float64)
    numbers = [_number(argument) for argument in node.arguments]
    match node.op:
        case "+":
            return reduce(lambda a, b: _finite(a + b), numbers)
        case "-":
            return _finite(numbers[0] - numbers[1])
        case "*":
            return _finite(numbers[0] * numbers[1])
        case "/":
            return _finite(numbers[0] / numbers[1])
        case "negative":
            return -numbers[0]
        case "min" | "max":
            known = pl.all_horizontal([number.is_not_null() for number in numbers])
            extreme = pl.min_horizontal(numbers) if node.op == "min" else pl.max_horizontal(numbers)
            return pl.when(known).then(extreme)
    raise ValueError(f"unknown operation {node.op!r}")


def _answered(node: Node) -> pl.Expr:
    assert node.variable
    if node.variable.type is Type.SET:
        return pl.any_horizontal([column.is_not_null() for column in _set(node)])
    return (_number(node) if node.variable.is_number else _text(node)).is_not_null()


def _set(node: Node) -> list[pl.Expr]:
    assert node.variable
    return [pl.col(f"{node.variable.name}.{code}").cast(pl.Boolean) for code in node.variable.codes]


def _text(node: Node) -> pl.Expr:
    """A code or text; an empty text is a missing one."""
    if node.op == "text":
        return pl.lit(node.value)
    column = _column(node).cast(pl.String)
    return pl.when(column != "").then(column)


def _column(node: Node) -> pl.Expr:
    return pl.col(_name(node))


def _name(node: Node) -> str:
    assert node.variable
    return node.variable.name


def _is_number(node: Node) -> bool:
    if node.variable:
        return node.variable.is_number
    return node.op in ("number", "count", "+", "-", "*", "/", "negative", "min", "max")


def _finite(number: pl.Expr) -> pl.Expr:
    """Missing instead of infinity, as a division by zero gives."""
    return pl.when(number.is_finite()).then(number)
