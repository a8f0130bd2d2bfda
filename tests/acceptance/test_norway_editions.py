"""The Norwegian editions: both folders read whole; the real answers come in complete, counted here independently."""

import csv
import io
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from barometer.disclosure import protect
from barometer.edition import check_edition, read_edition
from barometer.estimation import estimate
from barometer.model import Edition, Folder, Selection
from barometer.problems import Problem
from barometer.questionnaire import check_answers, import_answers
from barometer.sampling import draw_sample
from barometer.tables import Estimates
from barometer.weighting import weigh

EDITIONS = Path(__file__).parents[2] / "editions"
LANGUAGES = ("nb", "da", "sv", "en")
REPORTS = 1355
BODIES = 143

ITEMS = {
    "problem.rules": "problemtype-kategori_regelverk",
    "problem.it": "problemtype-kategori_it-løsning",
    "felt_inside.time": "opplevelse-internt-kategori_tid",
    "felt_users.misunderstanding": "opplevelse-brukere-kategori_missforståelser",
    "measures.procedure": "tiltak-kategori_prosedyre-arbeidsprosess",
    "measures.other": "tiltak-kategori_annet",
}


def read(name: str) -> Folder:
    root = EDITIONS / name
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def thieves_folder() -> Folder:
    return read("norway-time-thieves-2014")


@pytest.fixture(scope="module")
def thieves(thieves_folder: Folder) -> Edition:
    return read_edition(thieves_folder)


@pytest.fixture(scope="module")
def state_folder() -> Folder:
    return read("norway-state-2021")


@pytest.fixture(scope="module")
def state(state_folder: Folder) -> Edition:
    return read_edition(state_folder)


@pytest.fixture(scope="module")
def source(thieves_folder: Folder) -> list[dict[str, str]]:
    """The reports as Python's own reader gives them."""
    text = io.StringIO(thieves_folder["answers/tidstyv-2014.csv"].decode(), newline="")
    return list(csv.DictReader(text, delimiter=";", escapechar="\\", doublequote=False))


@pytest.fixture(scope="module")
def imported(thieves: Edition, thieves_folder: Folder) -> tuple[pl.DataFrame, tuple[Problem, ...]]:
    survey = thieves.survey("reports")
    content, content_map = (thieves_folder[name] for name in (survey.answers.file, survey.answers.map_file))
    return import_answers(content, content_map, survey)


@pytest.fixture(scope="module")
def answers(imported: tuple[pl.DataFrame, tuple[Problem, ...]]) -> pl.DataFrame:
    return imported[0]


@pytest.mark.parametrize("name", ["norway-time-thieves-2014", "norway-state-2021"])
def test_reads_without_problems_or_warnings(name: str) -> None:
    assert [str(problem) for problem in check_edition(read(name))] == []


def test_speak_four_languages_and_norwegian_first(thieves: Edition, state: Edition) -> None:
    for edition in (thieves, state):
        assert edition.languages == LANGUAGES
        assert {language: set(texts) for language, texts in edition.texts.items()} == {
            language: {"about", "method"} for language in LANGUAGES
        }


def test_only_the_made_up_answers_are_called_made_up(thieves: Edition, state: Edition) -> None:
    assert (thieves.synthetic, state.synthetic) == (False, True)
    assert all(survey.answers.kind == "simulated" for survey in state.surveys)


def test_every_report_is_imported_once_and_belongs_to_a_known_body(thieves: Edition, answers: pl.DataFrame) -> None:
    bodies = thieves.survey("reports").frame.units
    assert answers.height == answers["case_id"].n_unique() == REPORTS
    assert bodies.height == BODIES
    assert set(answers["unit_id"]) == set(bodies["unit_id"])


def test_the_only_dirt_left_is_quotation_marks_in_titles(imported: tuple[pl.DataFrame, tuple[Problem, ...]]) -> None:
    assert [warning.code for warning in imported[1]] == ["A035"]


def test_imported_reports_keep_their_number_and_body(
    thieves: Edition, answers: pl.DataFrame, source: list[dict[str, str]]
) -> None:
    names = dict(thieves.survey("reports").frame.units.select("unit_id", "name").iter_rows())
    assert {case: names[unit] for case, unit in answers.select("case_id", "unit_id").iter_rows()} == {
        row["nummer"]: row["organisasjon"] for row in source
    }


