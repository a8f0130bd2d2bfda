"""Figures as Vega-Lite: valid by the published schema, with the numbers of the release and no others."""

import json
from functools import cache
from typing import Any

import altair
import pytest

from barometer.publication._cube import Cube, index
from barometer.publication._downloads import theme_figures
from barometer.publication._figure import by_breakdown, figures_of, side_by_side
from barometer.publication._language import language
from barometer.publication._series import alongside
from barometer.publication._vega import SCHEMA, drawing, vega_lite
from published_example import edition, release


@cache
def cube() -> Cube:
    return index(release(), edition())


def spec(name: str, code: str = "en") -> dict[str, Any]:
    content: dict[str, Any] = json.loads(vega_lite(figures_of(cube(), cube().indicator(name)), language(code), "Cite"))
    return content


@pytest.mark.parametrize("name", ["INC_ANY", "HOURS", "INC_PROC"])
def test_figures_of_an_indicator_are_valid_vega_lite(name: str) -> None:
    altair.VConcatChart.from_dict(spec(name), validate=True)
    assert altair.SCHEMA_URL.startswith(SCHEMA.removesuffix(".json"))


def test_a_figure_of_a_theme_is_valid_too() -> None:
    indicators = [cube().indicator(one) for one in ("INC_SERV", "INC_PROC")]
    altair.LayerChart.from_dict(drawing(side_by_side(cube(), "one", {"en": "One"}, indicators), language("en")))


def test_the_drawings_of_a_theme_s_page_are_valid() -> None:
    for theme in edition().themes:
        content = json.loads(vega_lite(theme_figures(cube(), theme), language("en"), "Cite"))
        altair.VConcatChart.from_dict(content, validate=True)


def test_a_series_sets_other_editions_apart() -> None:
    figure = alongside(cube(), cube().indicator("INC_ANY"))[0].figure
    assert figure is not None
    kinds = [row["kind"] for row in drawing(figure, language("en"))["data"]["values"]]
    assert kinds == ["whole", "group", "whole"]  # an earlier edition, ours, another country


def test_numbers_are_those_of_the_release_in_per_cent() -> None:
    indicator = cube().indicator("INC_ANY")
    figure = by_breakdown(cube(), indicator, cube().breakdowns("INC_ANY")[0])
    drawn = drawing(figure, language("en"))["data"]["values"]
    cells = [row.cell for row in figure.rows]
    wanted = [None if one.value is None else round(100 * one.value, 4) for one in cells]
    assert [row["value"] for row in drawn] == wanted
    assert [row["n"] for row in drawn] == [one.n for one in cells]


def test_a_hidden_figure_has_a_remark_and_no_number() -> None:
    hidden = [
        row
        for one in edition().indicators
        for figure in figures_of(cube(), one)
        for row, drawn in zip(figure.rows, drawing(figure, language("en"))["data"]["values"], strict=True)
        if row.cell.status == "c" and (drawn["value"], drawn["low"], drawn["high"]) != (None, None, None)
    ]
    assert hidden == []
    rows = drawing(by_breakdown(cube(), cube().indicator("INC_PROC"), cube().breakdowns("INC_PROC")[0]), language("en"))
    assert any(row["remark"] for row in rows["data"]["values"])


def test_texts_are_in_the_language_asked_for() -> None:
    danish = spec("INC_ANY", "da")
    assert danish["vconcat"][0]["title"]["text"].startswith(cube().indicator("INC_ANY").label["da"])
