"""The API's description by OpenAPI 3.1."""

from importlib.metadata import version
from typing import Any

from django.conf import settings

from barometer.web.statbank.formats import FORMATS, FORMATS_1, PARAMETERS

_LANG = {"$ref": "#/components/parameters/lang"}
_ID = {"$ref": "#/components/parameters/id"}
_TEXTS = {"type": "array", "items": {"type": "string"}}
_SELECTION: dict[str, Any] = {
    "type": "object",
    "properties": {
        "placement": {"type": "object", "properties": {"heading": _TEXTS, "stub": _TEXTS}},
        "selection": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["variableCode"],
                "properties": {
                    "variableCode": {"type": "string"},
                    "codelist": {"type": ["string", "null"]},
                    "valueCodes": {"type": "array", "items": {"type": "string"}},
                },
            },
        },
    },
}


def description(server: str) -> dict[str, Any]:
    """The description of the API at an address. A test holds it against the routes and the answers."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Barometer: released tables",
            "version": version("barometer"),
            "summary": "PxWebApi 2, and PxWebApi 1 for older clients. Only released figures.",
        },
        "servers": [{"url": server}],
        "paths": {
            **_version_2(),
            **_version_1(),
            "/api/openapi.json": {"get": _get("This description", "openapi", [])},
        },
        "components": {"parameters": _parameters(), "schemas": _schemas(), "responses": {"Problem": _problem()}},
    }


def _version_2() -> dict[str, Any]:
    listing = [
        _LANG,
        *(
            {"$ref": f"#/components/parameters/{name}"}
            for name in ("query", "pastDays", "includeDiscontinued", "pageNumber", "pageSize")
        ),
    ]
    told, addressed = (
        [{"$ref": f"#/components/parameters/{name}"} for name in names]
        for names in (("defaultSelection", "savedQuery", "codelist"), ("valueCodes", "codelist", "heading", "stub"))
    )
    writing = [_ID, _LANG, *({"$ref": f"#/components/parameters/outputFormat{ending}"} for ending in ("", "Params"))]
    files: dict[str, Any] = {one.kind.partition(";")[0]: {} for one in FORMATS.values()}
    return {
        "/api/v2/config": {"get": _get("Limits, languages and formats", "config", [], "Config")},
        "/api/v2/tables": {"get": _get("Tables of the current releases", "listTables", listing, "Tables")},
        "/api/v2/tables/{id}": {"get": _get("A table", "getTable", [_ID, _LANG], "Table")},
        "/api/v2/tables/{id}/metadata": {
            "get": _get("Its variables and values, as JSON-stat 2", "getMetadata", [_ID, _LANG, *told], "Metadata")
        },
        "/api/v2/tables/{id}/defaultselection": {
            "get": _get("What is given when nothing is asked for", "getDefaultSelection", [_ID, _LANG], "SelectionTold")
        },
        "/api/v2/tables/{id}/data": {
            "get": _get(
                "The part of a table that the address asks for", "getData", [*writing, *addressed], content=files
            ),
            "post": {
                **_get("The part that the body asks for", "postData", writing, content=files),
                "requestBody": _body("Selection"),
            },
        },
        "/api/v2/codelists/{id}": {"get": _get("The values of a variable", "getCodeList", [_ID, _LANG], "CodeList")},
        "/api/v2/savedqueries": {
            "post": {
                **_get("Store a query", "saveQuery", [], "SavedQuery", status="201"),
                "requestBody": _body("SavedQuery"),
            }
        },
        "/api/v2/savedqueries/{id}": {"get": _get("A stored query", "getSavedQuery", [_ID], "SavedQueryTold")},
        "/api/v2/savedqueries/{id}/selection": {
            "get": _get("The values a stored query means now", "getSavedSelection", [_ID, _LANG], "SelectionTold")
        },
        "/api/v2/savedqueries/{id}/data": {
            "get": _get("The numbers a stored query means now", "getSavedData", writing, content=files)
        },
    }


def _version_1() -> dict[str, Any]:
    names = ("language", "edition", "table")
    language, edition, table = (
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names
    )
    search = {"name": "query", "in": "query", "schema": {"type": "string"}}
    files: dict[str, Any] = {one.kind.partition(";")[0]: {} for one in FORMATS_1.values()}
    config = {"name": "config", "in": "query", "allowEmptyValue": True, "schema": {"type": "string"}}
    query = {
        **_get("The part of a table that the query asks for", "queryTable1", [language, edition, table], content=files),
        "requestBody": _body("Query1"),
    }
    return {
        "/api/v1": {"get": _get("Languages; with ?config the limits", "languages1", [config])},
        "/api/v1/{language}": {"get": _get("Editions", "editions1", [language, config])},
        "/api/v1/{language}/{edition}": {
            "get": _get("Tables of an edition", "tables1", [language, edition, config, search])
        },
        "/api/v1/{language}/{edition}/{table}": {
            "get": _get("The variables of a table", "getTable1", [language, edition, table, config]),
            "post": query,
        },
    }


def _get(
    summary: str,
    operation: str,
    parameters: list[dict[str, Any]],
    schema: str = "",
    content: dict[str, Any] | None = None,
    status: str = "200",
) -> dict[str, Any]:
    body = content or {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}} if schema else {}}
    return {
        "summary": summary,
        "operationId": operation,
        "parameters": parameters,
        "responses": {
            status: {"description": summary, "content": body},
            "304": {"description": "The caller has it: ETag or Last-Modified is the same"},
            "default": {"$ref": "#/components/responses/Problem"},
        },
    }


def _body(schema: str) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}}


def _parameters() -> dict[str, Any]:
    def given(name: str, said: str, **schema: object) -> dict[str, Any]:
        return {"name": name, "in": "query", "description": said, "schema": schema}

    expressions = "'*', 'A*', '?', 'top(n)', 'top(n,offset)', 'bottom(n)', 'range(a,b)', 'from(a)', 'to(a)'"
    codes = f"Codes, or {expressions}; a parameter a variable: valueCodes[sector]=state,region"
    listed = {"type": "object", "additionalProperties": {"type": "string"}}
    return {
        "lang": given("lang", "Language of the labels", type="string", enum=[code for code, _ in settings.LANGUAGES]),
        "id": {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
        "query": given("query", "Words that title, source or an indicator must have", type="string"),
        "pastDays": given("pastDays", "Only tables released in so many days", type="integer", minimum=1),
        "includeDiscontinued": given("includeDiscontinued", "Also tables of superseded releases", type="boolean"),
        "defaultSelection": given("defaultSelection", "Known, and changes nothing", type="boolean"),
        "savedQuery": given("savedQuery", "A stored query's id; changes nothing else", type="string"),
        "heading": given("heading", "Variables across, comma-separated", type="string"),
        "stub": given("stub", "Variables down, comma-separated", type="string"),
        "codelist": {
            "name": "codelist",
            "in": "query",
            "description": "A variable's code list: codelist[sector]=vs_ID.sector",
            "style": "deepObject",
            "schema": listed,
        },
        "pageNumber": given("pageNumber", "Page, from 1", type="integer", minimum=1, default=1),
        "pageSize": given("pageSize", "Tables on a page", type="integer", minimum=1, default=100),
        "outputFormat": given("outputFormat", "Format", type="string", enum=list(FORMATS), default="json-stat2"),
        "outputFormatParams": given("outputFormatParams", "Comma-separated", type="string", examples=list(PARAMETERS)),
        "valueCodes": {
            "name": "valueCodes",
            "in": "query",
            "description": codes,
            "style": "deepObject",
            "schema": listed,
        },
    }


def _schemas() -> dict[str, Any]:
    text, number = {"type": "string"}, {"type": "integer"}
    texts = {"type": "array", "items": text}
    link = _object(["rel", "hreflang", "href"], rel=text, hreflang=text, href=text)
    links = {"type": "array", "items": link}
    table = _object(
        ["type", "id", "label", "updated", "firstPeriod", "lastPeriod", "category", "variableNames", "links", "paths"],
        type={"const": "Table"}, id=text, label=text, updated=text, firstPeriod=text, lastPeriod=text, category=text,
        variableNames=texts, discontinued={"type": "boolean"}, release=number, links=links,
    )  # fmt: skip
    page = _object(
        ["pageNumber", "pageSize", "totalElements", "totalPages"],
        pageNumber=number, pageSize=number, totalElements=number, totalPages=number, links=links,
    )  # fmt: skip
    dataset = _object(
        ["version", "class", "id", "size", "dimension"],
        **{"version": {"const": "2.0"}, "class": {"const": "dataset"}, "id": texts},
        size={"type": "array", "items": number}, dimension={"type": "object"},
    )  # fmt: skip
    fault = _object(["variable", "value", "detail", "valid"], variable=text, value=text, detail=text, valid=texts)
    problem = _object(
        ["type", "title", "status", "detail", "instance"], type=text, title=text, status=number, detail=text,
        instance=text, variable=text, value=text, valid=texts, errors={"type": "array", "items": fault},
    )  # fmt: skip
    value = _object(["code", "label"], code=text, label=text)
    saved = _object(
        ["tableId", "language", "selection"],
        id=text, tableId=text, language=text, selection=_SELECTION, outputFormat={"enum": list(FORMATS)},
        outputFormatParams={"type": "array", "items": {"enum": list(PARAMETERS)}},
    )  # fmt: skip
    item = _object(
        ["code", "selection"],
        code=text, selection=_object(["filter", "values"], filter={"enum": ["item", "all", "top"]}, values=texts),
    )  # fmt: skip
    return {
        "Config": _object(
            ["apiVersion", "languages", "defaultLanguage", "dataFormats", "maxDataCells", "maxCallsPerTimeWindow",
             "timeWindow"],
            apiVersion=text, maxDataCells=number, maxCallsPerTimeWindow=number, timeWindow=number,
        ),
        "Tables": _object(["language", "tables", "page"], tables={"type": "array", "items": table}, page=page),
        "Table": table,
        "Dataset": dataset,
        "CodeList": _object(["id", "label", "values"], id=text, label=text, values={"type": "array", "items": value}),
        "Metadata": {**dataset, "properties": {**dataset["properties"], "value": {"type": "null"}}},
        "Selection": _SELECTION,
        "SelectionTold": _object(
            ["language", "selection", "placement", "links"], **_SELECTION["properties"], links=links
        ),
        "SavedQuery": saved,
        "SavedQueryTold": _object(
            ["id", "language", "savedQuery", "links"], id=text, language=text, savedQuery=saved, links=links
        ),
        "Query1": _object(
            [], query={"type": "array", "items": item}, response=_object([], format={"enum": list(FORMATS_1)})
        ),
        "Problem": problem,
    }  # fmt: skip


def _object(required: list[str], **properties: object) -> dict[str, Any]:
    return {"type": "object", "required": required, "properties": properties}


def _problem() -> dict[str, Any]:
    said = "What is wrong, with the variable, the value and the valid ones (RFC 9457); 429 has Retry-After"
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": said, "content": {"application/problem+json": {"schema": schema}}}
