"""The disposition each case has now, worked out by the database."""

from typing import TYPE_CHECKING, TypeAlias, TypedDict

from django.db.models import Case as Choose
from django.db.models import CharField, Exists, F, OuterRef, QuerySet, Subquery, Value, When

from barometer.web.fieldwork.models import Case, Contact, Disposition

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _Outcome(TypedDict):
        outcome: str | None

    CaseWithOutcome: TypeAlias = WithAnnotations[Case, _Outcome]

OUTCOMES = (
    "submitted",
    "partial",
    "started",
    "opened",
    "invited",
    "bounced",
    "not_invited",
    "refused",
    "unable",
    "withdrawn",
    "ineligible",
)
"""Dispositions a case can have at a moment, in the order they are shown; a subset of `states.DISPOSITIONS`."""


def with_outcome(cases: QuerySet[Case]) -> "QuerySet[CaseWithOutcome]":
    """The cases with `outcome`, one of `OUTCOMES`.

    A bounce counts for cases that did nothing else: who opened the letter has got it. A case that is 'refused' may
    have been unable; its last disposition tells.
    """
    bounced = Contact.objects.filter(case_reference=OuterRef("pk"), role="main", state="bounced")
    refusal = Disposition.objects.filter(case=OuterRef("pk"), code__in=("refused", "unable")).order_by("-id")
    return cases.annotate(
        outcome=Choose(
            When(state="refused", then=Subquery(refusal.values("code")[:1])),
            When(state__in=("new", "invited"), then=Choose(
                When(Exists(bounced), then=Value("bounced")),
                When(state="new", then=Value("not_invited")),
                default=Value("invited"),
            )),
            default=F("state"),
            output_field=CharField(),
        )
    )  # fmt: skip
