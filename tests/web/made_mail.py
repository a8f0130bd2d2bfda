"""A collection in the field with contacts, and a real mail server that writes down what it takes."""

import re
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.utils import timezone

from barometer.web.fieldwork.actions.rules import arm_rule, create_rule, prepare_rule
from barometer.web.fieldwork.models import Case, Collection, Contact, Rule
from barometer.web.fieldwork.queries.mail import count_of


class MailServer:
    """Takes mail and keeps it. `replies`: what it says to the next recipients instead of taking them."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, EmailMessage]] = []  # envelope sender, mail
        self.replies: list[str] = []

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.replies:
            return self.replies.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.taken.append((str(envelope.mail_from), mail))
        return "250 taken"

    @property
    def mails(self) -> list[EmailMessage]:
        return [mail for _, mail in self.taken]


@contextmanager
def mail_server() -> Iterator[tuple[MailServer, int]]:
    """A mail server on a free port of this machine."""
    handler = MailServer()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield handler, port
    finally:
        controller.stop()


def in_the_field(collection: Collection, contacts: int = 3) -> list[Case]:
    """Open the collection and give its first cases an address each; the cases."""
    now = timezone.now()
    collection.status, collection.opens_at = "open", now - timedelta(days=1)
    collection.closes_at = now + timedelta(days=30)
    collection.sender = "Survey Team <survey@stat.example>"
    collection.save()
    cases = list(collection.cases.order_by("number")[:contacts])
    Contact.objects.bulk_create([_contact(collection, case, place) for place, case in enumerate(cases)])
    return cases


def _contact(collection: Collection, case: Case, place: int) -> Contact:
    return Contact(
        case_reference=case.pk,
        collection=collection.pk,
        name=f"Leader {place}",
        email=f"leader{place}@unit.example",
        language=collection.languages[place % len(collection.languages)],
        source="the register of units",
    )


def armed(collection: Collection, *, letter: str = "invitation", name: str = "", **options: Any) -> Rule:
    """A rule whose time has come, armed by a second person."""
    options = {"send_at": timezone.now(), **options}
    rule = create_rule(collection, name=name or letter, letter=letter, by="ida@example.org", **options)
    return arm_rule(rule, counted=count_of(rule).now, by="ole@example.org")


def sent_off(collection: Collection, **options: Any) -> Rule:
    """A rule whose messages are in the outbox."""
    rule = armed(collection, **options)
    prepare_rule(rule)
    rule.refresh_from_db()
    return rule


def links_in(mail: EmailMessage) -> Sequence[str]:
    """Addresses in the plain text of a mail."""
    part = mail.get_body(("plain",))
    assert part is not None
    return re.findall(r"https?://\S+", part.get_content())
