"""Names, codes and positions in an expression, and the words for what is wrong with them."""

import ast
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from barometer.expressions._types import Node, Scope, Type, Variable
from barometer.problems import BadInput, Place, Problem, suggestion

KIND = {
    Type.CODE: "a single choice",
    Type.SET: "a multiple choice",
    Type.NUMBER: "a number",
    Type.TEXT: "a text",
    Type.FLAG: "true or false",
}


@dataclass(frozen=True)
class Surroundings:
    """What an expression is read against. `later` are names defined only after it."""

    source: str
    scope: Scope
    place: Place
    later: Collection[str]

    def wrong(self, code: str, found: str, expected: str, way_out: str) -> BadInput:
        return BadInput((Problem(code, self.place, found, expected, way_out),))

    def foreign(self, tree: ast.expr) -> BadInput:
        way_out = "Write it with comparisons, in, and, or, not and the functions of the language."
        return self.wrong("X014", self.where(tree), "a condition or a number", way_out)

    def text(self, tree: ast.expr) -> str:
        return ast.get_source_segment(self.source, tree) or ast.unparse(tree)

    def where(self, tree: ast.expr) -> str:
        character = len(self.source.encode()[: tree.col_offset].decode(errors="ignore")) + 1
        return f"'{self.text(tree)}' (character {character})"

    def variable(self, tree: ast.expr) -> Variable:
        name = dotted(tree)
        if name is None:
            raise self.foreign(tree)
        if name in self.scope:
            return self.scope[name]
        items = [known for known in self.scope if known.startswith(f"{name}.")]
        if name in self.later or any(known.startswith(f"{name}.") for known in self.later):
            way_out = "Move the question before this place, or use an earlier one."
            raise self.wrong("X009", self.where(tree), "a question asked earlier", way_out)
        if items:
            raise self.wrong("X016", self.where(tree), "question.item", f"Use one of: {', '.join(items)}.")
        raise self.wrong("X003", self.where(tree), "a name known here", suggestion(name, self.scope))

    def known_code(self, variable: Variable, code: str, whole: ast.expr) -> None:
        if variable.type is not Type.TEXT and code not in variable.codes:
            found = f"'{code}' in {self.where(whole)}"
            expected = f"a code of {variable.name}: {quoted(variable.codes)}"
            raise self.wrong("X005", found, expected, suggestion(code, variable.codes))

    def unquoted_code(self, tree: ast.expr, facing: ast.expr) -> None:
        """Raise if the name is no variable but a code of the variable on the other side."""
        name, holder = dotted(tree), self.scope.get(dotted(facing) or "")
        if name and name not in self.scope and holder and name in holder.codes:
            way_out = f"Write '{name}' in quotation marks."
            raise self.wrong("X008", self.where(tree), f"'{name}'", way_out)


def dotted(tree: ast.expr) -> str | None:
    """'name' or 'grid.item'; None for anything else."""
    match tree:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=ast.Name(id=name), attr=item):
            return f"{name}.{item}"
    return None


def described(node: Node) -> str:
    """One side of a comparison, for messages."""
    if node.op == "variable" and node.variable:
        return f"'{node.variable.name}' is {KIND[node.variable.type]}"
    return f"'{node.value}' is a quoted text" if node.op == "text" else "the other side is a number"


def as_condition(variable: Variable) -> str:
    """How to make a condition of a variable that is none."""
    code = variable.codes[0] if variable.codes else "code"
    match variable.type:
        case Type.SET:
            return f"Write '{code}' in {variable.name}, or answered({variable.name})."
        case Type.NUMBER:
            return f"Write {variable.name} > 0, say, or answered({variable.name})."
    return f"Write {variable.name} == '{code}', or answered({variable.name})."


def quoted(codes: Sequence[str]) -> str:
    """Codes as messages list them."""
    return ", ".join(f"'{code}'" for code in codes)
