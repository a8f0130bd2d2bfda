"""Respondents who answer by the model alone reach every page, and rows and tables agree about all kinds."""

from dataclasses import replace

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from barometer.model import Instrument
from barometer.questionnaire import (
    answers_on_path,
    answers_table,
    check_answers,
    check_case,
    on_path,
    parse_posted,
    path,
    values_of,
)
from barometer.simulation import random_answers
from every_kind import INSTRUMENT, UNITS
from examples import examples

SAME = {
    "Q103": "A010",
    "Q104": "A011",
    "Q105": "A012",
    "Q106": "A013",
    "Q107": "A014",
    "Q110": "A015",
    "Q114": "A017",
    "Q115": "A018",
}


def respondents(seed: int, count: int) -> list[dict[str, object]]:
    """Answers along the path, with register values."""
    units = UNITS.sample(count, with_replacement=True, seed=seed)
    answers = random_answers(INSTRUMENT, units, np.random.default_rng(seed))
    cases = zip(units.iter_rows(named=True), answers, strict=True)
    return [{**unit, **given, "case_id": str(i)} for i, (unit, given) in enumerate(cases)]


def mixed(seed: int, count: int) -> list[dict[str, object]]:
    """Answers of one respondent patched with some of another, which leaves answers off the path."""
    rng, (one, other) = np.random.default_rng(seed), (respondents(seed, count), respondents(seed + 1, count))
    return [
        first | {name: value for name, value in second.items() if name in INSTRUMENT.names and rng.random() < 0.5}
        for first, second in zip(one, other, strict=True)
    ]


@examples(10)
@given(st.integers(0, 10_000))
def test_the_same_answers_of_all_kinds_count_in_rows_and_tables(seed: int) -> None:
    cases = mixed(seed, 30)

    alone = answers_table(INSTRUMENT, [on_path(INSTRUMENT, each) for each in cases])

    walked = answers_on_path(INSTRUMENT, UNITS, answers_table(INSTRUMENT, cases))
    assert walked.select(alone.columns).equals(alone)


@examples(10)
@given(st.integers(0, 10_000))
def test_taking_answers_of_all_kinds_off_the_path_twice_changes_nothing(seed: int) -> None:
    for each in mixed(seed, 10):
        once = on_path(INSTRUMENT, each)
        assert on_path(INSTRUMENT, once) == once
        assert path(INSTRUMENT, once) == path(INSTRUMENT, each)


@examples(15)
@given(st.integers(0, 10_000))
def test_one_case_and_a_table_have_the_same_problems_in_all_kinds(seed: int) -> None:
    """Besides answers that are only wished for, which a table does not tell."""
    (each,) = mixed(seed, 1)
    counted = on_path(INSTRUMENT, each)
    told = [problem for problem in check_case(INSTRUMENT, each) if problem.code != "Q109"]

    found = check_answers(INSTRUMENT, UNITS, answers_table(INSTRUMENT, [counted]))

    required = {"founded"} & {one.place.field for one in check_case(INSTRUMENT, each) if one.code == "Q109"}
    expected = {SAME[problem.code] for problem in told} | ({"A009"} if required else set())
    assert {problem.code for problem in found} == expected


def test_random_respondents_fit_every_question_and_reach_every_page() -> None:
    cases = respondents(7, 200)

    pages = {page.id for each in cases for page in path(INSTRUMENT, each).pages}
    wrong = {one.code for each in cases for one in check_case(INSTRUMENT, each)} - {"Q109", "Q110"}

    assert pages == {"start", "middle", "end"}
    assert not wrong


def test_random_respondents_answer_nothing_off_the_path() -> None:
    for each in respondents(11, 100):
        computed = {"a_head"}
        assert set(each) - {"case_id"} == set(on_path(INSTRUMENT, each)) - computed - {"case_id"}


def test_values_survive_a_table() -> None:
    cases = respondents(3, 50)

    rows = answers_table(INSTRUMENT, cases).iter_rows(named=True)

    for each, row in zip(cases, rows, strict=True):
        assert values_of(INSTRUMENT, row) == {name: each[name] for name in each if name in INSTRUMENT.names}


def test_all_languages_take_the_same_path() -> None:
    """Texts are no part of the routing: with other texts the same pages, questions and choices are shown."""
    pages = tuple(replace(page, title={"da": "Side"}) for page in INSTRUMENT.pages)
    danish: Instrument = replace(INSTRUMENT, languages=("da",), pages=pages)
    for each in respondents(5, 20):
        shown = [[question.id for question in page.questions] for page in path(INSTRUMENT, each).pages]
        assert [[question.id for question in page.questions] for page in path(danish, each).pages] == shown


def posted(question, values: dict[str, object]) -> dict[str, list[str]]:
    """What a browser sends for these values."""
    value = values.get(question.id)
    fields = {name: [f"{values[name]}"] for name in question.names if name in values and name != question.id}
    if isinstance(value, str) and value in question.missing_codes:
        return fields | {f"{question.id}.missing": [value[1:]]}
    if question.kind.value == "ranking":
        return fields | {f"{question.id}.{place}": [code] for place, code in enumerate(value or (), 1)}
    if isinstance(value, tuple):
        return fields | {question.id: list(value)}
    return fields if value is None else fields | {question.id: [f"{value}"]}


def test_what_a_browser_posts_reads_back_to_the_same_values() -> None:
    for each in respondents(13, 60):
        for question in path(INSTRUMENT, each).questions:
            parsed = parse_posted(question, posted(question, each))
            assert parsed.values == {name: each[name] for name in question.names if name in each}
            assert not parsed.kept
            assert not parsed.problems


hostile = st.one_of(
    st.text(max_size=12), st.sampled_from(["-dont_know", "dont_know", "yes", "1e999", "٣", "0x10", "\0"])
)


@examples(60)
@given(
    st.dictionaries(
        st.sampled_from(["agreed", "channel", "hours", "hours.missing", "began", "money.own", "goals.1", "goals.9"])
        | st.text(max_size=8),
        st.lists(hostile, max_size=3),
        max_size=6,
    )
)
def test_nothing_that_is_posted_raises_or_breaks_a_check(fields: dict[str, list[str]]) -> None:
    values: dict[str, object] = {"sector": "town", "employees": 3}
    for question in INSTRUMENT.questions:
        values |= parse_posted(question, fields).values
    check_case(INSTRUMENT, values)
    table = answers_table(INSTRUMENT, [{**values, "case_id": "1", "unit_id": "u2"}])
    assert isinstance(check_answers(INSTRUMENT, UNITS, table), tuple)
    assert isinstance(table, pl.DataFrame)
