"""Rules: made, counted, armed by the right person, prepared when their time has come, stopped."""

from collections.abc import Mapping
from datetime import datetime
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from barometer.problems import BadInput, Place, Problem, raise_errors
from barometer.web.audit.actions import record
from barometer.web.fieldwork.letters import letter_source, problems_of_letter
from barometer.web.fieldwork.models import Collection, Message, Rule
from barometer.web.fieldwork.predicates import ALL, problems_of
from barometer.web.fieldwork.queries.mail import count_of, recipients
from barometer.web.fieldwork.states import RULE, can
from barometer.web.fieldwork.wake import wake

BATCH = 2_000


@transaction.atomic
def create_rule(
    collection: Collection,
    *,
    name: str,
    letter: str,
    send_at: datetime,
    predicate: Mapping[str, Any] = ALL,
    channel: str = "mail",
    by: str,
) -> Rule:
    """A rule in draft. `BadInput` tells everything wrong with its letter or its predicate."""
    raise_errors((*problems_of(predicate), *problems_of_letter(collection, letter), *_taken(collection, name)))
    rule = Rule.objects.create(
        collection=collection.pk,
        name=name,
        letter=letter,
        predicate=predicate,
        send_at=send_at,
        channel=channel,
        created_by=by,
    )
    _record("rule made", collection, rule, by, letter=letter, send_at=send_at, predicate=predicate)
    return rule


@transaction.atomic
def change_rule(rule: Rule, *, letter: str, send_at: datetime, predicate: Mapping[str, Any], by: str) -> Rule:
    """Other words, another time or others to reach, while it is in draft; whoever changes it counts as its maker."""
    locked, collection = _locked(rule)
    if locked.state != "draft":
        raise BadInput((_wrong_state(locked, "draft", "Take it back first."),))
    raise_errors((*problems_of(predicate), *problems_of_letter(collection, letter)))
    locked.letter, locked.send_at, locked.predicate, locked.created_by = letter, send_at, dict(predicate), by
    locked.save()
    _record("rule changed", collection, locked, by, letter=letter, send_at=send_at, predicate=predicate)
    return locked


@transaction.atomic
def delete_rule(rule: Rule, *, by: str) -> None:
    """A draft that was never sent is thrown away."""
    locked, collection = _locked(rule)
    if locked.state != "draft" or locked.messages.exists():
        raise BadInput((_wrong_state(locked, "a draft that was never sent", "Stop it instead."),))
    _record("rule deleted", collection, locked, by)
    locked.delete()


@transaction.atomic
def arm_rule(rule: Rule, *, counted: int, by: str) -> Rule:
    """Let the rule send when its time has come. `counted`: recipients of the dry run the person has seen.

    Refused when the count has changed since (C043), when the collection has no sender or last day (C046), and when
    the rule may reach more than `ARM_ALONE_UP_TO` cases and was made by the same person (C042).
    """
    locked, collection = _locked(rule)
    count = count_of(locked)
    raise_errors(_before_arming(locked, collection, by))
    if count.now != counted:
        place = Place(field="counted")
        raise BadInput(
            (
                Problem(
                    "C043",
                    place,
                    f"{counted} recipients",
                    f"{count.now} recipients",
                    "Look at the count again.",
                    values={"counted": counted, "now": count.now},
                ),
            )
        )
    if count.at_most > settings.ARM_ALONE_UP_TO and by == locked.created_by:
        raise BadInput(
            (
                Problem(
                    "C042",
                    Place(field="rule"),
                    f"{by} made the rule, and it may reach {count.at_most}",
                    f"somebody else, above {settings.ARM_ALONE_UP_TO}",
                    "Ask a colleague with the right to run the collection to look at it and arm it.",
                    values={"by": by, "most": count.at_most, "alone": settings.ARM_ALONE_UP_TO},
                ),
            )
        )
    locked.armed_by, locked.armed_at, locked.counted = by, timezone.now(), counted
    advance(locked, "armed")
    _record("rule armed", collection, locked, by, counted=counted, at_most=count.at_most, send_at=locked.send_at)
    wake()
    return locked


