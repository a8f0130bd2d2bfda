"""The real worker, killed while it sends: nothing lost, nothing sent twice, and what nobody knows is told."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import quote

import pytest
from django.conf import LazySettings
from django.db import connection
from made_mail import MailServer, armed, in_the_field, mail_server

from barometer.web.fieldwork.models import Collection, Contact, Message, Rule
from barometer.web.fieldwork.queries.mail import undecided

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
CONTACTS = 60
KILLS = 5
PATIENCE = 60  # seconds


@pytest.fixture
def server() -> Iterator[tuple[MailServer, int]]:
    with mail_server() as running:
        yield running


@pytest.fixture
def environment(settings: LazySettings, server: tuple[MailServer, int]) -> Mapping[str, str]:
    """What the worker of this test's installation is told."""
    given = connection.settings_dict
    url = (
        f"postgresql://{quote(given['USER'])}@/{given['NAME']}?host={quote(given['HOST'] or given['OPTIONS']['host'])}"
    )
    return {
        **os.environ,
        "DATABASE_URL": url,
        "BAROMETER_SECRET_KEY": settings.SECRET_KEY,
        "BAROMETER_LINK_KEY": settings.LINK_KEY,
        "BAROMETER_WORKSPACE": str(settings.WORKSPACE),
        "BAROMETER_SMTP_HOST": "127.0.0.1",
        "BAROMETER_SMTP_PORT": str(server[1]),
        "BAROMETER_MAIL_PER_MINUTE": "60000",
    }


def start(environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "barometer.web.worker"], env=dict(environment))


def wait_until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < until, "nothing more happens"
        time.sleep(0.02)


def waiting() -> int:
    return Message.objects.filter(state__in=("waiting", "sending")).count()


def test_a_worker_killed_at_any_moment_loses_nothing_and_sends_nothing_twice(
    collection: Collection, environment: Mapping[str, str], server: tuple[MailServer, int]
) -> None:
    handler, _ = server
    contacts = len(in_the_field(collection, contacts=CONTACTS))
    armed(collection)
    chance = random.Random(20)
    for _ in range(KILLS):
        worker = start(environment)
        goal = len(handler.taken) + chance.randint(1, contacts // (2 * KILLS))
        wait_until(lambda: len(handler.taken) >= goal or worker.poll() is not None)  # noqa: B023 (called at once)
        time.sleep(chance.random() * 0.02)
        worker.kill()
        worker.wait()
    worker = start(environment)
    wait_until(lambda: Message.objects.exists() and not waiting() and Rule.objects.get().state == "done")
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(PATIENCE) == 0

    taken = Counter(mail["Message-ID"].strip("<>").partition("@")[0] for mail in handler.mails)
    states = {message.pk.hex: message.state for message in Message.objects.all()}
    sent = {key for key, state in states.items() if state == "sent"}
    unknown = {message.pk.hex for message in undecided(collection)}
    assert len(states) == contacts == Contact.objects.count()
    assert set(taken.values()) == {1}
    assert sent <= taken.keys() <= sent | unknown
    assert len(sent) + len(unknown) == contacts and len(unknown) <= KILLS
