"""Figures that readers build from a table of the open data are those of the site."""

import io
import re
from dataclasses import replace
from functools import cache
from typing import Any

import polars as pl
import pytest

from barometer.publication import BuiltFigure, Site, built_figures
from barometer.publication._cube import Cube, index
from barometer.publication._downloads import common_files, metadata
from barometer.publication._figure import by_breakdown
from barometer.publication._language import language
from barometer.publication._note import significance
from barometer.publication._table import table
from barometer.publication.open_data import DataCube, cubes, read_jsonstat, select, write_jsonstat, write_px
from published_example import edition, release

LANGUAGES = ("da", "nb", "sv", "en")
CELLS = re.compile(r"<td[^>]*>([^<]*)</td>")


@cache
def cube() -> Cube:
    return index(release(), edition())


@cache
def tables() -> dict[str, DataCube]:
    return {one.id: one for one in cubes(release(), edition(), 3)}


@cache
def beside() -> tuple[Any, pl.DataFrame]:
    """The data dictionary and the differences of the release."""
    name = f"data/{edition().id}-differences.csv"
    return metadata(cube()), pl.read_csv(io.BytesIO(common_files(cube())[name]), infer_schema_length=None)


def built(part: DataCube, code: str = "en") -> tuple[BuiltFigure, ...]:
    return built_figures(part, *beside(), code, "/site/")


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_figure_has_the_numbers_and_the_significance_of_the_sites(code: str) -> None:
    seen = 0
    for one in tables().values():
        if one.breakdown == "total":
            continue
        for place, figure in enumerate(built(one, code)):
            indicator = cube().indicator(one.dimensions[0].codes[place])
            breakdown = next(by for by in cube().breakdowns(indicator.id) if by.id == one.breakdown)
            published = by_breakdown(cube(), indicator, breakdown)
            ours = table(published, language(code), "", lambda _: "")
            assert CELLS.findall(figure.table) == CELLS.findall(ours)
            assert figure.significance == " ".join(significance(published, language(code)))
            seen += 1
    assert seen > 20


def test_a_table_of_everyone_is_one_figure_of_all_its_indicators() -> None:
    (figure,) = built(tables()["workplaces-total"])
    labels = [one.label["en"] for one in tables()["workplaces-total"].dimensions[0].categories]
    assert figure.chart.count('<g class="row') == len(labels) > 5
    assert figure.significance == "" and figure.page == ""
    assert re.findall(r'href="([^"]+)"', figure.table)[0] == "/site/indicators/inc_serv.html"


def test_groups_that_are_left_out_are_not_compared() -> None:
    whole = tables()["workplaces-sector"]
    some = select(whole, {"indicator": ["INC_ANY"], "sector": ["all", "state"]})
    (figure,) = built(some)
    assert figure.significance == "" and figure.chart.count('<g class="row') == 2


def test_the_note_has_who_was_asked_the_question_and_what_holds_for_the_table() -> None:
    whole = tables()["workplaces-sector"]
    (figure,) = built(select(whole, {"indicator": ["COL_ANY"]}))
    category = next(one for one in whole.dimensions[0].categories if one.code == "COL_ANY")
    wanted = [*category.notes, *whole.notes]
    assert {" ".join(note["en"].replace("**", "").split()) for note in wanted} <= set(figure.notes)


@pytest.mark.parametrize("name", sorted(tables()))
def test_a_table_is_the_same_after_reading_its_files(name: str) -> None:
    one = tables()[name]
    again = read_jsonstat({code: write_jsonstat(one, code) for code in one.languages})
    assert again.dimensions[0].codes == one.dimensions[0].codes and again.values == one.values
    assert (again.number, again.period, again.measure, again.breakdown) == (3, one.period, one.measure, one.breakdown)
    assert write_px(again) == write_px(one)


def test_the_site_leads_to_the_server_where_the_edition_names_one() -> None:
    served = replace(edition(), catalogue=replace(edition().catalogue, server="https://stat.example"))
    page = Site(release(), served)["da/index.html"].decode()
    assert 'href="https://stat.example/da/tables/"' in page and 'href="https://stat.example/da/api/"' in page
