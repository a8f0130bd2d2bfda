"""From Python's syntax tree to a typed tree of this language.

A part that is wrong raises BadInput; whoever holds several parts looks at all of them and raises what they raised
together. Trees use these operations: 'and', 'or', 'not'; '==', '!=', '<', '<=', '>', '>='; 'in' and 'not in'
(a variable and, as value, texts); 'contains' and 'not contains' (a multiple choice and, as value, a code);
'answered'; 'count'; '+', '-', '*', '/', 'negative', 'min', 'max'. any, all and sum become 'or', 'and', '+'.
"""

import ast
import math
from collections.abc import Callable, Iterable, Sequence
from functools import partial

from barometer.expressions._names import KIND, Surroundings, as_condition, described, quoted
from barometer.expressions._types import Node, Type, Variable
from barometer.problems import BadInput, Problem, suggestion

FUNCTIONS = ("all", "answered", "any", "count", "max", "min", "sum")
_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
}
_ARITHMETIC: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}


def checked_condition(tree: ast.expr, around: Surroundings) -> Node:
    """The tree as a condition, or BadInput with everything wrong in it."""
    match tree:
        case ast.BoolOp(op=op, values=values):
            return _joined("and" if isinstance(op, ast.And) else "or", values, checked_condition, around)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return Node("not", (checked_condition(operand, around),))
        case ast.Compare():
            return _comparison(tree, around)
        case ast.Call(func=ast.Name(id="answered")):
            return _answered(tree, around)
        case ast.Call(func=ast.Name(id="any" | "all" as name)):
            parts = _arguments(tree, "one or more conditions", around)
            return _joined("or" if name == "any" else "and", parts, checked_condition, around)
        case ast.Call(func=ast.Name(id=name)) if name not in FUNCTIONS:
            raise _unknown_function(tree, name, around)
        case ast.Name() | ast.Attribute():
            variable = around.variable(tree)
            if variable.type is Type.FLAG:
                return Node("variable", variable=variable)
            found = f"{around.where(tree)}, which is {KIND[variable.type]}"
            raise around.wrong("X010", found, "a condition", as_condition(variable))
        case ast.Tuple():
            way_out = "Join conditions by 'and' or 'or'. Decimals are written with a point: 0.5."
            raise around.wrong("X010", around.where(tree), "one condition", way_out)
        case ast.Constant() | ast.BinOp() | ast.UnaryOp() | ast.Call(func=ast.Name()):
            raise around.wrong("X010", around.where(tree), "a condition", "Compare it with something.")
    raise around.foreign(tree)


def checked_number(tree: ast.expr, around: Surroundings) -> Node:
    """The tree as a number, or BadInput with everything wrong in it."""
    match tree:
        case ast.Constant(value=bool() | str() | None):
            way_out = "Write numbers without quotation marks."
            raise around.wrong("X011", around.where(tree), "a number", way_out)
        case ast.Constant(value=int() | float() as value):
            return _literal(tree, value, around)
        case ast.BinOp(op=op) if type(op) in _ARITHMETIC:
            return _joined(_ARITHMETIC[type(op)], (tree.left, tree.right), checked_number, around)
        case ast.UnaryOp(op=ast.USub()):
            return Node("negative", (checked_number(tree.operand, around),))
        case ast.UnaryOp(op=ast.UAdd()):
            return checked_number(tree.operand, around)
        case ast.Call(func=ast.Name(id="count")):
            return _count(tree, around)
        case ast.Call(func=ast.Name(id="sum" | "min" | "max" as name)):
            parts = _arguments(tree, "one or more numbers", around)
            return _joined("+" if name == "sum" else name, parts, checked_number, around)
        case ast.Call(func=ast.Name(id=name)) if name not in FUNCTIONS:
            raise _unknown_function(tree, name, around)
        case ast.Name() | ast.Attribute():
            variable = around.variable(tree)
            if variable.type is Type.NUMBER:
                return Node("variable", variable=variable)
            found = f"{around.where(tree)}, which is {KIND[variable.type]}"
            way_out = "Use count(...)." if variable.type is Type.SET else "Use a number question or column."
            raise around.wrong("X011", found, "a number", way_out)
        case ast.Tuple():
            way_out = "Decimals are written with a point: 0.5."
            raise around.wrong("X011", around.where(tree), "one number", way_out)
        case ast.Compare() | ast.BoolOp() | ast.UnaryOp(op=ast.Not()) | ast.Call(func=ast.Name()):
            way_out = "A condition is not a number; count cases with a share instead."
            raise around.wrong("X011", around.where(tree), "a number", way_out)
    raise around.foreign(tree)


