"""Checks of a table of answers: each kind of fault planted, one by one and all together."""

import polars as pl
import pytest

from barometer.problems import Place, Severity
from barometer.questionnaire import answer_columns, answers_on_path, check_answers
from small_survey import INSTRUMENT, UNITS


def case(case_id, unit_id="u2", **answers):
    return {"case_id": case_id, "unit_id": unit_id} | {
        name.replace("__", "."): value for name, value in answers.items()
    }


MARKS = {"partners__own": False, "partners__company": True, "partners__citizens": False, "partners__none": False}
GOOD = case("1", innovated="yes", **MARKS, channel="ministry", hours=5.5, title="x")


def table(*cases):
    schema = {"case_id": pl.String(), "unit_id": pl.String()} | answer_columns(INSTRUMENT)
    return pl.DataFrame([{name: each.get(name) for name in schema} for each in cases], schema=schema)


def problems(*cases):
    return check_answers(INSTRUMENT, UNITS, table(*cases), Place("answers.csv"))


def test_columns_have_the_order_and_types_of_the_questions():
    assert answer_columns(INSTRUMENT) == {
        "innovated": pl.String(),
        "partners.own": pl.Boolean(),
        "partners.company": pl.Boolean(),
        "partners.citizens": pl.Boolean(),
        "partners.none": pl.Boolean(),
        "channel": pl.String(),
        "hours": pl.Float64(),
        "factors.law": pl.String(),
        "factors.staff": pl.String(),
        "title": pl.String(),
    }


def test_good_answers_have_no_problems():
    assert problems(GOOD, case("2", "u1", innovated="no")) == ()
    assert problems() == ()


@pytest.mark.parametrize(
    ("change", "code", "column"),
    [
        ({"case_id": None}, "A004", "case_id"),
        ({"unit_id": "u9"}, "A006", "unit_id"),
        ({"unit_id": None}, "A006", "unit_id"),
        ({"channel": "radio"}, "A007", "channel"),
        ({"partners.own": True}, "A008", "partners.own"),  # hidden from state bodies
        ({"factors.staff": "promoted"}, "A008", "factors.staff"),
        ({"partners.citizens": True, "partners.none": True}, "A011", "partners"),
        ({"hours": -1.0}, "A012", "hours"),
        ({"hours": float("inf")}, "A012", "hours"),
        ({"hours": 1.25}, "A013", "hours"),
        ({"title": "eleven lett"}, "A014", "title"),
    ],
)
def test_each_fault_has_its_code(change, code, column):
    found = [(problem.code, problem.place.column) for problem in problems(GOOD | change)]
    assert (code, column) in found


def test_too_many_marks():
    town = case("1", "u1", innovated="yes", **MARKS) | {"partners.own": True, "partners.citizens": True}
    assert [problem.code for problem in problems(town)] == ["A010"]


def test_no_mark_at_all_is_not_too_few_where_an_answer_is_only_wished_for():
    assert problems(case("1", innovated="yes", **MARKS) | {"partners.company": False}) == ()


def test_a_required_answer_is_missed_only_where_it_was_asked():
    found = problems(GOOD | {"innovated": None, "channel": None}, GOOD | {"case_id": "2", "hours": 50.0})
    missing = [(problem.place.column, problem.found) for problem in found if problem.code == "A009"]
    assert missing == [
        ("innovated", "required answer missing in 1 case: 1"),
        ("factors.law", "required answer missing in 1 case: 2"),
        ("factors.staff", "required answer missing in 1 case: 2"),
    ]


def test_one_wrong_answer_takes_everything_behind_it_off_the_path():
    found = problems(GOOD | {"innovated": "no"})
    assert [problem.place.column for problem in found] == ["partners.company", "channel", "hours"]
    assert {problem.code for problem in found} == {"A008"}


def test_instrument_checks_are_errors_or_warnings_as_they_say():
    grid = {"factors.law": "hindered", "factors.staff": "promoted"}
    one = GOOD | grid | {"channel": "network", "hours": 600.0}
    other = GOOD | grid | {"case_id": "2", "channel": "network", "hours": 0.0}
    found = {problem.place.field: problem for problem in problems(one, other)}
    assert found["hours_partners"].severity is Severity.WARNING
    assert found["law"].severity is Severity.ERROR
    assert found["law"].found.endswith("in 1 case: 2")


def test_cases_are_named_up_to_five_and_counted():
    (problem,) = problems(*(GOOD | {"case_id": str(number), "hours": -1.0} for number in range(1, 8)))
    assert problem.found == "number too small in 7 cases: 1, 2, 3, 4, 5, …"
    assert problem.place == Place("answers.csv", column="hours")


def test_repeated_case_ids_are_named():
    (problem,) = problems(GOOD, GOOD, GOOD | {"case_id": "2"})
    assert (problem.code, problem.found) == ("A005", "case_id used again in 2 cases: 1, 1")


def test_columns_are_checked_before_what_is_in_them():
    wrong = table(GOOD).rename({"hours": "hour"}).with_columns(pl.lit(5).alias("innovated"))
    found = {(problem.code, problem.place.column) for problem in check_answers(INSTRUMENT, UNITS, wrong)}
    assert found == {("A001", "hours"), ("A002", "hour"), ("A003", "innovated")}


def test_answers_on_path_make_what_does_not_count_null():
    given = table(GOOD | {"innovated": "no", "factors.staff": "promoted"}, GOOD | {"partners.own": True})
    kept = answers_on_path(INSTRUMENT, UNITS, given)
    assert kept.columns == given.columns
    assert kept.row(0, named=True) == dict.fromkeys(given.columns) | {
        "case_id": "1",
        "unit_id": "u2",
        "innovated": "no",
        "title": "x",
    }
    assert kept.row(1, named=True) == table(GOOD).row(0, named=True)


def test_register_columns_that_answers_repeat_do_no_harm():
    assert answers_on_path(INSTRUMENT, UNITS.with_columns(title=pl.lit("z")), table(GOOD)).equals(table(GOOD))
