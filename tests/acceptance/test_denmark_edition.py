"""The Danish practice edition: it reads whole, speaks four languages, and its published figures have a place."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from barometer.edition import check_edition, read_edition
from barometer.model import ALL, TOTAL, Edition, Folder, Text

FOLDER = Path(__file__).parents[2] / "editions" / "denmark-2014"
LANGUAGES = ("da", "nb", "sv", "en")


@pytest.fixture(scope="module")
def folder() -> Folder:
    return {path.relative_to(FOLDER).as_posix(): path.read_bytes() for path in FOLDER.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def edition(folder: Folder) -> Edition:
    return read_edition(folder)


@pytest.fixture(scope="module")
def figures(folder: Folder) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(folder["figures.csv"].decode())))


def test_reads_without_problems_or_warnings(folder: Folder) -> None:
    assert [str(problem) for problem in check_edition(folder)] == []


def test_every_text_is_there_in_four_languages_and_translated_into_english(edition: Edition) -> None:
    assert edition.languages == LANGUAGES
    for where, text in sentences(edition):
        assert all(text[language].strip() for language in LANGUAGES), where
        assert text["en"] not in (text["da"], text["nb"], text["sv"]), where


def test_pages_of_text_have_the_same_sections_in_every_language(edition: Edition) -> None:
    assert set(edition.texts) == set(LANGUAGES)
    for name in ("about", "method"):
        sections = [edition.texts[language][name].count("## ") for language in LANGUAGES]
        assert len(set(sections)) == 1, name


def test_every_published_figure_points_to_a_cell_the_programme_makes(
    edition: Edition, figures: list[dict[str, str]]
) -> None:
    made = {
        (survey.id, indicator, breakdown, cell)
        for survey in edition.surveys
        for indicator, breakdown, cell in cells(edition, survey.id)
    }
    published = [(row["survey"], row["indicator"], row["breakdown"], row["cell"]) for row in figures]

    assert [place for place in published if place not in made] == []
    assert [place for place, times in Counter(published).items() if times > 1] == []
    assert all(0 < float(row["value_pct"]) < 100 and row["source"] for row in figures)


def test_the_census_has_every_municipality_and_region(edition: Edition) -> None:
    units = edition.survey("administrations").frame.units

    assert Counter(units["kind"]) == {"municipality": 98, "region": 5, "ministry": 24}
    assert Counter(units.filter(units["kind"] == "municipality")["region"]) == {
        "capital": 29, "zealand": 17, "south": 22, "central": 19, "north": 11,
    }  # fmt: skip


def test_only_the_own_kind_of_public_partner_is_offered_as_own(edition: Edition) -> None:
    partners = edition.survey("workplaces").instrument.question("partners")
    own = {choice.code: choice.when.source for choice in partners.choices if choice.when}

    assert own == {
        "own_municipality": "sector == 'municipality'",
        "own_region": "sector == 'region'",
        "own_ministry": "sector == 'state'",
    }


def cells(edition: Edition, survey_id: str) -> Iterator[tuple[str, str, str]]:
    """Indicator, breakdown and cell of everything a survey's programme makes."""
    programme = edition.survey(survey_id).programme
    for indicator in programme.indicators:
        yield indicator.id, TOTAL, ALL
        for breakdown in programme.by.get(indicator.id, ()):
            for category in programme.breakdown(breakdown).categories:
                yield indicator.id, breakdown, category.code


def sentences(edition: Edition) -> Iterator[tuple[str, Text]]:
    """Texts that are long enough to differ between the languages, with where they stand."""
    yield from (("purpose", edition.purpose), ("definition", edition.definition), ("note", edition.synthetic_note))
    yield from ((indicator.id, indicator.label) for indicator in edition.indicators)
    yield from ((indicator.id, indicator.note) for indicator in edition.indicators if indicator.note)
    yield from ((theme.id, text) for theme in edition.themes for text in (theme.title, theme.lead))
    yield from ((claim.id, claim.text) for claim in edition.claims)
    for survey in edition.surveys:
        yield from ((question.id, question.text) for question in survey.instrument.questions)
        yield from ((question.id, question.hint) for question in survey.instrument.questions if question.hint)
        yield from ((check.id, check.text) for check in survey.instrument.checks)
