"""What is in the mailbox of demo and training, newest first."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

from django.utils.safestring import SafeString, mark_safe

from barometer.web.fieldwork.mailbox import development_mailbox

A_PAGE = 50
_KEY = re.compile(r"[0-9A-Za-z._=,-]{1,200}")
_BODY = re.compile(r"<body[^>]*>(.*)</body>", re.DOTALL)


@dataclass(frozen=True)
class Mail:
    """A mail as its reader sees it. `html` was made by us from Markdown in which no HTML is possible."""

    key: str
    at: datetime
    sender: str
    recipient: str
    subject: str
    text: str
    html: SafeString
    language: str  # of the letter


@dataclass(frozen=True)
class MailPage:
    """A page of the list. `number` and `pages` count from 1."""

    mails: tuple[Mail, ...]
    number: int
    pages: int
    count: int

    @property
    def previous(self) -> int:
        return self.number - 1

    @property
    def next(self) -> int:
        return self.number + 1


def mails(number: int = 1) -> MailPage:
    """A page of the mailbox; a number that is none gives the nearest."""
    keys = sorted(development_mailbox().keys(), key=_moment, reverse=True)
    pages = max(1, -(-len(keys) // A_PAGE))
    number = min(max(number, 1), pages)
    shown = keys[(number - 1) * A_PAGE : number * A_PAGE]
    found = tuple(mail for key in shown if (mail := find_mail(key)) is not None)
    return MailPage(found, number, pages, len(keys))


def find_mail(key: str) -> Mail | None:
    """One mail, or None when there is none of that name."""
    box = development_mailbox()
    if not _KEY.fullmatch(key) or key not in box:
        return None
    mail = message_from_bytes(box.get_bytes(key), policy=policy.default)
    return Mail(
        key=key,
        at=datetime.fromtimestamp(_moment(key), UTC),
        sender=str(mail["From"] or ""),
        recipient=str(mail["To"] or ""),
        subject=str(mail["Subject"] or ""),
        text=_body(mail, "plain"),
        language=_language(_body(mail, "html")),
        html=mark_safe(_inside(_body(mail, "html"))),
    )


def _moment(key: str) -> float:
    """Seconds since 1970, and their millionths: how a Maildir names its mails ('1700000000.M12P3Q1.host')."""
    found = re.match(r"(\d+)\.M(\d+)", key)
    return int(found[1]) + int(found[2]) / 1e6 if found else 0.0


def _body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    return str(part.get_content()) if part is not None else ""


def _language(document: str) -> str:
    found = re.search(r'<html lang="([a-z]+)"', document)
    return found[1] if found else ""


def _inside(document: str) -> str:
    found = _BODY.search(document)
    return found[1] if found else ""
