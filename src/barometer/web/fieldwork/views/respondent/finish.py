"""The overview, handing in, the receipt, and taking answers up again or back."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from barometer.problems import BadInput
from barometer.web.fieldwork.actions.answering import reopen, submit, withdraw
from barometer.web.fieldwork.actions.cases import NotAllowed
from barometer.web.fieldwork.actions.receipts import mail_receipt
from barometer.web.fieldwork.queries.doors import Door
from barometer.web.fieldwork.queries.pages import handed_in, overview
from barometer.web.fieldwork.queries.wording import day, moment
from barometer.web.fieldwork.standing import Standing, standing
from barometer.web.fieldwork.views.respondent._entrance import behind_door, onward, page, responsible


@require_http_methods(["GET", "HEAD", "POST"])
@behind_door()
def review(request: HttpRequest, one: Door) -> HttpResponse:
    """GET shows every answer with a way to change it; POST hands in."""
    response = responsible(one)
    if response.state != "started":
        return onward(one, "receipt")
    if request.method == "POST":
        try:
            submit(response.key, source=one.ticket.source, language=one.ticket.language)
        except BadInput:
            return onward(one, "review?check=1")
        except NotAllowed:
            return onward(one, "")
        return onward(one, "receipt")
    context = {
        "overview": overview(response, language=one.ticket.language),
        "check": request.GET.get("check") == "1",
    }
    return page(request, "review.html", one, context)


@require_safe
@behind_door(open_only=False)
def receipt(request: HttpRequest, one: Door) -> HttpResponse:
    """What was handed in, to read and print; also after the survey has closed."""
    response = responsible(one)
    if response.state == "withdrawn":
        return page(request, "withdrawn.html", one, {})
    submission = response.submissions.order_by("-number").first()
    if submission is None or response.state != "submitted":
        return onward(one, "")
    context = {
        "submission": submission,
        "chapters": handed_in(response, submission, language=one.ticket.language),
        "is_open": standing(one.collection, timezone.now()) is Standing.OPEN,
        "closes_at": day(one.collection.closes_at, one.ticket.language, one.collection.time_zone),
        "handed_in_at": moment(submission.at, one.ticket.language, one.collection.time_zone),
        "mailed": request.GET.get("mailed") == "1",
    }
    return page(request, "receipt.html", one, context)


@require_POST
@behind_door(open_only=False)
def receipt_by_mail(request: HttpRequest, one: Door) -> HttpResponse:
    """The receipt to the address we have."""
    mail_receipt(one.case, responsible(one))
    return onward(one, "receipt?mailed=1")


@require_POST
@behind_door()
def take_up(request: HttpRequest, one: Door) -> HttpResponse:
    """Change answers that are handed in."""
    try:
        reopen(responsible(one).key, source=one.ticket.source)
    except NotAllowed:
        return onward(one, "receipt")
    return onward(one, "review")


@require_http_methods(["GET", "HEAD", "POST"])
@behind_door()
def take_back(request: HttpRequest, one: Door) -> HttpResponse:
    """GET asks, POST withdraws what was handed in; possible while the survey is open."""
    response = responsible(one)
    if request.method == "POST":
        try:
            withdraw(response.key, source=one.ticket.source)
        except NotAllowed:
            return onward(one, "")
        return onward(one, "receipt")
    if response.state != "submitted":
        return onward(one, "")
    return page(request, "withdraw.html", one, {})
