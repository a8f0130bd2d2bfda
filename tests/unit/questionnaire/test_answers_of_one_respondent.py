"""Checks of single answers and of a whole case."""

import pytest

from barometer.problems import Severity
from barometer.questionnaire import check_answer, check_case
from small_survey import INSTRUMENT


def codes(question_id, value):
    return [problem.code for problem in check_answer(INSTRUMENT.question(question_id), value)]


@pytest.mark.parametrize(
    ("question_id", "value", "expected"),
    [
        ("innovated", "yes", []),
        ("innovated", "maybe", ["Q101"]),
        ("innovated", ["yes"], ["Q101"]),
        ("innovated", None, ["Q109"]),
        ("partners", ["company", "citizens"], []),
        ("partners", {"none"}, []),
        ("partners", ["company", "firm"], ["Q101"]),
        ("partners", ["company", "company"], ["Q111"]),
        ("partners", ["own", "company", "citizens"], ["Q103"]),
        ("partners", ["company", "none"], ["Q104"]),
        ("partners", "company", ["Q102"]),
        ("partners", [], ["Q109"]),
        ("hours", None, []),
        ("hours", 0, []),
        ("hours", 999.9, []),
        ("hours", 0.1 + 0.2, ["Q106"]),
        ("hours", -1, ["Q105"]),
        ("hours", 1000.55, ["Q105", "Q106"]),
        ("hours", "5", ["Q102"]),
        ("hours", True, ["Q102"]),
        ("hours", float("nan"), ["Q102"]),
        ("factors", {"law": "promoted", "staff": "hindered"}, []),
        ("factors", {"law": "promoted"}, ["Q109"]),
        ("factors", {"law": "x", "staff": "promoted", "rain": "promoted"}, ["Q101", "Q101"]),
        ("factors", "promoted", ["Q102"]),
        ("factors", None, ["Q109", "Q109"]),
        ("title", "ten letter", []),
        ("title", "eleven lett", ["Q107"]),
        ("title", "a\nb", ["Q107"]),
        ("title", 5, ["Q102"]),
        ("title", "", []),
        ("welcome", None, []),
        ("welcome", "x", ["Q108"]),
    ],
)
def test_answers(question_id, value, expected):
    assert codes(question_id, value) == expected


def test_a_wished_for_answer_gives_a_warning_and_a_required_one_an_error():
    (soft,) = check_answer(INSTRUMENT.question("partners"), None)
    (hard,) = check_answer(INSTRUMENT.question("innovated"), None)
    assert (soft.severity, hard.severity) == (Severity.WARNING, Severity.ERROR)


def test_a_misspelt_code_gets_a_suggestion():
    (problem,) = check_answer(INSTRUMENT.question("innovated"), "yess")
    assert problem.way_out == "Did you mean 'yes'?"


def test_a_case_is_checked_on_its_path_only():
    assert check_case(INSTRUMENT, {"innovated": "no", "hours": -5, "partners": ["firm"]}) == ()


def test_a_case_gives_all_problems_and_failed_checks():
    values = {"sector": "state", "innovated": "yes", "partners": ["company"], "hours": 600.0}
    found = [(problem.code, problem.place.field) for problem in check_case(INSTRUMENT, values)]
    assert found == [("Q109", "factors.law"), ("Q109", "factors.staff"), ("Q110", "hours_partners")]


def test_checks_are_silent_where_none_of_their_questions_was_shown():
    assert "Q110" not in [problem.code for problem in check_case(INSTRUMENT, {"innovated": "no"})]
