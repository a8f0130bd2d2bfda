"""Launch, pause, extend and close."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from barometer.web.accounts.guard import StaffRequest
from barometer.web.accounts.roles import Permission
from barometer.web.fieldwork.actions.collections import (
    close_collection,
    extend_collection,
    launch_collection,
    pause_collection,
    resume_collection,
)
from barometer.web.fieldwork.actions.harvest import count_harvest
from barometer.web.fieldwork.actions.retention import due, set_retention
from barometer.web.fieldwork.models import Collection
from barometer.web.fieldwork.queries.collections import coverage, planned
from barometer.web.fieldwork.views.staff.forms import (
    LANGUAGE_NAMES,
    CloseForm,
    DeletionForm,
    ExtendForm,
    LaunchForm,
    end_of,
    told_day,
)
from barometer.web.fieldwork.views.staff.pages import attempt, collection_page, of_collection, to
from barometer.web.fieldwork.views.staff.words import COLLECTION_STATES, RULE_STATES


@require_safe
@of_collection(Permission.RUN)
def manage(request: StaffRequest, collection: Collection) -> HttpResponse:
    return _page(request, collection)


@require_POST
@of_collection(Permission.RUN)
def launch(request: StaffRequest, collection: Collection) -> HttpResponseBase:
    form = LaunchForm(request.POST)
    if not form.is_valid():
        return _page(request, collection, launch_form=form)
    given = form.cleaned_data
    attempt(
        request,
        lambda: launch_collection(
            collection,
            closes_at=end_of(given["closes_on"], collection),
            sender=given["sender"],
            help_contact=given["help_contact"],
            by=request.user.email,
        ),
        done=gettext("The collection is open. Arm a rule to send the invitations."),
    )
    return to("manage", collection.pk)


@require_POST
@of_collection(Permission.RUN)
def pause(request: StaffRequest, collection: Collection) -> HttpResponseBase:
    done = gettext("Paused: nobody can answer, and no mail leaves.")
    attempt(request, lambda: pause_collection(collection, by=request.user.email), done=done)
    return to("manage", collection.pk)


@require_POST
@of_collection(Permission.RUN)
def resume(request: StaffRequest, collection: Collection) -> HttpResponseBase:
    done = gettext("The collection is open again.")
    attempt(request, lambda: resume_collection(collection, by=request.user.email), done=done)
    return to("manage", collection.pk)


@require_POST
@of_collection(Permission.RUN)
def extend(request: StaffRequest, collection: Collection) -> HttpResponseBase:
    form = ExtendForm(request.POST)
    if not form.is_valid():
        return _page(request, collection, extend_form=form)
    closes_at = end_of(form.cleaned_data["closes_on"], collection)
    done = gettext("The last day is changed.")
    attempt(request, lambda: extend_collection(collection, closes_at=closes_at, by=request.user.email), done=done)
    return to("manage", collection.pk)


@require_POST
@of_collection(Permission.RUN)
def close(request: StaffRequest, collection: Collection) -> HttpResponseBase:
    """First shows what the rule would harvest; closes when the person has seen it (`sure` is set)."""
    form = CloseForm(request.POST)
    if not form.is_valid():
        return _page(request, collection, close_form=form)
    share = form.cleaned_data["partial_share"] / 100
    if "sure" not in request.POST:
        return _page(request, collection, close_form=form, harvest=count_harvest(collection, partial_share=share))
    counts: dict[str, int] = {}
    if attempt(
        request, lambda: counts.update(close_collection(collection, partial_share=share, by=request.user.email))
    ):
        told = gettext("Closed. %(partial)s responses are kept as partial, %(broke_off)s broke off.")
        messages.success(request, told % counts)
    return to("manage", collection.pk)


@require_POST
@of_collection(Permission.RUN)
def deletion(request: StaffRequest, collection: Collection) -> HttpResponseBase:
    """Set the three days after which something is deleted."""
    form = DeletionForm(collection, request.POST)
    if not form.is_valid():
        return _page(request, collection, deletion_form=form)
    if any((day := told_day(collection, store)) and given > day for store, given in form.cleaned_data.items()):
        messages.warning(request, gettext("Respondents who have opened their link were told an earlier day."))
    done = gettext("The days are set. Respondents see them on the first page.")
    attempt(request, lambda: set_retention(collection, days=form.cleaned_data, by=request.user.email), done=done)
    return to("manage", collection.pk)


def _page(request: StaffRequest, collection: Collection, **values: Any) -> HttpResponse:
    covered = coverage(collection)
    forms: dict[str, Any] = {
        "launch_form": LaunchForm(initial={"sender": collection.sender, "help_contact": collection.help_contact}),
        "extend_form": ExtendForm(),
        "close_form": CloseForm(),
        "deletion_form": DeletionForm(collection),
    }
    return collection_page(
        request,
        "manage",
        collection,
        coverage=covered,
        languages=[(LANGUAGE_NAMES.get(code, code), n) for code, n in sorted(covered.languages.items())],
        planned=planned(collection),
        parts={part.store: part for part in due(collection, today=timezone.localdate())},
        states=COLLECTION_STATES,
        rule_states=RULE_STATES,
        **{**forms, **values},
    )
