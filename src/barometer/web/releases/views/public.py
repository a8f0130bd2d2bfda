"""What everyone sees: the current releases, and those before them. The clock decides at each request."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from barometer.web.releases.queries import Shown, public_editions, public_file
from barometer.web.releases.serving import notice, site_file
from barometer.web.releases.words import LANGUAGES, in_language


@require_safe
def editions(request: HttpRequest) -> HttpResponse:
    """The editions with what has appeared of them, and the minutes of what is announced."""
    found = [
        {"edition": one, "title": in_language(one.title), "earlier": one.numbers[:-1]}
        for one in public_editions(timezone.now())
    ]
    response = render(request, "releases/editions.html", {"editions": found})
    patch_cache_control(response, no_cache=True)
    return response


@require_safe
def page(request: HttpRequest, folder: str, number: int | None = None, path: str = "") -> HttpResponseBase:
    """A page or file of the current release, or of the one with the number; a superseded one says so on top.

    Caches must ask each time, so that at the minute nobody is shown what was before.
    """
    shown = public_file(folder, number, path, timezone.now())
    if shown is None:
        return render(request, "releases/missing.html", status=404)
    etag = f'"{shown.checksum}{f"-{shown.current}" if shown.superseded else ""}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = site_file(shown.path, _superseded(shown, folder, path) if shown.superseded else "")
    response["ETag"] = etag
    patch_cache_control(response, no_cache=True)
    return response


def _superseded(shown: Shown, folder: str, path: str) -> str:
    """In the language of the page, with a link to the same page of the current release where there is one."""
    language = path.partition("/")[0]
    with translation.override(language if language in LANGUAGES else get_language()):
        text = gettext("This is release %(number)s, which has been superseded by release %(current)s.") % {
            "number": shown.number,
            "current": shown.current,
        }
        address = reverse("releases:current", args=[folder]) + (path if shown.elsewhere else "")
        return notice(text, address=address, link=gettext("Go to the current release"))
