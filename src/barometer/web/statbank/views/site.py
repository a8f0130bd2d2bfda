"""Published sites as everyone sees them: the current releases, and those before. The clock decides at each request."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from barometer.files import digest
from barometer.publication.open_data import say
from barometer.web.releases.queries import Shown, public_editions, public_file, public_release
from barometer.web.releases.serving import notice, site_file
from barometer.web.releases.words import LANGUAGES
from barometer.web.statbank.served import with_ways
from barometer.web.statbank.views.pages import page_in


@require_safe
def editions(request: HttpRequest, language: str = "") -> HttpResponse:
    """The editions with what has appeared of them, and the minutes of what is announced."""
    language = language or get_language() or "en"
    found = [
        {"edition": one, "title": say(one.title, language), "earlier": one.numbers[:-1]}
        for one in public_editions(timezone.now())
    ]
    return page_in(request, language, "statbank/editions.html", {"editions": found}, view="statbank:front")


@require_safe
def page(request: HttpRequest, folder: str, number: int | None = None, path: str = "") -> HttpResponseBase:
    """A page or file of the current release, or of the one with the number; a superseded one says so on top.

    Caches must ask each time, so that at the minute nobody is shown what was before.
    """
    release = public_release(folder, number, timezone.now())
    shown = public_file(release, path) if release else None
    if release is None or shown is None:
        language = _language(path)
        return page_in(request, language, "statbank/missing.html", {}, view="statbank:front", status=404)
    if shown.path.suffix != ".html":
        return _kept(request, shown.checksum, lambda: site_file(shown.path))
    answer = site_file(shown.path, _superseded(shown, folder, path) if shown.superseded else "")
    answer.content = with_ways(answer.content, release, shown.name, thanked="thanks" in request.GET)
    return _kept(request, digest(answer.content), lambda: answer)


def _kept(request: HttpRequest, etag: str, made: Callable[[], HttpResponse]) -> HttpResponseBase:
    """The answer, or that the browser has it already."""
    response = get_conditional_response(request, etag=f'"{etag}"') or made()
    response["ETag"] = f'"{etag}"'
    patch_cache_control(response, no_cache=True)
    return response


def _language(path: str) -> str:
    """Of a page of a site; the reader's own where it has none."""
    code = path.partition("/")[0]
    return code if code in LANGUAGES else get_language() or "en"


def _superseded(shown: Shown, folder: str, path: str) -> str:
    """In the language of the page, with a link to the same page of the current release where there is one."""
    with translation.override(_language(path)):
        text = gettext("This is release %(number)s, which has been superseded by release %(current)s.") % {
            "number": shown.number,
            "current": shown.current,
        }
        address = reverse("statbank:current", args=[folder]) + (path if shown.elsewhere else "")
        return notice(text, address=address, link=gettext("Go to the current release"))
