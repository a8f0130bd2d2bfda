"""The log of acts: in the act's transaction, chained, never changed."""

import pytest
from django.db import ProgrammingError, transaction

from barometer.web.audit.actions import record
from barometer.web.audit.models import Event
from barometer.web.audit.queries import broken_link

pytestmark = pytest.mark.django_db


def test_each_event_carries_the_digest_of_the_one_before() -> None:
    first = record("collection opened", by="ida@example.org", edition="demo")
    second = record("collection closed", by="ida@example.org", edition="demo")
    assert second.previous == first.digest


def test_events_cannot_be_changed() -> None:
    event = record("collection opened", by="ida@example.org")
    with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic():
        Event.objects.filter(pk=event.pk).update(by="someone else")


@pytest.mark.django_db(transaction=True)
def test_an_event_needs_the_transaction_of_its_act() -> None:
    with pytest.raises(RuntimeError):
        record("collection opened", by="ida@example.org")


def test_a_row_that_does_not_fit_the_one_before_is_found() -> None:
    record("collection opened", by="ida@example.org", edition="demo", closes="2026-12-01")
    assert broken_link() is None
    last = Event.objects.latest("id")
    forged = Event.objects.create(act="x", by="x", previous=last.digest, digest="0" * 64)
    assert broken_link() == forged.pk
