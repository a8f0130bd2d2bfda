"""The API of released tables: what is there, from when, in which formats, and what is said when something is wrong."""

import io
import json
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import jsonschema
import openpyxl
import polars as pl
import pytest
from django.conf import LazySettings
from django.http import HttpResponse
from django.test import Client
from proposed import MINUTE
from pyjstat import pyjstat
from released_tables import LATER, Clock

from barometer.files import Releases
from barometer.publication.open_data import (
    check_jsonstat,
    read_jsonstat,
    read_px,
    write_csv,
    write_jsonstat,
    write_parquet,
    write_px,
    write_sdmx_csv,
    write_xlsx,
)
from barometer.web.statbank import limits
from barometer.web.statbank.selection import split_list
from barometer.web.statbank.urls import urlpatterns

pytestmark = pytest.mark.django_db
V2 = "/api/v2/"
LANGUAGES = ("en", "da", "nb", "sv")
NAME = "workplaces-sector"
TABLE = f"starter.{NAME}"


def get(address: str, **given: str) -> HttpResponse:
    return Client().get(V2 + address, given)  # type: ignore[return-value]


def read(address: str, **given: str) -> Any:
    answer = get(address, **given)
    assert answer.status_code == 200, answer.content
    return json.loads(answer.content)


def refused(answer: Any, status: int) -> Any:
    assert answer.status_code == status and answer["Content-Type"] == "application/problem+json"
    told = json.loads(answer.content)
    assert told["status"] == status and told["title"] and told["detail"] and told["instance"]
    return told


def released(releases: Releases, path: str, number: int = 1) -> bytes:
    return releases.read(number, f"site/open-data/{path}")[f"site/open-data/{path}"]


def whole(releases: Releases) -> dict[str, str]:
    """A selection of all cells of the table."""
    told = json.loads(released(releases, f"en/{NAME}.json"))
    return {f"valueCodes[{name}]": "*" for name in told["id"]}


def test_a_sealed_release_has_no_tables_before_its_minute(releases: Releases, clock: Clock) -> None:
    clock(MINUTE - timedelta(microseconds=1))
    assert read("tables")["page"]["totalElements"] == 0
    for address in (f"tables/{TABLE}", f"tables/{TABLE}/metadata", f"tables/{TABLE}/data", f"tables/starter.1.{NAME}"):
        refused(get(address), 404)
    assert Client().get("/api/v1/en/").json() == []
    clock(MINUTE)
    assert TABLE in [one["id"] for one in read("tables")["tables"]]
    assert read(f"tables/{TABLE}")["release"] == 1
    refused(get(f"tables/starter.2.{NAME}/data"), 404)


def test_the_next_release_takes_over_at_its_minute_and_the_first_stays_under_its_number(
    releases: Releases, clock: Clock
) -> None:
    before = get(f"tables/{TABLE}/data")
    same = {"If-None-Match": before["ETag"]}
    assert Client().get(f"{V2}tables/{TABLE}/data", headers=same).status_code == 304
    clock(LATER)
    assert Client().get(f"{V2}tables/{TABLE}/data", headers=same).status_code == 200
    assert read(f"tables/{TABLE}")["release"] == 2 and not read(f"tables/{TABLE}")["discontinued"]
    first = read(f"tables/starter.1.{NAME}")
    assert first["release"] == 1 and first["discontinued"]


def test_a_table_read_from_the_release_gives_every_file_of_it_again(releases: Releases) -> None:
    cube = read_jsonstat({code: released(releases, f"{code}/{NAME}.json") for code in LANGUAGES})
    assert cube.languages == LANGUAGES
    assert write_px(cube) == released(releases, f"{NAME}.px")
    assert write_parquet(cube) == released(releases, f"{NAME}.parquet")
    assert write_sdmx_csv(cube) == released(releases, f"{NAME}.sdmx.csv")
    for code in cube.languages:
        assert write_jsonstat(cube, code) == released(releases, f"{code}/{NAME}.json")
        assert write_csv(cube, code) == released(releases, f"{code}/{NAME}.csv")
        assert write_xlsx(cube, code) == released(releases, f"{code}/{NAME}.xlsx")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # pyjstat's own, on its way to a data frame
