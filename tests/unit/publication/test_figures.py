"""Figures: one specification, drawn and tabulated alike."""

import re
from dataclasses import replace
from functools import cache

import pytest

from barometer.model import Breakdown, Category
from barometer.publication._cube import Cube, index
from barometer.publication._figure import Figure, alone, by_breakdown, ticks
from barometer.publication._language import language
from barometer.publication._svg import LABEL_CHARACTERS, _lines, draw, meter
from barometer.publication._table import table
from published_example import edition, release


@cache
def cube() -> Cube:
    return index(release(), edition())


def figure(indicator_id: str, breakdown_id: str = "sector") -> Figure:
    indicator = cube().indicator(indicator_id)
    return by_breakdown(cube(), indicator, cube().owners[indicator_id].programme.breakdown(breakdown_id))


def widths(drawing: str) -> list[float]:
    return [float(width) for width in re.findall(r'<rect class="bar[^"]*" width="([\d.]+)%"', drawing)]


def test_bars_and_intervals_are_as_long_as_the_release_says() -> None:
    shown = figure("INC_SERV")
    drawing = str(draw(shown, language("da")))
    rows = [row.cell for row in shown.rows]
    assert widths(drawing) == pytest.approx([row.value / shown.axis * 100 for row in rows], abs=0.01)
    ends = re.findall(r'<g class="interval"><line x1="([\d.]+)%" x2="([\d.]+)%"', drawing)
    expected = [(row.ci_low / shown.axis * 100, row.ci_high / shown.axis * 100) for row in rows]
    assert [(float(low), float(high)) for low, high in ends] == [pytest.approx(pair, abs=0.01) for pair in expected]


def test_a_drawing_says_its_numbers_to_those_who_cannot_see_it() -> None:
    drawing = str(draw(figure("INC_SERV"), language("da")))
    identity = re.search(r'role="img" aria-labelledby="(\S+) (\S+)"', drawing)
    assert identity
    assert f'<title id="{identity[1]}">Ny eller ændret service, efter: Sektor</title>' in drawing
    description = re.search(rf'<desc id="{identity[2]}">([^<]+)</desc>', drawing)
    assert description
    for row in figure("INC_SERV").rows:
        assert f"{language('da').text(row.label)}: {language('da').percent(row.cell.value)}" in description[1]


def test_hidden_figures_have_a_word_and_no_bar() -> None:
    shown = figure("INC_PROC")
    hidden = [row for row in shown.rows if row.cell.status == "c"]
    drawing = str(draw(shown, language("en")))
    assert len(hidden) == 2
    assert len(widths(drawing)) == len(shown.rows) - len(hidden)
    assert len(re.findall(r'<text class="flag"[^>]*>hidden</text>', drawing)) == len(hidden)


def test_uncertain_figures_have_a_word_not_only_a_look() -> None:
    uncertain = release().cells.filter(quality="u").row(0, named=True)
    shown = figure(uncertain["indicator"], uncertain["breakdown"])
    assert '<tspan class="flag">uncertain </tspan>' in str(draw(shown, language("en")))
    assert '<td class="words">uncertain</td>' in str(table(shown, language("en"), "", lambda one: one.id))


def test_long_labels_are_wrapped() -> None:
    for breakdown in cube().breakdowns("INC_ANY"):
        drawing = str(draw(figure("INC_ANY", breakdown.id), language("sv")))
        lines = re.findall(r'<(?:tspan x="0"|text class="label")[^>]*>([^<]+)</t', drawing)
        assert len(lines) >= len(figure("INC_ANY", breakdown.id).rows)
        assert max(len(line) for line in lines) <= LABEL_CHARACTERS


def test_a_crossing_is_grouped() -> None:
    shown = figure("INC_SERV", "sector_size")
    assert [heading.get("da") for heading, _ in shown.groups] == [None, "Kommune", "Region", "Stat"]
    assert [len(rows) for _, rows in shown.groups] == [1, 3, 3, 3]
    assert str(draw(shown, language("da"))).count('class="group"') == 3


def merged(*categories: Category) -> Figure:
    """INC_SERV by a merge of sector and size."""
    seen = cube()
    survey = seen.owners["INC_SERV"]
    by = Breakdown("together", survey.id, {"en": "Sector and size"}, categories, merges="sector_size")
    programme = replace(survey.programme, breakdowns=(*survey.programme.breakdowns, by))
    owners = {**seen.owners, "INC_SERV": replace(survey, programme=programme)}
    some = seen.cells["INC_SERV", "sector_size"]["state:10-49"]
    cells = {("INC_SERV", "together"): {one.code: replace(some, cell=one.code) for one in categories}}
    return by_breakdown(replace(seen, owners=owners, cells={**seen.cells, **cells}), seen.indicator("INC_SERV"), by)


def test_a_merged_crossing_keeps_its_headings() -> None:
    shown = merged(
        Category("municipality:1-9", {"en": "Municipality, 1–9"}),
        Category("m_rest", {"en": "Municipality, ten or more"}, parts=("municipality:10-49", "municipality:50+")),
        Category("s_all", {"en": "The state, every size"}, parts=("state:1-9", "state:10-49", "state:50+")),
    )
    english = language("en")
    rows = [(english.text(row.group), english.text(row.label)) for row in shown.rows[1:]]
    first = english.text(cube().owners["INC_SERV"].programme.breakdown("size").categories[0].label)
    assert rows == [
        ("Municipality", first),
        ("Municipality", "Ten or more"),  # what the heading says is not said again
        ("State", "The state, every size"),
    ]


def test_categories_merged_across_headings_stand_under_none() -> None:
    parts = ("region:1-9", "state:1-9")
    shown = merged(Category("small", {"en": "Region and state, small"}, parts=parts))
    assert (dict(shown.rows[1].group), dict(shown.rows[1].label)) == ({}, {"en": "Region and state, small"})


@pytest.mark.parametrize("indicator", [one.id for one in edition().indicators])
def test_every_interval_fits_its_axis(indicator: str) -> None:
    for breakdown in cube().breakdowns(indicator):
        shown = figure(indicator, breakdown.id)
        assert ticks(shown)[-1] == shown.axis
        assert all((row.cell.ci_high or 0) <= shown.axis for row in shown.rows)


def test_cards_share_one_axis() -> None:
    """A bar of a tenth of the whole is a tenth of the card, however small the other figures are."""
    shown = alone(cube(), cube().indicator("INC_SERV"))
    assert widths(str(meter(shown))) == pytest.approx([shown.rows[0].cell.value * 100], abs=0.01)


def test_rows_follow_the_edition() -> None:
    order = [one.code for one in edition().surveys[0].programme.breakdown("size").categories]
    assert [row.cell.cell for row in figure("INC_SERV", "size").rows] == ["all", *order]


def test_a_mean_keeps_its_unit_and_decimals() -> None:
    total = release().cells.filter(indicator="HOURS", breakdown="total").row(0, named=True)
    text = str(table(figure("HOURS", "size"), language("da"), "", lambda one: one.id))
    assert 1 <= total["value"] < 100
    assert f"<td>{total['value']:.1f}\u00a0timer</td>".replace(".", ",") in text


def test_long_words_are_broken_where_the_language_allows_it() -> None:
    assert _lines("Finansdepartementet", 20, "nb") == ("Finansdepartementet",)
    assert _lines("Kommunal- og moderniseringsdepartementet", 20, "nb") == (
        "Kommunal- og",
        "moderniseringsdepar-",
        "tementet",
    )
    assert _lines("Xqzxqzxqzxqzxqzxqzxqzx", 20, "nb") == ("Xqzxqzxqzxqzxqzxqzxqzx",)