@transaction.atomic
def disarm_rule(rule: Rule, *, by: str) -> Rule:
    """Back to draft, before its time has come."""
    locked, collection = _locked(rule)
    advance(locked, "draft")
    _record("rule taken back", collection, locked, by)
    return locked


@transaction.atomic
def stop_rule(rule: Rule, *, by: str) -> Rule:
    """Nothing more of it leaves from now on; what waits goes on waiting until the rule is armed again."""
    locked, collection = _locked(rule)
    advance(locked, "stopped")
    _record("rule stopped", collection, locked, by, waiting=locked.messages.filter(state="waiting").count())
    return locked


@transaction.atomic
def prepare_rule(rule: Rule, *, by: str = "worker") -> int:
    """Put a message into the outbox for everybody an armed rule reaches; gives how many are new.

    One transaction: after a crash the rule still is armed and nothing is prepared. A second run adds nobody twice.
    """
    locked, collection = _locked(rule)
    advance(locked, "preparing")
    contacts = recipients(locked).values_list("pk", "case_reference")
    before = locked.messages.count()
    rows = (
        Message(
            collection=collection.pk,
            case_reference=case,
            contact_id=contact,
            rule=locked,
            letter=locked.letter,
            once=f"rule:{locked.pk}",
        )
        for contact, case in contacts.iterator(BATCH)
    )
    Message.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    advance(locked, "sending")
    new = locked.messages.count() - before
    _record("rule prepared", collection, locked, by, messages=new)
    wake()
    return new


@transaction.atomic
def finish_rules(*, by: str = "worker") -> None:
    """Rules of which nothing waits any more are done."""
    for rule in Rule.objects.select_for_update(skip_locked=True).filter(state="sending"):
        if not rule.messages.filter(state__in=("waiting", "sending")).exists():
            advance(rule, "done")
            _record("rule done", Collection.objects.get(pk=rule.collection), rule, by)


def advance(rule: Rule, then: str) -> None:
    """Move a locked rule to a state; `BadInput` (C044) when `states.RULE` does not allow it."""
    if not can(RULE, rule.state, then):
        before = ", ".join(state for state in RULE if can(RULE, state, then))
        raise BadInput((_wrong_state(rule, before, "Look at the rule again: it was changed meanwhile."),))
    rule.state = then
    rule.save()


def _locked(rule: Rule) -> tuple[Rule, Collection]:
    locked = Rule.objects.select_for_update().get(pk=rule.pk)
    return locked, Collection.objects.get(pk=locked.collection)


def _before_arming(rule: Rule, collection: Collection, by: str) -> list[Problem]:
    found = [*problems_of(rule.predicate), *problems_of_letter(collection, rule.letter)]
    if not parseaddr(collection.sender)[1]:
        found.append(_not_ready("sender", "no sender", "'Name <address>'", "Name who writes, in the collection."))
    tells = any("{closes}" in letter_source(collection, rule.letter, language) for language in collection.languages)
    if tells and collection.closes_at is None:
        found.append(_not_ready("closes_at", "no last day", "a day the letter can tell", "Set the last day."))
    return found


def _taken(collection: Collection, name: str) -> list[Problem]:
    if name.strip() and not Rule.objects.filter(collection=collection.pk, name=name).exists():
        return []
    return [Problem("C044", Place(field="name"), f"'{name}'", "a name no other rule has", "Choose another name.")]


def _not_ready(field: str, found: str, expected: str, way_out: str) -> Problem:
    return Problem("C046", Place(field=field), found, expected, way_out)


def _wrong_state(rule: Rule, expected: str, way_out: str) -> Problem:
    values = {"name": rule.name, "state": rule.state}
    return Problem("C044", Place(field="rule"), f"'{rule.name}' is {rule.state}", expected, way_out, values=values)


def _record(act: str, collection: Collection, rule: Rule, by: str, **details: Any) -> None:
    record(act, by=by, edition=collection.edition, subject=f"rule {rule.pk} {rule.name}", **details)
