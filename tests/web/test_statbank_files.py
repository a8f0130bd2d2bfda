"""Files of PxWebApi 2: what stands where, in codes or words, as PxWeb writes it."""

import csv
import io
import json
from collections.abc import Mapping
from typing import Any

import openpyxl
import pytest
from django.http import HttpResponse
from django.test import Client

from barometer.files import Releases
from barometer.publication.open_data import check_jsonstat, read_px

pytestmark = pytest.mark.django_db
DATA = "/api/v2/tables/starter.workplaces-sector/data"
FEW = {
    "valueCodes[indicator]": "INC_ANY,COL_ANY",
    "valueCodes[sector]": "all,state",
    "valueCodes[period]": "*",
    "valueCodes[measure]": "value,n",
}


def get(**given: str | list[str]) -> HttpResponse:
    return Client().get(DATA, {"lang": "en", **FEW, **given})  # type: ignore[return-value]


def read(**given: str | list[str]) -> Any:
    answer = get(**given)
    assert answer.status_code == 200, answer.content
    return json.loads(answer.content)


def rows(separator: str = ",", **given: str | list[str]) -> list[list[str]]:
    answer = get(outputFormat="csv", **given)
    assert answer.status_code == 200, answer.content
    return list(csv.reader(io.StringIO(answer.content.decode()), delimiter=separator))


def by_key(told: Mapping[str, Any]) -> dict[frozenset[tuple[str, str]], float | None]:
    """The numbers of a JSON-stat dataset by their values, in whatever order its dimensions stand."""
    found: dict[frozenset[tuple[str, str]], float | None] = {}
    codes = [list(told["dimension"][name]["category"]["index"]) for name in told["id"]]
    for place, value in enumerate(told["value"]):
        key, rest = [], place
        for name, own in zip(reversed(told["id"]), reversed(codes), strict=True):
            rest, here = divmod(rest, len(own))
            key.append((name, own[here]))
        found[frozenset(key)] = value
    return found


def test_csv_is_a_crosstab_of_codes(releases: Releases) -> None:
    told = rows()
    assert told[0] == ["indicator", "sector", "2023 value", "2023 n"]
    assert [row[:2] for row in told[1:]] == [
        [one, group] for one in read()["dimension"]["indicator"]["category"]["index"] for group in ("all", "state")
    ]
    assert [float(one) for row in told[1:] for one in row[2:]] == pytest.approx(read()["value"])


@pytest.mark.parametrize(
    ("labels", "shown"),
    [
        ("UseCodes", "{code}"),
        ("UseTexts", "{text}"),
        ("UseCodesAndTexts", "{code} - {text}"),
        ("usetexts", "{text}"),
    ],
)
def test_labels_are_codes_texts_or_both(releases: Releases, labels: str, shown: str) -> None:
    told, indicator = rows(outputFormatParams=labels), read()["dimension"]["indicator"]
    assert told[0][0] == shown.format(code="indicator", text=indicator["label"])
    first = shown.format(code="INC_ANY", text=indicator["category"]["label"]["INC_ANY"])
    assert first in [row[0] for row in told]


def test_front_ends_repeat_a_parameter_and_get_title_and_separator(releases: Releases) -> None:
    told = rows(";", outputFormatParams=["SeparatorSemicolon", "IncludeTitle", "UseTexts"])
    labels = [read()["dimension"][name]["label"] for name in ("indicator", "sector")]
    assert told[0][0].startswith(read()["label"]) and told[1][:2] == labels
    assert told == rows(";", outputFormatParams="SeparatorSemicolon,IncludeTitle,UseTexts")
    assert rows("\t", outputFormatParams="SeparatorTab") == rows() == rows(" ", outputFormatParams="SeparatorSpace")


def test_made_up_answers_are_told_in_the_title_and_in_the_name_of_a_file(releases: Releases) -> None:
    note = read()["note"][0]
    assert note in rows(outputFormatParams="IncludeTitle")[0][0]
    assert ".synthetic.csv" in get(outputFormat="csv")["Content-Disposition"]
    sheet = openpyxl.load_workbook(io.BytesIO(get(outputFormat="xlsx").content)).worksheets[0]
    assert sheet.cell(1, 1).value == note


@pytest.mark.parametrize(
    ("given", "stub", "heading"),
    [
        ({}, ["indicator", "sector"], ["period", "measure"]),
        ({"stub": "sector"}, ["sector"], ["indicator", "period", "measure"]),
        ({"heading": "SECTOR,indicator"}, ["period", "measure"], ["sector", "indicator"]),
        ({"stub": "measure,time", "heading": "indicator,sector"}, ["measure", "period"], ["indicator", "sector"]),
        ({"stub": "measure,period,indicator,sector"}, ["measure", "period", "indicator", "sector"], []),
        ({"heading": "measure,period,indicator,sector"}, [], ["measure", "period", "indicator", "sector"]),
    ],
)
def test_variables_stand_where_they_are_asked_for_and_keep_their_numbers(
    releases: Releases, given: Mapping[str, str], stub: list[str], heading: list[str]
) -> None:
    told = read(**given)
    assert not check_jsonstat(get(**given).content)
    assert told["extension"]["px"]["stub"] == stub and told["extension"]["px"]["heading"] == heading
    assert told["id"] == [*stub, *heading] and by_key(told) == by_key(read())
    assert rows(**given)[0][: len(stub)] == stub
    cells = [one for row in rows(**given)[1:] for one in row[max(len(stub), 1) :]]
    assert [float(one) for one in cells] == pytest.approx(told["value"])
    assert list(read_px(get(outputFormat="px", **given).content)[0]) == pytest.approx(told["value"])
    for kind in ("parquet", "json-px", "xlsx", "html"):
        assert get(outputFormat=kind, **given).status_code == 200


def test_a_body_places_variables_like_an_address(releases: Releases) -> None:
    chosen = [{"variableCode": name[11:-1], "valueCodes": codes.split(",")} for name, codes in FEW.items()]
    posted = {"selection": chosen, "placement": {"stub": ["sector"], "heading": []}}
    answer = Client().post(f"{DATA}?lang=en", posted, content_type="application/json")
    assert answer.json() == read(stub="sector")


@pytest.mark.parametrize(
    ("given", "variable", "value"),
    [
        ({"stub": "moon"}, "stub", "moon"),
        ({"stub": "sector", "heading": "sector,indicator,period,measure"}, "heading", "sector"),
        ({"stub": "sector", "heading": "indicator"}, "stub", ""),
        ({"outputFormatParams": "UseCodes,UseTexts"}, "outputFormatParams", "UseCodes,UseTexts"),
        ({"outputFormatParams": "SeparatorTab,SeparatorSpace"}, "outputFormatParams", "SeparatorTab,SeparatorSpace"),
    ],
)
def test_places_and_parameters_that_contradict_are_refused(
    releases: Releases, given: Mapping[str, str], variable: str, value: str
) -> None:
    answer = get(**given)
    told = json.loads(answer.content)
    assert answer.status_code == 400 and (told["variable"], told["value"]) == (variable, value) and told["valid"]
