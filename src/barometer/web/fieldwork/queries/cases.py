"""Cases: found, listed, and one with everything that happened to it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from barometer.web.audit.models import Event
from barometer.web.fieldwork.models import Case, Collection, Contact, Response, SecondEntry
from barometer.web.fieldwork.queries.mail import history
from barometer.web.fieldwork.queries.outcomes import OUTCOMES, with_outcome
from barometer.web.fieldwork.states import DISPOSITIONS

if TYPE_CHECKING:
    from barometer.web.fieldwork.queries.outcomes import CaseWithOutcome

CONTACT_COLUMNS = ("name", "email", "phone", "language", "contact_state")
CASE_COLUMNS = ("case", "unit_id", "stratum", "outcome", "aapor", "since", "design_weight")


@dataclass(frozen=True)
class Happening:
    """One line of a case's history. `kind`: disposition, contact, message, response, staff; `what` is its code."""

    at: datetime
    kind: str
    what: str
    by: str = ""
    detail: str = ""
    letter: str = ""


@dataclass(frozen=True)
class CaseFile:
    """A case as its page shows it. Without `contact` where the person may not see names."""

    case: Case
    outcome: str
    contact: Contact | None
    earlier: tuple[Contact, ...]
    response: Response | None
    second_entry: SecondEntry | None
    happenings: tuple[Happening, ...]


def find_cases(
    collection: Collection, *, outcome: str = "", stratum: str = "", text: str = ""
) -> "QuerySet[CaseWithOutcome]":
    """Cases of a disposition, of a stratum, whose number or unit id begins with a text; by number, with `outcome`."""
    found = with_outcome(Case.objects.filter(collection=collection))
    if outcome in OUTCOMES:
        found = found.filter(outcome=outcome)
    if stratum:
        found = found.filter(stratum=stratum)
    if text:
        found = found.filter(number__startswith=text.lower()) | found.filter(unit_id__istartswith=text)
    return found.order_by("number")


def case_by_number(text: str) -> Case | None:
    """The case people read out on the phone, whatever blanks and hyphens they put in."""
    number = "".join(sign for sign in text.lower() if sign.isalnum())
    return Case.objects.select_related("collection").filter(number=number).first() if number else None


def strata_of(collection: Collection) -> list[str]:
    return list(collection.cases.order_by("stratum").values_list("stratum", flat=True).distinct())


def case_rows(
    collection: Collection, cases: "QuerySet[CaseWithOutcome]", *, contacts: bool
) -> Iterator[tuple[str | float | None, ...]]:
    """Rows of a case list: `CASE_COLUMNS`, then `CONTACT_COLUMNS` where they are asked for."""
    known = _main_contacts(collection) if contacts else {}
    for case in cases.iterator(chunk_size=2_000):
        outcome = case.outcome or "refused"
        row: tuple[str | float | None, ...] = (
            case.number,
            case.unit_id,
            case.stratum,
            outcome,
            DISPOSITIONS[outcome].aapor,
            case.state_at.isoformat(timespec="seconds"),
            case.design_weight,
        )
        if contacts:
            found = known.get(case.reference)
            row += (found.name, found.email, found.phone, found.language, found.state) if found else ("",) * 5
        yield row


def case_file(case: Case, *, contacts: bool) -> CaseFile:
    """Everything about a case but its answers."""
    people = list(Contact.objects.filter(case_reference=case.reference).order_by("-id"))
    mains = [one for one in people if one.role == "main"]
    response = Response.objects.filter(key=case.response_key).first() if case.response_key else None
    outcome = with_outcome(Case.objects.filter(pk=case.pk)).get().outcome or "refused"
    return CaseFile(
        case=case,
        outcome=outcome,
        contact=next((one for one in mains if one.state != "replaced"), None) if contacts else None,
        earlier=tuple(one for one in people if one.state == "replaced" or one.role != "main") if contacts else (),
        response=response,
        second_entry=SecondEntry.objects.filter(case=case).first(),
        happenings=tuple(sorted(_happenings(case, people, response), key=lambda one: one.at, reverse=True)),
    )


def _main_contacts(collection: Collection) -> dict[object, Contact]:
    found = Contact.objects.filter(collection=collection.pk, role="main").exclude(state="replaced")
    return {contact.case_reference: contact for contact in found}


def _happenings(case: Case, people: list[Contact], response: Response | None) -> Iterator[Happening]:
    for disposition in case.dispositions.all():
        yield Happening(disposition.at, "disposition", disposition.code, disposition.by, disposition.note)
    for person in people:
        yield Happening(person.created_at, "contact", person.role, detail=person.source)
    for row in history(case.reference):
        for event in row.events:
            yield Happening(event.at, "message", event.kind, detail=event.detail, letter=row.message.letter)
        if not row.events:
            yield Happening(row.message.created_at, "message", row.message.state, letter=row.message.letter)
    if response is not None:
        yield Happening(response.started_at, "response", response.mode)
        if response.revision:
            yield Happening(response.changed_at, "response", "saved", detail=str(response.revision))
    for act in Event.objects.filter(subject=f"case {case.number}"):
        yield Happening(act.at, "staff", act.act, act.by)
