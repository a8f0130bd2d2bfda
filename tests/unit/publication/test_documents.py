"""Leaflet and report: accessible PDF that says what the release says."""

import io
from collections.abc import Iterator
from functools import cache
from typing import Any

import pdfua
import pikepdf
import pytest

from barometer.publication._cube import index
from barometer.publication._figure import alone, written
from barometer.publication._language import language
from barometer.publication._leaflet import leaflet_data, leaflet_pdf
from barometer.publication._report import report_data, report_pdf
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
@pytest.mark.parametrize("code", LANGUAGES)
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


def test_the_report_has_a_chapter_a_theme_and_a_table_a_breakdown() -> None:
    data = report_data(index(release(), edition()), language("da"))
    assert [chapter["title"] for chapter in data["themes"]] == [theme.title["da"] for theme in edition().themes]
    narrow = [one for survey in edition().surveys for one in survey.programme.breakdowns if len(one.categories) <= 9]
    assert len(data["annexes"]) == len(narrow)


def test_hidden_cells_have_no_number_in_the_report() -> None:
    cube, one = index(release(), edition()), language("en")
    hidden = {cell.cell for cells in cube.cells.values() for cell in cells.values() if cell.status}
    assert hidden
    rows = [row for theme in report_data(cube, one)["themes"] for part in theme["parts"] for figure in part["figures"]
            for row in figure["rows"]]  # fmt: skip
    for row in rows:
        if row["value"] in (":", "."):
            assert (row["share"], row["low"], row["high"], row["interval"]) == (None, None, None, "")


def test_the_same_release_gives_the_same_bytes() -> None:
    cube = index(release(), edition())
    assert leaflet_pdf(cube, language("nb")) == document("leaflet", "nb")
