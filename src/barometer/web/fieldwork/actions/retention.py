"""Deleting what is no longer needed, at the days a collection has set; the receipt stands in the log.

Four things end at days of their own: contacts with their mail, the link between cases and answers, paradata, and open
answers as they were written. Answers stay, and nobody can tell any more whose they are.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import TruncDay

from barometer.web.audit.actions import record
from barometer.web.fieldwork.actions.own_words import count_own_words, delete_own_words
from barometer.web.fieldwork.models import (
    Access,
    Case,
    Collection,
    Contact,
    ContactUpload,
    Disposition,
    Message,
    Paradata,
    Response,
    SecondEntry,
)

Counts = dict[str, int]


@dataclass(frozen=True)
class Part:
    """What a store would lose, or has lost, of one collection. `until` None: no day is set, nothing is deleted."""

    store: str
    until: date | None
    due: bool
    counts: Mapping[str, int]


def due(collection: Collection, *, today: date) -> list[Part]:
    """What `apply_retention` would do now; nothing changes."""
    return [
        Part(store, until, _is_due(until, today), count(collection)) for store, until, count, _ in _stores(collection)
    ]


@transaction.atomic
def apply_retention(collection: Collection, *, today: date, by: str) -> list[Part]:
    """Delete what is due, all of it or nothing. A second time finds nothing and leaves no receipt."""
    locked = Collection.objects.select_for_update().get(pk=collection.pk)
    done = []
    for store, until, count, delete in _stores(locked):
        counts = count(locked)
        if _is_due(until, today) and any(counts.values()):
            delete(locked)
            done.append(Part(store, until, True, counts))
    if done:
        receipt = {part.store: {"until": str(part.until), **part.counts} for part in done}
        subject = f"collection {locked.pk}"
        record("retention applied", by=by, edition=locked.edition, subject=subject, deleted=receipt)
    return done


@transaction.atomic
def set_retention(collection: Collection, *, days: Mapping[str, date], by: str) -> None:
    """Set the last day of stores: contacts, link, paradata, texts. What respondents were told changes with it."""
    for store, day in days.items():
        setattr(collection, f"{store}_until", day)
    collection.save(update_fields=[f"{store}_until" for store in days])
    told = {store: str(day) for store, day in days.items()}
    record("retention set", by=by, edition=collection.edition, subject=f"collection {collection.pk}", days=told)


Store = tuple[str, date | None, Callable[[Collection], Counts], Callable[[Collection], None]]


def _stores(collection: Collection) -> list[Store]:
    return [
        ("contacts", collection.contacts_until, _count_contacts, _delete_contacts),
        ("link", collection.link_until, _count_link, _cut_link),
        ("paradata", collection.paradata_until, _count_paradata, _delete_paradata),
        ("texts", collection.texts_until, count_own_words, delete_own_words),
    ]


def _is_due(until: date | None, today: date) -> bool:
    return until is not None and until < today


def _count_contacts(collection: Collection) -> Counts:
    return {
        "contacts": Contact.objects.filter(collection=collection.pk).count(),
        "messages": Message.objects.filter(collection=collection.pk).count(),
        "uploads": ContactUpload.objects.filter(collection=collection.pk).count(),
    }


def _delete_contacts(collection: Collection) -> None:
    Contact.objects.filter(collection=collection.pk).delete()
    ContactUpload.objects.filter(collection=collection.pk).delete()


def _count_link(collection: Collection) -> Counts:
    return {
        "links": Case.objects.filter(collection=collection, response_key__isnull=False).count(),
        "accesses": Access.objects.filter(case__collection=collection).count(),
    }


def _cut_link(collection: Collection) -> None:
    """Nothing on one side tells any more what belongs to it on the other.

    Days stand in for moments on the side of the cases, notes go, and receipts, whose numbers stand in mails, get
    others, so that neither leads back. Second entries only served to compare.
    """
    entries = SecondEntry.objects.filter(case__collection=collection)
    Response.objects.filter(key__in=entries.values("response_key")).delete()
    entries.delete()
    Access.objects.filter(case__collection=collection).delete()
    Case.objects.filter(collection=collection).update(response_key=None, state_at=_day("state_at"))
    Disposition.objects.filter(case__collection=collection).update(at=_day("at"), note="")
    with connection.cursor() as cursor:
        cursor.execute(
            "update fieldwork_submission set receipt = left(replace(gen_random_uuid()::text, '-', ''), 16)"
            " where response_id in (select key from fieldwork_response where collection = %s)",
            [collection.pk],
        )


def _day(moment: str) -> TruncDay:
    return TruncDay(F(moment), tzinfo=UTC)


def _count_paradata(collection: Collection) -> Counts:
    return {"events": Paradata.objects.filter(response__collection=collection.pk).count()}


def _delete_paradata(collection: Collection) -> None:
    Paradata.objects.filter(response__collection=collection.pk).delete()
