"""The outbox: messages put in, claimed one by one, and what became of them. Who may be written to is asked twice."""

from collections.abc import Collection as Among
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext

from barometer.web.audit.actions import record
from barometer.web.fieldwork.actions.cases import NotAllowed, dispose
from barometer.web.fieldwork.letters import letter_names
from barometer.web.fieldwork.models import Case, Collection, Contact, Message, MessageEvent, Rule
from barometer.web.fieldwork.predicates import UNANSWERED, matching
from barometer.web.fieldwork.queries.mail import DECIDED, addressable
from barometer.web.fieldwork.standing import Standing, standing
from barometer.web.fieldwork.states import MESSAGE, can
from barometer.web.fieldwork.wake import wake

RETRY_AFTER = (1, 5, 15, 60, 240, 720, 1440)
"""Minutes until the next attempt, after the first, second … temporary failure. After the last: failed."""
SOFT_BOUNCES = 3
"""Messages that came back for passing reasons, such as a full mailbox, before an address counts as not working."""


@dataclass(frozen=True)
class Answer:
    """What a mail server said to a message, or wrote back later. `kind`: accepted, temporary, permanent, technical,
    unknown. `dead`: the address does not work, rather than this message being unwelcome."""

    kind: str
    detail: str = ""
    dead: bool = False


@transaction.atomic
def enqueue(
    *, contact: Contact, case_reference: UUID, letter: str, once: str, rule: Rule | None = None
) -> Message | None:
    """Put one letter into the outbox and wake the worker, in the caller's transaction.

    `once` names the occasion: the same case, contact and occasion never gives a second message; then None.
    """
    if letter not in letter_names(Collection.objects.get(pk=contact.collection)):
        raise ValueError(f"there is no letter '{letter}'")
    message, created = Message.objects.get_or_create(
        case_reference=case_reference,
        contact=contact,
        once=once,
        defaults={"collection": contact.collection, "letter": letter, "rule": rule},
    )
    if not created:
        return None
    wake()
    return message


@transaction.atomic
def claim(now: datetime, *, not_of: Among[int], only_receipts_of: Among[int]) -> Message | None:
    """The next message to send, moved to 'sending', or None when nothing is due.

    Single letters go before rules, rules by their time. `not_of`: collections that send nothing now;
    `only_receipts_of`: those in their quiet hours. A message that must not be sent any more is skipped for good.
    """
    rules = Rule.objects.filter(state="sending").order_by("send_at", "pk").values_list("pk", flat=True)
    for rule in (None, *rules):
        due = Message.objects.filter(state="waiting", due_at__lte=now, rule=rule).exclude(collection__in=not_of)
        due = due.exclude(~Q(letter="receipt"), collection__in=only_receipts_of).order_by("due_at", "pk")
        while (message := due.select_for_update(skip_locked=True, of=("self",)).first()) is not None:
            reason = reason_to_skip(message, now)
            if not reason:
                message.attempts += 1
                _move(message, "sending", "sending")
                return message
            _move(message, "skipped", "skipped", reason)
    return None


def reason_to_skip(message: Message, now: datetime) -> str:
    """Why a message must not be sent after all; '' when it may. Asked at the last moment before sending."""
    collection = Collection.objects.get(pk=message.collection)
    contact = Contact.objects.filter(pk=message.contact_id)
    if message.letter == "receipt":
        asked_for_it = addressable(collection, states=("active", "unsubscribed"))
        return "" if contact.filter(asked_for_it).exists() else "the address may not be written to"
    if standing(collection, now) is not Standing.OPEN:
        return "the collection takes no answers"
    if not Case.objects.filter(pk=message.case_reference, state__in=UNANSWERED).exists():
        return "the case needs no more answers"
    if not contact.filter(addressable(collection)).exists():
        return "the address may not be written to"
    if message.rule and not contact.filter(matching(collection, message.rule.predicate, now)).exists():
        return "the rule does not reach the case any more"
    return ""


