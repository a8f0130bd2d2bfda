"""Which access a link or a code opens, and whether it still does."""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from barometer.web.fieldwork.access import hashed, read_code
from barometer.web.fieldwork.models import Access, Case


def find_by_code(typed: str, now: datetime) -> Access | None:
    """The access a typed code opens, with its case and collection; None where none does any longer.

    Case, blanks, hyphens and look-alikes are forgiven.
    """
    read = read_code(typed)
    access = None if read is None else _accesses(code_hash=hashed(read))
    return access if access is not None and is_valid(access, now) else None


def known_access(secret: str) -> Access | None:
    """The access of a link, also when it is revoked or expired."""
    return _accesses(token_hash=hashed(secret))


def is_valid(access: Access, now: datetime) -> bool:
    """Whether the access still opens its questionnaire."""
    if access.revoked_at is not None or (access.expires_at is not None and access.expires_at <= now):
        return False
    return access.role != "respondent" or access.generation == access.case.token_generation


def colleagues(case: Case) -> QuerySet[Access]:
    """Colleagues' links of the case that work, the oldest first."""
    lasting = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
    return case.accesses.filter(lasting, role="colleague", revoked_at=None).order_by("pk")


def _accesses(**condition: str) -> Access | None:
    return Access.objects.select_related("case__collection").filter(**condition).first()
