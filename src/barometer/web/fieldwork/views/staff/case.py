"""One case: its history, and what staff do about it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from barometer.web.accounts.guard import StaffRequest
from barometer.web.accounts.queries import may
from barometer.web.accounts.roles import Permission
from barometer.web.fieldwork.actions.accesses import revoke_links
from barometer.web.fieldwork.actions.cases import dispose_by_staff
from barometer.web.fieldwork.actions.contacts import put_contact
from barometer.web.fieldwork.actions.entry import show_link
from barometer.web.fieldwork.models import Case
from barometer.web.fieldwork.queries.cases import case_file
from barometer.web.fieldwork.states import DISPOSITIONS
from barometer.web.fieldwork.views.staff.forms import LANGUAGE_NAMES, ContactForm, DispositionForm, EntryForm
from barometer.web.fieldwork.views.staff.pages import attempt, collection_page, of_case, to
from barometer.web.fieldwork.views.staff.words import CONTACT_STATES, OUTCOMES, happening


@require_safe
@of_case(Permission.SEE)
def case(request: StaffRequest, case: Case) -> HttpResponse:
    return _page(request, case)


@require_POST
@of_case(Permission.CONTACTS)
def dispose(request: StaffRequest, case: Case) -> HttpResponseBase:
    form = DispositionForm(case.state, request.POST)
    if not form.is_valid():
        return _page(request, case, disposition_form=form)
    given = form.cleaned_data
    attempt(
        request,
        lambda: dispose_by_staff(case, code=given["code"], note=given["note"], by=request.user.email),
        done=gettext("Noted. No more letters go to this case."),
    )
    return to("case", case.number)


@require_POST
@of_case(Permission.CONTACTS)
def contact(request: StaffRequest, case: Case) -> HttpResponseBase:
    form = ContactForm(case.collection, request.POST)
    if not form.is_valid():
        return _page(request, case, contact_form=form)
    done = gettext("The contact is changed.")
    attempt(request, lambda: put_contact(case, **form.cleaned_data, by=request.user.email), done=done)
    return to("case", case.number)


@require_POST
@of_case(Permission.CONTACTS)
def renew_link(request: StaffRequest, case: Case) -> HttpResponseBase:
    revoke_links(case, by=request.user.email)
    messages.success(request, gettext("Link and code sent before are worthless now."))
    return to("case", case.number)


@require_POST
@of_case(Permission.CONTACTS)
def link(request: StaffRequest, case: Case) -> HttpResponse:
    """Show link and code, to be read out on the phone. Who has them can answer, so the act is in the log."""
    shown, code = show_link(case, by=request.user.email)
    return _page(request, case, link=shown, code=code)


def _page(request: StaffRequest, case: Case, **values: Any) -> HttpResponse:
    contacts = may(request.user, Permission.CONTACTS, case.collection.edition)
    file = case_file(case, contacts=contacts)
    known = file.contact
    language = known.language if known else case.collection.languages[0]
    forms: dict[str, Any] = {
        "disposition_form": DispositionForm(case.state),
        "contact_form": ContactForm(case.collection, initial={"language": language}),
        "entry_form": EntryForm(case.collection, initial={"language": language}),
    }
    return collection_page(
        request,
        "case",
        case.collection,
        file=file,
        outcome=OUTCOMES[file.outcome],
        aapor=DISPOSITIONS[file.outcome].aapor,
        contact_states=CONTACT_STATES,
        language_names=LANGUAGE_NAMES,
        history=[(one, happening(one.kind, one.what, one.letter)) for one in file.happenings],
        **{**forms, **values},
    )