def _each(makers: Iterable[Callable[[], Node]]) -> tuple[Node, ...]:
    """All nodes, or one BadInput with the problems of all, each told once."""
    nodes: list[Node] = []
    problems: list[Problem] = []
    for make in makers:
        try:
            nodes.append(make())
        except BadInput as bad:
            problems.extend(bad.problems)
    if problems:
        raise BadInput(tuple(dict.fromkeys(problems)))
    return tuple(nodes)


def _joined(
    op: str,
    parts: Sequence[ast.expr],
    checked: Callable[[ast.expr, Surroundings], Node],
    around: Surroundings,
) -> Node:
    return Node(op, _each(partial(checked, part, around) for part in parts))


# Comparisons


def _comparison(tree: ast.Compare, around: Surroundings) -> Node:
    sides = [tree.left, *tree.comparators]
    pairs = list(zip(sides, tree.ops, sides[1:], strict=False))
    if len(pairs) == 1:
        return _pair(*pairs[0], tree, around)
    problems = list(_chained(tree, pairs, around).problems)
    try:
        _each(partial(_pair, *pair, tree, around) for pair in pairs)
    except BadInput as bad:
        problems.extend(bad.problems)
    raise BadInput(tuple(problems))


def _chained(tree: ast.expr, pairs: Sequence[tuple[ast.expr, ast.cmpop, ast.expr]], around: Surroundings) -> BadInput:
    written = " and ".join(
        f"{around.text(left)} {_COMPARISONS.get(type(operator), '==')} {around.text(right)}"
        for left, operator, right in pairs
    )
    return around.wrong("X012", around.where(tree), "a comparison with two sides", f"Write {written}.")


def _pair(left: ast.expr, operator: ast.cmpop, right: ast.expr, whole: ast.expr, around: Surroundings) -> Node:
    op = _COMPARISONS.get(type(operator))
    if op is None:
        way_out = "Write == for is, and != for is not."
        raise around.wrong("X014", around.where(whole), "== or !=", way_out)
    if op in ("in", "not in"):
        return _membership(left, op, right, whole, around)
    one, other = _each((partial(_operand, left, right, around), partial(_operand, right, left, around)))
    types = {_type(one), _type(other)}
    if Type.SET in types:
        question, value = (left, right) if _type(one) is Type.SET else (right, left)
        negated = "not " if op == "!=" else ""
        way_out = f"Write {around.text(value)} {negated}in {around.text(question)}."
        raise around.wrong("X007", around.where(whole), "'code' in question", way_out)
    if types == {Type.NUMBER}:
        return Node(op, (one, other))
    if Type.NUMBER in types or Type.FLAG in types or op not in ("==", "!="):
        raise _incomparable(whole, one, other, op, around)
    return _equality(op, one, other, whole, around)


def _equality(op: str, one: Node, other: Node, whole: ast.expr, around: Surroundings) -> Node:
    """Codes and texts: at least one side a variable, and codes only with codes the variable has."""
    if one.variable and other.variable:
        alike = one.variable.type is other.variable.type
        if alike and (_type(one) is Type.TEXT or set(one.variable.codes) & set(other.variable.codes)):
            return Node(op, (one, other))
        raise _incomparable(whole, one, other, op, around)
    named, literal = (one, other) if one.variable else (other, one)
    if named.variable is None:
        raise _incomparable(whole, one, other, op, around)
    around.known_code(named.variable, str(literal.value), whole)
    return Node(op, (named, literal))


def _incomparable(whole: ast.expr, one: Node, other: Node, op: str, around: Surroundings) -> BadInput:
    coded = next((side.variable for side in (one, other) if side.variable and side.variable.codes), None)
    types = {_type(one), _type(other)}
    if Type.FLAG in types:
        way_out = "Use its name alone, or 'not' and its name."
    elif op not in ("==", "!=") and Type.NUMBER not in types:
        way_out = "Codes and texts have no order: list those that are meant, question in ('a', 'b')."
    elif coded:
        way_out = f"Compare with one of its codes: {quoted(coded.codes)}."
    else:
        way_out = "Compare numbers with numbers, without quotation marks."
    found = f"{around.where(whole)}: {described(one)} and {described(other)}"
    return around.wrong("X006", found, "values of the same kind", way_out)


def _operand(tree: ast.expr, facing: ast.expr, around: Surroundings) -> Node:
    """One side of a comparison, of whatever type."""
    match tree:
        case ast.Constant(value=str() as text):
            return Node("text", value=text)
        case ast.Constant(value=bool()) if _is_flag(facing, around):
            way_out = f"Write {around.text(facing)}, or not {around.text(facing)}."
            raise around.wrong("X006", around.where(tree), "the name alone", way_out)
        case ast.Name() | ast.Attribute():
            around.unquoted_code(tree, facing)
            return Node("variable", variable=around.variable(tree))
    return checked_number(tree, around)


