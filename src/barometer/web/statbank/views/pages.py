"""A page in the language of its address."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_cache_control

from barometer.web.releases.queries import PublicRelease
from barometer.web.settings import LANGUAGES


def page_in(
    request: HttpRequest,
    language: str,
    template: str,
    values: Mapping[str, object],
    *,
    view: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page, with the addresses of the same page in every language, or of `view`; caches must ask each time."""
    here = request.resolver_match
    assert here is not None
    name, address = (view, {}) if view else (here.view_name, here.kwargs)
    given = f"?{request.META['QUERY_STRING']}" if request.META["QUERY_STRING"] and not view else ""
    others = [(code, told, reverse(name, kwargs={**address, "language": code}) + given) for code, told in LANGUAGES]
    with translation.override(language):
        response = render(request, template, {**values, "language": language, "languages": others}, status=status)
    response["Content-Language"] = language
    patch_cache_control(response, no_cache=True)
    return response


def address_of(release: PublicRelease) -> str:
    """Where the site of the release lies: the current one's address moves on with the next release."""
    if release.number == release.current:
        return reverse("statbank:current", args=[release.folder])
    return reverse("statbank:release", args=[release.folder, release.number])
