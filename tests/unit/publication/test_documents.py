"""Leaflet and report: accessible PDF that says what the release says."""

import io
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import Any

import pdfua
import pikepdf
import pytest

from barometer.model import ALL, TOTAL
from barometer.publication._annex import WIDEST
from barometer.publication._annex import tables as annex_tables
from barometer.publication._cube import Cube, index
from barometer.publication._figure import alone, by_breakdown, written
from barometer.publication._language import language
from barometer.publication._leaflet import leaflet_data, leaflet_pdf
from barometer.publication._note import note
from barometer.publication._report import NOTED, report_data, report_pdf
from published_example import edition, release

DOCUMENTS = {"leaflet": leaflet_pdf, "report": report_pdf}
LANGUAGES = ("da", "nb", "sv", "en")


@cache
def document(name: str, code: str) -> bytes:
    return DOCUMENTS[name](index(release(), edition()), language(code))


def elements(root: Any) -> Iterator[Any]:
    """Every structure element of a tagged PDF."""
    children = root.get("/K", [])
    for child in children if isinstance(children, pikepdf.Array) else [children]:
        if isinstance(child, pikepdf.Dictionary) and "/S" in child:
            yield child
            yield from elements(child)


@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize("code", ["en", *(pytest.param(one, marks=pytest.mark.thorough) for one in LANGUAGES[:3])])
def test_a_checker_of_accessible_pdf_finds_nothing(name: str, code: str, tmp_path: Any) -> None:
    path = tmp_path / f"{name}.pdf"
    path.write_bytes(document(name, code))
    report = pdfua.validate(str(path))
    assert [f"{finding.rule_id}: {finding.message}" for finding in report.findings] == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_it_says_its_language_and_title_and_that_it_is_pdf_ua(name: str) -> None:
    with pikepdf.open(io.BytesIO(document(name, "sv"))) as pdf:
        assert str(pdf.Root.Lang) == "sv"
        assert bool(pdf.Root.MarkInfo.Marked)
        with pdf.open_metadata() as told:
            assert told["pdfuaid:part"] == "1"
            assert told["dc:title"] == language("sv").text(edition().title)


def test_every_header_of_the_reports_tables_has_a_scope() -> None:
    with pikepdf.open(io.BytesIO(document("report", "en"))) as pdf:
        heads = [each for each in elements(pdf.Root.StructTreeRoot) if str(each.S) == "/TH"]
        assert len(heads) > 10
        for head in heads:
            attributes = head.A if isinstance(head.A, pikepdf.Array) else [head.A]
            assert any("/Scope" in one for one in attributes)


def test_the_leaflets_reading_order_starts_with_one_title_and_a_heading_a_theme() -> None:
    with pikepdf.open(io.BytesIO(document("leaflet", "en"))) as pdf:
        kinds = [str(each.S) for each in elements(pdf.Root.StructTreeRoot)]
    assert kinds.count("/H1") == 1
    assert kinds.count("/H2") == len(edition().themes) + 2  # the main figures, and how they came about


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_number_of_the_leaflet_is_the_releases(code: str) -> None:
    cube, one = index(release(), edition()), language(code)
    data = leaflet_data(cube, one)
    for theme, shown in zip(edition().themes, data["themes"], strict=True):
        row = alone(cube, cube.indicator(theme.first)).rows[0]
        text = written(one, row.indicator, row.cell, row.places)
        assert shown["number"] == text.value
        assert text.interval in shown["sure"] and f"n = {text.n}" in shown["sure"]
    assert data["cover"]["number"] == data["glance"]["cards"][0]["value"]


def test_every_figure_of_the_leaflet_has_its_note() -> None:
    for theme in leaflet_data(index(release(), edition()), language("en"))["themes"]:
        assert "n = " in theme["picture"]["note"]


def test_the_report_has_a_chapter_a_theme_and_a_table_a_breakdown_with_figures() -> None:
    cube = index(release(), edition())
    data = report_data(cube, language("da"))
    assert [chapter["title"] for chapter in data["themes"]] == [theme.title["da"] for theme in edition().themes]
    narrow = [one for survey in edition().surveys for one in survey.programme.breakdowns
              if len(one.categories) <= WIDEST
              and any((each.id, one.id) in cube.cells for each in survey.programme.indicators)]  # fmt: skip
    assert sum(len(survey["tables"]) for survey in data["tables"]) == len(narrow)


