"""Letting others answer: a colleague for a section, or somebody else for the whole questionnaire."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop, override

from barometer.web.audit.actions import record
from barometer.web.fieldwork.access import hashed, token
from barometer.web.fieldwork.actions.accesses import revoke_links
from barometer.web.fieldwork.actions.cases import NotAllowed
from barometer.web.fieldwork.actions.mail import enqueue
from barometer.web.fieldwork.models import Access, Case, Contact
from barometer.web.fieldwork.queries.accesses import colleagues

MOST_COLLEAGUES = 10
"""Valid colleagues' links a case can have at a time."""
MOST_TRANSFERS = 5
"""How often respondents can hand a case over; after that the survey team does."""
COLLEAGUES_LINK = timedelta(days=30)


@transaction.atomic
def invite_colleague(case: Case, *, section: str, name: str, email: str, language: str, by: str) -> Access:
    """A link for a colleague that opens one section for 30 days, mailed to them. Asking the same person for the same
    section again gives the link they have. Raises `NotAllowed` with the reason."""
    _check_address(email)
    locked = Case.objects.select_for_update().select_related("collection").get(pk=case.pk)
    valid = list(colleagues(locked))
    known = {one.pk: one for one in Contact.objects.filter(pk__in=[access.contact for access in valid])}
    for access in valid:
        contact = known.get(access.contact or 0)
        if contact is not None and contact.email == email and access.section == section:
            return access
    if len(valid) >= MOST_COLLEAGUES:
        raise NotAllowed("colleagues")
    generation = locked.accesses.filter(role="colleague").count() + 1
    contact = Contact.objects.create(
        case_reference=locked.reference,
        collection=locked.collection_id,
        name=name[:200],
        email=email,
        language=language,
        role="colleague",
        source=_said(gettext_noop("a colleague at your workplace"), language),
    )
    access = Access.objects.create(
        case=locked,
        role="colleague",
        generation=generation,
        token_hash=hashed(token(locked.reference, "colleague", generation)),
        section=section,
        contact=contact.pk,
        expires_at=timezone.now() + COLLEAGUES_LINK,
    )
    enqueue(contact=contact, case_reference=locked.reference, letter="colleague", once=f"colleague:{access.pk}")
    record(
        "colleague asked", by=by, edition=locked.collection.edition, subject=f"case {locked.number}", section=section
    )
    return access


@transaction.atomic
def revoke_colleague(case: Case, *, access_id: int, by: str) -> None:
    """Make a colleague's link worthless. What they have answered stays."""
    valid = colleagues(case).filter(pk=access_id)
    if valid.update(revoked_at=timezone.now()):
        record("colleague's link revoked", by=by, edition=case.collection.edition, subject=f"case {case.number}")


@transaction.atomic
def transfer(case: Case, *, name: str, email: str, language: str, by: str) -> Contact:
    """Hand the case to the right person: a new main contact, a new link mailed to them, the old one revoked.

    Raises `NotAllowed` with the reason.
    """
    _check_address(email)
    locked = Case.objects.select_for_update().select_related("collection").get(pk=case.pk)
    if locked.token_generation > MOST_TRANSFERS and by == "respondent":
        raise NotAllowed("transfers")
    if locked.state in ("submitted", "withdrawn"):
        raise NotAllowed("submitted")
    mains = Contact.objects.filter(case_reference=locked.reference, role="main").exclude(state="replaced")
    if mains.filter(email=email).exists():
        raise NotAllowed("same")
    mains.update(state="replaced")
    revoke_links(locked, by=by)
    contact = Contact.objects.create(
        case_reference=locked.reference,
        collection=locked.collection_id,
        name=name[:200],
        email=email,
        language=language,
        source=_said(gettext_noop("the person at your workplace we wrote to before"), language),
    )
    enqueue(
        contact=contact,
        case_reference=locked.reference,
        letter="transfer",
        once=f"transfer:{locked.token_generation}",
    )
    record("case handed over", by=by, edition=locked.collection.edition, subject=f"case {locked.number}")
    return contact


def _said(text: str, language: str) -> str:
    with override(language):
        return gettext(text)


def _check_address(email: str) -> None:
    try:
        validate_email(email)
    except ValidationError as error:
        raise NotAllowed("email") from error
