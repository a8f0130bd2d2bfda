"""Whether conditions can hold: every value that makes a difference is tried."""

import pytest

from barometer.expressions import Circumstances, Expression, Type, Variable, condition, parse_condition, possible_cases
from barometer.problems import Place

CODES = tuple("abcdefghijklmnopqrst")
SCOPE = {
    "one": Variable("one", Type.CODE, ("yes", "no")),
    "other": Variable("other", Type.CODE, ("yes", "no")),
    "marks": Variable("marks", Type.SET, ("a", "b", "c")),
    "many": Variable("many", Type.SET, CODES),
    "hours": Variable("hours", Type.NUMBER),
    "name": Variable("name", Type.TEXT),
    "known": Variable("known", Type.FLAG),
}
NOTHING = Circumstances()


def read(source: str) -> Expression:
    return parse_condition(source, SCOPE, Place())


def outcomes(source: str, known: Circumstances = NOTHING) -> set[bool]:
    """What the condition can come to."""
    cases = possible_cases([read(source)], known)
    assert cases is not None
    return {condition(read(source), case) for case in cases}


@pytest.mark.parametrize(
    "source",
    [
        "one == 'yes' and one == 'no'",
        "one == 'yes' and not answered(one)",
        "'a' in marks and count(marks) == 0",
        "count(marks) > 3",
        "count(marks) == 1 and 'a' in marks and 'b' in marks",
        "hours > 10 and hours < 5",
        "hours in (1, 2) and hours > 2",
        "name == 'x' and name == 'y'",
        "one in ('yes',) and one not in ('yes',)",
    ],
)
def test_what_contradicts_itself_never_holds(source: str) -> None:
    assert outcomes(source) == {False}


@pytest.mark.parametrize(
    "source",
    [
        "one == 'yes' or not one == 'yes'",
        "not (one == 'yes' and one == 'no')",
        "not count(marks) > 3",
        "hours >= 0 or hours < 0 or not answered(hours)",
    ],
)
def test_what_excludes_nothing_always_holds(source: str) -> None:
    assert outcomes(source) == {True}


@pytest.mark.parametrize(
    "source",
    [
        "one == 'yes' or other == 'yes'",
        "one != 'yes' or one != 'no'",  # false of those who did not answer
        "'a' in marks and count(marks) == 3",
        "hours > 5 and hours < 6",
        "name == 'x' or name != 'x'",
        "answered(one)",
    ],
)
def test_ordinary_conditions_hold_for_some(source: str) -> None:
    assert outcomes(source) == {True, False}


def test_limits_of_numbers_are_kept() -> None:
    assert outcomes("hours > 100", Circumstances(limits={"hours": (0, 100)})) == {False}
    assert outcomes("hours > 99", Circumstances(limits={"hours": (0, 100)})) == {True, False}


def test_nobody_answers_what_they_were_not_asked() -> None:
    known = Circumstances(needs={"other": [read("one == 'yes'")]})
    assert outcomes("other == 'yes' and one == 'no'", known) == {False}


def test_what_a_question_needs_is_followed_further_back() -> None:
    known = Circumstances(needs={"hours": [read("other == 'yes'")], "other": [read("one == 'yes'")]})
    assert outcomes("answered(hours) and not one == 'yes'", known) == {False}


def test_names_that_are_never_missing_have_a_value() -> None:
    assert outcomes("one != 'yes' or one != 'no'", Circumstances(never_missing={"one"})) == {True}


@pytest.mark.parametrize(
    "source",
    [
        "hours + 1 > 2",
        "one == other",
        "known",
        " or ".join(f"'{code}' in many" for code in CODES),
    ],
)
def test_what_cannot_be_listed_is_not_decided(source: str) -> None:
    assert possible_cases([read(source)], NOTHING) is None
