"""Reading what mail servers send back: reports on delivery (RFC 3464), by the message's id in address or headers."""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from uuid import UUID

from django.db import transaction

from barometer.problems import BadInput, Place, Problem
from barometer.web.fieldwork.actions.mail import Answer, note_bounce
from barometer.web.fieldwork.delivery import is_dead
from barometer.web.fieldwork.models import Message as Sent

LARGEST = 2_000_000
"""Bytes of a mail that are looked at; a report with the whole letter in it is far smaller."""
_ID = re.compile(r"(?:\+|<)([0-9a-f]{32})@")
_OURS = ("to", "delivered-to", "x-original-to", "original-recipient", "in-reply-to", "references", "message-id")


@transaction.atomic
def read_bounce(content: bytes, *, file: str = "mail") -> Sent:
    """Write down what a returned mail tells of one of our messages, and give that message.

    `BadInput` (C047) when it is no report on delivery, or on no message of ours. Anybody can write to the bounce
    address: the id in it, 122 random bits, is what makes a report believable.
    """
    mail = message_from_bytes(content[:LARGEST], policy=policy.default)
    sent = next(iter(Sent.objects.filter(pk__in=[UUID(found) for found in _ids(mail)])[:1]), None)
    if sent is None:
        raise _unusable(file, "none of our messages in it", "the id of a message in address or headers")
    answers = list(_answers(mail))
    if not answers:
        raise _unusable(file, "a mail without a report", "a part of type message/delivery-status")
    for answer in answers:
        note_bounce(sent, answer)
    return sent


def _answers(mail: Message) -> Iterator[Answer]:
    """What the report says of each recipient; only failures and delays."""
    for part in mail.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        groups = part.get_payload()
        for group in groups if isinstance(groups, list) else []:
            if not isinstance(group, Message):
                continue
            action = str(group.get("action", "")).strip().lower()
            status = _status(str(group.get("status", "")))
            words = re.sub(r"\S+@\S+", "…", " ".join(str(group.get("diagnostic-code", "")).split()))[:300]
            if action == "failed":
                yield Answer("permanent", f"{status} {words}".strip(), dead=is_dead(status))
            elif action == "delayed":
                yield Answer("temporary", f"{status} {words}".strip())


def _status(text: str) -> str:
    found = re.search(r"[245]\.\d{1,3}\.\d{1,3}", text)
    return found[0] if found else ""


def _ids(mail: Message) -> list[str]:
    """Ids of messages in the headers of the report and of the letter it returns, the report's address first."""
    found = [one for part in mail.walk() for name in _OURS for one in _ID.findall(_header(part, name))]
    for part in mail.walk():
        if part.get_content_type() in ("text/rfc822-headers", "text/plain") and not part.is_multipart():
            found += _ID.findall(_text(part))
    return list(dict.fromkeys(found))[:20]


def _header(part: Message, name: str) -> str:
    return " ".join(str(value) for value in part.get_all(name, []))


def _text(part: Message) -> str:
    if isinstance(part, EmailMessage):
        try:
            return str(part.get_content())[:LARGEST]
        except (LookupError, UnicodeError):
            return ""
    return ""


def _unusable(file: str, found: str, expected: str) -> BadInput:
    way_out = "Read it yourself: it may be an answer by a person, or an automatic reply."
    return BadInput((Problem("C047", Place(file), found, expected, way_out),))
