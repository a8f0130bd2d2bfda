"""Releases that are proposed, and the vote on each."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from barometer.web.accounts.guard import StaffRequest, demand, staff, staff_who_may
from barometer.web.accounts.queries import editions_with
from barometer.web.accounts.roles import Permission
from barometer.web.releases import queries
from barometer.web.releases.actions import NotAllowed, cast_vote
from barometer.web.releases.forms import VoteForm
from barometer.web.releases.models import Candidate
from barometer.web.releases.words import COLOURS, RULES, STATES, STEPS, in_language


@require_safe
@staff_who_may(Permission.APPROVE)
def candidates(request: StaffRequest) -> HttpResponse:
    visible = editions_with(request.user, Permission.APPROVE, queries.editions_proposed())
    rows = [
        {"candidate": one, "title": in_language(one.summary["title"]), "published": queries.published(one)}
        for one in queries.candidates(visible)
    ]
    return render(request, "releases/candidates.html", {"rows": rows, "states": STATES, "colours": COLOURS})


@require_safe
@staff
def candidate(request: StaffRequest, pk: int) -> HttpResponse:
    return _page(request, _allowed(request, pk), VoteForm())


@require_POST
@staff
def cast(request: StaffRequest, pk: int) -> HttpResponseBase:
    found, form = _allowed(request, pk), VoteForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form)
    try:
        cast_vote(found, **form.cleaned_data, name=request.user.name, by=request.user.email)
        messages.success(request, gettext("Your vote is in."))
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    return HttpResponseRedirect(reverse("releases:candidate", args=[pk]))


def _allowed(request: StaffRequest, pk: int) -> Candidate:
    found = get_object_or_404(Candidate, pk=pk)
    demand(request.user, Permission.APPROVE, found.edition)
    return found


def _page(request: StaffRequest, found: Candidate, form: VoteForm) -> HttpResponse:
    told = found.summary
    values = {
        "candidate": found,
        "title": in_language(told["title"]),
        "parts": [{**part, "at": parse_datetime(part["at"]), "step": STEPS[part["step"]]} for part in told["parts"]],
        "rules": [(RULES.get(rule, rule), count) for rule, count in told["audit"]["sensitive"].items() if count],
        "corrections": [{**one, "reason": in_language(one["reason"])} for one in told["corrections"]],
        "ballot": queries.ballot(found, request.user.email),
        "there": queries.files_are_there(found),
        "published": queries.published(found),
        "form": form,
        "states": STATES,
        "colours": COLOURS,
    }
    return render(request, "releases/candidate.html", values)
