"""The log of acts: in the act's transaction, chained, never changed."""

import pytest
from django.db import ProgrammingError, transaction

from barometer.web.audit.actions import record
from barometer.web.audit.models import Event

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
