"""PxWebApi 2: configuration, lists of tables, and what there is to choose of one."""

from datetime import timedelta
from importlib.metadata import version
from math import ceil
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from barometer.publication.open_data import INDICATOR, MEASURE, PERIOD, DataCube, say
from barometer.web.settings import LANGUAGES
from barometer.web.statbank.asked import DEFAULT_FORMAT, code_list_faults, code_list_id
from barometer.web.statbank.formats import FORMATS, metadata
from barometer.web.statbank.library import Table, current_tables, superseded_tables
from barometer.web.statbank.refusals import Fault, Refusal, not_found, unknown
from barometer.web.statbank.saved_queries import find_query
from barometer.web.statbank.views.endpoint import (
    KNOWN,
    endpoint,
    flag_asked,
    language_of,
    moment,
    number_asked,
    table_named,
    told,
)
from barometer.web.statbank.views.links import address, link, own_link, page_address

PAGE_SIZE = 100
_OF_METADATA = ("lang", "outputFormat", "defaultSelection", "savedQuery", "codelist[VARIABLE]")


@endpoint("GET")
def config(request: HttpRequest) -> HttpResponseBase:
    cubes = [table.cube for table in current_tables()]
    licences = sorted({cube.licence for cube in cubes})
    sources = {code: sorted({say(cube.source, code) for cube in cubes}) for code in KNOWN}
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
            "sourceReferences": [{"language": code, "text": "; ".join(said)} for code, said in sources.items() if said],
            "defaultMetadataFormat": DEFAULT_FORMAT,
            "defaultDataFormat": DEFAULT_FORMAT,
            "dataFormats": list(FORMATS),
            "features": [{"id": "CORS", "params": [{"key": "enabled", "value": "True"}]}],
        },
    )


@endpoint("GET")
def tables(request: HttpRequest) -> HttpResponseBase:
    """Tables that hold every word of the query, a page at a time: those of the current releases, and if asked for also
    those of releases that were superseded."""
    language = language_of(request)
    words = request.GET.get("query", "").lower().split()
    days = number_asked(request, "pastDays", 0) if request.GET.get("pastDays") else 0
    since = timezone.now() - timedelta(days=days) if days else None
    found = [
        table
        for table in current_tables() + (superseded_tables() if flag_asked(request, "includeDiscontinued") else [])
        if (since is None or table.release.appeared_at >= since)
        and all(word in _words(table, language) for word in words)
    ]
    size = number_asked(request, "pageSize", PAGE_SIZE)
    number, pages = number_asked(request, "pageNumber", 1), max(1, ceil(len(found) / size))
    if number > pages:
        fault = Fault("pageNumber", str(number), f"pageNumber: there are {pages} pages.", (f"1 to {pages}",))
        raise Refusal(404, "Non-existent page", faults=[fault])
    beside = [("next", number + 1)] * (number < pages) + [("previous", number - 1)] * (number > 1)
    page = {
        "pageNumber": number,
        "pageSize": size,
        "totalElements": len(found),
        "totalPages": pages,
        "links": [link(rel, language, page_address(request, to)) for rel, to in beside],
    }
    listed = [_described(request, table, language) for table in found[(number - 1) * size : number * size]]
    return told(request, {"language": language, "tables": listed, "page": page, "links": [own_link(request, language)]})


@endpoint("GET")
def table(request: HttpRequest, identity: str) -> HttpResponseBase:
    found = table_named(identity)
    language = language_of(request, found)
    described = {"language": language, **_described(request, found, language)}
    return told(request, described, found.release.appeared_at)


