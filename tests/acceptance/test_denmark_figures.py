"""The Danish practice edition prints the published leaflet: sample, answers, weights, estimates, claims."""

import hashlib
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from barometer.edition import Figure, contradictions, read_edition, read_figures
from barometer.estimation import estimate
from barometer.model import Edition, Folder, Relation, Survey
from barometer.questionnaire import check_answers
from barometer.sampling import draw_sample
from barometer.simulation import make_register, simulate_answers
from barometer.tables import Estimates, Sample
from barometer.weighting import weigh

FOLDER = Path(__file__).parents[2] / "editions" / "denmark-2014"
Cells = Mapping[tuple[str, str, str], Mapping[str, Any]]


@pytest.fixture(scope="module")
def folder() -> Folder:
    return {path.relative_to(FOLDER).as_posix(): path.read_bytes() for path in FOLDER.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def edition(folder: Folder) -> Edition:
    return read_edition(folder)


@pytest.fixture(scope="module")
def survey(edition: Edition) -> Survey:
    return edition.survey("workplaces")


@pytest.fixture(scope="module")
def sample(edition: Edition, survey: Survey) -> Sample:
    return draw_sample(survey, rng(edition, "sample workplaces"))


@pytest.fixture(scope="module")
def answers(edition: Edition, folder: Folder, survey: Survey, sample: Sample) -> pl.DataFrame:
    drawn = rng(edition, "answers workplaces")
    return simulate_answers(survey, sample, folder["simulation.toml"], folder["figures.csv"], drawn)


@pytest.fixture(scope="module")
def estimates(survey: Survey, sample: Sample, answers: pl.DataFrame) -> Estimates:
    return estimate(survey, sample, answers, weigh(survey, sample, answers))


@pytest.fixture(scope="module")
def cells(estimates: Estimates) -> Cells:
    return {(row["indicator"], row["breakdown"], row["cell"]): row for row in estimates.cells.iter_rows(named=True)}


@pytest.fixture(scope="module")
def figures(edition: Edition, folder: Folder) -> tuple[Figure, ...]:
    return read_figures("figures.csv", folder["figures.csv"], edition.surveys)


def rng(edition: Edition, use: str) -> np.random.Generator:
    """As the commands `sample` and `simulate` draw."""
    return np.random.default_rng([edition.seed, *hashlib.sha256(use.encode()).digest()[:8]])


def test_the_register_is_made_by_the_specification(folder: Folder) -> None:
    assert make_register(folder["simulation.toml"]) == folder["frame.csv"]


def test_answers_follow_the_questionnaire(survey: Survey, sample: Sample, answers: pl.DataFrame) -> None:
    assert answers.height == 1255
    assert check_answers(survey.instrument, sample.units, answers) == ()


def test_every_figure_is_equal_as_printed(survey: Survey, figures: tuple[Figure, ...], cells: Cells) -> None:
    contradicted = contradictions(figures, survey.programme)
    compared = [figure for figure in figures if figure not in contradicted and not figure.approximate]
    assert len(compared) >= 50
    ours = {str(figure): as_printed(cells[where(figure)]["value"]) for figure in compared}
    assert ours == {str(figure): figure.value_pct for figure in compared}


def test_every_published_n_is_equal(figures: tuple[Figure, ...], cells: Cells) -> None:
    published = {str(figure): figure.n for figure in figures if figure.n is not None}
    assert {1255, 1093} <= set(published.values())
    assert {str(figure): cells[where(figure)]["n"] for figure in figures if figure.n is not None} == published


def test_only_product_innovations_with_companies_are_contradicted(survey: Survey, figures: tuple[Figure, ...]) -> None:
    found = contradictions(figures, survey.programme)
    assert {str(figure) for figure in found} == {"COL_FIRM product_type/product 44", "COL_FIRM product_type/other 16"}
    assert all("published total is 22 %" in reason for reason in found.values())


def test_figures_in_words_are_near(figures: tuple[Figure, ...], cells: Cells) -> None:
    in_words = [figure for figure in figures if figure.approximate]
    assert in_words
    for figure in in_words:
        assert 100 * cells[where(figure)]["value"] == pytest.approx(figure.value_pct, abs=6), str(figure)


def test_every_claim_holds(edition: Edition, estimates: Estimates) -> None:
    assert len(edition.claims) >= 10
    broken = [claim.id for claim in edition.claims if not holds(claim, estimates, edition.rules.level)]
    assert broken == []


def where(figure: Figure) -> tuple[str, str, str]:
    return figure.indicator, figure.breakdown, figure.cell


def as_printed(value: float) -> float:
    return float(Decimal(repr(100 * value)).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def holds(claim: Any, estimates: Estimates, level: float) -> bool:
    """Whether the test of the pair, in either order, bears the claim out."""
    pairs = estimates.contrasts.filter(indicator=claim.indicator, breakdown=claim.breakdown)
    one = pairs.filter(cell_a=claim.left, cell_b=claim.right)
    other = pairs.filter(cell_a=claim.right, cell_b=claim.left)
    row = (one if one.height else other).row(0, named=True)
    difference = row["difference"] if one.height else -row["difference"]
    if claim.relation is Relation.NOT_DIFFERENT:
        return bool(row["p"] >= level)
    return bool(row["p"] < level and (difference > 0) is (claim.relation is Relation.MORE))
