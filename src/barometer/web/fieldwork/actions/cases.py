"""What becomes of a case: a disposition each, and the state that follows from it."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from barometer.web.audit.actions import record
from barometer.web.fieldwork.models import Case, Disposition
from barometer.web.fieldwork.states import CASE, DISPOSITIONS, can

BECOMES: Mapping[str, str | None] = {
    "submitted": "submitted",
    "partial": "partial",
    "refused": "refused",
    "started": "started",
    "broke_off": None,
    "opened": "opened",
    "withdrawn": "withdrawn",
    "unable": "refused",  # no answer will come; the disposition keeps the reason
    "invited": "invited",
    "bounced": None,
    "not_invited": None,
    "ineligible": "ineligible",
}
"""Disposition -> state of the case after it; None leaves the state as it is."""

BY_STAFF = ("refused", "unable", "ineligible")
"""Dispositions that staff set; the others follow from what respondents and mail servers do."""


class NotAllowed(Exception):
    """An act that the state of things does not allow; its text says why, in the language of whoever tried it."""


def dispose(case: Case, *, code: str, by: str, note: str = "") -> Disposition:
    """Append what happened to the case and move it to the state that follows.

    Raises `NotAllowed` for an unknown code and for a move that `states.CASE` does not have. The change is made
    only if the case still is in the state the caller has seen, so that of two at once one is refused.
    """
    if code not in DISPOSITIONS:
        raise NotAllowed(f"'{code}' is no disposition; there are: {', '.join(DISPOSITIONS)}")
    then = BECOMES[code] or case.state
    if then != case.state and not can(CASE, case.state, then):
        raise NotAllowed(gettext("case %(number)s does not allow this as it stands") % {"number": case.number})
    with transaction.atomic(savepoint=False):
        if then == case.state or _move(case, then):
            return Disposition.objects.create(case=case, code=code, by=by, note=note)
    raise NotAllowed(gettext("somebody else has changed case %(number)s meanwhile") % {"number": case.number})


@transaction.atomic
def dispose_by_staff(case: Case, *, code: str, by: str, note: str = "") -> Disposition:
    """What a member of staff learned by phone or letter, with its row in the log. Raises `NotAllowed`."""
    if code not in BY_STAFF:
        raise NotAllowed(f"staff do not set '{code}'")
    disposition = dispose(case, code=code, by=by, note=note)
    record("disposition set", by=by, edition=case.collection.edition, subject=f"case {case.number}", code=code)
    return disposition


def _move(case: Case, then: str) -> bool:
    """Whether the case still was in the state it was read in; then it is in the next."""
    now = timezone.now()
    if not Case.objects.filter(pk=case.pk, state=case.state).update(state=then, state_at=now):
        return False
    case.state, case.state_at = then, now
    return True
