"""Coding open answers, and settling what coders disagree on."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from barometer.web.audit.actions import record
from barometer.web.fieldwork.actions.cases import NotAllowed
from barometer.web.fieldwork.models import Coding, CodingDecision, Collection, OpenAnswer, Scheme, SchemeVersion
from barometer.web.fieldwork.queries.coding import is_disputed, still_to_code
from barometer.web.fieldwork.states import CODING, can


@transaction.atomic
def save_coding(coding: Coding, *, version: int, codes: Sequence[str], unsure: bool, note: str, by: str) -> None:
    """Give an answer its codes, of the version the coder has seen. Raises `NotAllowed`.

    It can be changed until somebody has decided about the answer.
    """
    locked = _mine(coding, by)
    published = _published(locked.scheme, version)
    locked.codes = _checked(locked.scheme, published, codes)
    locked.version, locked.unsure, locked.note = published, unsure, note.strip()
    _move(locked, "coded")
    locked.at = timezone.now()
    locked.save()
    _log("answer coded", locked.scheme, by, coding=locked.pk, version=published.number, unsure=unsure)


@transaction.atomic
def skip(coding: Coding, *, by: str) -> None:
    """Put an answer aside; it comes again when all others are coded. Nothing happens to one that is coded."""
    locked = _mine(coding, by)
    if can(CODING, locked.state, "skipped"):
        _move(locked, "skipped")
        locked.at = timezone.now()
        locked.save(update_fields=["state", "at"])
        _log("answer skipped", locked.scheme, by, coding=locked.pk)


@transaction.atomic
def decide(
    scheme: Scheme, answer: OpenAnswer, *, version: int, codes: Sequence[str], reason: str, by: str
) -> CodingDecision:
    """Settle a disagreement. Who settles has coded all of their own answers, so that what they see here of others
    does not guide them. Raises `NotAllowed`."""
    locked = Scheme.objects.select_for_update().get(pk=scheme.pk)
    if still_to_code(locked, by):
        raise NotAllowed(gettext("code your own answers first"))
    if not reason.strip():
        raise NotAllowed(gettext("a decision has a reason"))
    if not is_disputed(locked, answer):
        raise NotAllowed(gettext("the coders do not disagree on this answer"))
    published = _published(locked, version)
    given = {"version": published, "codes": _checked(locked, published, codes), "reason": reason.strip(), "by": by}
    decision, _ = CodingDecision.objects.update_or_create(scheme=locked, answer=answer, defaults=given)
    _log("disagreement settled", locked, by, answer=f"{answer.case_id} {answer.name}", version=published.number)
    return decision


def _mine(coding: Coding, by: str) -> Coding:
    locked = Coding.objects.select_for_update(of=("self",)).select_related("scheme", "answer").get(pk=coding.pk)
    if locked.coder != by:
        raise NotAllowed(gettext("this answer was given to another coder"))
    if CodingDecision.objects.filter(scheme=locked.scheme, answer=locked.answer).exists():
        raise NotAllowed(gettext("somebody has decided about this answer already"))
    return locked


def _published(scheme: Scheme, number: int) -> SchemeVersion:
    last = scheme.versions.filter(published_at__isnull=False).last()
    if last is None or last.number != number:
        raise NotAllowed(gettext("there is a new version of the scheme; look at the codes again"))
    return last


def _checked(scheme: Scheme, version: SchemeVersion, codes: Sequence[str]) -> list[str]:
    """In the order of the scheme."""
    known = [one["id"] for one in version.codes]
    if not codes or not set(codes) <= set(known):
        raise NotAllowed(gettext("choose a code"))
    if len(set(codes)) > 1 and not scheme.multiple:
        raise NotAllowed(gettext("choose one code only"))
    return [one for one in known if one in codes]


def _move(coding: Coding, then: str) -> None:
    if not can(CODING, coding.state, then):
        raise NotAllowed(gettext("this answer does not allow it as it stands"))
    coding.state = then


def _log(act: str, scheme: Scheme, by: str, **details: object) -> None:
    edition = Collection.objects.get(pk=scheme.collection).edition
    record(act, by=by, edition=edition, subject=f"coding scheme {scheme.pk} {scheme.answer}", **details)
