"""What every call of the API has in common: open to all origins, counted, conditional, errors as problem+json."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import wraps
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import http_date
from django.views.decorators.csrf import csrf_exempt

from barometer.files import digest
from barometer.web.accounts.guard import client_address
from barometer.web.settings import LANGUAGES
from barometer.web.statbank.formats import Format
from barometer.web.statbank.library import Table, current_tables, find_table
from barometer.web.statbank.limits import seconds_to_wait
from barometer.web.statbank.refusals import Fault, Refusal, answer, not_found, unknown

_View = Callable[..., HttpResponseBase]
KNOWN = tuple(code for code, _name in LANGUAGES)
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Content-Type, If-None-Match, If-Modified-Since",
    "Access-Control-Expose-Headers": "ETag, Last-Modified, Retry-After, Content-Disposition",
    "Access-Control-Max-Age": "86400",
}


def endpoint(*methods: str) -> Callable[[_View], _View]:
    """A view of the API for these methods. It may raise Refusal."""

    def around(view: _View) -> _View:
        @csrf_exempt
        @wraps(view)
        def wrapped(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponseBase:
            try:
                if request.method == "OPTIONS":
                    response: HttpResponseBase = HttpResponse(status=204)
                else:
                    _may_call(request, methods)
                    response = view(request, *args, **kwargs)
            except Refusal as refusal:
                response = answer(refusal, request.get_full_path())
            except RequestDataTooBig as error:
                response = answer(Refusal(413, "The body is too large.", str(error)), request.get_full_path())
            for name, value in CORS.items():
                response.headers.setdefault(name, value)
            return response

        return wrapped

    return around


def _may_call(request: HttpRequest, methods: tuple[str, ...]) -> None:
    if request.method not in (*methods, "HEAD"):
        refusal = Refusal(405, "This address does not know the method.", f"Use one of: {', '.join(methods)}.")
        refusal.headers["Allow"] = ", ".join((*methods, "HEAD", "OPTIONS"))
        raise refusal
    if wait := seconds_to_wait(client_address(request)):
        raise too_many("Too many calls.", wait)


def too_many(title: str, wait: int) -> Refusal:
    refusal = Refusal(429, title, f"Wait {wait} seconds before the next call.")
    refusal.headers["Retry-After"] = str(wait)
    return refusal


def table_named(identity: str) -> Table:
    """The table with an id; Refusal 404 with those there are."""
    found = find_table(identity)
    if found is None:
        raise not_found("table", identity, [one.id for one in current_tables()])
    return found


def language_of(request: HttpRequest, table: Table | None = None, default: str = "en") -> str:
    """The language asked for with `lang`; when none is the default, else the first there is."""
    known = table.languages if table else KNOWN
    asked = request.GET.get("lang") or (default if default in known else known[0])
    return valid_language(asked, known)


def valid_language(asked: str, known: tuple[str, ...] = KNOWN) -> str:
    """PxWeb's front end knows the refusal by its title."""
    if asked not in known:
        raise Refusal(400, "Unsupported language", faults=[unknown("lang", asked, known, "language")])
    return asked


def number_asked(request: HttpRequest, name: str, default: int, most: int = 10_000) -> int:
    """A whole number from 1 that the address may give."""
    word = request.GET.get(name, "") or str(default)
    if not word.isdecimal() or len(word) > 9 or not 1 <= int(word) <= most:
        fault = Fault(name, word, f"{name}: '{word}' is no whole number from 1 to {most}.", (f"1 to {most}",))
        raise Refusal(400, "A parameter is not valid.", faults=[fault])
    return int(word)


def flag_asked(request: HttpRequest, name: str) -> bool:
    """'true' or 'false', in any case; false when it is not given."""
    word = request.GET.get(name, "").lower()
    if word not in ("", "true", "false"):
        raise Refusal(400, "A parameter is not valid.", faults=[unknown(name, word, ["true", "false"])])
    return word == "true"


def body(request: HttpRequest) -> Mapping[str, Any]:
    """The JSON object that was posted; {} when nothing was."""
    if not request.body:
        return {}
    try:
        told = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise Refusal(400, "The body is not JSON.", str(error)) from error
    if not isinstance(told, dict):
        raise Refusal(400, "The body is not a JSON object.", 'Expected {"…": …}.')
    return told


def told(request: HttpRequest, content: object, since: datetime | None = None) -> HttpResponseBase:
    """An answer as JSON, or 304 when the caller has it."""
    dumped = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return conditional(
        request, f'"{digest(dumped)[:32]}"', since, lambda: HttpResponse(dumped, content_type="application/json")
    )


def file_answer(
    request: HttpRequest, table: Table, name: str, kind: Format, write: Callable[[], bytes]
) -> HttpResponseBase:
    """A file made of a table, or 304 without making it. The checksum is of the table and of what is asked of it."""
    asked = digest(b"\0".join([request.path.encode(), request.META["QUERY_STRING"].encode(), request.body]))
    etag = f'"{digest((table.checksum + asked + name).encode())[:32]}"'

    def respond() -> HttpResponse:
        response = HttpResponse(write(), content_type=kind.kind)
        made_up = ".synthetic" if table.cube.synthetic else ""
        response["Content-Disposition"] = f'inline; filename="{table.id}{made_up}.{kind.ending}"'
        return response

    return conditional(request, etag, table.release.appeared_at, respond)


def conditional(
    request: HttpRequest, etag: str, since: datetime | None, respond: Callable[[], HttpResponse]
) -> HttpResponseBase:
    """The answer with its checksum and date. Caches must ask each time, since a release may appear at any minute."""
    safe = request.method in ("GET", "HEAD")
    stamp = int(since.timestamp()) if since else None
    response = get_conditional_response(request, etag=etag, last_modified=stamp) if safe else None
    if response is None:
        response = respond()
    response["ETag"] = etag
    if since:
        response["Last-Modified"] = http_date(since.timestamp())
    patch_cache_control(response, no_cache=True, public=True)
    return response


def moment(at: datetime) -> str:
    """A moment as PxWebApi tells it: UTC, without parts of seconds."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


@endpoint("GET", "POST")
def nowhere(request: HttpRequest, path: str = "") -> HttpResponseBase:
    """Any other address under /api/."""
    raise Refusal(404, "There is no such address.", "The addresses there are: /api/openapi.json.")
