"""Answers that cannot be weighed are told with a way out."""

import numpy as np
import polars as pl
import pytest

from barometer.model import Calibration, Design, Margin, Selection, Weighting
from barometer.problems import BadInput, Problem
from barometer.sampling import draw_sample
from barometer.weighting import weigh
from made_survey import CENSUS, made_frame, made_survey

UNITS = pl.DataFrame(
    {
        "unit_id": [f"u{number}" for number in range(8)],
        "kind": ["a", "a", "a", "a", "b", "b", "b", "b"],
        "size": ["s", "s", "l", "l", "s", "s", "l", "l"],
        "employees": [1, 2, 30, 40, 5, 6, 70, None],
    }
)
RAKED = Weighting(calibration=Calibration.RAKING, margins=(Margin(("kind",)), Margin(("kind", "size"))))


def problems(
    weighting: Weighting, unit_ids: list[str], design: Design = CENSUS, case_ids: list[str] | None = None
) -> tuple[Problem, ...]:
    survey = made_survey(made_frame(UNITS), design=design, weighting=weighting)
    sample = draw_sample(survey, np.random.default_rng(0))
    answers = pl.DataFrame(
        {"case_id": case_ids or [f"c{place}" for place in range(len(unit_ids))], "unit_id": unit_ids},
        schema={"case_id": pl.String, "unit_id": pl.String},
    )
    with pytest.raises(BadInput) as raised:
        weigh(survey, sample, answers)
    return raised.value.problems


def test_no_answers() -> None:
    assert [problem.code for problem in problems(Weighting(), [])] == ["W001"]


def test_strangers_and_double_cases_are_told_together() -> None:
    found = problems(Weighting(), ["u0", "u9"], case_ids=["c", "c"])
    assert [problem.code for problem in found] == ["W002", "W003"]
    assert "'u9'" in found[0].found


def test_a_stratified_sample_must_be_weighted() -> None:
    design = Design(Selection.STRATIFIED, ("kind",), sample_size=6)
    survey_units = ["u0"]
    found = problems(Weighting(weighted=False), survey_units, design)
    assert "W004" in {problem.code for problem in found}


def test_reports_cannot_be_weighted() -> None:
    assert [problem.code for problem in problems(Weighting(), ["u0"], Design(Selection.REPORTED))] == ["W005"]


def test_unknown_columns() -> None:
    weighting = Weighting(
        response_classes=("kin",), calibration=Calibration.LINEAR, margins=(Margin(("kind", "sise")),)
    )
    found = problems(weighting, ["u0"])
    assert [problem.code for problem in found] == ["W006", "W006"]
    assert [problem.way_out for problem in found] == ["Did you mean 'kind'?", "Did you mean 'size'?"]


def test_an_empty_response_class_is_named_with_the_class_to_merge_it_with() -> None:
    (problem,) = problems(Weighting(response_classes=("kind", "size")), ["u0", "u2", "u4"])
    assert problem.code == "W007"
    assert problem.found == "nobody answered of the 2 units asked with kind 'b', size 'l'"
    assert "with size 's'" in problem.way_out


def test_an_empty_cell_of_a_margin_is_named_with_its_count_in_the_frame() -> None:
    (problem,) = problems(RAKED, ["u0", "u2", "u4"])
    assert problem.code == "W008"
    assert problem.found == "no respondent with kind 'b', size 'l'; the frame has 2"
    assert "[kind, size]" in problem.way_out


def test_blanks_in_a_numeric_margin() -> None:
    weighting = Weighting(calibration=Calibration.LINEAR, margins=(Margin(("employees",)),))
    assert [problem.code for problem in problems(weighting, ["u0", "u2"])] == ["W009"]


def test_bounds_that_are_too_narrow() -> None:
    weighting = Weighting(calibration=Calibration.RAKING, margins=(Margin(("kind",)),), lower=0.9, upper=1.1)
    found = problems(weighting, ["u0", "u1", "u2", "u4"])
    assert [problem.code for problem in found] == ["W010", "W010"]
    assert found[0].found == "kind=a: weights reach 5.4, the total is 4 (3 respondents with base weights of 6)"
    assert "Widen the bounds" in found[0].way_out


def test_margins_respondents_cannot_tell_apart() -> None:
    """Respondents of kind a are all small and those of b large; the frame has as many of each, but not so."""
    units = pl.DataFrame(
        {"unit_id": [f"u{number}" for number in range(6)], "kind": list("aaaabb"), "size": list("ssllll")}
    )
    weighting = Weighting(calibration=Calibration.RAKING, margins=(Margin(("kind",)), Margin(("size",))))
    survey = made_survey(made_frame(units), weighting=weighting)
    sample = draw_sample(survey, np.random.default_rng(0))
    answers = pl.DataFrame({"case_id": ["c1", "c2", "c3"], "unit_id": ["u0", "u1", "u4"]})
    with pytest.raises(BadInput) as raised:
        weigh(survey, sample, answers)
    assert {problem.code for problem in raised.value.problems} == {"W010"}


def test_negative_weights() -> None:
    units = pl.DataFrame({"unit_id": [f"u{number}" for number in range(9)], "kind": "a"}).with_columns(
        employees=pl.Series([10, 11, 12, 1, 1, 1, 1, 1, 1])
    )
    margins = (Margin(("kind",)), Margin(("employees",)))
    weighting = Weighting(calibration=Calibration.LINEAR, margins=margins)
    survey = made_survey(made_frame(units), weighting=weighting)
    sample = draw_sample(survey, np.random.default_rng(0))
    answers = pl.DataFrame({"case_id": ["c1", "c2", "c3"], "unit_id": ["u0", "u1", "u2"]})
    with pytest.raises(BadInput) as raised:
        weigh(survey, sample, answers)
    assert [problem.code for problem in raised.value.problems] == ["W011"]
