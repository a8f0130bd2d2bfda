"""Places of a published page that a statistics bank fills when it serves the page: ways to its tables and self-test,
and a form that asks whether the page helped.

A page marks them by comments. Hosted as plain files, it has what stands between them; the file is never changed.
"""

import re
from collections.abc import Iterable, Mapping

from barometer.publication._language import language
from barometer.publication._site import environment
from barometer.publication._visitors import table_links
from barometer.publication.open_data import DataCube

_PLACE = re.compile(rb"<!--bank:(\w+)-->.*?<!--/bank-->", re.DOTALL)


def filled(page: bytes, parts: Mapping[str, str]) -> bytes:
    """The page with the places that `parts` names filled anew; others stay as they were published."""

    def part(place: re.Match[bytes]) -> bytes:
        name = place[1].decode()
        return parts[name].encode() if name in parts else place[0]

    return _PLACE.sub(part, page)


def ways_to_bank(code: str, folder: str, *, tests: bool) -> str:
    """Place 'ways', of every page: links to tables, API and, where there is one, self-test of edition `folder`."""
    return _rendered("ways.html", code, folder=folder, tests=tests, server="")


def ways_to_tables(code: str, folder: str, indicator: str, cubes: Iterable[DataCube], *, tests: bool) -> str:
    """Place 'tables', of an indicator's page: links to the tables that have the indicator, and to the self-test."""
    links = table_links(language(code), cubes)
    return _rendered("build.html", code, folder=folder, indicator=indicator, links=links, tests=tests, server="")


def helpful_form(code: str, folder: str, release: int, path: str, *, thanked: bool, most: int, days: int) -> str:
    """Place 'helpful': did this page help? `path`: of the page in the site; `thanked`: the answer is in already;
    `most`: characters of own words; `days` they are kept."""
    told = {"folder": folder, "release": release, "path": path, "most": most, "days": days}
    return _rendered("helpful.html", code, thanked=thanked, **told)


def _rendered(template: str, code: str, **values: object) -> str:
    one = language(code)
    return environment().get_template(template).render(language=one, say=one.say, **values)
