"""What all pages of the self-test share: addresses, the language, who may keep them, and a limit on posting."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import override

from barometer.model import Text
from barometer.web.accounts.guard import client_address
from barometer.web.settings import LANGUAGES
from barometer.web.statbank.limits import seconds_to_wait
from barometer.web.statbank.selftest import Test
from barometer.web.statbank.views.pages import address_of

View = Callable[..., HttpResponse]


def calm(view: View) -> View:
    """In the address's language, kept by nobody on the way, and not asked too much of by programs."""

    @wraps(view)
    def answered(request: HttpRequest, language: str, **address: Any) -> HttpResponse:
        with override(language):
            counts = request.method == "POST" or "as" in request.GET  # setting a PDF costs more than a page
            wait = seconds_to_wait(f"self-test {client_address(request)}") if counts else 0
            if wait:
                return busy(request, language, wait)
            answer = view(request, language, **address)
        add_never_cache_headers(answer)
        answer.headers["Cache-Control"] = "no-store, private"
        answer.headers["Content-Language"] = language
        return answer

    return answered


def busy(request: HttpRequest, language: str, wait: int) -> HttpResponse:
    """Too much from one address."""
    answer = shown(request, "statbank/busy.html", language, None, {}, status=429)
    answer.headers["Retry-After"] = str(wait)
    return answer


def at(name: str, language: str, test: Test, *more: str) -> str:
    """The address of a page of the test."""
    return reverse(f"statbank:selftest:{name}", args=[language, test.release.folder, *more])


def led(then: str, language: str, test: Test) -> str:
    """The address the questionnaire leads to: its own end is the result here."""
    return at("start", language, test) + (then if then.startswith("p/") else "result")


def shown(
    request: HttpRequest, template: str, language: str, test: Test | None, context: Mapping[str, Any], status: int = 200
) -> HttpResponse:
    """A page that looks as the published sites do, with the same page in the other languages."""
    _, _, rest = request.path.removeprefix("/").partition("/")
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    codes = test.instrument.languages if test else [code for code, _ in LANGUAGES]
    frame: dict[str, Any] = {"language": language, "codes": codes}
    frame["languages"] = [(code, name, f"/{code}/{rest}{query}") for code, name in LANGUAGES if code in codes]
    if test:
        title = in_language(test.published.title, language)
        frame |= {
            "base": at("start", language, test),
            "home": (title, f"{site_of(test, language)}index.html"),
            "survey": title,
            "publisher": in_language(test.published.publisher, language),
            "synthetic": test.published.synthetic,
            "test": test,
            "help_contact": test.published.contact,
        }
    return render(request, template, {**frame, **context}, status=status)


def site_of(test: Test, language: str) -> str:
    """The published site the test belongs to, in the language."""
    return f"{address_of(test.release)}{language}/"


def in_language(text: Text, language: str) -> str:
    return text.get(language) or next(iter(text.values()), "")
