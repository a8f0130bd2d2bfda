"""Answering page by page: GET shows what is stored, POST stores and leads on."""

import re
import time
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from barometer.web.fieldwork.actions.answering import save_page, speak
from barometer.web.fieldwork.actions.cases import NotAllowed
from barometer.web.fieldwork.queries.doors import Door, Shut, response_behind
from barometer.web.fieldwork.queries.pages import Elsewhere, shown_page, where_to_resume
from barometer.web.fieldwork.views.respondent._entrance import admit, behind_door, onward, page

_GO = re.compile(r"next|confirm|previous|leave|overview|(page|language):[A-Za-z0-9_.+-]{1,80}")
_SPEAKING = ("review", "receipt", "left", "done", "colleagues", "take-back")
LONGEST_STAY = 24 * 3600
"""Seconds on a page that are believed."""


@require_safe
@behind_door()
def resume(request: HttpRequest, one: Door) -> HttpResponse:
    """To the page the person left."""
    response = response_behind(one)
    if response.state != "started":
        return onward(one, "receipt")
    return onward(one, where_to_resume(response, one.section))


@require_http_methods(["GET", "HEAD", "POST"])
@behind_door()
def answer(request: HttpRequest, one: Door, page_id: str) -> HttpResponse:
    return _save(request, one, page_id) if request.method == "POST" else _show(request, one, page_id)


@require_safe
@behind_door()
def left(request: HttpRequest, one: Door) -> HttpResponse:
    """Everything is stored; how to come back."""
    return page(request, "left.html", one, {})


@require_safe
@behind_door()
def done(request: HttpRequest, one: Door) -> HttpResponse:
    """A colleague has come to the end of their section."""
    return page(request, "done.html", one, {})


@require_POST
@behind_door(open_only=False)
def language(request: HttpRequest, one: Door) -> HttpResponse:
    """Go on in another language, on a page without a form of its own."""
    wanted = request.POST.get("go", "").removeprefix("language:")
    to = request.POST.get("to", "")
    led = onward(one, to if to in _SPEAKING else "")
    if wanted in one.collection.languages:
        speak(one.ticket.response_key, language=wanted, source=one.ticket.source)
        admit(led, one.public_id, one.ticket.speaking(wanted), secure=request.is_secure())
    return led


def _show(request: HttpRequest, one: Door, page_id: str) -> HttpResponse:
    response = response_behind(one)
    if response.state != "started":
        return onward(one, "receipt")
    back = request.GET.get("back") == "review"
    shown = shown_page(
        response,
        page_id,
        section=one.section,
        back=back,
        language=one.ticket.language,
        check=request.GET.get("check") == "1",
        conflict=request.GET.get("conflict", ""),
    )
    if isinstance(shown, Elsewhere):
        return onward(one, shown.then)
    context = {"page": shown, "back": back, "more": request.GET.get("more") == "1", "public_id": one.public_id}
    return page(request, "page.html", one, context)


def _save(request: HttpRequest, one: Door, page_id: str) -> HttpResponse:
    posted = {name: [str(value) for value in values] for name, values in request.POST.lists()}
    if posted.get("response") != [one.public_id]:
        raise Shut("another")
    try:
        once, revision = UUID(posted["once"][0]), int(posted["revision"][0])
    except (KeyError, ValueError) as error:
        raise Shut("another") from error
    go = (posted.get("go") or ["next"])[0]
    language = go.removeprefix("language:") if go.startswith("language:") else one.ticket.language
    if not _GO.fullmatch(go) or language not in one.collection.languages:
        go, language = f"language:{one.ticket.language}", one.ticket.language
    try:
        saved = save_page(
            one.ticket.response_key,
            page=page_id,
            posted={**posted, "go": [go]},
            once=once,
            revision=max(0, min(revision, 2**31 - 1)),
            language=one.ticket.language,
            source=one.ticket.source,
            section=one.section,
            device=_device(request.headers.get("User-Agent", "")),
            seconds=_seconds(posted),
        )
    except NotAllowed:
        return onward(one, "")
    if saved.response.public_id != one.public_id:
        raise Shut("another")
    led = onward(one, saved.then)
    if language != one.ticket.language:
        admit(led, one.public_id, one.ticket.speaking(language), secure=request.is_secure())
    return led


def _device(agent: str) -> str:
    """Three classes; the browser's own words are not kept."""
    if "iPad" in agent or "Tablet" in agent or ("Android" in agent and "Mobile" not in agent):
        return "tablet"
    return "phone" if "Mobi" in agent else "desk"


def _seconds(posted: dict[str, list[str]]) -> float | None:
    try:
        stayed = time.time() - int((posted.get("rendered_at") or [""])[0])
    except ValueError:
        return None
    return stayed if 0 <= stayed <= LONGEST_STAY else None