@transaction.atomic
def note_answer(message: Message, answer: Answer, now: datetime) -> None:
    """Write down what the server said to a message in 'sending', and what follows for contact and case."""
    if answer.kind == "accepted":
        message.sent_at = now
        _move(message, "sent", "accepted")
        _invited(message)
    elif answer.kind == "unknown":
        _move(message, "unknown", "unknown", answer.detail)
    elif answer.kind == "temporary" and message.attempts <= len(RETRY_AFTER):
        message.due_at = now + timedelta(minutes=RETRY_AFTER[message.attempts - 1])
        _move(message, "waiting", "temporary", answer.detail)
    else:
        _move(message, "failed", "permanent" if answer.kind == "temporary" else answer.kind, answer.detail)
        if answer.dead:
            _address_is_dead(message)


@transaction.atomic
def note_orphans() -> int:
    """Messages that a program was sending when it died: nobody knows whether they left. Gives how many there were.

    Only the one holder of the right to send may call it (see delivery.py): nothing is being sent but by it.
    """
    orphans = list(Message.objects.select_for_update().filter(state="sending"))
    for message in orphans:
        _move(message, "unknown", "unknown", "the program ended before the server answered")
    if orphans:
        record("messages undecided", by="worker", messages=len(orphans))
    return len(orphans)


DECISIONS = {"sent": ("sent", "accepted"), "again": ("waiting", "temporary"), "never": ("failed", "permanent")}
"""What a person may decide about a message of unknown fate -> the state it gets, and what is noted."""


@transaction.atomic
def decide(message: Message, *, decision: str, by: str) -> None:
    """A person has found out what became of a message in 'unknown', or takes the risk: it was sent, it is sent (again),
    or it was not and will not be. Sent again it takes its turn, if the recipient may still be written to then."""
    locked = Message.objects.select_for_update().get(pk=message.pk)
    if locked.state != "unknown":
        raise NotAllowed(gettext("somebody else has decided about this letter meanwhile"))
    then, kind = DECISIONS[decision]
    if then == "sent":
        locked.sent_at = locked.events.latest("pk").at
    if then == "waiting":
        locked.due_at = timezone.now()
        Rule.objects.filter(messages=locked, state="done").update(state="sending")  # it sends again while one waits
    _move(locked, then, kind, f"{DECIDED}{by}")
    if then == "sent":
        _invited(locked)
    if then == "waiting":
        wake()
    edition = Collection.objects.get(pk=locked.collection).edition
    record("message decided", by=by, edition=edition, subject=f"message {locked.pk}", decision=decision)


@transaction.atomic
def note_bounce(message: Message, answer: Answer) -> None:
    """A mail came back. Told twice, it counts once; a delay is only written down."""
    locked = Message.objects.select_for_update().get(pk=message.pk)
    if answer.kind == "temporary" or not can(MESSAGE, locked.state, "bounced"):
        if not locked.events.filter(kind=answer.kind, detail=answer.detail).exists():
            locked.events.create(kind=answer.kind, detail=answer.detail)
        return
    _move(locked, "bounced", answer.kind, answer.detail)
    came_back = Message.objects.filter(contact=locked.contact_id, state="bounced").count()
    if answer.dead or came_back >= SOFT_BOUNCES:
        _address_is_dead(locked)


@transaction.atomic
def unsubscribe(message: Message, *, by: str = "respondent") -> None:
    """No more mail of this collection to the contact, but what they ask for themselves. Twice is as once."""
    contact = Contact.objects.select_for_update().get(pk=message.contact_id)
    if contact.state == "active":
        contact.state = "unsubscribed"
        contact.save(update_fields=["state"])
        message.events.create(kind="unsubscribed", detail=f"by {by}")


def _move(message: Message, then: str, kind: str, detail: str = "") -> None:
    if not can(MESSAGE, message.state, then):
        raise NotAllowed(f"a message that is {message.state} cannot become {then}")
    message.state = then
    message.save(update_fields=["state", "attempts", "due_at", "sent_at"])
    MessageEvent.objects.create(message=message, kind=kind, detail=detail[:500])


def _invited(message: Message) -> None:
    case = Case.objects.select_for_update().filter(pk=message.case_reference).first()
    if case is not None and case.state == "new" and message.letter != "receipt":
        dispose(case, code="invited", by="worker")


def _address_is_dead(message: Message) -> None:
    contact = Contact.objects.select_for_update().get(pk=message.contact_id)
    if contact.state != "active":
        return
    contact.state = "bounced"
    contact.save(update_fields=["state"])
    case = Case.objects.filter(pk=message.case_reference, state__in=UNANSWERED).first()
    if case is not None and contact.role == "main":
        dispose(case, code="bounced", by="worker")