@endpoint("GET")
def table_metadata(request: HttpRequest, identity: str) -> HttpResponseBase:
    """The table without its numbers, as JSON-stat 2. The parameters of PxWeb's front end are known and change nothing,
    since every value may be chosen by each variable's own code list."""
    found = table_named(identity)
    language = language_of(request, found)
    _check_metadata(request, found)
    content = {**metadata(found.cube, language), "value": None, "href": request.build_absolute_uri()}
    content["extension"] |= _period(found.cube) | {"discontinued": found.superseded}
    content["extension"]["px"]["tableid"] = found.id
    for name, one in content["dimension"].items():
        own = code_list_id(found, name)
        lists = [
            {
                "id": own,
                "label": one["label"],
                "type": "Valueset",
                "links": [link("metadata", language, address(request, f"codelists/{own}", language))],
            }
        ]
        one["extension"] |= {"codelists": lists, "codeLists": lists}
    days = "/".join(day.isoformat() for day in found.cube.period)
    measures = found.cube.dimension(MEASURE).codes
    content["dimension"][MEASURE]["extension"]["refperiod"] = dict.fromkeys(measures, days)
    content["link"] = {
        rel: [{"href": address(request, f"tables/{found.id}{end}", language)}]
        for rel, end in (("describes", ""), ("data", "/data"))
    }
    return told(request, content, found.release.appeared_at)


def _check_metadata(request: HttpRequest, found: Table) -> None:
    given = request.GET
    wanted, key = given.get("outputFormat") or DEFAULT_FORMAT, given.get("savedQuery", "")
    faults = code_list_faults(given, found)
    faults += [
        unknown("parameter", name, _OF_METADATA, "parameter")
        for name in given
        if name not in _OF_METADATA and not name.lower().startswith("codelist[")
    ]
    if wanted != DEFAULT_FORMAT:
        faults.append(unknown("outputFormat", wanted, [DEFAULT_FORMAT], "format"))
    flag_asked(request, "defaultSelection")
    if key and find_query(key) is None:
        raise not_found("saved query", key, ())
    if faults:
        raise Refusal(400, "A parameter is not valid.", faults=faults)


@endpoint("GET")
def code_list(request: HttpRequest, identity: str) -> HttpResponseBase:
    """The values of one variable of one table."""
    before, _, variable = identity.removeprefix("vs_").rpartition(".")
    found = table_named(before)
    language, names = language_of(request, found), [one.id for one in found.cube.dimensions]
    if variable not in names or not identity.startswith("vs_"):
        valid = [code_list_id(found, name) for name in names]
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
        "links": [own_link(request, language)],
    }
    return told(request, content, found.release.appeared_at)


def _described(request: HttpRequest, found: Table, language: str) -> dict[str, Any]:
    cube = found.cube
    title = say(cube.title, language)
    edition = say(found.release.title, language)
    ends = (("self", ""), ("metadata", "/metadata"), ("data", "/data"), ("defaultselection", "/defaultselection"))
    return {
        "type": "Table",
        "id": found.id,
        "label": title,
        "description": say(cube.source, language),
        "sortCode": found.id,
        "updated": moment(found.release.appeared_at),
        **_period(cube),
        "category": "public",
        "discontinued": found.superseded,
        "variableNames": [say(one.label, language) for one in cube.dimensions],
        "source": say(cube.source, language),
        "subjectCode": found.release.folder,
        "release": found.release.number,
        "paths": [
            [
                {"id": found.release.folder, "label": edition},
                {"id": f"{found.release.folder}.{cube.survey}", "label": say(cube.subject, language)},
            ]
        ],
        "links": [
            *(link(rel, language, address(request, f"tables/{found.id}{end}", language)) for rel, end in ends),
            link("permanent", language, address(request, f"tables/{found.pinned_id}", language)),
        ],
    }


def _period(cube: DataCube) -> dict[str, str]:
    codes = cube.dimension(PERIOD).codes
    unit = "Annual" if all(len(code) == 4 and code.isdecimal() for code in codes) else "Other"
    return {"firstPeriod": codes[0], "lastPeriod": codes[-1], "timeUnit": unit}


def _words(found: Table, language: str) -> str:
    """What a query is looked for in."""
    cube = found.cube
    labels = [say(one.label, language) for one in cube.dimension(INDICATOR).categories]
    return " ".join([found.id, say(cube.title, language), say(cube.source, language), *labels]).lower()
