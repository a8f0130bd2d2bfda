"""Writing an event."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.db import connection

from barometer.web.audit.models import Event


def record(act: str, *, by: str, edition: str = "", subject: str = "", **details: Any) -> Event:
    """Append an act, inside the transaction of the caller. Each row carries the digest of the one before it.

    Acts are few (staff, jobs); respondents' pages are not audited here but in their own event log. An advisory
    lock keeps the chain single; it is held until the transaction ends.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("an event is recorded in the transaction of the act it tells of")
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('audit chain'))")
    last = Event.objects.order_by("-id").values_list("digest", flat=True).first() or ""
    return Event.objects.create(
        act=act,
        by=by,
        edition=edition,
        subject=subject,
        details=json.loads(json.dumps(details, default=str)),
        previous=last,
        digest=digest_of(last, act, by, edition, subject, details),
    )


def digest_of(previous: str, act: str, by: str, edition: str, subject: str, details: Mapping[str, Any]) -> str:
    """SHA-256 over an act and the digest of the row before it."""
    content = json.dumps([previous, act, by, edition, subject, details], sort_keys=True, default=str)
    return hashlib.sha256(content.encode()).hexdigest()
