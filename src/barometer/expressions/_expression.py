"""A parsed expression, and what it means for one case."""

from dataclasses import dataclass
from functools import cached_property

from barometer.expressions._evaluate import Meaning, Values, meaning_of
from barometer.expressions._types import Node


@dataclass(frozen=True)
class Expression:
    """A parsed, type-checked expression: its source as written, its tree, and the variables it uses."""

    source: str
    tree: Node
    names: tuple[str, ...]

    @cached_property
    def meaning(self) -> Meaning:
        """The tree as functions inside each other, made once: paths ask for it again and again."""
        return meaning_of(self.tree)

    def __getstate__(self) -> dict[str, object]:
        """Functions cannot be stored and are made anew."""
        return {"source": self.source, "tree": self.tree, "names": self.names}


def condition(expression: Expression, values: Values) -> bool:
    """Whether the condition holds. A name that `values` does not have is a missing answer."""
    return bool(expression.meaning(values))


def number(expression: Expression, values: Values) -> float | None:
    """The number, or None where an answer it needs is missing or it is divided by zero."""
    value = expression.meaning(values)
    assert value is None or isinstance(value, float)
    return value
