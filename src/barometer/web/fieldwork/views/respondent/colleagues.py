"""Asking a colleague to answer a section; only for whoever is responsible for the questionnaire."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from barometer.web.fieldwork.actions.cases import NotAllowed
from barometer.web.fieldwork.actions.delegation import invite_colleague, revoke_colleague
from barometer.web.fieldwork.queries.colleagues import asked_colleagues, sections_to_give
from barometer.web.fieldwork.queries.doors import Door
from barometer.web.fieldwork.views.respondent._entrance import behind_door, onward, page, responsible


@require_http_methods(["GET", "HEAD", "POST"])
@behind_door()
def colleagues(request: HttpRequest, one: Door) -> HttpResponse:
    """GET lists who has been asked, POST asks one more."""
    response = responsible(one)
    sections = sections_to_give(response, one.ticket.language)
    posted = {
        field: request.POST.get(field, "").replace("\0", "").strip()[:200] for field in ("name", "email", "section")
    }
    reason = ""
    if request.method == "POST":
        try:
            if posted["section"] not in sections:
                raise NotAllowed("section")
            invite_colleague(one.case, **posted, language=one.ticket.language, by="respondent")
            return onward(one, "colleagues?asked=1")
        except NotAllowed as refused:
            reason = str(refused)
    context: dict[str, object] = {
        "sections": sections,
        "asked": asked_colleagues(one.case, sections, one.ticket.language),
        "posted": posted,
        "reason": reason,
        "done": request.GET.get("asked") == "1",
        "revoked": request.GET.get("revoked") == "1",
    }
    return page(request, "colleagues.html", one, context, status=422 if reason else 200)


@require_POST
@behind_door()
def revoke(request: HttpRequest, one: Door, access_id: int) -> HttpResponse:
    """Make a colleague's link worthless."""
    responsible(one)
    revoke_colleague(one.case, access_id=access_id, by="respondent")
    return onward(one, "colleagues?revoked=1")
