"""What a browser posts for a question becomes typed values, and nothing typed is lost or guessed at."""

import pytest

from barometer.problems import Severity
from barometer.questionnaire import parse_posted
from every_kind import INSTRUMENT


def parsed(question_id, **fields):
    posted = {name.replace("__", "."): [value] if isinstance(value, str) else value for name, value in fields.items()}
    return parse_posted(INSTRUMENT.question(question_id), posted)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12),
        (" 12 ", 12),
        ("-3", -3),
        ("−3", -3),
        ("+3", 3),
        ("1 200", 1200),
        ("1\u00a0200", 1200),
        ("1\u202f200\u202f300", 1_200_300),
        ("1'200", 1200),
        ("1,5", 1.5),
        ("1.5", 1.5),
        ("1.200,5", 1200.5),
        ("1,200.5", 1200.5),
        ("1 200,5", 1200.5),
        ("1 200,500", 1200.5),
        ("1.200.300", 1_200_300),
        ("0,125", 0.125),
        ("1234.567", 1234.567),
    ],
)
def test_numbers_are_read_as_people_of_several_languages_write_them(text, number):
    assert parsed("hours", hours=text).values == {"hours": number}


@pytest.mark.parametrize(
    "text",
    ["tolv", "1e5", "12 h", "1 20", "1.20.300", "1,200,5", "0.200.300", "1.2,3.4", "٣", "0x10", "--1", ",5", "1" * 16],
)
def test_a_text_that_is_no_number_is_kept_and_told(text):
    found = parsed("hours", hours=text)
    assert found.values == {}
    assert found.kept == {"hours": text}
    assert [(problem.code, problem.values["value"]) for problem in found.problems] == [("Q116", text)]


@pytest.mark.parametrize("text", ["1.200", "1,200", "12.500", "-1.200"])
def test_a_number_that_can_be_read_in_two_ways_is_not_guessed(text):
    found = parsed("hours", hours=text)
    (problem,) = found.problems
    assert (found.values, found.kept, problem.code) == ({}, {"hours": text}, "Q113")
    assert abs(problem.values["one"]) == 1000 * abs(problem.values["other"])


@pytest.mark.parametrize("text", ["2026-03-31", "31.3.2026", "31. 03. 2026", "31/3/2026", "03/31/2026"])
def test_dates_are_read_when_they_can_mean_one_day_only(text):
    assert parsed("began", began=text).values == {"began": "2026-03-31"}


@pytest.mark.parametrize(("text", "code"), [("3/4/2026", "Q113"), ("2026-02-30", "Q118"), ("in March", "Q118")])
def test_other_dates_are_kept_and_told(text, code):
    found = parsed("began", began=text)
    assert (found.values, found.kept, [problem.code for problem in found.problems]) == ({}, {"began": text}, [code])


def test_a_year_has_four_digits():
    assert parsed("founded", founded="1987").values == {"founded": 1987}
    assert [problem.code for problem in parsed("founded", founded="87").problems] == ["Q117"]


def test_items_of_shares_are_read_one_by_one():
    found = parsed("money", money__own="60", money__grant="much", money__town="")
    assert found.values == {"money.own": 60}
    assert found.kept == {"money.grant": "much"}


def test_places_of_a_ranking_become_an_order():
    assert parsed("goals", goals__1="time", goals__2="law", goals__3="").values == {"goals": ("time", "law")}


@pytest.mark.parametrize(
    ("places", "code"), [(("time", "", "law"), "Q112"), (("time", "time", ""), "Q111"), (("", "law", ""), "Q112")]
)
def test_a_ranking_with_gaps_or_ties_is_kept_as_it_was(places, code):
    fields = {f"goals__{number}": place for number, place in enumerate(places, 1)}
    found = parsed("goals", **fields)
    assert found.values == {}
    assert set(found.kept.values()) == set(places) - {""}
    assert [problem.code for problem in found.problems] == [code]


def test_marks_stand_in_the_order_of_the_choices_each_once():
    assert parsed("partners", partners=["other", "town", "other"]).values == {"partners": ("town", "other")}


def test_a_code_that_the_page_did_not_offer_is_dropped():
    found = parsed("partners", partners=["town", "mars"])
    assert found.values == {"partners": ("town",)}
    assert [problem.code for problem in found.problems] == ["Q101"]


def test_the_text_beside_a_choice_counts_with_the_choice():
    found = parsed("channel", channel="other", channel__other__text=" by boat ")
    assert found.values == {"channel": "other", "channel.other.text": "by boat"}


def test_the_text_beside_a_choice_that_is_not_chosen_is_kept_with_a_warning():
    found = parsed("channel", channel="web", channel__other__text="by boat")
    (problem,) = found.problems
    assert (found.values, found.kept) == ({"channel": "web"}, {"channel.other.text": "by boat"})
    assert (problem.code, problem.severity) == ("Q119", Severity.WARNING)


def test_a_missing_answer_stands_in_place_of_the_answer():
    assert parsed("hours", hours="", hours__missing="refused").values == {"hours": "-refused"}
    assert parsed("money", money__missing="dont_know").values == {"money": "-dont_know"}
    assert parsed("goals", goals__missing="not_relevant").values == {"goals": "-not_relevant"}


def test_a_missing_answer_beside_an_answer_is_told_and_both_are_kept():
    found = parsed("hours", hours="12", hours__missing="dont_know")
    assert (found.values, found.kept) == ({}, {"hours": "12", "hours.missing": "dont_know"})
    assert [problem.code for problem in found.problems] == ["Q104"]


def test_a_missing_answer_that_is_not_offered_is_dropped():
    assert parsed("hours", hours__missing="not_relevant").values == {}


def test_a_consent_is_a_ticked_box():
    assert parsed("agreed", agreed="yes").values == {"agreed": "yes"}
    assert parsed("agreed").values == {}


def test_control_characters_are_taken_out_and_line_ends_made_alike():
    assert parsed("remarks", remarks="a\x00b\r\nc\rd").values == {"remarks": "ab\nc\nd"}


def test_an_endless_text_is_cut_and_told():
    found = parsed("remarks", remarks="x" * 50_000)
    assert found.values == {}
    assert len(found.kept["remarks"]) == 30_000
    assert [problem.code for problem in found.problems] == ["Q107"]


def test_nothing_is_read_for_what_asks_nothing():
    assert parsed("hello", hello="x").values == parsed("a_head", a_head="3").values == {}