def test_every_format_has_the_numbers_of_the_release(releases: Releases) -> None:
    everything = whole(releases)
    told = json.loads(released(releases, f"en/{NAME}.json"))
    numbers, width = told["value"], told["size"][-1]
    content = {
        name: get(f"tables/{TABLE}/data", outputFormat=name, **everything).content
        for name in ("json-stat2", "csv", "px", "parquet", "xlsx", "html", "json-px")
    }
    assert not check_jsonstat(content["json-stat2"])
    assert json.loads(content["json-stat2"])["value"] == numbers
    assert json.loads(content["json-stat2"])["status"] == told["status"]
    cells = [one for row in content["csv"].decode().splitlines()[1:] for one in row.split(",")[2:]]
    assert [None if not one.strip(".") else float(one) for one in cells] == pytest.approx(numbers)
    assert list(read_px(content["px"])[0]) == pytest.approx(numbers, abs=1e-10)
    values = numbers[::width]
    assert pl.read_parquet(io.BytesIO(content["parquet"]))["value"].to_list() == values
    sheet = openpyxl.load_workbook(io.BytesIO(content["xlsx"])).worksheets[0]
    rows_of_sheet = [row[2:] for row in sheet.iter_rows(min_row=3, values_only=True)]  # the first says what is made up
    assert [one if isinstance(one, int | float) else None for row in rows_of_sheet for one in row] == numbers
    rows = [row["values"] for row in json.loads(content["json-px"])["data"]]
    assert [None if not word.strip(".") else float(word) for row in rows for word in row] == pytest.approx(numbers)
    words = re.findall(r"<td>([^<]*)</td>", content["html"].decode())
    assert words == [word for row in rows for word in row]
    frame = pyjstat.Dataset.read(content["json-stat2"].decode()).write("dataframe")
    assert [None if one != one else one for one in frame["value"]] == numbers


@pytest.mark.parametrize(
    ("asked", "codes"),
    [
        ("*", None),
        ("state", ["state"]),
        ("region,state", ["state", "region"]),
        ("s*", ["state"]),
        ("?tate", ["state"]),
        ("top(1)", ["all"]),
        ("top(1,1)", 1),
        ("bottom(1)", -1),
        ("STATE", ["state"]),
    ],
)
def test_expressions_choose_values(releases: Releases, asked: str, codes: list[str] | int | None) -> None:
    every = list(json.loads(released(releases, f"en/{NAME}.json"))["dimension"]["sector"]["category"]["index"])
    wanted = every if codes is None else [every[codes]] if isinstance(codes, int) else codes
    given = {"valueCodes[indicator]": "INC_ANY", "valueCodes[sector]": asked}
    found = read(f"tables/{TABLE}/data", **given)["dimension"]["sector"]["category"]["index"]
    assert sorted(found) == sorted(wanted) and list(found) == [code for code in every if code in wanted]


def test_ranges_follow_the_order_of_the_table(releases: Releases) -> None:
    every = list(json.loads(released(releases, f"en/{NAME}.json"))["dimension"]["sector"]["category"]["index"])
    for asked, wanted in (
        (f"range({every[1]},{every[2]})", every[1:3]),
        (f"from({every[1]})", every[1:]),
        (f"to({every[1]})", every[:2]),
    ):
        given = {"valueCodes[indicator]": "INC_ANY", "valueCodes[sector]": asked}
        assert list(read(f"tables/{TABLE}/data", **given)["dimension"]["sector"]["category"]["index"]) == wanted


@pytest.mark.parametrize(
    "asked",
    [
        "top(99999999999)",
        "top()",
        "top(-1)",
        "range(,)",
        "range(a)",
        "[",
        "](",
        "(",
        ",",
        "**a*" * 500,
        "?" * 4000,
        "\x00",
    ],
)
def test_no_expression_makes_the_server_fail_or_ponder(releases: Releases, asked: str) -> None:
    assert get(f"tables/{TABLE}/data", **{"valueCodes[sector]": asked}).status_code in (200, 400)


def test_more_values_than_there_are_codes_are_refused(releases: Releases) -> None:
    posted = {"selection": [{"variableCode": "sector", "valueCodes": ["*a"] * 5_000}]}
    answer = Client().post(f"{V2}tables/{TABLE}/data", posted, content_type="application/json")
    assert refused(answer, 400)["value"] == "5000"


def test_commas_part_values_but_not_inside_brackets() -> None:
    assert split_list("a, b,top(2,1),[c,d],range(x,y)") == ["a", "b", "top(2,1)", "c,d", "range(x,y)"]


