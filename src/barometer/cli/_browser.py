"""A browser without a screen, for simulated respondents: follows links, keeps cookies, reads and posts forms."""

from __future__ import annotations

import gzip
import http.client
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

from lxml import html  # type: ignore[import-untyped]

Fields = Mapping[str, Sequence[str]]
PATIENCE = 30.0
"""Seconds before a silent server counts as gone."""
MOST_REDIRECTS = 10


@dataclass(frozen=True)
class Answer:
    """What a server said to one request. `location`: where it sends the browser, '' for a page."""

    status: int
    location: str
    text: str


@dataclass(frozen=True)
class Form:
    """A form of a page: where it goes, what it holds hidden, the names a person can fill in, and its buttons."""

    action: str
    hidden: Fields
    names: frozenset[str]
    buttons: frozenset[str]

    def filled(self, answers: Fields, go: str = "") -> dict[str, Sequence[str]]:
        """What is posted: of the answers, those the form asks for; `go`: the button pressed."""
        asked = {name: answers[name] for name in self.names if name in answers}
        return {**self.hidden, **asked, **({"go": [go]} if go else {})}


@dataclass(frozen=True)
class Page:
    """A page after all redirects. `path` has no parameters."""

    path: str
    status: int
    text: str

    @cached_property
    def form(self) -> Form:
        """The page's form: the one with the answers, or the first that posts to the page itself or below it."""
        document = html.fromstring(self.text)
        found = document.xpath("//form[@id='answers']") or [
            one for one in document.xpath("//main//form[@method='post']") if one.get("action", "") in ("", self.path)
        ]
        if not found:
            raise LookupError(f"no form on {self.path} ({self.status})")
        return _form(found[0], self.path)


@dataclass
class Browser:
    """Talks to one server, given as 'http://host:port'."""

    address: str
    cookies: dict[str, tuple[str, str]] = field(default_factory=dict)  # name -> value and path
    _connection: http.client.HTTPConnection | None = None

    def get(self, path: str) -> Page:
        return self._followed(path, self.exchange("GET", path))

    def post(self, path: str, fields: Fields) -> Page:
        """Post fields and follow to the page it leads to."""
        return self._followed(path, self.exchange("POST", path, urlencode(fields, doseq=True)))

    def exchange(self, method: str, path: str, body: str | None = None) -> Answer:
        """One request and its answer, redirects not followed. Raises OSError or HTTPException when there is none."""
        sent = {
            "Accept-Encoding": "gzip",
            "Cookie": "; ".join(
                f"{name}={value}" for name, (value, below) in self.cookies.items() if path.startswith(below)
            ),
        }
        if body is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        answer, text = self._sent(method, path, body, sent)
        for header in answer.headers.get_all("Set-Cookie", []):
            for name, morsel in SimpleCookie(header).items():
                self.cookies[name] = (morsel.value, morsel["path"] or "/")
        return Answer(answer.status, answer.headers.get("Location", ""), text)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _sent(
        self, method: str, path: str, body: str | None, headers: Mapping[str, str]
    ) -> tuple[http.client.HTTPResponse, str]:
        """On the open connection; where the server has closed that meanwhile, once more on a new one."""
        reused = self._connection is not None
        if self._connection is None:
            parts = urlsplit(self.address)
            self._connection = http.client.HTTPConnection(parts.hostname or "localhost", parts.port, timeout=PATIENCE)
        try:
            self._connection.request(method, path, body, headers)
            answer = self._connection.getresponse()
            content = answer.read()
            packed = answer.headers.get("Content-Encoding") == "gzip"
            return answer, (gzip.decompress(content) if packed else content).decode()
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            self.close()
            if not reused:
                raise
            return self._sent(method, path, body, headers)
        except (OSError, http.client.HTTPException):
            self.close()
            raise

    def _followed(self, path: str, answer: Answer) -> Page:
        for _ in range(MOST_REDIRECTS):
            if not answer.location:
                return Page(path.partition("?")[0], answer.status, answer.text)
            path = answer.location
            answer = self.exchange("GET", path)
        raise LookupError(f"{path} leads round in circles")


def _form(form: html.HtmlElement, path: str) -> Form:
    hidden: dict[str, list[str]] = {}
    names, buttons = set(), set()
    for control in form.xpath(".//*[self::input or self::select or self::textarea or self::button][@name]"):
        name = control.get("name")
        if control.tag == "button":
            buttons.add(control.get("value", ""))
        elif control.get("type") == "hidden":
            hidden.setdefault(name, []).append(control.get("value", ""))
        else:
            names.add(name)
    return Form(form.get("action") or path, hidden, frozenset(names), frozenset(buttons))
