"""Which questions, choices and items one respondent is shown, and which answers count."""

from barometer.questionnaire import on_path, path
from small_survey import INSTRUMENT


def shown(**values):
    return [question.id for question in path(INSTRUMENT, values).questions]


def test_nothing_answered_shows_what_needs_no_answer():
    assert shown(sector="state") == ["welcome", "innovated", "title"]


def test_an_answer_opens_a_page():
    assert shown(sector="state", innovated="yes") == ["welcome", "innovated", "partners", "hours", "title"]


def test_pages_left_without_questions_are_not_on_the_path():
    assert [page.id for page in path(INSTRUMENT, {"innovated": "no"}).pages] == ["start", "end"]


def test_a_mark_opens_the_question_that_depends_on_it():
    assert "channel" in shown(innovated="yes", partners=["company"])
    assert "channel" not in shown(innovated="yes", partners=["citizens"])


def test_choices_and_items_depend_on_the_register():
    def seen(sector):
        way = path(INSTRUMENT, {"sector": sector, "innovated": "yes", "hours": 20.0})
        partners, factors = (
            next(question for question in way.questions if question.id == name) for name in ("partners", "factors")
        )
        return [choice.code for choice in partners.choices], [item.code for item in factors.items]

    assert seen("municipality") == (["own", "company", "citizens", "none"], ["staff"])
    assert seen("state") == (["company", "citizens", "none"], ["law", "staff"])


def test_answers_off_the_path_open_nothing():
    assert "factors" not in shown(innovated="no", hours=20.0)


def test_a_changed_answer_takes_everything_behind_it_off_the_path():
    answers = {
        "sector": "state",
        "innovated": "yes",
        "partners": ("company",),
        "channel": "network",
        "factors.law": "promoted",
        "title": "x",
    }
    assert on_path(INSTRUMENT, answers) == answers
    assert on_path(INSTRUMENT, answers | {"innovated": "no"}) == {
        "sector": "state",
        "innovated": "no",
        "title": "x",
    }


def test_answers_of_hidden_choices_and_items_do_not_count():
    answers = {"sector": "state", "innovated": "yes", "partners": ["own", "company"], "channel": "network"}
    assert on_path(INSTRUMENT, answers)["partners"] == ("company",)
    town = answers | {"sector": "municipality", "factors.law": "promoted", "factors.staff": "promoted"}
    assert "factors.law" not in on_path(INSTRUMENT, town)
    assert on_path(INSTRUMENT, town)["factors.staff"] == "promoted"
    assert "channel" not in on_path(INSTRUMENT, town | {"channel": "ministry"})


def test_only_hidden_marks_are_no_answer_but_no_marks_are_one():
    assert "partners" not in on_path(INSTRUMENT, {"sector": "state", "innovated": "yes", "partners": ["own"]})
    assert on_path(INSTRUMENT, {"sector": "state", "innovated": "yes", "partners": []})["partners"] == []
