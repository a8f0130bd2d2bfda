"""Sending what is in the outbox. Never lost, never twice, and honest about what nobody can know.

One program at a time may send: it holds an advisory lock of the database, which ends with its connection, however
the program ends. Each message is moved to 'sending' and committed before it is handed to the server, and to 'sent'
after. So whoever gets the lock and finds a message in 'sending' knows that its sender died in between: it becomes
'unknown', a person decides, and it is never sent by itself again. All others are either waiting or done.
"""

import re
import smtplib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from barometer.web.fieldwork.actions.composing import compose
from barometer.web.fieldwork.actions.mail import Answer, claim, note_answer, note_orphans
from barometer.web.fieldwork.actions.rules import finish_rules
from barometer.web.fieldwork.mailbox import Unanswered
from barometer.web.fieldwork.models import Collection, Message
from barometer.web.fieldwork.standing import Standing, standing

_LOCK = 4_701_223_110_872
"""Of the right to send; any number that nothing else uses."""
_TRIES = 3
_NAP = 0.2
"""Seconds; how soon a pause notices that it should end."""


def deliver(stop: Callable[[], bool] = lambda: False) -> int:
    """Send everything that is due, until nothing is, the server is out of reach, or `stop` says so.

    Gives how many messages the server took. While another program is sending it returns soon: that one claims what
    was put into the outbox meanwhile. It tries again a few times, in case the other had just looked and was ending.
    """
    for _ in range(_TRIES):
        with _alone() as alone:
            if alone:
                note_orphans()
                sent = _send_all(stop)
                finish_rules()
                return sent
        time.sleep(_NAP)
    return 0


def answer_of(error: Exception) -> Answer:
    """What a failure of handing over means. Addresses are taken out of the server's words."""
    if isinstance(error, Unanswered):
        return Answer("unknown", _words(str(error)))
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(error.recipients.values()))
        return _refused(int(code), _decoded(words))
    if isinstance(error, smtplib.SMTPResponseException):
        return _refused(error.smtp_code, _decoded(error.smtp_error), of_address=False)
    if isinstance(error, OSError | smtplib.SMTPException):
        return Answer("temporary", _words(f"{type(error).__name__}: {error}"))
    return Answer("technical", f"{type(error).__name__}: {error}")


def is_dead(status: str) -> bool:
    """Whether an enhanced status (RFC 3463) says that the address itself does not work.

    5.1: no such address; 5.2.1: mailbox switched off; 5.4: no such host; 5.0.0: told without a reason. A full mailbox
    (5.2.2), a message too long or refused by policy (5.7) say nothing about the address.
    """
    return status.startswith(("5.1.", "5.4.")) or status in ("5.2.0", "5.2.1", "5.0.0")


def _send_all(stop: Callable[[], bool]) -> int:
    """How many messages the server took until nothing was due or it could not be reached."""
    server: BaseEmailBackend | None = None
    sent = 0
    try:
        while not stop():
            began = time.monotonic()
            if server is None and (server := _open()) is None:
                break
            taken = _claim_next()
            if taken is None:
                break
            message, mail = taken
            answer = _hand_over(mail, server) if mail else Answer("technical", "the letter could not be written")
            note_answer(message, answer, timezone.now())
            sent += answer.kind == "accepted"
            if answer.kind not in ("accepted", "permanent"):
                _close(server)
                server = None
            _pause(began + 60 / settings.MAIL_PER_MINUTE, stop)
    finally:
        if server is not None:
            _close(server)
    return sent


def _claim_next() -> tuple[Message, EmailMultiAlternatives | None] | None:
    """The next message, committed as 'sending', and its mail; None when nothing is due. A letter that cannot be
    written fails by itself and leaves the others alone."""
    now = timezone.now()
    with transaction.atomic():
        message = claim(now, not_of=_silent(now), only_receipts_of=_quiet(now))
        if message is None:
            return None
        try:
            with transaction.atomic():
                return message, compose(message)
        except Exception as error:
            message.events.create(kind="technical", detail=f"{type(error).__name__}: {error}"[:500])
            return message, None


def _hand_over(mail: EmailMultiAlternatives, server: BaseEmailBackend) -> Answer:
    try:
        server.send_messages([mail])
    except Exception as error:
        return answer_of(error)
    return Answer("accepted")


def _open() -> BaseEmailBackend | None:
    """A connection to the mail server, or None when it cannot be reached: then nothing is claimed."""
    server = get_connection()
    try:
        server.open()
    except (OSError, smtplib.SMTPException):
        return None
    return server


def _close(server: BaseEmailBackend) -> None:
    with suppress(OSError, smtplib.SMTPException):  # it may have gone already
        server.close()


@contextmanager
def _alone() -> Iterator[bool]:
    """The right to send, or False when another has it."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s)", [_LOCK])
        alone = bool(cursor.fetchone()[0])
    try:
        yield alone
    finally:
        if alone:
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(%s)", [_LOCK])


def _silent(now: datetime) -> list[int]:
    """Collections that send nothing now but will again: paused, or not open yet."""
    waiting = (Standing.NOT_OPEN, Standing.PAUSED)
    return [one.pk for one in Collection.objects.exclude(status="closed") if standing(one, now) in waiting]


def _quiet(now: datetime) -> list[int]:
    """Collections in their quiet hours, by their own clocks; hours may reach over midnight."""
    found = Collection.objects.filter(~Q(quiet_from=None), ~Q(quiet_to=None))
    return [one.pk for one in found if is_quiet(one, now)]


def is_quiet(collection: Collection, now: datetime) -> bool:
    """Whether no mail of the collection leaves at a moment; see `Collection.quiet_from`."""
    if collection.quiet_from is None or collection.quiet_to is None:
        return False
    here = now.astimezone(ZoneInfo(collection.time_zone)).time()
    if collection.quiet_from <= collection.quiet_to:
        return bool(collection.quiet_from <= here < collection.quiet_to)
    return bool(here >= collection.quiet_from or here < collection.quiet_to)


def _pause(until: float, stop: Callable[[], bool]) -> None:
    """Wait so that no more than `MAIL_PER_MINUTE` leave."""
    while (left := until - time.monotonic()) > 0 and not stop():
        time.sleep(min(left, _NAP))


def _refused(code: int, words: str, *, of_address: bool = True) -> Answer:
    """A reply of the server (RFC 5321, 4.2.1): 4xx for now, 5xx for good."""
    if code < 500:
        return Answer("temporary", _words(f"{code} {words}"))
    status = re.search(r"\b5\.\d{1,3}\.\d{1,3}\b", words)
    dead = is_dead(status[0]) if status else of_address and code in (550, 551, 553)
    return Answer("permanent", _words(f"{code} {words}"), dead=dead)


def _decoded(words: bytes | str) -> str:
    return words.decode("utf-8", "replace") if isinstance(words, bytes) else words


def _words(text: str) -> str:
    """The server's words in one line, addresses taken out: events are kept longer than contacts."""
    return re.sub(r"\S+@\S+", "…", " ".join(text.split()))[:400]
