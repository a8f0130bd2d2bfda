"""The public self-test: start, the questions page by page, the result and its PDF. GET shows, POST changes."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from barometer.publication import compared, own_answers_pdf, reading
from barometer.questionnaire import minutes_told, path
from barometer.web.fieldwork.queries.pages import Elsewhere, shown_page
from barometer.web.statbank.selftest import (
    COOKIE,
    Own,
    Test,
    answered,
    carried,
    carry,
    link_of,
    read_link,
    response_of,
    test_of,
    tests_now,
)
from barometer.web.statbank.views.selftest_frame import at, calm, in_language, led, shown, site_of


@require_safe
@calm
def tests(request: HttpRequest, language: str) -> HttpResponse:
    """The self-tests there are."""
    found = [(in_language(one.published.title, language), at("start", language, one)) for one in tests_now()]
    return shown(request, "statbank/selftest/tests.html", language, None, {"tests": found})


@require_http_methods(["GET", "HEAD", "POST"])
@calm
def start(request: HttpRequest, language: str, folder: str) -> HttpResponse:
    """What the test is and what is kept; POST tells the own groups and begins."""
    test = current(folder)
    if request.method == "POST":
        return begin(request, language, test)
    own = carried(request, folder)
    return landing(request, language, test, {"begun": own is not None})


def landing(request: HttpRequest, language: str, test: Test, context: dict[str, Any]) -> HttpResponse:
    """The first page, of visitors and of members of a group."""
    asked = [
        {
            "name": one.column,
            "label": in_language(one.label, language),
            "options": [(each.code, in_language(each.label, language)) for each in one.categories],
        }
        for one in test.published.breakdowns
    ]
    frame = {"asked": asked, "minutes": minutes_told(test.instrument)}
    return shown(request, "statbank/selftest/start.html", language, test, {**frame, **context})


def begin(request: HttpRequest, language: str, test: Test, group: str = "") -> HttpResponse:
    """A new test, without what was answered before."""
    told = {}
    for one in test.published.breakdowns:
        code = request.POST.get(one.column, "")
        if code in [each.code for each in one.categories]:
            told[one.column] = code
    own = Own(test.release.folder, test.release.number, told, group=group)
    first = path(test.instrument, own.facts).pages[0]
    onward = HttpResponseRedirect(at("page", language, test, first.id))
    return carry(onward, test, own, secure=request.is_secure())


@require_http_methods(["GET", "HEAD", "POST"])
@calm
def page(request: HttpRequest, language: str, folder: str, page_id: str) -> HttpResponse:
    """A page of the questionnaire, as respondents meet it."""
    own, test = begun(request, folder)
    if own is None:
        return _to_start(language, test)
    if request.method == "POST":
        return _save(request, language, test, own, page_id)
    one = shown_page(
        response_of(test, own, language),
        page_id,
        section="",
        back=False,
        language=language,
        check=request.GET.get("check") == "1",
        conflict="",
    )
    if isinstance(one, Elsewhere):
        return HttpResponseRedirect(led(one.then, language, test))
    more = request.GET.get("more") == "1"
    return shown(request, "statbank/selftest/page.html", language, test, {"page": one, "more": more, "colleague": True})


def _save(request: HttpRequest, language: str, test: Test, own: Own, page_id: str) -> HttpResponse:
    posted = {name: [str(value) for value in values] for name, values in request.POST.lists()}
    go = (posted.get("go") or ["next"])[0]
    try:
        after, then = answered(test, own, page_id, {**posted, "go": [go]})
    except KeyError as error:
        raise Http404 from error
    wanted = go.removeprefix("language:") if go.startswith("language:") else language
    language = wanted if wanted in test.instrument.languages else language
    return carry(HttpResponseRedirect(led(then, language, test)), test, after, secure=request.is_secure())


@require_safe
@calm
def result(request: HttpRequest, language: str, folder: str) -> HttpResponse:
    """Own answers beside the released figures. `link=1`: with an address that holds the answers themselves, at the
    visitor's wish; `as=pdf`: the same to print."""
    own, test = begun(request, folder)
    if own is None:
        return _to_start(language, test)
    wanted = request.GET.get("link") == "1"
    address = request.build_absolute_uri(at("kept", language, test, link_of(test, own))) if wanted else ""
    return _result(request, language, test, own, {"address": address})


@require_safe
@calm
def kept(request: HttpRequest, language: str, folder: str, answers: str) -> HttpResponse:
    """What somebody kept or sent on."""
    own = read_link(answers)
    test = test_of(folder, own.number) if own and own.folder == folder else None
    if own is None or test is None:
        raise Http404
    return _result(request, language, test, own, {"foreign": True})


@require_POST
@calm
def forget(request: HttpRequest, language: str, folder: str) -> HttpResponse:
    """The browser drops the answers; nothing else has them."""
    answer = _to_start(language, current(folder))
    answer.delete_cookie(COOKIE, samesite="Lax")
    return answer


def current(folder: str) -> Test:
    test = test_of(folder)
    if test is None:
        raise Http404
    return test


def begun(request: HttpRequest, folder: str) -> tuple[Own | None, Test]:
    """What the visitor has answered, with the test they began; the current one where they have begun none."""
    own = carried(request, folder)
    test = test_of(folder, own.number) if own else None
    return (own, test) if own and test else (None, current(folder))


def _result(request: HttpRequest, language: str, test: Test, own: Own, context: dict[str, Any]) -> HttpResponse:
    themes = compared(test.published, language, own.facts)
    if request.GET.get("as") == "pdf":
        source = gettext("Figures of release %(number)s of %(survey)s") % {
            "number": test.release.number,
            "survey": in_language(test.published.title, language),
        }
        content = own_answers_pdf(test.published, language, themes, source)
        answer = HttpResponse(content, content_type="application/pdf")
        answer.headers["Content-Disposition"] = 'attachment; filename="self-test.pdf"'
        return answer
    known = {
        "themes": themes,
        "reading": reading(test.published, language),
        "own": own,
        "site": site_of(test, language),
    }
    return shown(request, "statbank/selftest/result.html", language, test, {**known, **context})


def _to_start(language: str, test: Test) -> HttpResponse:
    return HttpResponseRedirect(at("start", language, test))