def _membership(left: ast.expr, op: str, right: ast.expr, whole: ast.expr, around: Surroundings) -> Node:
    match right:
        case ast.Tuple(elts=elements) | ast.List(elts=elements) | ast.Set(elts=elements):
            return _one_of(left, op, elements, whole, around)
        case ast.Constant() if isinstance(left, ast.Name | ast.Attribute):
            return _one_of(left, op, [right], whole, around)  # x in ('a'), without the comma Python wants
        case ast.Name() | ast.Attribute():
            return _contains(left, op, around.variable(right), right, whole, around)
    raise around.wrong("X015", around.where(whole), "'code' in question", "Write a multiple choice after in.")


def _contains(
    left: ast.expr, op: str, holder: Variable, right: ast.expr, whole: ast.expr, around: Surroundings
) -> Node:
    if holder.type is not Type.SET:
        found = f"{around.where(whole)}: '{holder.name}' is {KIND[holder.type]}"
        raise around.wrong("X015", found, "a multiple choice after in", as_condition(holder))
    around.unquoted_code(left, right)
    if not (isinstance(left, ast.Constant) and isinstance(left.value, str)):
        way_out = f"Write one code before in: {quoted(holder.codes)}; join several by any(...)."
        raise around.wrong("X015", around.where(whole), "'code' in question", way_out)
    around.known_code(holder, left.value, whole)
    negated = "not " if op == "not in" else ""
    return Node(f"{negated}contains", (Node("variable", variable=holder),), left.value)


def _one_of(left: ast.expr, op: str, elements: Sequence[ast.expr], whole: ast.expr, around: Surroundings) -> Node:
    if not elements:
        raise around.wrong("X015", around.where(whole), "codes in brackets", "List at least one code.")
    equal = ast.Eq() if op == "in" else ast.NotEq()
    pairs = _each(partial(_pair, left, equal, value, whole, around) for value in elements)
    if all(pair.arguments[0].variable and pair.arguments[1].op == "text" for pair in pairs):
        return Node(op, pairs[0].arguments[:1], tuple(str(pair.arguments[1].value) for pair in pairs))
    return Node("or" if op == "in" else "and", pairs)


# Functions and literals


def _answered(tree: ast.Call, around: Surroundings) -> Node:
    variable = _only_variable(tree, "one question", around)
    if variable.type is Type.FLAG:
        found = f"{around.where(tree)}: '{variable.name}' is never missing"
        raise around.wrong("X013", found, "a question or register column", f"Write {variable.name} alone.")
    return Node("answered", (Node("variable", variable=variable),))


def _count(tree: ast.Call, around: Surroundings) -> Node:
    variable = _only_variable(tree, "one multiple choice", around)
    if variable.type is not Type.SET:
        found = f"{around.where(tree)}: '{variable.name}' is {KIND[variable.type]}"
        raise around.wrong("X013", found, "one multiple choice", "Use answered(...) for other questions.")
    return Node("count", (Node("variable", variable=variable),))


def _only_variable(tree: ast.Call, expected: str, around: Surroundings) -> Variable:
    arguments = _arguments(tree, expected, around)
    if len(arguments) > 1 or not isinstance(arguments[0], ast.Name | ast.Attribute):
        raise around.wrong("X013", around.where(tree), expected, "Give the name of one question.")
    return around.variable(arguments[0])


def _arguments(tree: ast.Call, expected: str, around: Surroundings) -> list[ast.expr]:
    if not tree.args or tree.keywords or any(isinstance(argument, ast.Starred) for argument in tree.args):
        raise around.wrong("X013", around.where(tree), expected, f"Write {expected} between the brackets.")
    return tree.args


def _unknown_function(tree: ast.expr, name: str, around: Surroundings) -> BadInput:
    found = f"'{name}' in {around.where(tree)}"
    return around.wrong("X004", found, "a function of the language", suggestion(name, FUNCTIONS))


def _literal(tree: ast.expr, value: float, around: Surroundings) -> Node:
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise around.wrong("X011", around.where(tree), "a finite number", "Write a smaller number.")
    return Node("number", value=number)


def _is_flag(tree: ast.expr, around: Surroundings) -> bool:
    return isinstance(tree, ast.Name) and tree.id in around.scope and around.scope[tree.id].type is Type.FLAG


def _type(node: Node) -> Type:
    if node.op == "variable" and node.variable:
        return node.variable.type
    return Type.TEXT if node.op == "text" else Type.NUMBER
