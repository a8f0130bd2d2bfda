"""What a visitor's browser carries of the self-test: few characters, the same answers, and never too many."""

from dataclasses import replace

import pytest

from barometer.edition import read_instrument
from barometer.model import Breakdown, Category
from barometer.publication import check_self_test, pack, unpack
from barometer.publication._carried import ROOM, longest
from barometer.publication._self_test_cut import MOST_ROWS, _rows, cut
from every_kind import REGISTER, YAML
from published_example import edition

INSTRUMENT = read_instrument("every.yaml", YAML.encode(), REGISTER, ["en"])
SECTOR = Breakdown(
    id="sector", survey="every", label={}, column="sector", categories=(Category("state", {}), Category("town", {}))
)


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {"channel": "office"},
        {"sector": "town", "partners": ["town", "other"]},
        {"hours": 12.5, "founded": 1999},
        {"hours": "-dont_know", "money": "-dont_know"},
        {"money.own": 60, "money.grant": 0.25},
    ],
)
def test_answers_come_back_as_they_were(answers: dict[str, object]) -> None:
    packed = pack(INSTRUMENT, [SECTOR], answers)
    assert unpack(INSTRUMENT, [SECTOR], packed) == answers
    assert len(packed) <= longest(INSTRUMENT, [SECTOR])


def test_what_is_no_answer_of_the_test_is_left_out() -> None:
    assert unpack(INSTRUMENT, [SECTOR], pack(INSTRUMENT, [SECTOR], {"sector": "moon", "channel": "x", "z": 1})) == {}
    with pytest.raises(ValueError, match="more answers"):
        unpack(INSTRUMENT, [], "," * 500)


def test_a_self_test_that_a_browser_could_not_carry_is_a_problem_that_says_what_to_leave_out() -> None:
    starter = edition()
    assert check_self_test(starter) == ()
    survey = starter.surveys[0]
    page, first = survey.instrument.pages[0], survey.instrument.questions[0]
    many = tuple(replace(first, id=f"q{n}", core=True) for n in range(ROOM))
    large = replace(survey, instrument=replace(survey.instrument, pages=(replace(page, questions=many),)))
    asked = replace(starter.self_test, questions=tuple(one.id for one in many), breakdowns=())
    found = check_self_test(replace(starter, surveys=(large, *starter.surveys[1:]), self_test=asked))
    assert [one.code for one in found] == ["P010"] and "Ask fewer" in found[0].way_out


def test_no_page_is_a_long_one_to_scroll_and_none_is_empty() -> None:
    whole = edition().surveys[0].instrument
    pages = cut(whole, [one.id for one in whole.questions]).pages
    assert len(pages) > len(whole.pages) and len({page.id for page in pages}) == len(pages)
    for page in pages:
        asked = [rows for one in page.questions if (rows := _rows(one))]
        assert asked and (sum(asked) <= MOST_ROWS or len(asked) == 1)
