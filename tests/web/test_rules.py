"""Rules: what they may say, whom they reach, and who arms them."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.utils import timezone
from made_mail import armed, in_the_field

from barometer.problems import BadInput
from barometer.web.audit.models import Event
from barometer.web.fieldwork.actions.rules import (
    arm_rule,
    change_rule,
    create_rule,
    delete_rule,
    disarm_rule,
    stop_rule,
)
from barometer.web.fieldwork.models import Case, Collection, Contact, Message, Rule
from barometer.web.fieldwork.predicates import problems_of
from barometer.web.fieldwork.queries.mail import count_of, letter_trouble, previews, recipients, rules_of
from barometer.web.fieldwork.states import CASE, CODING, COLLECTION, CONTACT, MESSAGE, RESPONSE, RULE, Machine

IDA, OLE = "ida@example.org", "ole@example.org"


@pytest.fixture
def cases(collection: Collection) -> list[Case]:
    return in_the_field(collection, contacts=4)


def made(collection: Collection, predicate: dict[str, Any], **options: Any) -> Rule:
    given = {"name": "rule", "letter": "last_reminder", "send_at": timezone.now(), "by": IDA, **options}
    return create_rule(collection, predicate=predicate, **given)


def reached(rule: Rule) -> list[str]:
    return sorted(recipients(rule).values_list("name", flat=True))


def refused(collection: Collection, **options: Any) -> list[str]:
    with pytest.raises(BadInput) as bad:
        made(collection, options.pop("predicate", {"all": []}), **options)
    return [problem.code for problem in bad.value.problems]


@pytest.mark.parametrize("machine", [COLLECTION, CASE, RESPONSE, CONTACT, RULE, MESSAGE, CODING])
def test_every_state_that_can_be_reached_has_its_row(machine: Machine) -> None:
    assert set().union(*machine.values()) <= machine.keys()


@pytest.mark.parametrize(
    "predicate",
    [
        None,
        [],
        {},
        {"all": {}},
        {"any": []},
        {"state": ["asleep"]},
        {"state": "new"},
        {"state": []},
        {"language": [1]},
        {"days_since_sent": "7"},
        {"days_since_sent": -1},
        {"days_since_sent": True},
        {"sql": ["1=1"]},
        {"state": ["new"], "language": ["da"]},
        {"all": [{"all": [{"all": [{"all": [{"all": [{"state": ["new"]}]}]}]}]}]},
    ],
    ids=str,
)
def test_a_condition_that_is_none_of_the_known_is_refused(predicate: object) -> None:
    assert {problem.code for problem in problems_of(predicate)} == {"C040"}


def test_every_mistake_of_a_condition_is_told_at_once() -> None:
    found = problems_of({"all": [{"state": ["asleep"]}, {"any": [{"stratums": ["x"]}, {"days_since_sent": 1.5}]}]})
    assert [str(problem.place) for problem in found] == [
        "field 'predicate.all[0].state'",
        "field 'predicate.all[1].any[0]'",
        "field 'predicate.all[1].any[1].days_since_sent'",
    ]


def test_everybody_without_an_answer_is_reached(collection: Collection, cases: list[Case]) -> None:
    Case.objects.filter(pk=cases[0].pk).update(state="submitted")
    assert reached(made(collection, {"all": []})) == ["Leader 1", "Leader 2", "Leader 3"]


def test_conditions_are_joined_by_all_and_any(collection: Collection, cases: list[Case]) -> None:
    Case.objects.filter(pk=cases[1].pk).update(state="opened")
    first, third = (Contact.objects.get(name=f"Leader {n}").language for n in (0, 2))
    predicate = {"all": [{"state": ["new"]}, {"any": [{"language": [first]}, {"language": [third]}]}]}
    assert reached(made(collection, predicate)) == ["Leader 0", "Leader 2"]


def test_strata_choose_cases(collection: Collection, cases: list[Case]) -> None:
    Case.objects.filter(pk=cases[2].pk).update(stratum="far away")
    assert reached(made(collection, {"stratum": ["far away"]})) == ["Leader 2"]


def test_an_any_with_a_part_that_means_everybody_means_everybody(collection: Collection, cases: list[Case]) -> None:
    rule = made(collection, {"any": [{"state": ["opened"]}, {"all": []}]})
    assert len(reached(rule)) == 4


@pytest.mark.parametrize(("days", "name"), [(6, True), (7, True), (8, False)])
def test_days_are_counted_from_the_last_letter(
    collection: Collection, cases: list[Case], days: int, name: bool
) -> None:
    _sent(cases[0], days_ago=7, letter="invitation")
    _sent(cases[1], days_ago=1, letter="invitation")
    assert reached(made(collection, {"days_since_sent": days})) == (["Leader 0"] if name else [])


def test_days_are_counted_from_the_start(collection: Collection, cases: list[Case]) -> None:
    Case.objects.filter(pk=cases[0].pk).update(state="started", state_at=timezone.now() - timedelta(days=3))
    Case.objects.filter(pk=cases[1].pk).update(state="opened", state_at=timezone.now() - timedelta(days=3))
    assert reached(made(collection, {"days_since_started": 3})) == ["Leader 0"]


def test_who_got_a_letter_can_be_chosen_or_left_out(collection: Collection, cases: list[Case]) -> None:
    _sent(cases[3], days_ago=1, letter="invitation")
    assert reached(made(collection, {"sent": ["invitation"]})) == ["Leader 3"]
    assert len(reached(made(collection, {"not_sent": ["invitation"]}, name="other"))) == 3


def test_mail_reaches_active_contacts_with_an_address(collection: Collection, cases: list[Case]) -> None:
    Contact.objects.filter(name="Leader 0").update(state="bounced")
    Contact.objects.filter(name="Leader 1").update(state="unsubscribed")
    Contact.objects.filter(name="Leader 2").update(email="")
    rule = made(collection, {"all": []})
    assert reached(rule) == ["Leader 3"]
    assert count_of(rule).unreachable == 3


def test_letters_on_paper_reach_those_mail_does_not(collection: Collection, cases: list[Case]) -> None:
    Contact.objects.filter(name="Leader 0").update(state="bounced")
    assert reached(made(collection, {"contact": ["bounced"]}, channel="paper")) == ["Leader 0"]


def test_a_rule_counts_what_it_may_reach_in_the_end(collection: Collection, cases: list[Case]) -> None:
    count = count_of(made(collection, {"all": [{"state": ["opened"]}, {"days_since_opened": 3}]}))
    assert (count.now, count.at_most) == (0, 4)


def test_a_rule_needs_a_letter_that_exists(collection: Collection, cases: list[Case]) -> None:
    assert refused(collection, letter="invitaton") == ["C041"]


def test_a_rule_needs_a_name_of_its_own(collection: Collection, cases: list[Case]) -> None:
    made(collection, {"all": []})
    assert refused(collection) == ["C044"]


def test_an_editions_own_letter_goes_before_the_shipped_one(collection: Collection, cases: list[Case]) -> None:
    collection.texts["da"]["letters/last_reminder"] = "# Nu!\n\n<{link}>\n"
    found = {one.language: one.letter.subject for one in previews(collection, ["last_reminder"])}
    assert found["da"] == "Nu!" and found["sv"].startswith("Sista påminnelsen")


def test_a_letter_with_a_mistake_is_refused(collection: Collection, cases: list[Case]) -> None:
    collection.texts["da"]["letters/last_reminder"] = "no subject, {lnik}"
    assert [problem.code for problem in letter_trouble(collection, "last_reminder")] == ["E030"] * 3


def test_shipped_letters_have_no_mistakes_in_any_language(collection: Collection) -> None:
    assert set(collection.languages) == {"da", "nb", "sv", "en"}
    for preview in previews(collection):
        assert not letter_trouble(collection, preview.name)
        assert preview.letter.subject and "{" not in preview.letter.text + preview.letter.html


def test_above_a_number_a_second_person_arms(collection: Collection, cases: list[Case], settings: LazySettings) -> None:
    settings.ARM_ALONE_UP_TO = 3
    rule = made(collection, {"all": []})
    with pytest.raises(BadInput, match="C042"):
        arm_rule(rule, counted=4, by=IDA)
    assert arm_rule(rule, counted=4, by=OLE).state == "armed"


def test_up_to_a_number_one_person_is_enough(collection: Collection, cases: list[Case], settings: LazySettings) -> None:
    settings.ARM_ALONE_UP_TO = 4
    assert arm_rule(made(collection, {"all": []}), counted=4, by=IDA).state == "armed"


def test_a_rule_that_reaches_few_now_but_may_reach_many_needs_a_second_person(
    collection: Collection, cases: list[Case], settings: LazySettings
) -> None:
    settings.ARM_ALONE_UP_TO = 3
    with pytest.raises(BadInput, match="C042"):
        arm_rule(made(collection, {"days_since_opened": 7}), counted=0, by=IDA)


def test_who_changes_a_rule_counts_as_its_maker(
    collection: Collection, cases: list[Case], settings: LazySettings
) -> None:
    settings.ARM_ALONE_UP_TO = 3
    rule = made(collection, {"state": ["opened"]})
    change_rule(rule, letter="last_reminder", send_at=timezone.now(), predicate={"all": []}, by=OLE)
    with pytest.raises(BadInput, match="C042"):
        arm_rule(rule, counted=4, by=OLE)


def test_a_rule_is_armed_by_who_has_seen_the_present_count(collection: Collection, cases: list[Case]) -> None:
    with pytest.raises(BadInput, match="C043"):
        arm_rule(made(collection, {"all": []}), counted=5, by=OLE)


def test_a_collection_needs_a_sender_and_a_last_day(collection: Collection, cases: list[Case]) -> None:
    Collection.objects.update(sender="", closes_at=None)
    with pytest.raises(BadInput) as bad:
        arm_rule(made(collection, {"all": []}), counted=4, by=OLE)
    assert [problem.code for problem in bad.value.problems] == ["C046", "C046"]


def test_a_rule_goes_only_where_its_state_allows(collection: Collection, cases: list[Case]) -> None:
    rule = made(collection, {"all": []})
    for act in (stop_rule, disarm_rule):
        with pytest.raises(BadInput, match="C044"):
            act(rule, by=IDA)


def test_an_armed_rule_is_neither_changed_nor_deleted(collection: Collection, cases: list[Case]) -> None:
    rule = armed(collection)
    with pytest.raises(BadInput, match="C044"):
        change_rule(rule, letter="last_reminder", send_at=timezone.now(), predicate={"all": []}, by=IDA)
    with pytest.raises(BadInput, match="C044"):
        delete_rule(rule, by=IDA)


def test_a_draft_can_be_thrown_away(collection: Collection, cases: list[Case]) -> None:
    delete_rule(made(collection, {"all": []}), by=IDA)
    assert not rules_of(collection)


def test_every_act_on_a_rule_is_in_the_audit(collection: Collection, cases: list[Case]) -> None:
    disarm_rule(armed(collection), by=IDA)
    acts = list(Event.objects.filter(subject__startswith="rule").values_list("act", "by"))
    assert acts == [("rule made", IDA), ("rule armed", OLE), ("rule taken back", IDA)]


def _sent(case: Case, *, days_ago: int, letter: str) -> None:
    Message.objects.create(
        collection=case.collection_id,
        case_reference=case.pk,
        contact=Contact.objects.get(case_reference=case.pk),
        letter=letter,
        once=f"{letter}:{days_ago}",
        state="sent",
        sent_at=timezone.now() - timedelta(days=days_ago),
    )
