"""Answers by phone and from paper: into the respondents' own pages, as a member of staff."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from barometer.web.accounts.guard import StaffRequest
from barometer.web.accounts.roles import Permission
from barometer.web.fieldwork.actions.entry import (
    differences,
    end_second_entry,
    respondent_access,
    start_entry,
    start_second_entry,
)
from barometer.web.fieldwork.models import Case, Response
from barometer.web.fieldwork.queries.doors import Ticket
from barometer.web.fieldwork.views.respondent._entrance import admit
from barometer.web.fieldwork.views.staff.forms import EntryForm
from barometer.web.fieldwork.views.staff.pages import attempt, collection_page, of_case, to


@require_POST
@of_case(Permission.CONTACTS)
def enter(request: StaffRequest, case: Case) -> HttpResponseBase:
    form = EntryForm(case.collection, request.POST)
    if not form.is_valid():
        return to("case", case.number)
    started: list[Response] = []
    given = form.cleaned_data
    attempt(request, lambda: started.append(start_entry(case, **given, by=request.user.email)))
    return _into(request, case, started[0], given["language"]) if started else to("case", case.number)


@require_POST
@of_case(Permission.CONTACTS)
def enter_again(request: StaffRequest, case: Case) -> HttpResponseBase:
    """Type the same paper in a second time, beside the first."""
    started: list[Response] = []
    attempt(request, lambda: started.append(start_second_entry(case, by=request.user.email)))
    return _into(request, case, started[0], started[0].language) if started else to("case", case.number)


@require_safe
@of_case(Permission.CONTACTS)
def compare(request: StaffRequest, case: Case) -> HttpResponseBase:
    if not hasattr(case, "second_entry"):
        return to("case", case.number)
    return collection_page(request, "compare", case.collection, case=case, differences=differences(case))


@require_POST
@of_case(Permission.CONTACTS)
def end_comparison(request: StaffRequest, case: Case) -> HttpResponseBase:
    if hasattr(case, "second_entry"):
        end_second_entry(case, by=request.user.email)
        messages.success(request, gettext("The second typing is deleted; the first counts."))
    return to("case", case.number)


def _into(request: StaffRequest, case: Case, response: Response, language: str) -> HttpResponse:
    """To the questionnaire, with the cookie that says a member of staff is typing."""
    ticket = Ticket(respondent_access(case).pk, response.key, f"staff:{request.user.email}", language)
    answer = HttpResponseRedirect(f"/r/{response.public_id}/", status=303)
    return admit(answer, response.public_id, ticket, secure=request.is_secure())
