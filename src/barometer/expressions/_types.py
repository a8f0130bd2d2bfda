"""Types of the language: variables, scopes and parsed expressions."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class Type(Enum):
    """What a name in an expression stands for."""

    CODE = "code"  # one of a list of codes: a single choice, a grid item, a register category
    SET = "set"  # any of a list of codes: a multiple choice
    NUMBER = "number"
    TEXT = "text"
    FLAG = "flag"  # true or false: a universe or a share indicator defined earlier


@dataclass(frozen=True)
class Variable:
    """A name an expression may use. A grid item is the variable 'grid.item'.

    In a table of answers a CODE, NUMBER, TEXT or FLAG variable is the column of its name; a SET variable is
    one Boolean column 'name.code' a code, null where the question was not answered.
    """

    name: str
    type: Type
    codes: tuple[str, ...] = ()

    @property
    def is_number(self) -> bool:
        return self.type is Type.NUMBER

    @property
    def is_set(self) -> bool:
        return self.type is Type.SET


Scope = Mapping[str, Variable]
"""Known variables by name, in order of definition."""


@dataclass(frozen=True)
class Node:
    """A node of the syntax tree. `op` names the operation; leaves are 'variable', 'text' and 'number'.

    Trees are plain data, so that instruments can be stored as JSON and compared.
    """

    op: str
    arguments: tuple["Node", ...] = ()
    value: str | float | tuple[str, ...] = ""
    variable: Variable | None = None
