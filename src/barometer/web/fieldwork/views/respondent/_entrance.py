"""What all pages behind a response's door share: the cookie, the language, and what is shown when it is shut."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import get_language, override

from barometer.web.fieldwork.models import Response
from barometer.web.fieldwork.naming import edition_title, questionnaire_title
from barometer.web.fieldwork.queries.doors import Door, Shut, Ticket, door, response_behind, take_answers

COOKIE = "answering"
LARGEST = 1_000_000
"""Bytes of a posted page; a form filled in by hand is a hundredth of it."""
_STATUS = {
    "no_entry": 403,
    "ended": 410,
    "not_open": 403,
    "paused": 503,
    "closed": 410,
    "another": 400,
    "too_large": 413,
    "too_often": 429,
    "unknown": 404,
}

View = Callable[..., HttpResponse]


def behind_door(*, open_only: bool = True) -> Callable[[View], View]:
    """A view of a response's pages: gets the request, the `Door`, and what else the address has.

    `open_only`: the page is shown only while the collection takes answers.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def entered(request: HttpRequest, public_id: str, **address: Any) -> HttpResponse:
            now = timezone.now()
            try:
                if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
                    raise Shut("too_large")
                one = door(public_id, request.COOKIES.get(COOKIE), now)
            except Shut as shut:
                return shut_page(request, shut.reason)
            with override(one.ticket.language):
                try:
                    if open_only:
                        take_answers(one.collection, now)
                    return private(view(request, one, **address), one.ticket.language)
                except Shut as shut:
                    return shut_page(request, shut.reason, one)

        return entered

    return decorate


def page(request: HttpRequest, template: str, one: Door, context: dict[str, object], status: int = 200) -> HttpResponse:
    """A page in the frame all of a response's pages have."""
    frame = {
        "base": f"/r/{one.public_id}/",
        "here": request.path.removeprefix(f"/r/{one.public_id}/"),
        "language": one.ticket.language,
        "languages": one.collection.languages,
        "survey": edition_title(one.collection, one.ticket.language),
        "questionnaire": questionnaire_title(one.collection, one.ticket.language),
        "help_contact": one.collection.help_contact,
        "colleague": one.is_colleague,
    }
    return render(request, f"fieldwork/respondent/{template}", {**frame, **context}, status=status)


def shut_page(request: HttpRequest, reason: str, one: Door | None = None) -> HttpResponse:
    context = {
        "reason": reason,
        "posted": request.method == "POST",
        "help_contact": one.collection.help_contact if one else "",
    }
    answer = render(request, "fieldwork/respondent/shut.html", context, status=_STATUS[reason])
    return private(answer, get_language() or "en")


def onward(one: Door, then: str) -> HttpResponse:
    """To an address below the response's own, by GET."""
    return HttpResponseRedirect(f"/r/{one.public_id}/{then}", status=303)


def admit(answer: HttpResponse, public_id: str, ticket: Ticket, *, secure: bool) -> HttpResponse:
    """Set the cookie that opens the response's pages, and no others: it is only sent to addresses below them."""
    answer.set_cookie(
        COOKIE,
        ticket.signed(public_id),
        path=f"/r/{public_id}/",
        secure=secure,
        httponly=True,
        samesite="Lax",
    )
    return answer


def private(answer: HttpResponse, language: str) -> HttpResponse:
    """Not kept by anybody on the way; in the language it is in."""
    add_never_cache_headers(answer)
    answer.headers["Cache-Control"] = "no-store, private"
    answer.headers["Content-Language"] = language
    return answer


def responsible(one: Door) -> Response:
    """The response, for acts that only whoever is responsible for it may do: a colleague is shown the door."""
    if one.is_colleague:
        raise Shut("no_entry")
    return response_behind(one)
