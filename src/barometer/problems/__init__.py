"""Every error and warning Barometer can report: code, place, cause and way out.

A `Problem` is data. Readers collect all of them and raise one `BadInput`; nothing stops at the first.
What each code means lies beside it in this package, one module a family, and is what `barometer explain` prints.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from barometer.problems import (
    _answers,
    _build,
    _disclosure,
    _edition,
    _estimation,
    _expressions,
    _fieldwork,
    _frame,
    _models,
    _publication,
    _questionnaire,
    _sampling,
    _weighting,
)
from barometer.problems._kinds import FAMILIES, Family, Kind

__all__ = [
    "CATALOGUE",
    "FAMILIES",
    "BadInput",
    "Family",
    "Kind",
    "Place",
    "Problem",
    "Severity",
    "exit_code",
    "raise_errors",
    "suggestion",
]


class Severity(Enum):
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"  # worth knowing; nothing needs to be done


@dataclass(frozen=True, order=True)
class Place:
    """Where a problem is: a file, and in it a line, or a sheet with row and column, or a field.

    `row`, `line` and `column_number` count from 1, as editors and spreadsheets do; row 1 is the header.
    """

    file: str = ""
    line: int = 0
    sheet: str = ""
    row: int = 0
    column: str = ""
    field: str = ""

    def __str__(self) -> str:
        parts = [self.file]
        if self.line:
            parts.append(f"line {self.line}")
        if self.sheet:
            parts.append(f"sheet '{self.sheet}'")
        if self.row:
            parts.append(f"row {self.row}")
        if self.column:
            parts.append(f"column '{self.column}'")
        if self.field:
            parts.append(f"field '{self.field}'")
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, told so that the reader can mend it without seeing the code.

    `found` and `expected` are short phrases in plain English; `way_out` is an instruction. `values` has the numbers
    and names in them (minimum, decimals, code …), for whoever says it in another language.
    """

    code: str
    place: Place
    found: str
    expected: str
    way_out: str
    severity: Severity = Severity.ERROR
    values: Mapping[str, object] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        if self.code not in CATALOGUE:
            raise KeyError(f"problem code {self.code} is not in the catalogue")

    @property
    def title(self) -> str:
        return CATALOGUE[self.code].title

    def __str__(self) -> str:
        head = f"{self.code} {self.place}: {self.title}" if str(self.place) else f"{self.code}: {self.title}"
        return f"{head}\n    found     {self.found}\n    expected  {self.expected}\n    way out   {self.way_out}"


@dataclass
class BadInput(Exception):
    """Input that cannot be used, with everything found wrong in it."""

    problems: tuple[Problem, ...] = field(default=())

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


def raise_errors(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Raise `BadInput` with all problems if any is an error; else give the warnings back."""
    found = tuple(problems)
    if any(problem.severity is Severity.ERROR for problem in found):
        raise BadInput(found)
    return found


def exit_code(problems: Iterable[Problem]) -> int:
    """Exit code of the first error's family; 0 when there are only warnings."""
    for problem in problems:
        if problem.severity is Severity.ERROR:
            return FAMILIES[problem.code[0]].exit_code
    return 0


def suggestion(word: str, known: Iterable[str]) -> str:
    """'Did you mean 'x'?' for the nearest known word, or the known words, as the way out of a misspelling."""
    import difflib

    choices = sorted(set(known))
    near = difflib.get_close_matches(word, choices, n=1, cutoff=0.6)
    if near:
        return f"Did you mean '{near[0]}'?"
    shown = ", ".join(choices[:12]) + (", …" if len(choices) > 12 else "")
    return f"Use one of: {shown}." if choices else "Nothing is defined here yet."


CATALOGUE: dict[str, Kind] = {
    kind.code: kind
    for module in (
        _edition,
        _expressions,
        _questionnaire,
        _frame,
        _sampling,
        _answers,
        _weighting,
        _estimation,
        _models,
        _disclosure,
        _publication,
        _build,
        _fieldwork,
    )
    for kind in module.KINDS
}
