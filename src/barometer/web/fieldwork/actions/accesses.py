"""Ways in: links and codes are written again whenever they are needed; the database has their hashes."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from barometer.web.audit.actions import record
from barometer.web.fieldwork.access import code, hashed, link, token
from barometer.web.fieldwork.models import Access, Case


def respondent_link(case: Case) -> str:
    """The full address of the case's link; its access is made when it is missing."""
    return link(respondent_token(case))


def respondent_code(case: Case) -> str:
    """The case's short code as printed, 'abcd-efgh-jkm7'; its access is made when it is missing."""
    make_accesses([case])
    return code(case.reference, case.token_generation)


def respondent_token(case: Case) -> str:
    """The secret part of the case's link; its access is made when it is missing."""
    make_accesses([case])
    return token(case.reference, "respondent", case.token_generation)


def colleague_link(access: Access) -> str:
    """The full address of a colleague's link."""
    return link(token(access.case.reference, "colleague", access.generation))


def make_accesses(cases: Sequence[Case]) -> None:
    """The respondents' accesses of these cases, those that are missing, in one statement."""
    Access.objects.bulk_create(
        [
            Access(
                case=case,
                role="respondent",
                generation=case.token_generation,
                token_hash=hashed(token(case.reference, "respondent", case.token_generation)),
                code_hash=hashed(code(case.reference, case.token_generation)),
            )
            for case in cases
        ],
        batch_size=2_000,
        ignore_conflicts=True,
    )


@transaction.atomic
def revoke_links(case: Case, *, by: str) -> None:
    """Make every respondent's link and code of the case worthless; the next one written is new."""
    locked = Case.objects.select_for_update().get(pk=case.pk)
    locked.token_generation += 1
    locked.save(update_fields=["token_generation"])
    case.token_generation = locked.token_generation
    valid = Access.objects.filter(case=case, role="respondent", revoked_at=None)
    valid.update(revoked_at=timezone.now())
    record("links revoked", by=by, edition=case.collection.edition, subject=f"case {case.number}")