def test_a_variable_that_is_not_named_is_left_out_where_there_is_a_value_for_everyone(releases: Releases) -> None:
    told = read(f"tables/{TABLE}/data", **{"valueCodes[indicator]": "INC_ANY", "valueCodes[measure]": "value"})
    assert told["id"] == ["indicator", "period", "measure"]
    everyone = {"valueCodes[indicator]": "INC_ANY", "valueCodes[measure]": "value", "valueCodes[sector]": "all"}
    assert told["value"] == read(f"tables/{TABLE}/data", **everyone)["value"]


def test_posted_and_addressed_selections_give_the_same(releases: Releases) -> None:
    chosen = {"indicator": ["INC_ANY", "COL_ANY"], "sector": ["*"], "measure": ["value", "n"], "period": ["*"]}
    posted = {"selection": [{"variableCode": name, "valueCodes": codes} for name, codes in chosen.items()]}
    answer = Client().post(f"{V2}tables/{TABLE}/data", posted, content_type="application/json")
    given = {f"valueCodes[{name}]": ",".join(codes) for name, codes in chosen.items()}
    assert answer.json() == read(f"tables/{TABLE}/data", **given)
    assert (
        read(f"tables/{TABLE}/data")
        == Client()
        .post(f"{V2}tables/{TABLE}/data", read(f"tables/{TABLE}/defaultselection"), content_type="application/json")
        .json()
    )


@pytest.mark.parametrize(
    ("given", "variable", "value", "valid"),
    [
        ({"valueCodes[sector]": "moon"}, "sector", "moon", "state"),
        ({"valueCodes[sektor]": "*"}, "sektor", "sektor", "sector"),
        ({"valueCodes[sector]": "top(x)"}, "sector", "top(x)", "state"),
        ({"valueCodes[sector]": "range(state,moon)"}, "sector", "range(state,moon)", "state"),
        ({"outputFormat": "docx"}, "outputFormat", "docx", "xlsx"),
        ({"outputFormatParams": "UseColours"}, "outputFormatParams", "UseColours", "UseTexts"),
        ({"lang": "fi"}, "lang", "fi", "da"),
        ({"valuecode[sector]": "state"}, "parameter", "valuecode[sector]", "outputFormat"),
        ({"codelist[sector]": "agg_x"}, "codelist[sector]", "agg_x", f"vs_{TABLE}.sector"),
    ],
)
def test_a_wrong_selection_names_variable_value_and_the_valid_ones(
    releases: Releases, given: Mapping[str, str], variable: str, value: str, valid: str
) -> None:
    told = refused(get(f"tables/{TABLE}/data", **given), 400)
    assert (told["variable"], told["value"]) == (variable, value) and valid in told["valid"]
    assert value in told["detail"] and valid in told["detail"]


def test_all_that_is_wrong_is_told_at_once(releases: Releases) -> None:
    told = refused(get(f"tables/{TABLE}/data", **{"valueCodes[sector]": "moon,mars", "valueCodes[x]": "1"}), 400)
    assert [one["value"] for one in told["errors"]] == ["moon", "mars", "x"]


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"selection": 3}', b'{"selection": [{"variableCode": 1}]}'])
def test_a_body_that_cannot_be_read_is_refused(releases: Releases, body: bytes) -> None:
    refused(Client().post(f"{V2}tables/{TABLE}/data", body, content_type="application/json"), 400)


def test_a_selection_over_the_limit_is_refused_with_the_limit(releases: Releases, settings: LazySettings) -> None:
    settings.API_CELLS = 50
    assert read("config")["maxDataCells"] == 50
    told = refused(get(f"tables/{TABLE}/data", **whole(releases)), 403)
    assert told["variable"] == "maxDataCells" and told["valid"] == ["50"] and "50" in told["detail"]


def test_unknown_tables_pages_methods_and_addresses_are_refused(releases: Releases) -> None:
    assert TABLE in refused(get("tables/starter.nothing"), 404)["valid"]
    refused(get("tables", pageNumber="9"), 404)
    refused(get("tables", pageSize="x"), 400)
    refused(get("nothing"), 404)
    refused(get("codelists/vs_nothing"), 404)
    assert "POST" in str(refused(Client().put(f"{V2}tables/{TABLE}/data"), 405)["detail"])
    refused(get(f"tables/{TABLE}/metadata", outputFormat="xml"), 400)


