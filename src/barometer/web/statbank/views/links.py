"""Addresses that answers of PxWebApi 2 lead to."""

from django.http import HttpRequest


def link(rel: str, language: str, href: str) -> dict[str, str]:
    return {"rel": rel, "hreflang": language, "href": href}


def own_link(request: HttpRequest, language: str) -> dict[str, str]:
    return link("self", language, request.build_absolute_uri())


def address(request: HttpRequest, path: str, language: str) -> str:
    return request.build_absolute_uri(f"/api/v2/{path}?lang={language}")


def page_address(request: HttpRequest, number: int) -> str:
    """The same list, another page of it."""
    given = request.GET.copy()
    given["pageNumber"] = str(number)
    return request.build_absolute_uri(f"{request.path}?{given.urlencode()}")
