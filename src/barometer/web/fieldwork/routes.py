"""Where a page leads: addresses below the response's own. Pure: no database."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from barometer.model import Page
from barometer.questionnaire import Path
from barometer.web.fieldwork.merging import names_of

Passed = Mapping[str, Mapping[str, Any]]
"""`Response.passed`."""


@dataclass(frozen=True)
class Route:
    """The pages a person takes: all on the path, or those of the only section they may answer. `back`: they came
    from the overview and want to return there."""

    whole: Path
    only: str = ""
    back: bool = False

    @cached_property
    def pages(self) -> tuple[Page, ...]:
        return tuple(page for page in self.whole.pages if self.only in ("", page.section))

    @property
    def end(self) -> str:
        """After the last page: the overview, or a thank-you for somebody who answered a section."""
        return "done" if self.only else "review"

    def to(self, page_id: str, **parameters: str) -> str:
        asked = {**parameters, **({"back": "review"} if self.back else {})}
        return f"p/{page_id}" + (f"?{urlencode(asked)}" if asked else "")

    def place(self, page_id: str) -> int | None:
        return next((place for place, page in enumerate(self.pages) if page.id == page_id), None)


def is_passed(page: Page, passed: Passed) -> bool:
    """Whether the person has gone on from the page as it is now; not when questions have come up on it since."""
    return page.id in passed and set(passed[page.id]["shown"]).issuperset(names_of(page))


def first_open(route: Route, passed: Passed) -> str:
    """The first page not yet passed, or the end."""
    return next((route.to(page.id) for page in route.pages if not is_passed(page, passed)), route.end)


def after(route: Route, page_id: str, go: str, passed: Passed | None = None) -> str:
    """Where `go` leads from a page: next, previous, leave, overview, 'page:…' or 'language:…'."""
    place = route.place(page_id)
    if go == "leave":
        return "left"
    if go == "overview":
        return route.end
    if go.startswith("page:") and route.place(go.removeprefix("page:")) is not None:
        return route.to(go.removeprefix("page:"))
    if place is None:
        return first_open(route, passed or {})
    if go == "next" and route.back:
        return first_open(route, passed or {})
    if go == "next":
        return route.to(route.pages[place + 1].id) if place + 1 < len(route.pages) else route.end
    if go == "previous" and place > 0:
        return route.to(route.pages[place - 1].id)
    return route.to(page_id)


def resume(route: Route, passed: Passed, page_id: str) -> str:
    """Where a person continues who comes back: the page they left, if it still is on their way."""
    if page_id == ":review" and not route.only:
        return route.end
    return route.to(page_id) if route.place(page_id) is not None else first_open(route, passed)
