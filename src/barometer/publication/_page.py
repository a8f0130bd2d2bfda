"""What a page and a download of the site are, where they lie, and how a subject too large for one page is spread over
several."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from barometer.model import Indicator, Survey, Text, Theme
from barometer.publication._corrections import Corrected
from barometer.publication._downloads import slug_of

ROOM = 68_000
"""Bytes that the figures of one page may take, as reckoned beforehand; with its frame a page stays below 70 kB."""

Part = TypeVar("Part")


@dataclass(frozen=True)
class Page:
    """A page in every language. `path` is inside the language's folder; its title is a text of the edition or a
    message of the catalogue; `parent` a page above it other than the front page. `parts`: the pages its subject is
    spread over, this one among them; () where it is the only one."""

    path: str
    template: str
    title: Text = field(default_factory=dict)
    message: str = ""
    survey: Survey | None = None
    parent: tuple[str, str] = ("", "")  # path and message
    context: Mapping[str, object] = field(default_factory=dict)
    indicators: tuple[str, ...] = ()  # whose figures it shows
    corrections: tuple[Corrected, ...] = ()  # of its figures, the latest first
    parts: tuple[str, ...] = ()

    @property
    def number(self) -> int:
        """Which of the parts it is, from 1."""
        return self.parts.index(self.path) + 1 if self.parts else 1


@dataclass(frozen=True)
class File:
    """A download of the whole release; `common` files lie beside the languages' folders."""

    path: str
    key: str
    kind: str
    common: bool


def indicator_path(indicator: Indicator) -> str:
    return page_of(indicator.id)


def page_of(indicator_id: str) -> str:
    """Path of the indicator's page inside a language's folder."""
    return f"indicators/{slug_of(indicator_id)}.html"


def theme_path(theme: Theme) -> str:
    return f"themes/{theme.id}.html"


def part_paths(path: str, count: int) -> tuple[str, ...]:
    """'themes/value.html', 'themes/value/2.html', …; () where one page is enough."""
    return (path, *(f"{path.removesuffix('.html')}/{number}.html" for number in range(2, count + 1))) * (count > 1)


def portions(
    parts: Sequence[Part], weight: Callable[[Part], int], first: int = 0, room: int = ROOM
) -> tuple[tuple[Part, ...], ...]:
    """`parts` in order, on as few pages as hold them and about as much on each. `weight`: bytes of a part; `first`:
    what else stands on the first page. A part heavier than a page has one to itself; there is one page at least."""
    fewest = len(_filled(parts, weight, first, room))
    total = first + sum(weight(part) for part in parts)
    even = total // fewest
    while even < room and len(_filled(parts, weight, first, even)) > fewest:
        even += max(1, room // 50)
    return tuple(map(tuple, _filled(parts, weight, first, min(even, room))))


def _filled(parts: Sequence[Part], weight: Callable[[Part], int], first: int, room: int) -> list[list[Part]]:
    pages: list[list[Part]] = [[]]
    taken = first
    for part in parts:
        if pages[-1] and taken + weight(part) > room:
            pages.append([])
            taken = 0
        pages[-1].append(part)
        taken += weight(part)
    return pages
