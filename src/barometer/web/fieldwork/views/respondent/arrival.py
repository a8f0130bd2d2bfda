"""Arriving: the page a link opens, the short code, starting, refusing, and handing over to the right person."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, override
from django.views.decorators.http import require_http_methods

from barometer.web.fieldwork.actions.accesses import respondent_token
from barometer.web.fieldwork.actions.answering import start
from barometer.web.fieldwork.actions.cases import NotAllowed, dispose
from barometer.web.fieldwork.actions.delegation import transfer
from barometer.web.fieldwork.models import Access
from barometer.web.fieldwork.naming import edition_title
from barometer.web.fieldwork.queries.accesses import find_by_code, is_valid, known_access
from barometer.web.fieldwork.queries.doors import Shut, Ticket, take_answers
from barometer.web.fieldwork.queries.landing import Visit, landing
from barometer.web.fieldwork.states import CASE, can
from barometer.web.fieldwork.throttle import is_stopped, note_wrong
from barometer.web.fieldwork.views.respondent._entrance import admit, private, shut_page


@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, secret: str) -> HttpResponse:
    """GET shows the page of the link and changes nothing, whoever follows it; POST starts."""
    access = _opened(request, secret)
    if isinstance(access, HttpResponse):
        return access
    asked = request.POST.get("language") if request.method == "POST" else request.GET.get("lang")
    visit = Visit(access)
    language, languages = visit.languages(asked)
    with override(language):
        if request.method == "POST":
            return _start(request, access, language)
        shown = landing(visit, language)
        context = {
            "landing": shown,
            "survey": shown.title,
            "help_contact": shown.help_contact,
            "language": language,
            "languages": languages,
            "address": f"/l/{secret}",
            "colleague": access.role == "colleague",
        }
        return private(render(request, "fieldwork/respondent/landing.html", context), language)


@require_http_methods(["GET", "HEAD", "POST"])
def refuse(request: HttpRequest, secret: str) -> HttpResponse:
    """GET asks, POST refuses. Whoever changes their mind opens the link and starts."""
    access = _opened(request, secret, own=True)
    if isinstance(access, HttpResponse):
        return access
    language, _ = Visit(access).languages(request.POST.get("language") or request.GET.get("lang"))
    with override(language):
        done = False
        if request.method == "POST":
            if can(CASE, access.case.state, "refused"):
                dispose(access.case, code="refused", by="respondent")
            done = access.case.state == "refused"
        context = {**_frame(access, secret, language), "done": done, "state": access.case.state}
        return private(render(request, "fieldwork/respondent/refuse.html", context), language)


@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: HttpRequest, secret: str) -> HttpResponse:
    """GET asks for the right person, POST hands over: this link stops working."""
    access = _opened(request, secret, own=True)
    if isinstance(access, HttpResponse):
        return access
    language, _ = Visit(access).languages(request.POST.get("language") or request.GET.get("lang"))
    with override(language):
        name, email = (request.POST.get(field, "").replace("\0", "").strip()[:200] for field in ("name", "email"))
        context = {**_frame(access, secret, language), "name": name, "email": email, "reason": "", "done": False}
        if request.method == "POST":
            try:
                transfer(access.case, name=name, email=email, language=language, by="respondent")
                context["done"] = True
            except NotAllowed as reason:
                context["reason"] = str(reason)
        return private(render(request, "fieldwork/respondent/hand_over.html", context), language)


@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The short code of letters and phone calls; leads to the page of the link."""
    typed = request.POST.get("code", "")[:40].replace("\0", "")
    context: dict[str, object] = {"typed": typed, "wrong": False, "survey": "", "help_contact": ""}
    status = 200
    if request.method == "POST":
        now, address = timezone.now(), _address(request)
        if is_stopped(address, now):
            return shut_page(request, "too_often")
        access = find_by_code(typed, now)
        if access is not None:
            return HttpResponseRedirect(f"/l/{respondent_token(access.case)}?lang={get_language()}", status=303)
        note_wrong(address, now)
        context["wrong"], status = True, 422
    answer = render(request, "fieldwork/respondent/code.html", context, status=status)
    return private(answer, get_language() or "en")


def _opened(request: HttpRequest, secret: str, *, own: bool = False) -> Access | HttpResponse:
    """The link's access, or the page that says why it opens nothing. `own`: a colleague's link does not do."""
    now, address = timezone.now(), _address(request)
    access = known_access(secret)
    if access is None or (own and access.role == "colleague"):
        if is_stopped(address, now):
            return shut_page(request, "too_often")
        note_wrong(address, now)
        return shut_page(request, "unknown")
    return access if is_valid(access, now) else shut_page(request, "ended")


def _frame(access: Access, secret: str, language: str) -> dict[str, object]:
    collection = access.case.collection
    title, contact = edition_title(collection, language), collection.help_contact
    return {"address": f"/l/{secret}", "language": language, "survey": title, "help_contact": contact}


def _start(request: HttpRequest, access: Access, language: str) -> HttpResponse:
    try:
        take_answers(access.case.collection, timezone.now())
    except Shut as shut:
        return shut_page(request, shut.reason)
    response = start(access, language=language)
    source = "respondent" if access.role == "respondent" else f"colleague:{access.pk}"
    answer = HttpResponseRedirect(f"/r/{response.public_id}/", status=303)
    return private(
        admit(
            answer, response.public_id, Ticket(access.pk, response.key, source, language), secure=request.is_secure()
        ),
        language,
    )


def _address(request: HttpRequest) -> str:
    """Only for slowing down who guesses; never written anywhere."""
    return str(request.META.get("REMOTE_ADDR", ""))
