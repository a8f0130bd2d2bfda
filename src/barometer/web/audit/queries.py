"""Reading the log, and proving that nobody changed it."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from barometer.web.audit.actions import digest_of
from barometer.web.audit.models import Event


def events(*, editions: Iterable[str] | None, text: str = "") -> QuerySet[Event]:
    """Acts, the latest first: of these editions and of none, or all; with a text in act, person or subject."""
    found = Event.objects.order_by("-id")
    if editions is not None:
        found = found.filter(edition__in=[*editions])
    if text:
        found = found.filter(Q(act__icontains=text) | Q(by__icontains=text) | Q(subject__icontains=text))
    return found


def broken_link() -> int | None:
    """The first row whose digest does not fit its content and the row before it; None when the chain is whole."""
    previous = ""
    for event in Event.objects.order_by("id").iterator(chunk_size=2_000):
        digest = digest_of(previous, event.act, event.by, event.edition, event.subject, event.details)
        if event.previous != previous or event.digest != digest:
            return event.pk
        previous = event.digest
    return None
