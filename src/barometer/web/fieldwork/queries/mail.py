"""Reads of the field manager about mail: whom a rule reaches, what its letters look like, what became of them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from barometer.problems import Problem
from barometer.questionnaire import minutes
from barometer.web.audit.models import Event
from barometer.web.fieldwork.instruments import instrument_of
from barometer.web.fieldwork.letters import (
    Letter,
    common_values,
    letter_language,
    letter_names,
    letter_source,
    problems_of_letter,
    render,
)
from barometer.web.fieldwork.models import Collection, Contact, InstrumentVersion, Message, MessageEvent, Rule
from barometer.web.fieldwork.predicates import matching

DECIDED = "decided by "
"""Begins the detail of an event that a person's decision about a message left behind."""


@dataclass(frozen=True)
class RuleCount:
    """A dry run. `now`: who would get it if it were sent at its time as things stand; `at_most`: all it may ever
    reach; `unreachable`: reached by the condition, but without an address that may be written to."""

    now: int
    at_most: int
    unreachable: int
    languages: dict[str, int]


@dataclass(frozen=True)
class RuleRow:
    """A rule in a list, with how many of its messages are in each state of `states.MESSAGE`."""

    rule: Rule
    messages: dict[str, int]


@dataclass(frozen=True)
class Preview:
    """A letter in one language, as a made-up recipient would get it."""

    name: str
    language: str
    letter: Letter


@dataclass(frozen=True)
class HistoryRow:
    """A message of a case, newest first, with its events, oldest first."""

    message: Message
    contact: Contact
    rule: Rule | None
    events: tuple[MessageEvent, ...]


@dataclass(frozen=True)
class Print:
    """An occasion on which the letters of a paper rule were printed."""

    at: datetime
    by: str
    letters: int


def recipients(rule: Rule, *, at: datetime | None = None, at_most: bool = False) -> QuerySet[Contact]:
    """Main contacts a rule reaches at a moment (now). By mail: those with an address that may be written to."""
    collection = Collection.objects.get(pk=rule.collection)
    found = Contact.objects.filter(matching(collection, rule.predicate, at or timezone.now(), at_most=at_most))
    if rule.channel == "paper":
        return found.exclude(state="replaced")
    return found.filter(addressable(collection))


def addressable(collection: Collection, *, states: Sequence[str] = ("active",)) -> Q:
    """Contacts that may be written to: in one of the states, with an address, and one of the allowed in a test."""
    allowed = Q(state__in=states) & ~Q(email="")
    if collection.allowed_addresses:
        here = Q()
        for address in collection.allowed_addresses:
            here |= Q(email__iexact=address.strip())
        allowed &= here
    return allowed


def count_of(rule: Rule) -> RuleCount:
    """The dry run of a rule, at its time or now, whichever is later."""
    at = max(rule.send_at, timezone.now())
    collection = Collection.objects.get(pk=rule.collection)
    reached = recipients(rule, at=at)
    languages = Counter(dict(reached.values_list("language").annotate(Count("pk"))))
    everybody = Contact.objects.filter(matching(collection, rule.predicate, at)).exclude(state="replaced").count()
    now = sum(languages.values())
    written = Counter[str]()
    for language, count in languages.items():
        written[letter_language(collection, language)] += count
    return RuleCount(
        now=now,
        at_most=recipients(rule, at=at, at_most=True).count(),
        unreachable=everybody - now,
        languages=dict(written),
    )


def rules_of(collection: Collection) -> list[RuleRow]:
    """The rules of a collection, by their time."""
    counts: dict[int, dict[str, int]] = {}
    found = Message.objects.filter(collection=collection.pk, rule__isnull=False)
    for rule_id, state, count in found.values_list("rule", "state").annotate(Count("pk")):
        counts.setdefault(rule_id, {})[state] = count
    rules = Rule.objects.filter(collection=collection.pk).order_by("send_at", "pk")
    return [RuleRow(rule, counts.get(rule.pk, {})) for rule in rules]


def previews(collection: Collection, names: Sequence[str] = ()) -> list[Preview]:
    """Letters (all, or those named) in every language of the collection, to somebody made up. Links lead nowhere."""
    return [
        Preview(
            name, language, render(letter_source(collection, name, language), _made_up(collection, language), language)
        )
        for name in names or letter_names(collection)
        for language in collection.languages
    ]


def letter_trouble(collection: Collection, name: str) -> tuple[Problem, ...]:
    """What keeps a letter from being sent; see `letters.problems_of_letter`."""
    return problems_of_letter(collection, name)


def about_minutes(collection: Collection) -> int:
    """How long answering the latest questionnaire takes: in steps of five minutes, never less than five."""
    versions = InstrumentVersion.objects.filter(collection=collection.pk)
    return _about_minutes(versions.order_by("number").values_list("pk", flat=True).last() or 0)


def history(case_reference: UUID) -> list[HistoryRow]:
    """Every message of a case, newest first."""
    found = Message.objects.filter(case_reference=case_reference).select_related("contact", "rule")
    return [
        HistoryRow(message, message.contact, message.rule, tuple(message.events.all()))
        for message in found.prefetch_related("events").order_by("-created_at", "pk")
    ]


def undecided(collection: Collection) -> QuerySet[Message]:
    """Messages of which nobody knows whether they were sent: the program died between handing one over and hearing.

    They are never sent again by themselves; a person decides (`actions.mail.decide`).
    """
    found = Message.objects.filter(collection=collection.pk, state="unknown")
    return found.select_related("contact", "rule").order_by("created_at")


def decided(collection: Collection) -> QuerySet[MessageEvent]:
    """What people decided about such messages, the last first; `detail` says who, after DECIDED."""
    found = MessageEvent.objects.filter(message__collection=collection.pk, detail__startswith=DECIDED)
    return found.select_related("message", "message__contact").order_by("-pk")


def trouble(collection: Collection) -> QuerySet[Message]:
    """Messages that came back or were refused, newest first."""
    found = Message.objects.filter(collection=collection.pk, state__in=("failed", "bounced"))
    return found.select_related("contact", "rule").order_by("-sent_at", "-created_at")


def prints_of(rule: Rule) -> list[Print]:
    """When and by whom the letters of a paper rule were printed, the first first."""
    edition = Collection.objects.get(pk=rule.collection).edition
    found = Event.objects.filter(edition=edition, act="letters printed", subject=f"rule {rule.pk} {rule.name}")
    return [Print(one.at, one.by, int(one.details.get("letters", 0))) for one in found.order_by("id")]


@lru_cache(maxsize=64)
def _about_minutes(version: int) -> int:
    """Versions never change, so each is measured once a process."""
    return max(5, 5 * round(minutes(instrument_of(version)) / 5))


def _preview(collection: Collection, name: str, language: str) -> Preview:
    source = letter_source(collection, name, language)
    return Preview(name, language, render(source, _made_up(collection, language), language))


def _made_up(collection: Collection, language: str) -> dict[str, str]:
    values = common_values(collection, language, name="Ida Holm", minutes=about_minutes(collection))
    nowhere = values["site"].removesuffix("/code")
    return {
        **values,
        "link": f"{nowhere}/l/0123456789abcdefghjkmnpqrstvwxyz",
        "code": "0123-4567-89ab",
        "number": "012345678",
        "source": collection.publisher.get(language, "") or "…",
        "unsubscribe": f"{nowhere}/mail/0123456789abcdef/stop",
        "refuse": f"{nowhere}/l/0123456789abcdefghjkmnpqrstvwxyz/refuse",
        "asked_by": "Kim Lund",
        "section": "…",
        "receipt": "0123456789",
    }