def test_hidden_cells_have_no_number_in_the_report() -> None:
    cube, one = index(release(), edition()), language("en")
    hidden = {cell.cell for cells in cube.cells.values() for cell in cells.values() if cell.status}
    assert hidden
    rows = [row for theme in report_data(cube, one)["themes"] for group in theme["groups"] for part in group["parts"]
            for row in part["rows"]]  # fmt: skip
    for row in rows:
        if row["value"] in (":", "."):
            assert (row["share"], row["low"], row["high"], row["interval"]) == (None, None, None, "")


def test_the_same_release_gives_the_same_bytes() -> None:
    cube = index(release(), edition())
    assert leaflet_pdf(cube, language("nb")) == document("leaflet", "nb")


def changed(**changes: Any) -> Cube:
    return index(release(), replace(edition(), **changes))


def pages(content: bytes) -> int:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return len(pdf.pages)


def tables(data: Any) -> Iterator[tuple[list[str], list[list[str]]]]:
    """Heads and rows of every table of the report that is set from lists of words."""
    for survey in data["surveys"]:
        for section in survey["sections"]:
            yield from ((one["head"], one["rows"]) for one in section["tables"])
    for section in data["quality"]:
        yield from ((one["head"], one["rows"]) for one in section["tables"])


def kinds_of(name: str) -> list[str]:
    with pikepdf.open(io.BytesIO(document(name, "en"))) as pdf:
        return [str(each.S) for each in elements(pdf.Root.StructTreeRoot)]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_headings_never_skip_a_level(name: str) -> None:
    levels = [int(kind[2:]) for kind in kinds_of(name) if kind[:2] == "/H" and kind[2:].isdigit()]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_row_of_the_reports_tables_has_as_many_cells_as_its_head() -> None:
    with pikepdf.open(io.BytesIO(document("report", "en"))) as pdf:
        for table in (each for each in elements(pdf.Root.StructTreeRoot) if str(each.S) == "/Table"):
            rows = [each for each in elements(table) if str(each.S) == "/TR"]
            widths = {sum(str(cell.S) in ("/TH", "/TD") for cell in elements(row)) for row in rows}
            assert len(rows) > 1 and len(widths) == 1


def test_no_column_of_the_report_has_an_empty_head() -> None:
    data = report_data(index(release(), edition()), language("en"))
    figures = [one for theme in data["themes"] for group in theme["groups"]
               for one in ([group["overview"]] if group["overview"] else []) + group["parts"]]  # fmt: skip
    assert all(all((one["first"], one["value"], one["interval"])) for one in figures)
    assert all(all(head) for head, _ in tables(data))
    assert all(all(one["columns"]) for survey in data["tables"] for one in survey["tables"])


def test_the_pictures_and_claims_of_the_leaflet_are_lists() -> None:
    data = leaflet_data(index(release(), edition()), language("en"))
    listed = sum(0 if theme["picture"]["upright"] else len(theme["picture"]["rows"]) for theme in data["themes"])
    assert kinds_of("leaflet").count("/LI") == listed + sum(len(theme["claims"]) for theme in data["themes"])


def test_the_contents_of_the_report_are_links_and_its_chapters_bookmarks() -> None:
    with pikepdf.open(io.BytesIO(document("report", "en"))) as pdf:
        links = [each for each in elements(pdf.Root.StructTreeRoot) if str(each.S) == "/Link"]
        with pdf.open_outline() as outline:
            titles = [item.title for item in outline.root]
    themes = [theme.title["en"] for theme in edition().themes]
    assert all(any(title in mark for mark in titles) for title in themes)
    assert len(links) >= len(titles)


def test_what_a_note_says_is_under_the_figure_or_once_before_its_group() -> None:
    cube, one = index(release(), edition()), language("en")
    for theme, chapter in zip(edition().themes, report_data(cube, one)["themes"], strict=True):
        said = {part["title"]: f"{group['common']} {group['parts_common']} {part['note']}"
                for group in chapter["groups"] for part in group["parts"]}  # fmt: skip
        for indicator in map(cube.indicator, theme.indicators):
            figure = by_breakdown(cube, indicator, cube.breakdowns(indicator.id)[0])
            for sentence in note(figure, one):
                if sentence.kind in NOTED:
                    assert sentence.text in said[one.text(indicator.label)]


def test_the_report_counts_every_indicator_by_the_numbers_of_its_questionnaire() -> None:
    data = report_data(index(release(), edition()), language("en"))
    for survey, told in zip(edition().surveys, data["definitions"], strict=True):
        rows = [row for universe in told["universes"] for row in universe["rows"]]
        assert {row[0] for row in rows} == {one.label["en"] for one in survey.programme.indicators}
        assert all(row[2] for row in rows)
    numbers = {str(question["number"]) for one in data["questionnaires"] for page in one["pages"]
               for question in page["questions"]}  # fmt: skip
    named = {row[1] for told in data["definitions"] for universe in told["universes"] for row in universe["rows"]}
    assert len(named) > 1 and named - {""} <= numbers


