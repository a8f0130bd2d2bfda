"""Values as they stand in a file, each with its place, and the list of problems found in them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from barometer.problems import Place, Problem, Severity

Value = None | str | bool | int | float | date | datetime | time | tuple["Entry", ...] | Mapping[str, "Entry"]


@dataclass(frozen=True)
class Entry:
    """A value with its place. `plain` is text whose type depends on what is expected of it: an unquoted YAML
    scalar or a workbook cell, so that a code 'yes' or '01' stays as written."""

    value: Value
    place: Place
    plain: bool = False


class Report:
    """Problems in the order found, each once."""

    def __init__(self) -> None:
        self._problems: dict[Problem, None] = {}

    def error(self, code: str, place: Place, found: str, expected: str, way_out: str) -> None:
        self._problems[Problem(code, place, found, expected, way_out)] = None

    def warning(self, code: str, place: Place, found: str, expected: str, way_out: str) -> None:
        self._problems[Problem(code, place, found, expected, way_out, Severity.WARNING)] = None

    def extend(self, problems: Iterable[Problem]) -> None:
        self._problems.update(dict.fromkeys(problems))

    def has_errors(self, file: str) -> bool:
        return any(one.severity is Severity.ERROR and one.place.file == file for one in self._problems)

    def __len__(self) -> int:
        return len(self._problems)

    def __iter__(self) -> Iterator[Problem]:
        return iter(self._problems)

    @property
    def problems(self) -> tuple[Problem, ...]:
        return tuple(self._problems)


def describe(entry: Entry) -> str:
    """The value in a few words, for the 'found' of a problem."""
    value = entry.value
    if value is None:
        return "nothing"
    if isinstance(value, str):
        return f"'{value}'" if entry.plain else f"the text '{shorten(value)}'"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return f"a list of {len(value)}"
    if isinstance(value, Mapping):
        return "a table with " + (", ".join(list(value)[:5]) or "nothing in it")
    return str(value)


def shorten(text: str, length: int = 60) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
