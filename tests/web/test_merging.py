"""What a posted page changes, field by field, without a database."""

import pytest
from fielded import every_kind

from barometer.model import Page
from barometer.web.fieldwork.forms import form_fields, page_problems, written
from barometer.web.fieldwork.merging import Merged, Stored, apply, merge, undo
from barometer.web.fieldwork.states import CASE, CODING, COLLECTION, CONTACT, MESSAGE, RESPONSE, RULE

EVERY = every_kind()


def page(name: str) -> Page:
    return next(one for one in EVERY.pages if one.id == name)


def merged(posted: dict[str, list[str]], shown: str, rendered: dict[str, object], current: dict[str, object]) -> Merged:
    return merge(
        page("innovation"), posted, shown=shown.split(), rendered=Stored(rendered, {}), current=Stored(current, {})
    )


def test_an_answer_nobody_touched_is_no_change() -> None:
    assert merged({"hours": ["7"]}, "hours", {"hours": 7.0}, {"hours": 7.0}) == Merged()


def test_an_emptied_field_takes_the_answer_out() -> None:
    assert merged({"hours": [""]}, "hours", {"hours": 7.0}, {"hours": 7.0}).changes == {"hours": [7.0, None]}


def test_a_question_that_was_not_shown_is_left_alone() -> None:
    assert merged({}, "partners", {"hours": 7.0}, {"hours": 7.0}) == Merged()


def test_a_field_only_somebody_else_changed_keeps_their_answer() -> None:
    assert merged({"hours": ["7"]}, "hours", {"hours": 7.0}, {"hours": 9.0}) == Merged()


def test_a_field_both_changed_alike_is_no_conflict() -> None:
    assert merged({"hours": ["9"]}, "hours", {"hours": 7.0}, {"hours": 9.0}) == Merged()


def test_a_field_both_changed_is_a_conflict_and_stored_for_neither() -> None:
    found = merged({"hours": ["8"]}, "hours", {"hours": 7.0}, {"hours": 9.0})
    assert (found.changes, found.conflicts) == ({}, {"hours": 8.0})


def test_a_conflict_in_one_item_of_a_grid_leaves_the_others_free() -> None:
    rendered: dict[str, object] = {"factors.law": "helped"}
    current: dict[str, object] = {"factors.law": "neither"}
    posted = {"factors.law": ["hindered"], "factors.staff": ["helped"]}
    found = merged(posted, "factors.law factors.staff", rendered, current)
    assert (found.changes, found.conflicts) == ({"factors.staff": [None, "helped"]}, {"factors.law": "hindered"})


def test_a_text_that_is_no_number_replaces_the_number_and_is_kept() -> None:
    found = merged({"hours": ["tolv"]}, "hours", {"hours": 7.0}, {"hours": 7.0})
    assert (found.changes, found.kept) == ({"hours": [7.0, None]}, {"hours": [None, "tolv"]})


def test_changes_can_be_applied_and_undone() -> None:
    before = {"a": 1, "b": 2}
    events = [{"a": [1, 5], "b": [2, None]}, {"a": [5, 6], "c": [None, 3]}]
    after: dict[str, object] = dict(before)
    for changes in events:
        after = apply(after, changes)
    assert after == {"a": 6, "c": 3}
    assert undo(after, events) == before


@pytest.mark.parametrize("number", [0, -3.5, 1.234, 1234.5, 1200, 0.5, 1e6, 12.125])
@pytest.mark.parametrize("language", ["da", "en"])
def test_a_number_on_a_form_is_read_back_as_itself(number: float, language: str) -> None:
    hours = EVERY.question("hours")
    found = merged({"hours": [written(number, language)]}, "hours", {}, {})
    assert found.changes == {"hours": [None, number]}, form_fields(hours, {"hours": number}, {}, language)


def test_a_text_that_is_no_answer_is_told_once_and_not_as_a_missing_answer() -> None:
    problems = page_problems(EVERY, page("money"), {}, {"money.own": "half"})
    assert [problem.code for problem in problems] == ["Q116"]


@pytest.mark.parametrize("machine", [COLLECTION, CASE, RESPONSE, CONTACT, RULE, MESSAGE, CODING])
def test_a_state_machine_leads_to_states_it_has(machine: dict[str, frozenset[str]]) -> None:
    assert frozenset().union(*machine.values()) <= machine.keys()
