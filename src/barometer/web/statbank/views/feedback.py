"""Did this page help? Readers answer without cookie or script; the survey team reads the answers.

No token guards the form: whoever posts has no session that could be misused, and pages stay the same for everyone. What
another site sends is refused, and an address may not send much.
"""

from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from barometer.web.accounts.guard import StaffRequest, client_address, demand, staff, staff_who_may
from barometer.web.accounts.queries import editions_with, may
from barometer.web.accounts.roles import Permission
from barometer.web.fieldwork.throttle import WINDOW, is_stopped, note_wrong
from barometer.web.releases.queries import PublicRelease, public_release
from barometer.web.statbank.feedback import (
    delete_feedback,
    editions_told,
    export_feedback,
    feedback_of,
    give_feedback,
    page_counts,
)
from barometer.web.statbank.models import Feedback
from barometer.web.statbank.views.pages import address_of, page_in


@csrf_exempt
@require_POST
def give(request: HttpRequest, language: str) -> HttpResponseBase:
    """An answer to whether a page helped; leads back to the page."""
    now, name = timezone.now(), f"feedback {client_address(request)}"
    if _from_elsewhere(request):
        return page_in(request, language, "statbank/refused.html", {}, view="statbank:front", status=403)
    if is_stopped(name, now):
        answer = page_in(request, language, "statbank/busy.html", {}, view="statbank:front", status=429)
        answer["Retry-After"] = str(int(WINDOW.total_seconds()))
        return answer
    release, page, helped = _release(request), request.POST.get("page", ""), request.POST.get("helped", "")
    if release is None or page not in release.files or not page.endswith(".html") or helped not in ("yes", "no"):
        raise Http404
    note_wrong(name, now)  # every answer counts against the address
    words, today = request.POST.get("words", ""), timezone.localdate(now)
    give_feedback(release, page=page, helped=helped == "yes", words=words, today=today)
    return HttpResponseRedirect(f"{address_of(release)}{page}?thanks#helpful")


@require_safe
@staff_who_may(Permission.SEE)
def listed(request: StaffRequest) -> HttpResponse:
    """How readers found the pages, and what they wrote."""
    visible = editions_with(request.user, Permission.SEE, editions_told())
    rows = [
        {"one": one, "may_delete": may(request.user, Permission.RUN, one.folder)}
        for one in feedback_of(visible, with_words=True)
    ]
    return render(request, "statbank/feedback.html", {"pages": page_counts(visible), "rows": rows})


@require_POST
@staff_who_may(Permission.SEE)
def as_csv(request: StaffRequest) -> HttpResponse:
    """All of it as a file; a POST, since the log tells of it."""
    visible = editions_with(request.user, Permission.SEE, editions_told())
    content = export_feedback(sorted(visible), by=request.user.email)
    headers = {"Content-Disposition": 'attachment; filename="feedback.csv"'}
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)


@require_POST
@staff
def delete(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Take away an answer that tells who somebody is."""
    one = get_object_or_404(Feedback, pk=pk)
    demand(request.user, Permission.RUN, one.folder)
    delete_feedback(one, by=request.user.email)
    return HttpResponseRedirect(reverse("statbank:feedback_list"))


def _release(request: HttpRequest) -> PublicRelease | None:
    number = request.POST.get("release", "")
    if not number.isdecimal() or len(number) > 6:
        return None
    return public_release(request.POST.get("edition", ""), int(number), timezone.now())


def _from_elsewhere(request: HttpRequest) -> bool:
    """Whether a browser says that another site made it post."""
    origin = request.headers.get("Origin", "")
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    return site not in ("same-origin", "none") or (origin != "" and urlsplit(origin).netloc != request.get_host())
