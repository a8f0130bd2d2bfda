"""A page in the language of its address."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_cache_control

from barometer.web.settings import LANGUAGES


def page_in(request: HttpRequest, language: str, template: str, values: Mapping[str, object]) -> HttpResponse:
    """The page, with the addresses of the same page in every language; caches must ask each time."""
    view = request.resolver_match
    assert view is not None
    given = f"?{request.META['QUERY_STRING']}" if request.META["QUERY_STRING"] else ""
    others = [
        (code, name, reverse(view.view_name, kwargs={**view.kwargs, "language": code}) + given)
        for code, name in LANGUAGES
    ]
    with translation.override(language):
        response = render(request, template, {**values, "language": language, "languages": others})
    response["Content-Language"] = language
    patch_cache_control(response, no_cache=True)
    return response
