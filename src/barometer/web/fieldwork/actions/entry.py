"""Answers that staff type in: by phone, from paper, and paper a second time to find slips."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext

from barometer.web.audit.actions import record
from barometer.web.fieldwork.access import hashed, public_id
from barometer.web.fieldwork.actions.accesses import respondent_code, respondent_link, respondent_token
from barometer.web.fieldwork.actions.answering import start
from barometer.web.fieldwork.actions.cases import NotAllowed
from barometer.web.fieldwork.models import Access, Case, Response, SecondEntry

MODES = ("phone", "paper")


@dataclass(frozen=True)
class Difference:
    """An answer that was typed in differently; None for no answer."""

    name: str
    first: object
    second: object


@transaction.atomic
def start_entry(case: Case, *, mode: str, language: str, by: str) -> Response:
    """Open the case's questionnaire for a member of staff; one that staff have started goes on where it is.

    Answers somebody gave on the web stay closed to who sees the contacts: then the way is the code, read out.
    """
    if mode not in MODES:
        raise NotAllowed(f"'{mode}' is no way to take answers")
    begun = case.response_key and Response.objects.filter(key=case.response_key, mode="web", revision__gt=0)
    if begun and begun.exists():
        raise NotAllowed(gettext("the respondent has begun on the web; read out the code instead"))
    access = respondent_access(case)
    response = start(access, language=language, mode=mode, source=f"staff:{by}")
    record("answers entered by staff", by=by, edition=case.collection.edition, subject=f"case {case.number}", mode=mode)
    return response


@transaction.atomic
def start_second_entry(case: Case, *, by: str) -> Response:
    """An empty response beside the one typed from paper, in the same version and language."""
    locked = Case.objects.select_for_update().select_related("collection").get(pk=case.pk)
    first = first_entry(locked)
    entry = SecondEntry.objects.filter(case=locked).first()
    if entry is not None:
        return Response.objects.get(key=entry.response_key)
    response = Response.objects.create(
        public_id=public_id(),
        collection=first.collection,
        version=first.version,
        register=first.register,
        language=first.language,
        mode=Response.CHECK,
    )
    SecondEntry.objects.create(case=locked, response_key=response.key, by=by)
    record("second entry started", by=by, edition=locked.collection.edition, subject=f"case {locked.number}")
    return response


@transaction.atomic
def end_second_entry(case: Case, *, by: str) -> None:
    """Delete the second entry; the differences found then are told in the log by name, without answers."""
    entry = SecondEntry.objects.select_for_update().get(case=case)
    names = [one.name for one in differences(case)]
    Response.objects.filter(key=entry.response_key, mode=Response.CHECK).delete()
    entry.delete()
    record(
        "second entry compared", by=by, edition=case.collection.edition, subject=f"case {case.number}", different=names
    )


@transaction.atomic
def show_link(case: Case, *, by: str) -> tuple[str, str]:
    """The case's link and code, and a row in the log that somebody has seen them."""
    shown = respondent_link(case), respondent_code(case)
    record("link shown", by=by, edition=case.collection.edition, subject=f"case {case.number}")
    return shown


def differences(case: Case) -> list[Difference]:
    """What the two entries of a paper questionnaire have different, by name, kept texts included."""
    entry = SecondEntry.objects.get(case=case)
    first, second = first_entry(case), Response.objects.get(key=entry.response_key)
    one, two = {**first.kept, **first.values}, {**second.kept, **second.values}
    return [
        Difference(name, one.get(name), two.get(name))
        for name in sorted({*one, *two})
        if one.get(name) != two.get(name)
    ]


def first_entry(case: Case) -> Response:
    """The response of the case, if staff typed it from paper."""
    found = Response.objects.select_related("version")
    response = found.filter(key=case.response_key).first() if case.response_key else None
    if response is None or response.mode != "paper":
        raise NotAllowed(gettext("only a questionnaire typed in from paper is typed in twice"))
    return response


def respondent_access(case: Case) -> Access:
    """The case's own way in, made when it is missing."""
    return Access.objects.select_related("case__collection").get(token_hash=hashed(respondent_token(case)))
