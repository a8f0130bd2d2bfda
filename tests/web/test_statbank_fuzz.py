"""Requests made up from the API's own description: whatever is asked, the answer is one that is described."""

import json
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from barometer.files import Releases
from barometer.web.statbank.openapi import description
from examples import examples

pytestmark = pytest.mark.django_db
TABLE = "starter.workplaces-sector"
TOLD = description("http://testserver")
VARIABLES = ("indicator", "sector", "period", "measure", "SECTOR", "moon", "", "time")
EXPRESSIONS = (
    *("*", "state", "INC_ANY", "s*", "?tate", "top(1)", "TOP(2,1)", "bottom(99)", "top(²)", "top(٣)", "from(state)"),
    *("range(all,state)", "to(all)", "[a,b]", "[", "top(", "\x00", "\ud800", "9999", "value", "2023", "%", "a" * 300),
)
WORDS = st.sampled_from(EXPRESSIONS) | st.text(max_size=8)
NAMES = st.sampled_from(VARIABLES) | st.text(max_size=4)
PLACES = {"heading", "stub"}


def of_schema(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values of a schema's type, and things that are not."""
    if "$ref" in schema:
        found: Any = TOLD
        for step in schema["$ref"].split("/")[1:]:
            found = found[step]
        return of_schema(found)
    if "enum" in schema:
        return st.sampled_from(schema["enum"]) | WORDS
    kind = schema.get("type")
    if kind == "integer":
        return st.sampled_from([0, 1, 2, 10**4, 10**30, "²", "٣", "-1", ""]) | st.integers()
    if kind == "array":
        return st.lists(of_schema(schema["items"]), max_size=3) | st.none() | WORDS
    if kind == "object":
        own = {name: of_schema(one) for name, one in schema.get("properties", {}).items()}
        return st.fixed_dictionaries({}, optional=own) | st.dictionaries(NAMES, WORDS, max_size=2)
    if kind == "boolean":
        return st.sampled_from(["true", "false", "TRUE", "2"])
    return st.one_of(WORDS, NAMES, st.sampled_from([TABLE, "en", "da", ""]), st.none())


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, str, list[tuple[str, str]], Any]:
    path = draw(st.sampled_from(sorted(TOLD["paths"])))
    method = draw(st.sampled_from(sorted(TOLD["paths"][path])))
    operation = TOLD["paths"][path][method]
    address = path
    query: list[tuple[str, str]] = []
    for one in operation["parameters"]:
        about = TOLD["components"]["parameters"][one["$ref"].rpartition("/")[2]] if "$ref" in one else one
        if about["in"] == "path":
            known = {"id": TABLE, "language": "en", "edition": "starter", "table": TABLE}[about["name"]]
            word = draw(st.sampled_from([known, known, f"vs_{known}.sector"]) | st.text(max_size=6))
            address = address.replace(f"{{{about['name']}}}", word.replace("/", "") or "x")
        elif draw(st.booleans()):
            name = about["name"]
            if about.get("style") == "deepObject":
                name = f"{name}[{draw(NAMES)}]"
            value = ",".join(draw(st.lists(NAMES, max_size=4))) if name in PLACES else draw(of_schema(about["schema"]))
            query.append((name, str(value)))
    body: Any = None
    if "requestBody" in operation:
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        body = draw(of_schema(schema) | st.sampled_from([[], 3, "x", None]))
    return method, address, query, body


@pytest.fixture(autouse=True)
def unlimited(settings: LazySettings) -> None:
    """Set once: each time it is set lies on the time before."""
    settings.API_CALLS = settings.API_SAVES = 10**9


@examples(120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(request=requests())
def test_every_answer_is_one_that_the_description_has(
    releases: Releases, request: tuple[str, str, list[tuple[str, str]], Any]
) -> None:
    method, address, query, body = request
    client = Client()
    given = [(name.encode(errors="replace").decode(), value.encode(errors="replace").decode()) for name, value in query]
    asked: dict[str, list[str]] = {}
    for name, value in given:
        asked.setdefault(name, []).append(value)
    where = address.encode(errors="replace").decode()
    if method == "post":
        answer = client.post(where, json.dumps(body), content_type="application/json", query_params=asked)
    else:
        answer = client.get(where, asked)
    assert answer.status_code < 500 or answer.status_code == 503
    kind = answer["Content-Type"].partition(";")[0]
    if answer.status_code >= 400:
        told = answer.json()
        assert kind == "application/problem+json" and told["status"] == answer.status_code
        assert told["title"] and told["detail"]
    elif answer.status_code < 300:
        kinds = {
            name
            for operations in TOLD["paths"].values()
            for operation in operations.values()
            for one in operation["responses"].values()
            for name in one.get("content", {})
        }
        assert kind in kinds
