"""Contacts: a file of them, or one put in by hand."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from barometer.web.audit.actions import record
from barometer.web.fieldwork.actions.accesses import revoke_links
from barometer.web.fieldwork.actions.cases import NotAllowed
from barometer.web.fieldwork.contacts_file import ContactRow
from barometer.web.fieldwork.models import Case, Collection, Contact, ContactUpload


@transaction.atomic
def keep_upload(
    collection: Collection, *, name: str, content: bytes, columns: Mapping[str, str], source: str, by: str
) -> ContactUpload:
    """Keep a file until somebody decides; uploads nobody decided about within a day go."""
    ContactUpload.objects.filter(uploaded_at__lt=timezone.now() - timedelta(days=1)).delete()
    return ContactUpload.objects.create(
        collection=collection.pk,
        name=name[:200],
        content=content,
        columns=dict(columns),
        source=source.strip(),
        uploaded_by=by,
    )


@transaction.atomic
def choose_columns(upload: ContactUpload, *, columns: Mapping[str, str], by: str) -> None:
    """Other columns than were guessed. Nobody but the one who uploaded the file decides about it."""
    _only(upload, by)
    upload.columns = dict(columns)
    upload.save(update_fields=["columns"])


@transaction.atomic
def drop_upload(upload: ContactUpload, *, by: str) -> None:
    _only(upload, by)
    upload.delete()


@transaction.atomic
def import_contacts(
    collection: Collection, *, rows: Sequence[ContactRow], source: str, by: str, upload: ContactUpload | None = None
) -> dict[str, int]:
    """Make each row the main contact of its unit's case; gives how many are new, replaced and the same as before.

    A contact that differs from the one there is becomes a new one, and the old one is kept as replaced: mail that
    went to it stays explained. Links are not revoked. `source`: where the addresses come from (GDPR, article 14).
    """
    if not source.strip():
        raise NotAllowed(gettext("a contact needs a source"))
    Collection.objects.select_for_update().get(pk=collection.pk)
    references = dict(collection.cases.values_list("unit_id", "reference"))
    current = {
        contact.case_reference: contact
        for contact in Contact.objects.filter(collection=collection.pk, role="main").exclude(state="replaced")
    }
    fresh, replaced, same = [], [], 0
    for row in rows:
        reference = references[row.unit_id]
        old = current.get(reference)
        if old and (old.name, old.email, old.phone, old.language) == (row.name, row.email, row.phone, row.language):
            same += 1
            continue
        if old:
            replaced.append(old.pk)
        fresh.append(
            Contact(
                case_reference=reference,
                collection=collection.pk,
                name=row.name,
                email=row.email,
                phone=row.phone,
                language=row.language,
                source=source.strip(),
            )
        )
    Contact.objects.filter(pk__in=replaced).update(state="replaced")
    Contact.objects.bulk_create(fresh, batch_size=2_000)
    counts = {"new": len(fresh) - len(replaced), "replaced": len(replaced), "same": same}
    if upload is not None:
        _only(upload, by)
        upload.delete()
    record(
        "contacts imported",
        by=by,
        edition=collection.edition,
        subject=f"collection {collection.pk}",
        source=source,
        **counts,
    )
    return counts


@transaction.atomic
def put_contact(
    case: Case, *, name: str, email: str, phone: str, language: str, source: str, new_link: bool, by: str
) -> Contact:
    """A new main contact in place of the one there is; `new_link` makes links and codes sent before worthless."""
    if email:
        try:
            validate_email(email)
        except ValidationError as error:
            raise NotAllowed(gettext("this is no e-mail address")) from error
    if not source.strip():
        raise NotAllowed(gettext("a contact needs a source"))
    locked = Case.objects.select_for_update().select_related("collection").get(pk=case.pk)
    if language not in locked.collection.languages:
        raise NotAllowed(gettext("the collection does not have this language"))
    Contact.objects.filter(case_reference=locked.reference, role="main").exclude(state="replaced").update(
        state="replaced"
    )
    contact = Contact.objects.create(
        case_reference=locked.reference,
        collection=locked.collection_id,
        name=name.strip(),
        email=email.strip(),
        phone=phone.strip(),
        language=language,
        source=source.strip(),
    )
    if new_link:
        revoke_links(locked, by=by)
    record("contact changed", by=by, edition=locked.collection.edition, subject=f"case {locked.number}")
    return contact


def _only(upload: ContactUpload, by: str) -> None:
    if upload.uploaded_by != by:
        raise NotAllowed(gettext("somebody else uploaded this file"))
