"""What a new version of a questionnaire changes, and what no version may change."""

import pytest

from barometer.edition import read_instrument
from barometer.problems import BadInput
from barometer.questionnaire import diff_instruments, path_map
from every_kind import INSTRUMENT, REGISTER, YAML


def version(*changes):
    text = YAML
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return read_instrument("new.yaml", text.encode(), REGISTER, ("en",))


@pytest.mark.parametrize(
    ("old", "new", "kind", "place"),
    [
        ("{en: Hours?}", "{en: How many hours?}", "text", "question hours, text::en"),
        ("{en: Every kind}", "{en: All kinds}", "text", "questionnaire, title::en"),
        ("{en: That is young.}", "{en: Young.}", "text", "check founded_late, text::en"),
        ("- {code: none,", "- {code: firms, label: {en: Firms}}\n          - {code: none,", "additive", "choice firms"),
        ("missing: [refused]", "missing: [refused, dont_know]", "additive", "question name, missing dont_know"),
        ("min: 0, max: 2000", "min: 0, max: 3000", "relaxing", "question hours, maximum"),
        ("decimals: 1", "decimals: 2", "relaxing", "question hours, decimals"),
        ("level: hard", "level: soft", "relaxing", "check own_money, level"),
        ("min: 0, max: 2000", "min: 1, max: 2000", "restricting", "question hours, minimum"),
        ("required: no, max: 500", "required: no, max: 400", "restricting", "question remarks, maximum"),
        ("level: soft", "level: hard", "restricting", "check hours_near, level"),
        ("required: no,", "", "restricting", "question remarks, required"),
        ("when: answered(hours)", "when: hours > 1", "structural", "question a_head, relevant"),
        ("hours / employees", "hours * employees", "structural", "question a_head, expression"),
        ("section: second", "section: first", "structural", "page end, section"),
    ],
)
def test_changes_have_a_class_and_a_place(old, new, kind, place):
    (change,) = diff_instruments(INSTRUMENT, version((old, new)))
    assert change.kind.value == kind
    assert change.place.endswith(place)


def test_nothing_changed_is_no_change():
    assert diff_instruments(INSTRUMENT, version(("hours / employees", "(hours) /employees"))) == ()


def test_a_question_that_is_gone_or_new_is_told():
    added = version(("      - {id: remarks", "      - {id: more, kind: text, text: {en: More?}}\n      - {id: remarks"))
    assert [(one.kind.value, one.place) for one in diff_instruments(INSTRUMENT, added)] == [
        ("additive", "question more")
    ]
    assert [(one.kind.value, one.place) for one in diff_instruments(added, INSTRUMENT)] == [
        ("structural", "question more")
    ]


def refused(*changes):
    with pytest.raises(BadInput) as caught:
        diff_instruments(INSTRUMENT, version(*changes))
    return [problem.code for problem in caught.value.problems]


def test_another_kind_of_question_is_refused():
    assert refused(("{id: name, kind: text, ", "{id: name, kind: number, "), ("max: 40", "max: 41")) == ["Q121"]


def test_a_larger_box_for_a_text_is_not_another_kind():
    assert diff_instruments(INSTRUMENT, version(("{id: name, kind: text, ", "{id: name, kind: longtext, "))) == ()


def test_a_code_used_for_what_another_meant_is_refused():
    assert refused(("{code: quality, label: {en: Quality}}", "{code: quality, label: {en: Time}}")) == ["Q122"]


def test_a_choice_that_becomes_a_missing_answer_is_refused():
    assert refused(("{code: web, label: {en: Web}}", "{code: web, label: {en: Web}, missing: dont_know}")) == ["Q122"]


def test_the_path_map_tells_what_decides_about_what():
    steps = {step.id: step for step in path_map(INSTRUMENT).steps}
    assert steps["middle"].depends_on == ("channel", "partners")
    assert steps["factors"].depends_on == ("a_head", "goals", "money", "hours", "founded")
    assert steps["hours"].leads_to == ("a_head", "factors", "hours_near")
    assert steps["factors"].words == {"en": 6}


def test_the_path_map_draws_every_way_through_the_pages():
    edges = {(edge.source, edge.target): edge.condition for edge in path_map(INSTRUMENT).edges if not edge.depends}
    assert edges == {
        ("", "start"): "",
        ("start", "middle"): "channel == 'web' or 'town' in partners",
        ("start", "end"): "",
        ("middle", "end"): "",
        ("end", ""): "",
    }
