"""The path of one respondent and the walk of a whole table give the same answers that count."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from barometer.questionnaire import answer_columns, answers_on_path, check_answers, check_case, on_path, path
from examples import examples
from small_survey import INSTRUMENT, UNITS

PARTNERS = ("own", "company", "citizens", "none")
code = st.sampled_from(["promoted", "hindered"])
respondents = st.fixed_dictionaries(
    {"unit_id": st.sampled_from(["u1", "u2", "u3"])},
    optional={
        "innovated": st.sampled_from(["yes", "yes", "no", "dont_know"]),
        "partners": st.frozensets(st.sampled_from(PARTNERS)),
        "channel": st.sampled_from(["network", "ministry"]),
        "hours": st.sampled_from([0.0, 5.0, 11.0, 20.55, 600.0, 2000.0]),
        "factors.law": code,
        "factors.staff": code,
        "title": st.sampled_from(["x", "a very long title"]),
    },
)


def as_row(case_id, respondent):
    row = {"case_id": case_id, "unit_id": respondent["unit_id"]}
    for name in answer_columns(INSTRUMENT):
        question, _, choice = name.partition(".")
        if question == "partners":
            row[name] = choice in respondent["partners"] if "partners" in respondent else None
        else:
            row[name] = respondent.get(name)
    return row


def as_table(respondents):
    schema = {"case_id": pl.String(), "unit_id": pl.String()} | answer_columns(INSTRUMENT)
    return pl.DataFrame([as_row(str(i), each) for i, each in enumerate(respondents)], schema=schema, orient="row")


def with_register(respondent):
    return respondent | {"sector": "municipality" if respondent["unit_id"] == "u1" else "state"}


@examples(80)
@given(st.lists(respondents, max_size=4))
def test_the_same_answers_count(cases):
    alone = as_table([on_path(INSTRUMENT, with_register(each)) for each in cases])
    assert answers_on_path(INSTRUMENT, UNITS, as_table(cases)).equals(alone)


@examples(80)
@given(respondents)
def test_taking_answers_off_the_path_twice_changes_nothing(respondent):
    once = on_path(INSTRUMENT, with_register(respondent))
    assert on_path(INSTRUMENT, once) == once
    assert path(INSTRUMENT, once) == path(INSTRUMENT, with_register(respondent))


SAME = {"Q103": "A010", "Q104": "A011", "Q105": "A012", "Q106": "A013", "Q107": "A014", "Q110": "A015"}
HARD = ("innovated", "factors")


@examples(80)
@given(respondents)
def test_one_case_and_a_table_of_one_case_have_the_same_problems(respondent):
    """Besides answers off the path, which one case keeps in silence."""
    counted = on_path(INSTRUMENT, with_register(respondent))
    told = check_case(INSTRUMENT, counted)
    expected = {SAME.get(problem.code, problem.code) for problem in told if problem.code != "Q109"}
    if any(problem.code == "Q109" and problem.place.field.split(".")[0] in HARD for problem in told):
        expected.add("A009")
    found = check_answers(INSTRUMENT, UNITS, as_table([counted]))
    assert {problem.code for problem in found} == expected
