"""PxWebApi 1: the requests that older clients make, and what is said when something is wrong."""

import json
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from barometer.files import Releases

pytestmark = pytest.mark.django_db
V1, TABLE = "/api/v1/en/starter/", "starter.workplaces-sector"


def refused(answer: Any, status: int) -> Any:
    assert answer.status_code == status and answer["Content-Type"] == "application/problem+json"
    return json.loads(answer.content)


def test_every_level_of_version_1_says_what_one_call_may_ask(releases: Releases, settings: LazySettings) -> None:
    for level in ("/api/v1/", "/api/v1/en/", V1, V1 + TABLE):
        told = Client().get(level + "?config").json()
        assert told["maxValues"] == settings.API_CELLS and {"maxCalls", "timeWindow", "CORS"} <= set(told)


def test_version_1_leads_from_folders_to_a_table_and_its_numbers(releases: Releases) -> None:
    """The requests that the R package pxweb makes, in its order."""
    assert [one["dbid"] for one in Client().get("/api/v1/en/").json()] == ["starter"]
    assert TABLE in [one["id"] for one in Client().get(V1).json() if one["type"] == "t"]
    variables = {one["code"]: one for one in Client().get(V1 + TABLE).json()["variables"]}
    assert variables["sector"]["elimination"] and variables["period"]["time"]
    assert len(variables["sector"]["values"]) == len(variables["sector"]["valueTexts"])
    query = [
        {"code": "indicator", "selection": {"filter": "item", "values": ["INC_ANY"]}},
        {"code": "sector", "selection": {"filter": "all", "values": ["*"]}},
        {"code": "measure", "selection": {"filter": "item", "values": ["value", "n"]}},
    ]
    post = lambda kind: Client().post(  # noqa: E731
        V1 + TABLE, {"query": query, "response": {"format": kind}}, content_type="application/json"
    )
    told = post("json").json()
    assert [one["code"] for one in told["columns"]] == ["indicator", "sector", "period", "value", "n"]
    assert [one["type"] for one in told["columns"]] == ["d", "d", "t", "c", "c"]
    older, newer = post("json-stat").json()["dataset"], post("json-stat2").json()
    assert older["value"] == newer["value"] and older["dimension"]["id"] == newer["id"]
    numbers = [None if not word.strip(".") else float(word) for row in told["data"] for word in row["values"]]
    assert numbers == pytest.approx(newer["value"])
    assert post("px").content.startswith(b"CHARSET") and post("xlsx").content[:2] == b"PK"
    assert b"<table>" in post("html5_table").content
    crossed, texts, codes = (post(kind).content.decode().splitlines() for kind in ("csv", "csv2", "csv3"))
    labels = [f'"{newer["dimension"][name]["label"]}"' for name in newer["id"]]
    assert crossed[0].startswith(",".join(labels[:2]) + ',"2023 ')
    assert texts[0].startswith(",".join(labels) + ",") and len(texts) == len(numbers) + 1
    assert codes[1] == f'"INC_ANY","all","2023","value",{told["data"][0]["values"][0]}'


def test_version_1_is_searched_by_the_words_of_a_title(releases: Releases) -> None:
    found = Client().get(V1, {"query": "*sector*"}).json()
    assert TABLE in [one["id"] for one in found] and {"path", "title", "published"} <= set(found[0])
    assert Client().get(V1, {"query": "zebra"}).json() == []


@pytest.mark.parametrize(
    ("query", "valid"),
    [
        ({"query": [{"code": "sector", "selection": {"filter": "item", "values": ["moon"]}}]}, "state"),
        ({"query": [{"code": "sector", "selection": {"filter": "agg:x", "values": ["*"]}}]}, "item"),
        ({"query": [{"code": "sector", "selection": {"filter": "vs:y", "values": ["*"]}}]}, f"vs:vs_{TABLE}.sector"),
        ({"response": {"format": "sdmx"}}, "json-stat2"),
    ],
)
def test_version_1_names_what_is_valid_too(releases: Releases, query: dict[str, Any], valid: str) -> None:
    answer = Client().post(V1 + TABLE, query, content_type="application/json")
    assert valid in refused(answer, 400)["valid"]


def test_version_1_refuses_queries_that_cannot_be_read(releases: Releases) -> None:
    refused(Client().post(V1 + TABLE, {"query": [1]}, content_type="application/json"), 400)
    refused(Client().get("/api/v1/xx/"), 400)
    refused(Client().get("/api/v1/en/nowhere/"), 404)
    refused(Client().get(f"/api/v1/en/nowhere/{TABLE}"), 404)
