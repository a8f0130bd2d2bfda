"""Who is in the base of an indicator, and who in its numerator."""

import numpy as np
import polars as pl
import pytest

from barometer.estimation import estimate, join
from barometer.model import Choice, Item, Keep, Measure, Missing, Question, QuestionKind, Weighting
from barometer.sampling import draw_sample
from barometer.tables import Estimates
from barometer.weighting import weigh
from made_survey import CENSUS, Programmer, label, made_frame, made_survey, multi, number, single

CODES = ("yes", "no", "dont_know", "not_relevant", "refused")
UNITS = pl.DataFrame({"unit_id": [f"u{place}" for place in range(8)], "kind": list("aaaabbbb")})
DONE = pl.Series("done", ["yes", "yes", "no", "dont_know", "not_relevant", "refused", None, "no"])
PARTNERS = {
    "with_whom.firms": [True, False, None, None, None, None, None, True],
    "with_whom.citizens": [True, True, None, None, None, None, None, False],
}
QUESTIONS = [single("done", *CODES), multi("with_whom", "firms", "citizens"), number("hours")]


def estimated(build: Programmer, **columns: list[object] | pl.Series) -> Estimates:
    frame = build.frame
    questions = build.questions
    survey = made_survey(
        frame, design=CENSUS, weighting=Weighting(weighted=False), questions=questions, programme=build.programme()
    )
    sample = draw_sample(survey, np.random.default_rng(0))
    answers = pl.DataFrame({"case_id": UNITS["unit_id"], "unit_id": UNITS["unit_id"], **columns})
    return estimate(survey, sample, answers, weigh(survey, sample, answers))


def total(build: Programmer, indicator: str, **columns: list[object] | pl.Series) -> dict[str, object]:
    cells = estimated(build, **columns).cells
    return cells.row(by_predicate=(pl.col("indicator") == indicator) & (pl.col("cell") == "all"), named=True)


def builder() -> Programmer:
    return Programmer(made_frame(UNITS), QUESTIONS)


@pytest.mark.parametrize(
    ("keep", "n"),
    [
        ({}, 6),  # no answer and refusal are out
        ({"dont_know": Keep.OUT}, 5),
        ({"not_relevant": Keep.OUT}, 5),
        ({"dont_know": Keep.OUT, "not_relevant": Keep.OUT}, 4),
    ],
)
def test_dont_know_and_not_relevant_are_in_the_base_unless_put_out(keep: dict[str, Keep], n: int) -> None:
    build = builder()
    build.share("DONE", "done == 'yes'", question="done", **keep)
    cell = total(build, "DONE", done=DONE)
    assert (cell["n"], cell["n_yes"], cell["value"]) == (n, 2, pytest.approx(2 / n))
    assert (cell["n_missing"], cell["n_dont_know"], cell["n_not_relevant"]) == (2, 1, 1)


def test_without_a_question_the_whole_universe_is_the_base() -> None:
    build = builder()
    build.share("DONE", "done == 'yes'")
    cell = total(build, "DONE", done=DONE)
    assert (cell["n"], cell["n_yes"], cell["n_missing"]) == (8, 2, 0)


def test_a_multiple_choice_is_answered_when_its_marks_are_not_null() -> None:
    build = builder()
    build.share("FIRMS", "'firms' in with_whom", question="with_whom")
    cell = total(build, "FIRMS", done=DONE, **PARTNERS)
    assert (cell["n"], cell["n_yes"], cell["n_missing"]) == (3, 2, 5)


def test_a_universe_limits_the_base_and_those_outside_are_not_missing() -> None:
    build = builder()
    build.universe("DOERS", "done == 'yes'")
    build.share("FIRMS", "'firms' in with_whom", universe="DOERS", question="with_whom")
    cell = total(build, "FIRMS", done=DONE, **PARTNERS)
    assert (cell["n"], cell["n_yes"], cell["n_missing"]) == (2, 1, 0)


def test_a_union_holds_where_a_component_does() -> None:
    build = builder()
    build.share("FIRMS", "'firms' in with_whom", question="with_whom")
    build.share("CITIZENS", "'citizens' in with_whom", question="with_whom")
    build.share("ANY", components=("FIRMS", "CITIZENS"), question="with_whom")
    assert total(build, "ANY", done=DONE, **PARTNERS)["n_yes"] == 3


def test_shares_and_universes_can_be_used_after_they_are_defined() -> None:
    build = builder()
    build.universe("DOERS", "done == 'yes'")
    build.universe("MUNICIPAL_DOERS", "DOERS and kind == 'a'")
    build.share("FIRMS", "'firms' in with_whom", universe="MUNICIPAL_DOERS", question="with_whom")
    build.share("NOT_FIRMS", "not FIRMS and MUNICIPAL_DOERS")
    build.by_answers("firms", yes="FIRMS", no="not FIRMS")
    cells = estimated(build, done=DONE, **PARTNERS).cells.filter(pl.col("indicator") == "NOT_FIRMS")
    assert cells["n"].to_list() == [8, 1, 7]
    assert cells["n_yes"].to_list() == [1, 0, 1]


def test_an_item_of_a_grid_has_its_own_missing_answers() -> None:
    choices = (
        Choice("promoted", label("promoted")),
        Choice("none", label("none"), missing=Missing.DONT_KNOW),
    )
    items = (Item("staff", label("staff")), Item("law", label("law")))
    grid = Question("factors", QuestionKind.GRID, label("factors"), choices=choices, items=items)
    build = Programmer(made_frame(UNITS), [*QUESTIONS, grid])
    build.share("STAFF", "factors.staff == 'promoted'", question="factors.staff", dont_know=Keep.OUT)
    build.share("BOTH", "factors.staff == 'promoted' and factors.law == 'promoted'", question="factors")
    answers = {
        "factors.staff": ["promoted", "promoted", "none", None, None, None, None, None],
        "factors.law": ["promoted", None, "none", "none", None, None, None, None],
    }
    staff = total(build, "STAFF", done=DONE, **answers)
    assert (staff["n"], staff["n_yes"], staff["n_missing"], staff["n_dont_know"]) == (2, 2, 5, 1)
    both = total(build, "BOTH", done=DONE, **answers)
    assert (both["n"], both["n_yes"], both["n_missing"], both["n_dont_know"]) == (4, 1, 4, 2)


def test_means_and_totals_of_those_with_a_value() -> None:
    build = builder()
    build.number("MEAN", "hours", Measure.MEAN, question="hours")
    build.number("TOTAL", "hours", Measure.TOTAL, question="hours")
    hours = [1.0, 2.0, 3.0, None, None, 6.0, 0.0, None]
    mean, summed = (total(build, one, done=DONE, hours=hours) for one in ("MEAN", "TOTAL"))
    assert (mean["value"], mean["n"], mean["n_yes"], mean["n_missing"]) == (pytest.approx(2.4), 5, 5, 3)
    assert (summed["value"], summed["weighted_base"], summed["weighted_yes"]) == (12.0, 5.0, 12.0)
    assert (mean["largest"], mean["second"]) == (pytest.approx(0.5), pytest.approx(0.25))


def test_surveys_are_joined_in_order() -> None:
    build = builder()
    build.share("DONE", "done == 'yes'", question="done")
    one = estimated(build, done=DONE)
    both = join([one, one])
    assert both.cells.height == 2 * one.cells.height
    assert both.diagnostics.height == 2 * one.diagnostics.height
    with pytest.raises(ValueError, match="no estimates"):
        join([])
