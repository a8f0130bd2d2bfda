"""Rules of a collection: made, looked at in every language, counted, armed, stopped; and letters that went wrong."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from barometer.web.accounts.guard import StaffRequest
from barometer.web.accounts.roles import Permission
from barometer.web.fieldwork.actions.exporting import zipped
from barometer.web.fieldwork.actions.mail import DECISIONS, decide
from barometer.web.fieldwork.actions.paper import Printed, file_names, print_letters
from barometer.web.fieldwork.actions.rules import arm_rule, create_rule, delete_rule, disarm_rule, stop_rule
from barometer.web.fieldwork.models import Case, Collection, Message, Rule
from barometer.web.fieldwork.queries.mail import (
    DECIDED,
    count_of,
    decided,
    previews,
    prints_of,
    rules_of,
    trouble,
    undecided,
)
from barometer.web.fieldwork.states import RULE, can
from barometer.web.fieldwork.views.staff.forms import LANGUAGE_NAMES, RuleForm
from barometer.web.fieldwork.views.staff.pages import attempt, collection_page, of_collection, to
from barometer.web.fieldwork.views.staff.words import LETTERS, MESSAGE_STATES, RULE_STATES

SHOWN = 100


@require_safe
@of_collection(Permission.RUN)
def mail(request: StaffRequest, collection: Collection) -> HttpResponse:
    """Rules by their time, and what could not be delivered."""
    open_ones, lost = undecided(collection)[:SHOWN], trouble(collection)[:SHOWN]
    settled = decided(collection)[:SHOWN]
    told = [*open_ones, *lost, *(event.message for event in settled)]
    numbers = dict(Case.objects.filter(pk__in=[one.case_reference for one in told]).values_list("reference", "number"))
    return collection_page(
        request,
        "mail",
        collection,
        rules=rules_of(collection),
        undecided=[(numbers.get(one.case_reference, ""), one, one.events.last()) for one in open_ones],
        decided=[
            (numbers.get(one.message.case_reference, ""), one, one.detail.removeprefix(DECIDED)) for one in settled
        ],
        lost=[(numbers.get(one.case_reference, ""), one) for one in lost],
        letters=LETTERS,
        rule_states=RULE_STATES,
        message_states=MESSAGE_STATES,
    )


@require_POST
@of_collection(Permission.RUN)
def decide_message(request: StaffRequest, collection: Collection, message: UUID) -> HttpResponseBase:
    """What became of a letter nobody knows about: sent, to be sent again, or neither."""
    found = get_object_or_404(Message, pk=message, collection=collection.pk)
    decision = request.POST.get("decision", "")
    if decision in DECISIONS:
        done = gettext("Decided. It stands in the log with your name.")
        attempt(request, lambda: decide(found, decision=decision, by=request.user.email), done=done)
    return to("mail", collection.pk)


@require_http_methods(["GET", "POST"])
@of_collection(Permission.RUN)
def new_rule(request: StaffRequest, collection: Collection) -> HttpResponseBase:
    form = RuleForm(collection, request.POST or None)
    if request.method == "POST" and form.is_valid():
        made: list[Rule] = []
        given = form.cleaned_data
        attempt(
            request,
            lambda: made.append(
                create_rule(
                    collection,
                    name=given["name"],
                    letter=given["letter"],
                    send_at=form.send_at(),
                    predicate=form.predicate(),
                    channel=given["channel"],
                    by=request.user.email,
                )
            ),
        )
        if made:
            return to("rule", collection.pk, made[0].pk)
    return collection_page(request, "new_rule", collection, form=form)


@require_safe
@of_collection(Permission.RUN)
def rule(request: StaffRequest, collection: Collection, rule: int) -> HttpResponse:
    """Who would get it now, and the letter in every language."""
    found = _rule(collection, rule)
    count = count_of(found)
    return collection_page(
        request,
        "rule",
        collection,
        rule=found,
        count=count,
        languages=[(LANGUAGE_NAMES.get(code, code), n) for code, n in sorted(count.languages.items())],
        previews=[(LANGUAGE_NAMES.get(one.language), one) for one in previews(collection, [found.letter])],
        messages_of=next((row.messages for row in rules_of(collection) if row.rule == found), {}),
        can={then: can(RULE, found.state, then) for then in RULE},
        prints=prints_of(found),
        letters=LETTERS,
        rule_states=RULE_STATES,
        message_states=MESSAGE_STATES,
    )


@require_POST
@of_collection(Permission.RUN)
def arm(request: StaffRequest, collection: Collection, rule: int) -> HttpResponseBase:
    """`counted` is the number the person has seen; when it has changed they look again."""
    found, text = _rule(collection, rule), request.POST.get("counted", "")
    counted = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
    done = gettext("Armed. It sends when its time has come.")
    attempt(request, lambda: arm_rule(found, counted=counted, by=request.user.email), done=done)
    return to("rule", collection.pk, rule)


@require_POST
@of_collection(Permission.RUN)
def disarm(request: StaffRequest, collection: Collection, rule: int) -> HttpResponseBase:
    found = _rule(collection, rule)
    attempt(request, lambda: disarm_rule(found, by=request.user.email), done=gettext("Taken back to draft."))
    return to("rule", collection.pk, rule)


@require_POST
@of_collection(Permission.RUN)
def stop(request: StaffRequest, collection: Collection, rule: int) -> HttpResponseBase:
    found = _rule(collection, rule)
    done = gettext("Stopped: no more letters of this rule leave.")
    attempt(request, lambda: stop_rule(found, by=request.user.email), done=done)
    return to("rule", collection.pk, rule)


@require_POST
@of_collection(Permission.RUN)
def delete(request: StaffRequest, collection: Collection, rule: int) -> HttpResponseBase:
    found = _rule(collection, rule)
    if attempt(request, lambda: delete_rule(found, by=request.user.email), done=gettext("The draft is deleted.")):
        return to("mail", collection.pk)
    return to("rule", collection.pk, rule)


@require_POST
@of_collection(Permission.RUN)
def print_rule(request: StaffRequest, collection: Collection, rule: int) -> HttpResponseBase:
    """The letters of a paper rule: a PDF, or a zip file with one a stratum."""
    found, printed = _rule(collection, rule), list[Printed]()
    again, by_stratum = "again" in request.POST, "by_stratum" in request.POST
    by = request.user.email
    attempt(request, lambda: printed.append(print_letters(found, by=by, again=again, by_stratum=by_stratum)))
    if not printed:
        return to("rule", collection.pk, rule)
    stem = f"{collection.edition}-{collection.survey}-letters-{found.pk}"
    files = file_names(printed[0], stem)
    kind, name, content = "application/pdf", f"{stem}.pdf", files.get(f"{stem}.pdf")
    if content is None:
        kind, name, content = "application/zip", f"{stem}.zip", zipped(files)
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _rule(collection: Collection, rule: int) -> Rule:
    return get_object_or_404(Rule, pk=rule, collection=collection.pk)
