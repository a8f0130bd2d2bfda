"""PxWebApi 2: configuration, lists of tables, their metadata and data."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from importlib.metadata import version
from math import ceil
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from barometer.publication.open_data import INDICATOR, PERIOD, Cube, say
from barometer.web.settings import LANGUAGES
from barometer.web.statbank.formats import FORMATS, PARAMETERS, SEPARATORS, Format, metadata, separated
from barometer.web.statbank.library import Table, current_tables
from barometer.web.statbank.refusals import Fault, Refusal, unknown
from barometer.web.statbank.selection import chosen, default_selection, split_list
from barometer.web.statbank.views.endpoint import (
    body,
    endpoint,
    file_answer,
    language_of,
    number_asked,
    table_named,
    told,
)

PAGE_SIZE = 100
_KNOWN = ("lang", "outputFormat", "outputFormatParams", "heading", "stub")


@endpoint("GET")
def config(request: HttpRequest) -> HttpResponseBase:
    licences = sorted({table.cube.licence for table in current_tables()})
    return told(
        request,
        {
            "apiVersion": "2.0.0",
            "appVersion": version("barometer"),
            "languages": [{"id": code, "label": str(name)} for code, name in LANGUAGES],
            "defaultLanguage": "en",
            "maxDataCells": settings.API_CELLS,
            "maxCallsPerTimeWindow": settings.API_CALLS,
            "timeWindow": settings.API_SECONDS,
            "license": ", ".join(licences),
            "sourceReferences": [],
            "defaultMetadataFormat": "json-stat2",
            "defaultDataFormat": "json-stat2",
            "dataFormats": list(FORMATS),
            "features": [{"id": "CORS", "params": [{"key": "enabled", "value": "True"}]}],
        },
    )


@endpoint("GET")
def tables(request: HttpRequest) -> HttpResponseBase:
    """Tables of the current releases that hold every word of the query, a page at a time."""
    language = language_of(request)
    words = request.GET.get("query", "").lower().split()
    days = number_asked(request, "pastDays", 0) if request.GET.get("pastDays") else 0
    since = timezone.now() - timedelta(days=days) if days else None
    found = [
        table
        for table in current_tables()
        if (since is None or table.release.appeared_at >= since)
        and all(word in _words(table, language) for word in words)
    ]
    size = number_asked(request, "pageSize", PAGE_SIZE)
    number, pages = number_asked(request, "pageNumber", 1), max(1, ceil(len(found) / size))
    if number > pages:
        fault = Fault("pageNumber", str(number), f"pageNumber: there are {pages} pages.", (f"1 to {pages}",))
        raise Refusal(400, "There is no such page.", faults=[fault])
    beside = [("next", number + 1)] * (number < pages) + [("previous", number - 1)] * (number > 1)
    page = {
        "pageNumber": number,
        "pageSize": size,
        "totalElements": len(found),
        "totalPages": pages,
        "links": [_link(rel, language, _page_address(request, to)) for rel, to in beside],
    }
    listed = [_described(request, table, language) for table in found[(number - 1) * size : number * size]]
    links = [_link("self", language, request.build_absolute_uri())]
    return told(request, {"language": language, "tables": listed, "page": page, "links": links})


@endpoint("GET")
def table(request: HttpRequest, identity: str) -> HttpResponseBase:
    found = table_named(identity)
    language = language_of(request, found)
    described = {"language": language, **_described(request, found, language)}
    return told(request, described, found.release.appeared_at)


@endpoint("GET")
def table_metadata(request: HttpRequest, identity: str) -> HttpResponseBase:
    """The table without its numbers, as JSON-stat 2."""
    found = table_named(identity)
    language, wanted = language_of(request, found), request.GET.get("outputFormat", "json-stat2")
    if wanted != "json-stat2":
        raise Refusal(
            400, "There is no such format.", faults=[unknown("outputFormat", wanted, ["json-stat2"], "format")]
        )
    content = {**metadata(found.cube, language), "href": request.build_absolute_uri()}
    content["extension"]["px"]["tableid"] = found.id
    for name, one in content["dimension"].items():
        own = _code_list(found, name)
        links = [_link("metadata", language, _absolute(request, f"codelists/{own}", language))]
        one["extension"]["codeLists"] = [{"id": own, "label": one["label"], "type": "Valueset", "links": links}]
    content["link"] = {
        rel: [{"href": _absolute(request, f"tables/{found.id}{end}", language)}]
        for rel, end in (("describes", ""), ("data", "/data"))
    }
    return told(request, content, found.release.appeared_at)


@endpoint("GET")
def default(request: HttpRequest, identity: str) -> HttpResponseBase:
    """What is given when nothing is asked for, as it could be posted."""
    found = table_named(identity)
    language, cube = language_of(request, found), found.cube
    names = [one.id for one in cube.dimensions]
    selection = [{"variableCode": name, "valueCodes": codes} for name, codes in default_selection(cube).items()]
    content = {
        "language": language,
        "selection": selection,
        "placement": {"stub": names[:-2], "heading": names[-2:]},
        "links": [_link("self", language, request.build_absolute_uri())],
    }
    return told(request, content, found.release.appeared_at)


@endpoint("GET")
def code_list(request: HttpRequest, identity: str) -> HttpResponseBase:
    """The values of one variable of one table."""
    before, _, variable = identity.removeprefix("vs_").rpartition(".")
    found = table_named(before)
    language, names = language_of(request, found), [one.id for one in found.cube.dimensions]
    if variable not in names or not identity.startswith("vs_"):
        valid = [_code_list(found, name) for name in names]
        raise Refusal(404, "There is no such code list.", faults=[unknown("id", identity, valid, "code list")])
    one = found.cube.dimension(variable)
    values = [
        {"code": category.code, "label": say(category.label, language), "valueMap": [category.code]}
        for category in one.categories
    ]
    content = {
        "id": identity,
        "label": say(one.label, language),
        "language": language,
        "languages": list(found.languages),
        "elimination": bool(one.everyone),
        **({"eliminationValueCode": one.everyone} if one.everyone else {}),
        "type": "Valueset",
        "values": values,
        "links": [_link("self", language, request.build_absolute_uri())],
    }
    return told(request, content, found.release.appeared_at)


@endpoint("GET", "POST")
def data(request: HttpRequest, identity: str) -> HttpResponseBase:
    """The part of a table that the address or the body asks for."""
    found = table_named(identity)
    language = language_of(request, found)
    asked = _posted(found, body(request)) if request.method == "POST" else _in_address(request, found)
    name, written = _format(request)
    return file_answer(
        request, found, f"{name} {language}", written, lambda: written.write(chosen(found.cube, asked), language)
    )


def _in_address(request: HttpRequest, found: Table) -> dict[str, list[str]]:
    """valueCodes[VARIABLE]=A,B in any case; other parameters are refused, so that a slip is not answered wrongly."""
    asked: dict[str, list[str]] = {}
    faults: list[Fault] = []
    for name, given in request.GET.lists():
        kind, _, variable = name.partition("[")
        if kind.lower() == "valuecodes" and variable.endswith("]"):
            asked.setdefault(variable[:-1], []).extend(code for one in given for code in split_list(one))
        elif kind.lower() == "codelist" and variable.endswith("]"):
            faults += _code_list_faults(found, variable[:-1], given[-1])
        elif kind.lower() == "outputvalues" and variable.endswith("]"):
            continue
        elif name not in _KNOWN:
            faults.append(unknown("parameter", name, ["valueCodes[VARIABLE]", *_KNOWN], "parameter"))
    if faults:
        raise Refusal(400, "A parameter is not valid.", faults=faults)
    return asked


def _posted(found: Table, told: Any) -> dict[str, list[str]]:
    """{"selection": [{"variableCode": ..., "valueCodes": [...]}]}"""
    selection = told.get("selection") or []
    if not isinstance(selection, list) or not all(_is_part(one) for one in selection):
        detail = 'Expected {"selection": [{"variableCode": "...", "valueCodes": ["...", ...]}, ...]}.'
        raise Refusal(400, "The selection cannot be read.", detail)
    faults = [
        fault
        for one in selection
        if one.get("codelist")
        for fault in _code_list_faults(found, one["variableCode"], str(one["codelist"]))
    ]
    if faults:
        raise Refusal(400, "A code list is not valid.", faults=faults)
    asked: dict[str, list[str]] = {}
    for one in selection:
        asked.setdefault(one["variableCode"], []).extend(one.get("valueCodes") or [])
    return asked


def _is_part(one: object) -> bool:
    if not isinstance(one, dict) or not isinstance(one.get("variableCode"), str):
        return False
    codes = one.get("valueCodes") or []
    return isinstance(codes, list) and all(isinstance(code, str) for code in codes)


def _code_list_faults(found: Table, variable: str, given: str) -> Sequence[Fault]:
    """The only code list of a variable is that of its own values."""
    own = _code_list(found, variable)
    return [] if given in ("", own) else [unknown(f"codelist[{variable}]", given, [own], "code list")]


def _format(request: HttpRequest) -> tuple[str, Format]:
    name = request.GET.get("outputFormat", "json-stat2")
    given = split_list(request.GET.get("outputFormatParams", ""))
    faults = [] if name in FORMATS else [unknown("outputFormat", name, list(FORMATS), "format")]
    faults += [unknown("outputFormatParams", one, PARAMETERS) for one in given if one not in PARAMETERS]
    if faults:
        raise Refusal(400, "The format is not valid.", faults=faults)
    separator = next((SEPARATORS[one] for one in given if one in SEPARATORS), "")
    if separator and name == "csv":
        return name, Format(FORMATS["csv"].kind, "csv", partial(_separated, separator))
    return name, FORMATS[name]


def _separated(separator: str, cube: Cube, language: str) -> bytes:
    return separated(cube, language, separator)


def _described(request: HttpRequest, found: Table, language: str) -> dict[str, Any]:
    cube = found.cube
    periods, title = cube.dimension(PERIOD).codes, say(cube.title, language)
    edition = say(found.release.title, language)
    ends = (("self", ""), ("metadata", "/metadata"), ("data", "/data"), ("defaultselection", "/defaultselection"))
    return {
        "type": "Table",
        "id": found.id,
        "label": title,
        "description": say(cube.source, language),
        "sortCode": found.id,
        "updated": found.release.appeared_at.isoformat(),
        "firstPeriod": periods[0],
        "lastPeriod": periods[-1],
        "category": "public",
        "discontinued": found.superseded,
        "variableNames": [say(one.label, language) for one in cube.dimensions],
        "source": say(cube.source, language),
        "subjectCode": cube.survey,
        "timeUnit": "Other",
        "release": found.release.number,
        "paths": [
            [
                {"id": found.release.folder, "label": edition},
                {"id": f"{found.release.folder}.{cube.survey}", "label": say(cube.subject, language)},
            ]
        ],
        "links": [
            *(_link(rel, language, _absolute(request, f"tables/{found.id}{end}", language)) for rel, end in ends),
            _link("permanent", language, _absolute(request, f"tables/{found.pinned_id}", language)),
        ],
    }


def _words(found: Table, language: str) -> str:
    """What a query is looked for in."""
    cube = found.cube
    labels = [say(one.label, language) for one in cube.dimension(INDICATOR).categories]
    return " ".join([found.id, say(cube.title, language), say(cube.source, language), *labels]).lower()


def _code_list(found: Table, variable: str) -> str:
    return f"vs_{found.id}.{variable}"


def _absolute(request: HttpRequest, path: str, language: str) -> str:
    return request.build_absolute_uri(f"/api/v2/{path}?lang={language}")


def _page_address(request: HttpRequest, number: int) -> str:
    given = request.GET.copy()
    given["pageNumber"] = str(number)
    return request.build_absolute_uri(f"{request.path}?{given.urlencode()}")


def _link(rel: str, language: str, href: str) -> dict[str, str]:
    return {"rel": rel, "hreflang": language, "href": href}
