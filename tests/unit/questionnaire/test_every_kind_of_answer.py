"""Checks of single answers, of pages and of tables, for the kinds of question that need more than a code."""

import polars as pl
import pytest

from barometer.model import day_number, day_of
from barometer.problems import Severity
from barometer.questionnaire import (
    answer_columns,
    answers_table,
    check_answer,
    check_answers,
    check_case,
    check_page,
    check_pages,
    minutes,
    on_path,
    path,
)
from every_kind import INSTRUMENT, UNITS

TOWN = {"unit_id": "u2", "sector": "town", "employees": 340}
STATE = {"unit_id": "u1", "sector": "state", "employees": 12}
GOOD = {
    **STATE,
    "case_id": "1",
    "agreed": "yes",
    "channel": "web",
    "partners": ["town"],
    "hours": 24.5,
    "began": "2024-05-01",
    "founded": 1990,
    "money.own": 60.0,
    "money.grant": 40.0,
    "goals": ["time", "quality"],
    "factors.law": "helped",
    "factors.staff": "helped",
    "name": "It",
}


@pytest.mark.parametrize(
    ("question_id", "value", "expected"),
    [
        ("agreed", "yes", []),
        ("agreed", "no", ["Q101"]),
        ("agreed", None, ["Q109"]),
        ("began", "2024-02-29", []),
        ("began", "2023-02-29", ["Q102"]),
        ("began", "2019-12-31", ["Q115"]),
        ("began", "2027-01-01", ["Q115"]),
        ("began", "-dont_know", []),
        ("began", "-refused", ["Q102"]),
        ("founded", 1990, []),
        ("founded", 1889, ["Q105"]),
        ("founded", 1990.5, ["Q106"]),
        ("money", {"own": 99.9, "grant": 0.1}, ["Q106", "Q106"]),
        ("money", {"own": 60, "grant": 40}, []),
        ("money", {"own": 60, "grant": 39}, ["Q114"]),
        ("money", {"own": 100}, []),
        ("money", {"own": "60"}, ["Q102"]),
        ("money", {"mars": 100}, ["Q101"]),
        ("money", {}, ["Q109"]),
        ("money", "-dont_know", []),
        ("goals", ["time", "law"], []),
        ("goals", ["time"], ["Q103"]),
        ("goals", ["time", "law", "quality", "other"], ["Q103"]),
        ("goals", ["time", "time"], ["Q111", "Q103"]),
        ("goals", "time", ["Q102"]),
        ("goals", [], ["Q109"]),
        ("a_head", None, []),
        ("a_head", 3.0, ["Q108"]),
    ],
)
def test_answers(question_id, value, expected):
    assert [problem.code for problem in check_answer(INSTRUMENT.question(question_id), value)] == expected


def test_a_problem_carries_its_numbers_for_other_languages():
    (problem,) = check_answer(INSTRUMENT.question("money"), {"own": 60, "grant": 39})
    assert problem.values == {"total": 100.0, "sum": 99.0}


def test_a_computed_number_follows_from_the_answers_and_is_never_taken():
    counted = on_path(INSTRUMENT, GOOD | {"a_head": 999.0})
    assert counted["a_head"] == 24.5 / 12


def test_a_missing_answer_opens_what_asks_for_it():
    def shown(**more):
        return [question.id for question in path(INSTRUMENT, GOOD | {"money.own": 50.0} | more).questions]

    assert "factors" not in shown(hours="-refused")
    assert "factors" in shown(hours="-dont_know")


def test_a_rank_can_be_asked_for():
    def shown(goals):
        values = GOOD | {"hours": "-refused", "money.own": 50.0, "goals": goals}
        return "factors" in [question.id for question in path(INSTRUMENT, values).questions]

    assert shown(["quality", "time"])
    assert not shown(["time", "quality"])


def test_ranks_behind_a_hidden_choice_move_up():
    values = GOOD | TOWN | {"goals": ["law", "quality", "time"]}
    assert on_path(INSTRUMENT, values)["goals"] == ("quality", "time")


def test_a_text_beside_a_choice_counts_only_while_the_choice_does():
    values = {"sector": "town", "channel": "other", "channel.other.text": "by boat"}
    assert on_path(INSTRUMENT, values)["channel.other.text"] == "by boat"
    assert "channel.other.text" not in on_path(INSTRUMENT, values | {"channel": "web"})


