"""PxWebApi 2: numbers of a table, asked for by the address, by a body, or by a query that was stored."""

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase

from barometer.publication.open_data import DataCube
from barometer.web.accounts.guard import client_address
from barometer.web.statbank.asked import DEFAULT_FORMAT, Asked, Written, checked, in_address, posted, written
from barometer.web.statbank.library import Table
from barometer.web.statbank.limits import seconds_to_save
from barometer.web.statbank.models import SavedQuery
from barometer.web.statbank.refusals import Refusal
from barometer.web.statbank.saved_queries import NoRoom, find_query, save_query
from barometer.web.statbank.selection import default_selection
from barometer.web.statbank.views.endpoint import (
    body,
    endpoint,
    file_answer,
    language_of,
    table_named,
    told,
    too_many,
    valid_language,
)
from barometer.web.statbank.views.links import address, link, own_link


@endpoint("GET", "POST")
def data(request: HttpRequest, identity: str) -> HttpResponseBase:
    """The part of a table that the address or the body asks for."""
    found = table_named(identity)
    language = language_of(request, found)
    in_body = request.method == "POST"
    asked = posted(body(request), found) if in_body else in_address(request.GET, found)
    return _file(request, found, language, asked, written(request, Written(DEFAULT_FORMAT, ())))


@endpoint("GET")
def default(request: HttpRequest, identity: str) -> HttpResponseBase:
    """What is given when nothing is asked for, as it could be posted."""
    found = table_named(identity)
    language = language_of(request, found)
    content = {**_selection(Asked(default_selection(found.cube)).cells(found.cube)), "language": language}
    return told(request, {**content, "links": [own_link(request, language)]}, found.release.appeared_at)


@endpoint("POST")
def save(request: HttpRequest) -> HttpResponseBase:
    """Store a query, if it can be answered now."""
    if wait := seconds_to_save(client_address(request)):
        raise too_many("Too many queries are stored.", wait)
    given = body(request)
    wrong = [name for name in ("tableId", "language") if not isinstance(given.get(name), str)]
    if wrong or not isinstance(given.get("selection"), dict):
        expected = '{"tableId": "...", "language": "en", "selection": {"selection": [...], "placement": {...}}}'
        raise Refusal(400, "The query cannot be read.", f"Expected {expected}.")
    found = table_named(given["tableId"])
    language = valid_language(given["language"], found.languages)
    asked, form = posted(given["selection"], found), _format(given)
    asked.cells(found.cube)
    try:
        saved = save_query(
            table=found.id,
            asked=asked,
            language=language,
            output_format=form.name if given.get("outputFormat") else "",
            output_format_params=form.parameters,
        )
    except NoRoom as error:
        raise Refusal(503, "No more queries can be stored.", "Keep the address of the data instead.") from error
    response = JsonResponse(_query(saved), status=201)
    response["Location"] = address(request, f"savedqueries/{saved.key}", language)
    return response


@endpoint("GET")
def saved(request: HttpRequest, key: str) -> HttpResponseBase:
    """A stored query, with the table it names."""
    found = _found(key)
    ends = (("self", ""), ("data", "/data"), ("selection", "/selection"))
    links = [
        link(rel, found.language, address(request, f"savedqueries/{key}{end}", found.language)) for rel, end in ends
    ]
    return told(request, {**_query(found), "savedQuery": _query(found), "links": links})


@endpoint("GET")
def saved_selection(request: HttpRequest, key: str) -> HttpResponseBase:
    """The values that a stored query means now."""
    query = _found(key)
    found = table_named(query.table)
    language = language_of(request, found, query.language)
    content = {**_selection(_asked(query).cells(found.cube)), "language": language}
    return told(request, {**content, "links": [own_link(request, language)]}, found.release.appeared_at)


@endpoint("GET")
def saved_data(request: HttpRequest, key: str) -> HttpResponseBase:
    """The numbers that a stored query means now, in its format or another."""
    query = _found(key)
    found = table_named(query.table)
    form = written(request, Written(query.output_format or DEFAULT_FORMAT, tuple(query.output_format_params)))
    return _file(request, found, language_of(request, found, query.language), _asked(query), form)


def _file(request: HttpRequest, found: Table, language: str, asked: Asked, form: Written) -> HttpResponseBase:
    name = f"{form.name} {','.join(form.parameters)} {language}"
    return file_answer(request, found, name, form.format, form.writer(asked, found.cube, language))


def _found(key: str) -> SavedQuery:
    query = find_query(key)
    if query is None:
        raise Refusal(404, "There is no such saved query.", f"There is no saved query '{key}'.")
    return query


def _asked(query: SavedQuery) -> Asked:
    values = {one["variableCode"]: one["valueCodes"] for one in query.selection}
    return Asked(values, query.placement["stub"], query.placement["heading"])


def _format(given: Any) -> Written:
    parameters = given.get("outputFormatParams") or []
    if not isinstance(parameters, list) or not all(isinstance(one, str) for one in parameters):
        raise Refusal(400, "The format is not valid.", "outputFormatParams: expected a list of texts.")
    return checked(str(given.get("outputFormat") or DEFAULT_FORMAT), parameters)


def _query(query: SavedQuery) -> dict[str, Any]:
    form = {"outputFormat": query.output_format} if query.output_format else {}
    return {
        "id": query.key,
        "selection": {"selection": query.selection, "placement": query.placement},
        "language": query.language,
        "tableId": query.table,
        **form,
        "outputFormatParams": query.output_format_params,
    }


def _selection(part: DataCube) -> dict[str, Any]:
    """The values and places of a part of a table."""
    return {
        "selection": [{"variableCode": one.id, "valueCodes": list(one.codes)} for one in part.dimensions],
        "placement": {"heading": [one.id for one in part.heading], "stub": [one.id for one in part.stub]},
    }
