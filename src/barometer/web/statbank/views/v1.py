"""PxWebApi 1, for clients that know no other: folders, a table's variables, and a posted query."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from barometer.publication.open_data import Output, say
from barometer.web.settings import LANGUAGES
from barometer.web.statbank.asked import code_list_id
from barometer.web.statbank.formats import FORMATS_1, variables
from barometer.web.statbank.library import Table, current_tables
from barometer.web.statbank.refusals import Refusal, not_found, unknown
from barometer.web.statbank.selection import chosen
from barometer.web.statbank.views.endpoint import (
    body,
    endpoint,
    file_answer,
    moment,
    table_named,
    told,
    valid_language,
)

FILTERS = ("item", "all", "top")


@endpoint("GET")
def root(request: HttpRequest) -> HttpResponseBase:
    """The languages; with ?config what one call may ask for, as on every level."""
    return _config(request) or told(request, [{"id": code, "text": str(name)} for code, name in LANGUAGES])


@endpoint("GET")
def editions(request: HttpRequest, language: str) -> HttpResponseBase:
    valid_language(language)
    titles = {table.release.folder: say(table.release.title, language) for table in current_tables()}
    return _config(request) or told(request, [{"dbid": name, "text": title} for name, title in titles.items()])


@endpoint("GET")
def folder(request: HttpRequest, language: str, edition: str) -> HttpResponseBase:
    """The tables of an edition's current release; with ?query those that hold every word of it."""
    valid_language(language)
    listed = current_tables()
    found = [table for table in listed if table.release.folder == edition]
    if not found:
        raise not_found("folder", edition, sorted({table.release.folder for table in listed}))
    if "query" in request.GET:
        words = request.GET["query"].replace("*", " ").lower().split()
        return told(
            request, [_hit(one, language) for one in found if all(word in _title(one, language) for word in words)]
        )
    return _config(request) or told(request, [_listed(table, language) for table in found])


@endpoint("GET", "POST")
def table(request: HttpRequest, language: str, edition: str, identity: str) -> HttpResponseBase:
    """The variables of a table; posted to, the part that the query asks for."""
    found = table_named(identity)
    valid_language(language, found.languages)
    if found.release.folder != edition:
        raise not_found("table", identity, [one.id for one in current_tables() if one.release.folder == edition])
    if request.method == "POST":
        return _answer(request, found, language)
    content = {"title": say(found.cube.title, language), "variables": variables(found.cube.dimensions, language)}
    return _config(request) or told(request, content, found.release.appeared_at)


def _answer(request: HttpRequest, found: Table, language: str) -> HttpResponseBase:
    asked, name = _query(body(request), found)
    if name not in FORMATS_1:
        raise Refusal(400, "There is no such format.", faults=[unknown("format", name, list(FORMATS_1), "format")])
    kind = FORMATS_1[name]
    return file_answer(
        request, found, f"{name} {language}", kind, lambda: kind.write(chosen(found.cube, asked), language, Output())
    )


def _query(given: Any, found: Table) -> tuple[dict[str, list[str]], str]:
    """Selection and format of a posted query; '*' and '?' hold in 'all', a number in 'top'. The value set ('vs:') of a
    variable is the list of its own values."""
    response = given.get("response") or {}
    parts = given.get("query") or []
    try:
        name = str(response.get("format") or "json").lower()
        asked: dict[str, list[str]] = {}
        for part in parts:
            kind, values = part["selection"]["filter"], [str(one) for one in part["selection"]["values"]]
            filters = (*FILTERS, f"vs:{code_list_id(found, str(part['code']))}")
            if kind not in filters:
                faults = [unknown(str(part["code"]), str(kind), filters, "filter")]
                raise Refusal(400, "There is no such filter.", faults=faults)
            asked[str(part["code"])] = [f"top({one})" for one in values] if kind == "top" else values
    except (KeyError, TypeError, AttributeError) as error:
        part = '{"code": "...", "selection": {"filter": "item", "values": ["..."]}}'
        expected = f'{{"query": [{part}], "response": {{"format": "json"}}}}'
        raise Refusal(400, "The query cannot be read.", f"Expected {expected}.") from error
    return asked, name


def _config(request: HttpRequest) -> HttpResponseBase | None:
    if "config" not in request.GET:
        return None
    limits = {"maxValues": settings.API_CELLS, "maxCells": settings.API_CELLS}
    calls = {"maxCalls": settings.API_CALLS, "timeWindow": settings.API_SECONDS}
    return told(request, {**limits, **calls, "CORS": True})


def _listed(found: Table, language: str) -> dict[str, str]:
    text, updated = say(found.cube.title, language), moment(found.release.appeared_at)
    return {"id": found.id, "type": "t", "text": text, "updated": updated}


def _hit(found: Table, language: str) -> dict[str, object]:
    """A table that a search found, as PxWebApi 1 tells it."""
    published = moment(found.release.appeared_at)
    return {
        "id": found.id,
        "path": f"/{found.release.folder}",
        "title": say(found.cube.title, language),
        "score": 1.0,
        "published": published,
    }


def _title(found: Table, language: str) -> str:
    return f"{found.id} {say(found.cube.title, language)}".lower()