def test_shares_and_a_missing_answer_exclude_each_other():
    assert [problem.code for problem in check_case(INSTRUMENT, GOOD | {"money": "-dont_know"})] == ["Q104"]


def test_a_page_tells_its_own_problems_only():
    values = GOOD | {"agreed": None, "founded": None}
    start, middle, end = INSTRUMENT.pages
    assert [problem.place.field for problem in check_page(INSTRUMENT, start, values)] == ["agreed"]
    assert [problem.place.field for problem in check_page(INSTRUMENT, middle, values)] == ["founded", "founded_late"]
    assert check_page(INSTRUMENT, end, values | {"factors.staff": "helped"}) == ()


def test_a_page_tells_the_checks_whose_last_question_it_has():
    values = GOOD | {"partners": ["other"], "money.own": 100.0, "money.grant": 0.0}
    start, middle, _ = INSTRUMENT.pages
    assert check_page(INSTRUMENT, start, values) == ()
    (problem,) = check_page(INSTRUMENT, middle, values)
    assert (problem.code, problem.place.field, problem.severity) == ("Q110", "own_money", Severity.ERROR)
    assert problem.values == {"check": "own_money", "questions": ("money", "partners")}


def test_levels_of_checks_are_errors_warnings_and_information():
    values = GOOD | {"hours": 1500.0, "money.own": 0.0, "money.grant": 100.0, "founded": 2024}
    found = {problem.place.field: problem.severity for problem in check_case(INSTRUMENT, values)}
    assert found == {"hours_near": Severity.WARNING, "founded_late": Severity.INFO}


def test_a_page_off_the_path_has_no_problems():
    assert check_page(INSTRUMENT, INSTRUMENT.pages[1], {**STATE, "channel": "other"}) == ()


def test_the_columns_of_all_kinds():
    columns = answer_columns(INSTRUMENT)
    assert {name: columns[name] for name in ("agreed", "began", "founded", "a_head")} == {
        "agreed": pl.String(),
        "began": pl.Date(),
        "founded": pl.Int64(),
        "a_head": pl.Float64(),
    }
    assert columns["goals.time"] == pl.Int64()
    assert columns["money.own"] == pl.Float64()
    assert columns["hours.missing"] == columns["channel.other.text"] == pl.String()


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("goals.quality", 3, "A016"),
        ("money.own", 61.0, "A017"),
        ("began", day_of(0), "A018"),
        ("hours.missing", "dont_know", "A011"),
        ("agreed", "no", "A007"),
        ("name.missing", "dont_know", "A007"),
        ("channel.other.text", "by boat", "A008"),
    ],
)
def test_a_table_is_told_what_no_respondent_could_have_answered(column, value, code):
    table = answers_table(INSTRUMENT, [GOOD])
    assert check_answers(INSTRUMENT, UNITS, table) == ()

    changed = table.with_columns(pl.lit(value, dtype=table.schema[column]).alias(column))

    assert code in [problem.code for problem in check_answers(INSTRUMENT, UNITS, changed)]


def test_a_number_and_a_missing_answer_are_two_columns():
    table = answers_table(INSTRUMENT, [GOOD | {"hours": "-refused"}])
    assert table.select("hours", "hours.missing").rows() == [(None, "refused")]


def test_days_are_counted_from_1970():
    assert day_number(day_of(-400)) == -400
    assert str(day_of(20089)) == "2025-01-01"


def test_minutes_are_those_of_the_path_and_of_the_longest_way():
    short = minutes(INSTRUMENT, path(INSTRUMENT, {**STATE, "channel": "other"}))
    assert 0.5 < short < minutes(INSTRUMENT, path(INSTRUMENT, GOOD)) < minutes(INSTRUMENT) < 6


def test_all_pages_are_checked_as_each_is() -> None:
    for values in (GOOD, {}, GOOD | {"hours": -3.0}):
        pages = path(INSTRUMENT, values).pages
        assert check_pages(INSTRUMENT, values) == {page.id: check_page(INSTRUMENT, page, values) for page in pages}