def test_too_many_calls_are_told_when_to_come_back(releases: Releases, settings: LazySettings) -> None:
    settings.API_CALLS, settings.API_SECONDS = 2, 60
    limits.forget()
    assert [get("config").status_code for _ in range(2)] == [200, 200]
    answer = get("config")
    refused(answer, 429)
    assert 1 <= int(answer["Retry-After"]) <= 60
    assert Client().get(f"{V2}config", REMOTE_ADDR="192.0.2.7").status_code == 200


def test_programs_of_other_origins_may_read_it_and_caches_ask_each_time(releases: Releases) -> None:
    asked = Client().options(f"{V2}tables/{TABLE}/data")
    assert asked.status_code == 204 and asked["Access-Control-Allow-Origin"] == "*"
    answer = get(f"tables/{TABLE}/data")
    assert answer["Access-Control-Allow-Origin"] == "*" and "no-cache" in answer["Cache-Control"]
    since = {"If-Modified-Since": answer["Last-Modified"]}
    assert Client().get(f"{V2}tables/{TABLE}/data", headers=since).status_code == 304


def test_a_release_without_tables_stands_in_no_list(releases: Releases) -> None:
    minute = MINUTE.isoformat()
    other = Releases(releases.root.parent / "another")
    other.add({"site/index.html": b"<html></html>"}, {"title": {"en": "Another"}, "released_at": minute})
    assert {one["id"].partition(".")[0] for one in read("tables")["tables"]} == {"starter"}
    refused(get("tables/another.workplaces-sector"), 404)


def test_tables_are_found_by_words_and_paged(releases: Releases) -> None:
    every = [one["id"] for one in read("tables", pageSize="100")["tables"]]
    paged = [read("tables", pageSize="2", pageNumber=str(page))["tables"] for page in range(1, -(-len(every) // 2) + 1)]
    assert [one["id"] for page in paged for one in page] == every and len(every) > 2
    assert TABLE in [one["id"] for one in read("tables", query="SECTOR")["tables"]]
    assert read("tables", query="sector zebra")["tables"] == []
    assert len(read("tables", pastDays="1")["tables"]) == len(every)


def test_metadata_says_what_may_be_chosen_in_the_language_asked_for(releases: Releases) -> None:
    told = read(f"tables/{TABLE}/metadata", lang="da")
    sector = told["dimension"]["sector"]
    assert sector["label"] == "Sektor" and sector["extension"]["elimination"]
    assert told["value"] is None and told["role"] == {"time": ["period"], "metric": ["measure"]}
    codes = read(f"codelists/{sector['extension']['codeLists'][0]['id']}", lang="da")
    assert [one["code"] for one in codes["values"]] == list(sector["category"]["index"])


def test_the_description_and_the_routes_agree(releases: Releases) -> None:
    told = Client().get("/api/openapi.json").json()
    patterns = [str(one.pattern) for one in urlpatterns]
    routes = {re.sub("<.*?>", "{id}", one) for one in patterns if one.startswith(("api/v2", "api/open"))}
    assert {path for path in told["paths"] if "/v1" not in path} == {"/" + route for route in routes}
    query = {"tableId": TABLE, "language": "en", "selection": {"selection": []}}
    saved = Client().post(f"{V2}savedqueries", query, content_type="application/json").json()["id"]
    for path, operations in told["paths"].items():
        kind = next((kind for kind in ("codelists", "savedqueries") if kind in path), "")
        here = path.replace("{id}", {"codelists": f"vs_{TABLE}.sector", "savedqueries": saved}.get(kind, TABLE))
        here = here.replace("{language}", "en").replace("{edition}", "starter").replace("{table}", TABLE)
        for method in operations:
            body = query if path.endswith("savedqueries") else {}
            answer = getattr(Client(), method)(here, body, content_type="application/json")
            described = operations[method]["responses"][str(answer.status_code)]
            kinds = described["content"]
            assert answer["Content-Type"].partition(";")[0] in kinds, (method, here, answer.content)
            schema = next(iter(kinds.values()), {}).get("schema")
            if schema and answer["Content-Type"] == "application/json":
                jsonschema.validate(answer.json(), {**schema, "components": told["components"]})
    problem = get("tables/x").json()
    jsonschema.validate(problem, {**told["components"]["schemas"]["Problem"], "components": told["components"]})
