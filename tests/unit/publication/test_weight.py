"""How themes and figures are spread over pages, and what is told of pages that are heavy all the same."""

import re
from collections.abc import Mapping

import pytest

from barometer.problems import Severity
from barometer.publication import Site, _subjects, heavy_pages
from barometer.publication._page import part_paths, portions
from published_example import edition, release


def sizes(parts: list[int], first: int, room: int) -> list[list[int]]:
    return [list(some) for some in portions(parts, lambda part: part, first, room)]


@pytest.mark.parametrize(
    ("parts", "first", "pages"),
    [
        ([30, 30, 30], 0, [[30, 30, 30]]),  # as much as a page holds
        ([30, 30, 30], 20, [[30], [30, 30]]),
        ([30, 30, 30, 30], 0, [[30, 30], [30, 30]]),  # evenly, not three and one
        ([30, 200, 30], 0, [[30], [200], [30]]),  # what is too heavy for any page has one to itself
        ([200], 500, [[200]]),
        ([], 0, [[]]),
    ],
)
def test_parts_fill_as_few_pages_as_hold_them(parts: list[int], first: int, pages: list[list[int]]) -> None:
    assert sizes(parts, first, 100) == pages


def test_the_first_page_keeps_its_address() -> None:
    assert part_paths("themes/value.html", 1) == ()
    assert part_paths("themes/value.html", 3) == ("themes/value.html", "themes/value/2.html", "themes/value/3.html")


@pytest.fixture(scope="module")
def spread() -> Mapping[str, str]:
    """The Danish pages of the example, as if each figure were as heavy as half a page."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_subjects, "DRAWN", 40_000)
        patch.setattr(_subjects, "LISTED", 25_000)
        site = Site(release(), edition())
        pages = [path for path in site if path.startswith("da/") and path.endswith(".html")]
        return {path[3:]: site[path].decode() for path in pages}


def test_every_figure_stands_on_one_of_its_pages(spread: Mapping[str, str]) -> None:
    parts = [path for path in spread if re.match(r"indicators/inc_any(/|\.)", path)]
    assert len(parts) > 1
    found = [name for path in parts for name in re.findall(r'<h3 id="(by-[a-z_]+)-h"', spread[path])]
    assert sorted(found) == ["by-sector", "by-sector_size", "by-size"]
    for path in parts:  # and every page leads to all of them
        assert len(re.findall(r'<li><a href="[^"]*#by-[a-z_]+-h">', spread[path])) == 3


def test_every_section_of_a_theme_stands_on_one_of_its_pages(spread: Mapping[str, str]) -> None:
    theme = edition().themes[0]
    parts = [path for path in spread if re.match(rf"themes/{theme.id}(/|\.)", path)]
    assert len(parts) > 1
    found = [
        name
        for path in parts
        for name in re.findall(r'<section class="measure" aria-labelledby="([^"]+)"', spread[path])
    ]
    assert sorted(found) == sorted(one.lower().replace("=", "-") for one in theme.indicators)


def test_pages_of_one_subject_lead_to_each_other_and_say_which_they_are(spread: Mapping[str, str]) -> None:
    text = spread["indicators/inc_any/2.html"]
    assert '<link rel="stylesheet" href="../../../site.css">' in text
    assert re.search(r"<h1>.*, side 2 af \d</h1>", text)
    assert '<a href="../../indicators/inc_any.html"><span class="unseen">Side </span>1</a>' in text
    assert 'hreflang="sv" href="../../../sv/indicators/inc_any/2.html"' in text
    links = re.findall(r'href="([^"#:]+\.html)', text)
    assert all((one.removeprefix("../../") in spread) or one.startswith("../../../") for one in links)


def test_a_heavy_page_is_told_and_stops_nothing() -> None:
    site = {"da/search.html": b"x" * 100_001, "da/index.html": b"x" * 100_000, "da/report.pdf": b"x" * 900_000}
    [problem] = heavy_pages(site)
    assert (problem.code, problem.severity, problem.place.file) == ("P033", Severity.WARNING, "da/search.html")
