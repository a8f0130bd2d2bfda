"""Everything about one case, to hand out or to delete: the rights of the person asked (GDPR articles 15 and 17)."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Model

from barometer.web.audit.actions import record
from barometer.web.fieldwork.actions.cases import dispose
from barometer.web.fieldwork.models import Case, Contact, Disposition, OriginalText, Response, SecondEntry

Rows = list[dict[str, Any]]


@transaction.atomic
def export_person(case: Case, *, by: str) -> dict[str, Any]:
    """What the three stores have about the case, as plain data for JSON, without the hashes of links."""
    responses = _responses(case)
    found: dict[str, Any] = {
        "case": case.number,
        "contacts": [
            {
                **_row(contact),
                "messages": [{**_row(one), "events": _rows(one.events.all())} for one in contact.messages.all()],
            }
            for contact in Contact.objects.filter(case_reference=case.reference).order_by("id")
        ],
        "link": {
            "case": _row(case),
            "accesses": _rows(case.accesses.all(), without=("token_hash", "code_hash")),
            "dispositions": _rows(case.dispositions.all()),
        },
        "answers": [
            {
                **_row(response),
                "events": _rows(response.events.all()),
                "submissions": _rows(response.submissions.all()),
                "edits": _rows(response.edits.all()),
                "paradata": _rows(response.paradata.all()),
                "open_answers": [
                    {
                        **_row(one),
                        "original": _rows(OriginalText.objects.filter(answer=one)),
                        "codings": _rows(one.codings.all()),
                        "decisions": _rows(one.decisions.all()),
                    }
                    for one in response.open_answers.all()
                ],
            }
            for response in responses
        ],
    }
    record("person exported", by=by, edition=case.collection.edition, subject=f"case {case.number}")
    return found


@transaction.atomic
def delete_person(case: Case, *, by: str) -> dict[str, int]:
    """Delete contacts with their mail, ways in, history and answers; gives the counts of the receipt.

    The case itself stays as a unit of the sample without register values, as refused or withdrawn, so that nobody
    asks again and response rates stay right. Answers frozen earlier lie outside the database: collect again.
    """
    case = Case.objects.select_for_update().select_related("collection").get(pk=case.pk)
    responses = _responses(case)
    contacts = Contact.objects.filter(case_reference=case.reference)
    counts = {
        "contacts": contacts.count(),
        "messages": sum(contact.messages.count() for contact in contacts),
        "accesses": case.accesses.count(),
        "dispositions": case.dispositions.count(),
        "responses": len(responses),
        "submissions": sum(response.submissions.count() for response in responses),
    }
    contacts.delete()
    case.accesses.all().delete()
    SecondEntry.objects.filter(case=case).delete()
    for response in responses:
        response.delete()
    Disposition.objects.filter(case=case).delete()
    case.response_key, case.register = None, {}
    case.token_generation += 1
    case.save(update_fields=["response_key", "register", "token_generation"])
    if case.state in ("submitted", "partial"):
        dispose(case, code="withdrawn", by=by)
    elif case.state not in ("withdrawn", "ineligible"):
        dispose(case, code="refused", by=by)
    record("person deleted", by=by, edition=case.collection.edition, subject=f"case {case.number}", deleted=counts)
    return counts


def _responses(case: Case) -> list[Response]:
    """The case's own, and one typed in a second time."""
    keys = [case.response_key, *SecondEntry.objects.filter(case=case).values_list("response_key", flat=True)]
    return list(Response.objects.filter(key__in=[key for key in keys if key]))


def _rows(found: Iterable[Model], without: tuple[str, ...] = ()) -> Rows:
    return [_row(one, without) for one in found]


def _row(one: Model, without: tuple[str, ...] = ()) -> dict[str, Any]:
    """Every column, those Django does not edit included."""
    columns = {field.attname: getattr(one, field.attname) for field in one._meta.concrete_fields}
    return {name: value for name, value in columns.items() if name not in without}