def test_a_definition_names_no_indicator_by_its_id() -> None:
    data = report_data(index(release(), edition()), language("da"))
    words = str([universe for told in data["definitions"] for universe in told["universes"]])
    assert not [one.id for one in edition().indicators if f"{one.id} " in words or f"{one.id}'" in words]


def test_a_breakdown_too_wide_for_a_page_is_named() -> None:
    first = edition().surveys[0]
    wide = replace(first.programme.breakdowns[0], categories=first.programme.breakdowns[0].categories * 8)
    programme = replace(first.programme, breakdowns=(wide, *first.programme.breakdowns[1:]))
    survey = replace(first, programme=programme)
    told = annex_tables(index(release(), edition()), survey, language("en"))
    assert wide.label["en"] in told["wide"]
    assert wide.label["en"] not in [one["title"] for one in told["tables"]]


def test_a_page_of_the_leaflet_leads_to_its_page_of_the_site() -> None:
    cube = changed(catalogue=replace(edition().catalogue, address="https://example.org/b/"))
    theme = leaflet_data(cube, language("da"))["themes"][0]
    assert theme["address"] == f"https://example.org/b/da/themes/{edition().themes[0].id}.html"
    with pikepdf.open(io.BytesIO(leaflet_pdf(cube, language("da")))) as pdf:
        drawn = [each for each in elements(pdf.Root.StructTreeRoot) if str(each.S) == "/Figure"]
    assert str(drawn[0].Alt) == theme["address"]


def test_without_the_sites_address_the_leaflet_has_no_code() -> None:
    assert "/Figure" not in kinds_of("leaflet")


LONG = "Sammenhængende fornyelse af myndighedernes tværgående opgaveløsning og forvaltningspraksis " * 2


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"title": {"da": LONG}, "subtitle": {"da": LONG}}, id="long title"),
        pytest.param({"themes": edition().themes[:1]}, id="one theme"),
        pytest.param({"themes": tuple(replace(one, picture=None) for one in edition().themes)}, id="no picture"),
        pytest.param(
            {"themes": tuple(replace(one, title={"da": LONG}, statement={"da": LONG}) for one in edition().themes)},
            id="long themes",
        ),
        pytest.param({"headline": tuple(one.id for one in edition().indicators[:12])}, id="twelve main figures"),
        pytest.param({"headline": edition().headline[:1]}, id="one main figure"),
    ],
)
def test_each_theme_of_the_leaflet_fits_its_page(changes: Any) -> None:
    cube = changed(**changes)
    assert pages(leaflet_pdf(cube, language("da"))) == 3 + len(cube.edition.themes)


def largest_letters_of_the_cover(title: str) -> float:
    """In points."""
    with pikepdf.open(io.BytesIO(report_pdf(changed(title={"da": title}), language("da")))) as pdf:
        set_in = [step for step in pikepdf.parse_content_stream(pdf.pages[0]) if str(step.operator) == "Tf"]
        return max(float(step.operands[1]) for step in set_in)


def test_a_word_longer_than_the_line_makes_the_title_on_the_cover_smaller() -> None:
    assert largest_letters_of_the_cover("Innovation i staten") == 60
    assert 20 < largest_letters_of_the_cover("Innovationsbarometerundersøgelsen i staten") < 40


def test_a_hidden_main_figure_is_said_to_be_hidden() -> None:
    cube = index(release(), edition())
    first = edition().headline[0]
    hidden = replace(
        cube.total(first), value=None, ci_low=None, ci_high=None, n=None, n_dont_know=None, n_missing=None, status="c"
    )
    cells = {**cube.cells, (first, TOTAL): {ALL: hidden}}
    hiding = replace(cube, cells=cells)
    one = language("en")
    assert leaflet_data(hiding, one)["cover"]["number"] == ":"
    assert "hidden" in leaflet_data(hiding, one)["cover"]["sure"]
    assert pages(leaflet_pdf(hiding, one)) == 3 + len(edition().themes)


def test_made_up_answers_are_said_to_be_so_in_both_documents() -> None:
    cube = changed(synthetic=True, synthetic_note={"en": "All invented."})
    for data in (leaflet_data(cube, language("en"))["about"], report_data(cube, language("en"))):
        assert data["colophon"]["warning"] == "All invented."