@pytest.mark.parametrize("column", ITEMS)
def test_ticks_are_counted_as_in_the_file(column: str, answers: pl.DataFrame, source: list[dict[str, str]]) -> None:
    expected = Counter(row[ITEMS[column]] for row in source)
    assert expected["true"] + expected["false"] == REPORTS
    assert answers[column].sum() == expected["true"]
    assert answers[column].null_count() == 0


def test_numbers_are_read_as_numbers_and_blanks_as_no_answer(
    answers: pl.DataFrame, source: list[dict[str, str]]
) -> None:
    given = [float(row["omfang"]) for row in source if row["omfang"]]
    assert len(given) == 116
    assert answers["scope"].drop_nulls().sort().to_list() == sorted(given)


def test_real_answers_fit_the_questionnaire(thieves: Edition, answers: pl.DataFrame) -> None:
    survey = thieves.survey("reports")
    assert [str(problem) for problem in check_answers(survey.instrument, survey.frame.units, answers)] == []


@pytest.fixture(scope="module")
def rules_only(thieves: Edition) -> Edition:
    """The edition with one indicator by one breakdown, so that the whole chain runs in a moment."""
    survey = thieves.survey("reports")
    programme = replace(
        survey.programme,
        indicators=(survey.programme.indicator("PRB_RULES"),),
        breakdowns=(survey.programme.breakdown("ministry"),),
        by={"PRB_RULES": ("ministry",)},
    )
    return replace(
        thieves, surveys=(replace(survey, programme=programme),), headline=("PRB_RULES",), themes=(), claims=()
    )


@pytest.fixture(scope="module")
def estimates(rules_only: Edition, answers: pl.DataFrame) -> Estimates:
    survey = rules_only.surveys[0]
    sample = draw_sample(survey, np.random.default_rng(rules_only.seed))
    return estimate(survey, sample, answers, weigh(survey, sample, answers))


def test_error_of_a_share_is_reckoned_between_bodies(estimates: Estimates, source: list[dict[str, str]]) -> None:
    ticks = [(row["organisasjon"], row["problemtype-kategori_regelverk"] == "true") for row in source]
    share = sum(tick for _, tick in ticks) / REPORTS
    totals: dict[str, float] = defaultdict(float)
    for body, tick in ticks:
        totals[body] += (tick - share) / REPORTS
    between = sum(total**2 for total in totals.values()) * BODIES / (BODIES - 1)
    total = estimates.cells.row(by_predicate=pl.col("breakdown") == "total", named=True)
    assert total["value"] == pytest.approx(share)
    assert total["se"] == pytest.approx(between**0.5)
    assert total["se"] > 1.2 * (share * (1 - share) / REPORTS) ** 0.5


def test_areas_with_fewer_than_five_bodies_are_hidden_and_no_others(rules_only: Edition, estimates: Estimates) -> None:
    bodies = rules_only.surveys[0].frame.units.group_by("ministry").len()
    few = set(bodies.filter(pl.col("len") < rules_only.rules.minimum_units)["ministry"])
    cells = protect(rules_only, estimates).cells.filter(pl.col("breakdown") == "ministry")
    assert few == {"fd", "kld", "oed", "sd", "smk", "ud"}
    assert set(cells.filter(pl.col("status") == "c")["cell"]) == few
    assert cells.filter(pl.col("status") == "c")["value"].null_count() == len(few)


def test_the_two_state_surveys_are_a_census_and_a_sample(state: Edition) -> None:
    bodies, units = state.surveys
    assert bodies.design.selection is Selection.CENSUS
    assert units.design.selection is Selection.STRATIFIED
    assert bodies.frame.units.height + bodies.frame.excluded == 64
    assert Counter(bodies.frame.units["kind"]) == {"ministry": 16, "directorate": 43}


def test_units_lie_in_bodies_that_are_asked_too(state: Edition) -> None:
    bodies, units = (survey.frame.units for survey in state.surveys)
    joined = units.join(bodies.select(body="unit_id", body_kind="kind", body_area="area"), on="body", how="left")
    assert joined.filter(pl.col("kind").ne_missing(pl.col("body_kind"))).height == 0
    assert joined.filter(pl.col("area").ne_missing(pl.col("body_area"))).height == 0
    assert joined["body"].n_unique() == bodies.height


def test_a_questionnaire_may_be_a_workbook_or_a_text_file(state: Edition, state_folder: Folder) -> None:
    assert {path for path in state_folder if path.startswith("questionnaires/")} == {
        "questionnaires/bodies.xlsx",
        "questionnaires/units.yaml",
    }
    for survey in state.surveys:
        assert set(survey.instrument.languages) == set(LANGUAGES)
        assert len(survey.instrument.questions) > 20
