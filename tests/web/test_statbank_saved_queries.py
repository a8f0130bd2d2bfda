"""Queries that readers store: under an address for ever, with nothing about who stored them."""

import json
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import models
from django.test import Client
from released_tables import LATER, Clock

from barometer.files import Releases
from barometer.web.statbank.models import SavedQuery

pytestmark = pytest.mark.django_db
HERE, TABLE = "/api/v2/savedqueries", "starter.workplaces-sector"
CHOSEN = [
    {"variableCode": "indicator", "valueCodes": ["INC_ANY"]},
    {"variableCode": "sector", "valueCodes": ["top(2)"]},
    {"variableCode": "period", "valueCodes": ["*"]},
    {"variableCode": "measure", "valueCodes": ["value"]},
]
PLACES = {"heading": ["sector"], "stub": ["indicator", "period", "measure"]}


def save(**changes: Any) -> Any:
    """Posted as PxWeb's front end posts it."""
    query = {
        "id": "",
        "tableId": TABLE,
        "outputFormat": "csv",
        "outputFormatParams": ["UseTexts"],
        "selection": {"selection": CHOSEN, "placement": PLACES},
        "language": "da",
        **changes,
    }
    return Client().post(HERE, query, content_type="application/json")


def test_a_stored_query_gives_its_numbers_in_its_format_and_language(releases: Releases) -> None:
    answer = save()
    key = answer.json()["id"]
    assert answer.status_code == 201 and answer["Location"].endswith(f"{HERE}/{key}?lang=da")
    told = Client().get(f"{HERE}/{key}").json()
    assert told["savedQuery"]["selection"] == {"selection": CHOSEN, "placement": PLACES} and told["id"] == key
    file = Client().get(f"{HERE}/{key}/data").content.decode()
    assert "Alle" in file.splitlines()[0]
    assert (
        "Everyone" in Client().get(f"{HERE}/{key}/data", {"lang": "en", "outputFormat": "json-stat2"}).content.decode()
    )


def test_the_selection_of_a_stored_query_names_the_values_it_means_now(releases: Releases) -> None:
    key = save().json()["id"]
    told = Client().get(f"{HERE}/{key}/selection", {"lang": "en"}).json()
    values = {one["variableCode"]: one["valueCodes"] for one in told["selection"]}
    assert len(values["sector"]) == 2 and "all" in values["sector"] and told["placement"] == PLACES
    posted = {"selection": told["selection"], "placement": told["placement"]}
    asked = Client().post(f"/api/v2/tables/{TABLE}/data?lang=en", posted, content_type="application/json").json()
    assert asked == Client().get(f"{HERE}/{key}/data", {"lang": "en", "outputFormat": "json-stat2"}).json()


def test_the_same_query_is_stored_once_and_never_changed(releases: Releases) -> None:
    first, again, other = (save(language=code).json()["id"] for code in ("da", "da", "en"))
    assert first == again != other and SavedQuery.objects.count() == 2


def test_reading_stores_nothing(releases: Releases) -> None:
    key = save().json()["id"]
    before = list(SavedQuery.objects.values())
    for end in ("", "/data", "/selection"):
        assert Client().get(f"{HERE}/{key}{end}").status_code == 200
    assert list(SavedQuery.objects.values()) == before


def test_nothing_about_who_stored_a_query_has_a_place(releases: Releases) -> None:
    columns = {one.name: type(one) for one in SavedQuery._meta.get_fields()}
    kinds = {models.CharField, models.JSONField}
    assert set(columns.values()) == kinds and "day" not in columns and "address" not in columns
    for text in ("Ida Hansen", "ida@example.org"):
        answer = save(selection={"selection": [{"variableCode": "sector", "valueCodes": [text]}]})
        assert answer.status_code == 400 and text in answer.json()["detail"]
    assert SavedQuery.objects.count() == 0


def test_a_query_of_the_current_release_moves_on_and_one_of_a_release_stays(releases: Releases, clock: Clock) -> None:
    latest, pinned = (save(tableId=table).json()["id"] for table in (TABLE, TABLE.replace(".", ".1.", 1)))
    clock(LATER)
    as_json = {"outputFormat": "json-stat2"}
    numbers = [Client().get(f"{HERE}/{key}/data", as_json).json()["extension"]["release"] for key in (latest, pinned)]
    assert numbers == [2, 1]


@pytest.mark.parametrize(
    "changes",
    [
        {"tableId": 7},
        {"tableId": "starter.nothing"},
        {"language": "fi"},
        {"selection": []},
        {"selection": {"selection": [{"variableCode": "sektor", "valueCodes": ["*"]}]}},
        {"selection": {"selection": CHOSEN, "placement": {"stub": "sector"}}},
        {"outputFormat": "docx"},
        {"outputFormatParams": "UseTexts"},
        {"outputFormatParams": ["UseColours"]},
    ],
)
def test_a_query_that_cannot_be_answered_is_not_stored(releases: Releases, changes: dict[str, Any]) -> None:
    answer = save(**changes)
    assert answer.status_code in (400, 404) and answer["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"] and SavedQuery.objects.count() == 0


@pytest.mark.parametrize("key", ["aaaaaaaaaaaaaaaa", "x", "..", "%00", "a" * 4000])
def test_unknown_queries_are_refused(releases: Releases, key: str) -> None:
    for end in ("", "/data", "/selection"):
        answer = Client().get(f"{HERE}/{key}{end}")
        assert answer.status_code == 404 and "detail" in json.loads(answer.content)
    assert Client().get(f"/api/v2/tables/{TABLE}/metadata", {"savedQuery": key}).status_code == 404


def test_one_address_may_store_so_many_and_all_together_so_many(releases: Releases, settings: LazySettings) -> None:
    settings.API_SAVES, settings.API_SAVE_SECONDS = 2, 60
    assert [save(language=code).status_code for code in ("da", "en", "sv")] == [201, 201, 429]
    settings.API_SAVES, settings.API_SAVED = 100, 2
    assert [save(language=code).status_code for code in ("da", "nb")] == [201, 503]


def test_front_ends_ask_for_metadata_by_query_code_list_and_superseded_tables(releases: Releases, clock: Clock) -> None:
    """Every other parameter that PxWeb's front end sends."""
    clock(LATER)
    key = save().json()["id"]
    where = f"/api/v2/tables/{TABLE}/metadata"
    plain = Client().get(where, {"lang": "en"}).json()
    for given in (
        {"defaultSelection": "true"},
        {"defaultSelection": "false", "savedQuery": key},
        {"savedQuery": "", "codelist[sector]": f"vs_{TABLE}.sector"},
    ):
        told = Client().get(where, {"lang": "en", **given}).json()
        assert told["dimension"] == plain["dimension"]
    assert Client().get(where, {"codelist[sector]": "agg_x"}).status_code == 400
    assert Client().get(where, {"defaultSelection": "perhaps"}).status_code == 400
    listed = {"includeDiscontinued": "true", "pageNumber": "1", "pageSize": "10000"}
    every = Client().get("/api/v2/tables", listed).json()["tables"]
    older = [one for one in every if one["discontinued"]]
    assert {one["id"].split(".")[1] for one in older} == {"1"} and 2 * len(older) == len(every)
    table = Client().get(f"/api/v2/tables/{TABLE}").json()
    assert table["paths"][0][0]["id"] == table["subjectCode"] and table["timeUnit"] == "Annual"
    wrong = Client().get("/api/v2/tables", {"lang": "fi"})
    assert wrong.json()["title"] == "Unsupported language"
