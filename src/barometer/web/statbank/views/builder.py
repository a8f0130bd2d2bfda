"""Tables that readers build themselves: they choose, the address says what, and nothing needs a script."""

from dataclasses import dataclass
from itertools import groupby

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_safe

from barometer.publication import built_figures
from barometer.publication.open_data import INDICATOR, DataCube, Dimension, say, select
from barometer.web.statbank.citing import citation
from barometer.web.statbank.library import (
    Table,
    current_tables,
    dictionary,
    differences,
    find_table,
    release_numbers,
    tables_of,
)
from barometer.web.statbank.views.pages import page_in

MOST_FIGURES = 12
"""Indicators that a page shows by groups; the downloads have all that were chosen."""
FILE_NAMES = {
    "csv&outputFormatParams=UseTexts": "CSV",
    "xlsx&outputFormatParams=IncludeTitle": "Excel (XLSX)",
    "json-stat2": "JSON-stat",
    "px": "PX",
    "parquet": "Parquet",
    "html": "HTML",
}


@dataclass(frozen=True)
class Box:
    """A value that may be ticked."""

    name: str
    code: str
    label: str
    ticked: bool


@require_safe
def tables(request: HttpRequest, language: str) -> HttpResponse:
    """Every table of the current releases, by edition and survey."""
    listed = [
        {
            "title": say(release.title, language),
            "folder": release.folder,
            "surveys": [
                {"title": title, "tables": [(table.latest_id, say(table.cube.title, language)) for table in some]}
                for title, some in groupby(of_release, key=lambda table: say(table.cube.subject, language))
            ],
        }
        for release, of_release in groupby(current_tables(), key=lambda table: table.release)
    ]
    return page_in(request, language, "statbank/tables.html", {"editions": listed})


@require_safe
def table(request: HttpRequest, language: str, identity: str) -> HttpResponseBase:
    """A table as it was chosen, with what there is to choose."""
    found = find_table(identity)
    if found is None:
        raise Http404
    if (other := request.GET.get("table", identity)) != identity:
        return HttpResponseRedirect(_elsewhere(request.GET, language, found, other))
    cube, words = found.cube, language if language in found.languages else found.languages[0]
    picked = _picked(cube, request.GET)
    part = select(cube, picked)
    shown = select(part, {INDICATOR: picked[INDICATOR][:MOST_FIGURES]})
    group = next((one for one in cube.dimensions if one.role == "group"), None)
    asked = _address(picked, group)
    values = {
        "table": found,
        "title": say(cube.title, words),
        "edition": say(found.release.title, words),
        "home": (say(found.release.title, words), _site(found, words) + "index.html"),
        "synthetic": say(cube.notes[0], words) if cube.synthetic else "",
        "words": words,
        "site": _site(found, words),
        "indicators": _boxes(cube.dimension(INDICATOR), picked, words),
        "group": say(group.label, words) if group else "",
        "groups": _boxes(group, picked, words) if group else (),
        "breakdowns": _breakdowns(found, words),
        "releases": _releases(found, language, asked),
        "figures": built_figures(
            shown, dictionary(found.release), differences(found.release), words, _site(found, words)
        ),
        "left_out": len(picked[INDICATOR]) - len(shown.dimension(INDICATOR).codes),
        "permanent": _full(request, language, found.pinned_id, asked),
        "latest": _full(request, language, found.latest_id, asked),
        "downloads": _downloads(request, found, picked, words),
        "citation": citation(found, words, _full(request, language, found.pinned_id, asked)),
        "asked": asked,
    }
    return page_in(request, language, "statbank/table.html", values)


def _picked(cube: DataCube, given: QueryDict) -> dict[str, list[str]]:
    """What is ticked of indicators and groups, as far as there are such; else the first indicator and all groups."""
    picked = {}
    for one in cube.dimensions:
        ticked = [code for code in one.codes if code in given.getlist(one.id)]
        if one.role == INDICATOR:
            picked[one.id] = ticked or list(one.codes[:1])
        elif one.role == "group":
            picked[one.id] = ticked or list(one.codes)
    return picked


def _boxes(one: Dimension, picked: dict[str, list[str]], words: str) -> list[Box]:
    return [
        Box(one.id, category.code, say(category.label, words), category.code in picked[one.id])
        for category in one.categories
    ]


def _site(found: Table, words: str) -> str:
    """Where the pages of the table's release lie."""
    name, given = ("release", [found.release.number]) if found.pinned else ("current", [])
    return reverse(f"statbank:{name}", args=[found.release.folder, *given]) + f"{words}/"


def _releases(found: Table, language: str, asked: str) -> list[tuple[int, str]]:
    """The releases that have this table, with the address of the same choice in each."""
    folder, ending = found.release.folder, f"?{asked}" if asked else ""
    same = [(number, find_table(f"{folder}.{number}.{found.name}")) for number in release_numbers(folder)]
    return [(number, reverse("statbank:table", args=[language, one.id]) + ending) for number, one in same if one]


def _breakdowns(found: Table, words: str) -> list[tuple[str, str, bool]]:
    """Tables of the same survey in this release: id, title, and whether it is this one."""
    siblings = tables_of(found.release, found.pinned)
    return [
        (one.id, say(one.cube.title, words).removeprefix(f"{say(one.cube.subject, words)}: "), one.name == found.name)
        for one in siblings
        if one.cube.survey == found.cube.survey
    ]


def _elsewhere(given: QueryDict, language: str, found: Table, other: str) -> str:
    """The address of another table, or release, with the indicators that are ticked."""
    wanted = find_table(other)
    if wanted is None:
        raise Http404
    kept = QueryDict(mutable=True)
    same = {one.id for one in wanted.cube.dimensions}
    for name, values in given.lists():
        if name in same and name in {one.id for one in found.cube.dimensions}:
            kept.setlist(name, values)
    return reverse("statbank:table", args=[language, wanted.id]) + (f"?{kept.urlencode(safe=':=')}" if kept else "")


def _address(picked: dict[str, list[str]], group: Dimension | None) -> str:
    """The choice as it stands in an address; groups only where some are left out."""
    asked = QueryDict(mutable=True)
    for name, codes in picked.items():
        if group is None or name != group.id or len(codes) < len(group.codes):
            asked.setlist(name, codes)
    return asked.urlencode(safe=":")


def _full(request: HttpRequest, language: str, identity: str, asked: str) -> str:
    return request.build_absolute_uri(
        reverse("statbank:table", args=[language, identity]) + (f"?{asked}" if asked else "")
    )


def _downloads(request: HttpRequest, found: Table, picked: dict[str, list[str]], words: str) -> list[tuple[str, str]]:
    """Name and address of the choice in each format."""
    asked = QueryDict(mutable=True)
    asked["lang"] = words
    for one in found.cube.dimensions:
        codes = picked.get(one.id, list(one.codes))
        asked[f"valueCodes[{one.id}]"] = "*" if len(codes) == len(one.codes) else ",".join(map(_quoted, codes))
    where = reverse("statbank:data", args=[found.pinned_id])
    return [(name, f"{where}?{asked.urlencode(safe=':*,')}&outputFormat={key}") for key, name in FILE_NAMES.items()]


def _quoted(code: str) -> str:
    return f"[{code}]" if "," in code or "(" in code else code
