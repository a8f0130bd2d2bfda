"""The API described: for programs as OpenAPI, for people as a page."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from barometer.web.statbank.formats import FORMATS
from barometer.web.statbank.library import current_tables
from barometer.web.statbank.openapi import description
from barometer.web.statbank.views.endpoint import endpoint, told
from barometer.web.statbank.views.pages import page_in


@endpoint("GET")
def openapi(request: HttpRequest) -> HttpResponseBase:
    return told(request, description(request.build_absolute_uri("/").rstrip("/")))


@require_safe
def page(request: HttpRequest, language: str) -> HttpResponse:
    """How to get figures into a program, with an example that works."""
    first = next(iter(current_tables()), None)
    values = {
        "root": request.build_absolute_uri("/api/"),
        "example": first.latest_id if first else "edition.table",
        "variables": [one.id for one in first.cube.dimensions] if first else [],
        "folder": first.release.folder if first else "edition",
        "formats": list(FORMATS),
        "cells": settings.API_CELLS,
        "calls": settings.API_CALLS,
        "seconds": settings.API_SECONDS,
    }
    return page_in(request, language, "statbank/api.html", values)
