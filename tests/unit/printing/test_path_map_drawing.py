"""The drawing of the path map."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from barometer.edition import read_edition, starter
from barometer.model import Instrument
from barometer.printing import draw_path_map, wording
from barometer.printing._drawing import spans
from barometer.questionnaire import path_map
from every_kind import INSTRUMENT

EDITION = read_edition(starter())
SURVEY = EDITION.surveys[0]
SVG = "{http://www.w3.org/2000/svg}"


def drawn(instrument: Instrument, language: str = "en") -> ElementTree.Element:
    words = wording(replace(SURVEY, instrument=instrument), language)
    return ElementTree.fromstring(draw_path_map(words, path_map(instrument)))


def texts(svg: ElementTree.Element) -> list[str]:
    return [text.text or "" for text in svg.iter(f"{SVG}text")]


@pytest.mark.parametrize("language", EDITION.languages)
def test_every_page_is_a_box_with_its_title(language: str) -> None:
    svg = drawn(SURVEY.instrument, language)
    titles = [f"{number}  {page.title[language]}" for number, page in enumerate(SURVEY.instrument.pages, 1)]
    assert len(svg.findall(f"{SVG}rect[@class='page']")) == len(titles)
    assert set(titles) <= set(texts(svg))


def test_the_condition_stands_on_the_arrow_and_a_way_leads_past() -> None:
    found = texts(drawn(SURVEY.instrument))
    assert "only if you answered “Yes” to question 1 or 2" in found
    assert found.count("otherwise") == 1


def test_the_drawing_has_a_name_and_a_description() -> None:
    svg = drawn(INSTRUMENT)
    named = {one.get("id"): one.text for one in svg if one.tag in (f"{SVG}title", f"{SVG}desc")}
    assert svg.get("role") == "img"
    assert [bool(named[name]) for name in (svg.get("aria-labelledby") or "").split()] == [True, True]


def test_lines_lead_from_deciding_questions_and_from_the_register() -> None:
    svg = drawn(INSTRUMENT)
    lines = {style for path in svg.iter(f"{SVG}path") if (style := path.get("class") or "").startswith("d d")}
    assert lines == {"d d0", "d d1", "d d2"}  # register, start, middle
    assert "2–3" in texts(svg)


def test_nothing_is_drawn_outside_the_sheet() -> None:
    svg = drawn(INSTRUMENT)
    width, height = float(svg.get("width") or 0), float(svg.get("height") or 0)
    for text in svg.iter(f"{SVG}text"):
        assert 0 <= float(text.get("x") or -1) <= width
        assert 0 <= float(text.get("y") or -1) <= height


def test_numbers_in_a_row_are_told_as_spans() -> None:
    assert spans([1, 2, 3, 5, 7, 8]) == "1–3, 5, 7–8"
