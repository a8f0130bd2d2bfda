"""The quality report says what the release holds."""

import re

import pytest

from barometer.publication import Site
from barometer.publication._cube import index
from barometer.publication._language import language
from barometer.publication._quality import quality
from published_example import edition, release

CUBE = index(release(), edition())


@pytest.mark.parametrize("code", ["da", "nb", "sv", "en"])
def test_it_has_every_dimension_of_the_handbook_and_nothing_unsaid(code: str) -> None:
    sections = quality(CUBE, language(code))
    assert [section.id for section in sections] == [
        "relevance", "accuracy", "timeliness", "comparability", "coherence", "accessibility", "burden",
        "confidentiality", "revision",
    ]  # fmt: skip
    for section in sections:
        assert section.title and all(section.paragraphs)
        assert not re.search(r"[{}]", " ".join(section.paragraphs))


def test_the_table_of_margins_counts_the_cells_of_the_release() -> None:
    accuracy = next(section for section in quality(CUBE, language("en")) if section.id == "accuracy")
    for survey, table in zip(edition().surveys, accuracy.tables, strict=True):
        shares = {one.id for one in survey.programme.indicators if one.measure.value == "share"}
        cells = [
            cell
            for (indicator, breakdown), group in CUBE.cells.items()
            if indicator in shares and breakdown == "total"
            for cell in group.values()
        ]
        assert table.rows[0][1] == str(sum(not cell.status for cell in cells))
        widest = max((cell.ci_high - cell.ci_low) / 2 for cell in cells if cell.ci_low is not None and cell.ci_high)
        assert table.rows[0][5] == f"{100 * widest:.1f}"


def test_months_from_the_end_of_the_period_are_told() -> None:
    text = " ".join(next(each for each in quality(CUBE, language("en")) if each.id == "timeliness").paragraphs)
    days = (edition().release_at.date() - edition().period_end).days
    assert f"{round(days / 30.4375)} months later" in text


def test_a_series_break_is_told_with_its_reason() -> None:
    broken = next(one for one in edition().indicators if one.breaks)
    text = " ".join(next(each for each in quality(CUBE, language("da")) if each.id == "comparability").paragraphs)
    assert next(iter(broken.breaks.values()))["da"] in text


def test_the_page_is_linked_from_the_method() -> None:
    site = Site(release(), edition())
    assert b'href="quality.html"' in site["en/methods.html"]
    assert b"Relevance" in site["en/quality.html"]
