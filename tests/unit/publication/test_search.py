"""What can be searched, when figures appear, and how visitors answer."""

from dataclasses import replace
from datetime import date, timedelta

from barometer.publication._calendar import calendar
from barometer.publication._cube import index
from barometer.publication._language import language
from barometer.publication._search import search_index
from barometer.publication._visitors import helpful
from published_example import edition, release

ENGLISH = language("en")


def test_every_theme_indicator_and_question_can_be_found() -> None:
    kinds = {kind.id: kind.entries for kind in search_index(index(release(), edition()), ENGLISH)}
    assert len(kinds["themes"]) == len(edition().themes)
    assert len(kinds["indicators"]) == len(edition().indicators)
    asked = [one for survey in edition().surveys for one in survey.instrument.questions]
    assert 0 < len(kinds["questions"]) <= len(asked)


def test_an_indicator_is_found_by_its_question_and_its_code() -> None:
    kinds = {kind.id: kind.entries for kind in search_index(index(release(), edition()), ENGLISH)}
    entry = next(one for one in kinds["indicators"] if one.path == "indicators/inc_serv.html")
    question = edition().surveys[0].instrument.question("service")
    assert question.text["en"] in entry.words
    assert "INC_SERV" in entry.words


def test_the_calendar_tells_every_step_and_the_next_edition() -> None:
    at = edition().release_at
    [(what, when)] = calendar(edition(), ENGLISH)
    assert what == "All figures of this edition"
    assert at.strftime("%H:%M") in when and "UTC+" in when
    later = replace(edition(), detail_at=at + timedelta(days=7), next_at=date(2027, 4, 20))
    assert [what for what, _ in calendar(later, ENGLISH)] == [
        "The main figures of this edition",
        "All other figures of this edition",
        "The next edition (planned)",
    ]
    assert calendar(later, ENGLISH)[2][1] == "20 April 2027"


def test_an_answer_to_a_page_names_edition_and_page() -> None:
    subject = helpful(edition(), "indicators/inc_serv.html", ENGLISH, "no")
    assert subject == "example-2024, en/indicators/inc_serv.html: No, something is missing"


def test_a_publisher_without_an_address_for_mail_is_not_written_to() -> None:
    silent = replace(edition(), publisher=replace(edition().publisher, contact="Telephone 12 34 56"))
    assert helpful(silent, "index.html", ENGLISH, "yes") == ""
