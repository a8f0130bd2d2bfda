"""The self-test of a release, and what a visitor's browser carries of it.

Answers live in one signed cookie and nowhere else: the server keeps nothing of a visitor who does not hand answers to
a group. The questionnaire's pages are those respondents meet.
"""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from barometer.model import Instrument
from barometer.publication import SELF_TEST, PublishedTest, pack, read_self_test, unpack
from barometer.questionnaire import path
from barometer.web.fieldwork.actions.answering import go_on
from barometer.web.fieldwork.forms import is_error, key, page_problems
from barometer.web.fieldwork.instruments import unpublished_version
from barometer.web.fieldwork.merging import Stored, apply, merge, names_of
from barometer.web.fieldwork.models import Response
from barometer.web.releases.queries import PublicRelease, folders, public_release

COOKIE = "selftest"
STAY = timedelta(hours=2)
"""How long a browser keeps answers after the last page; less when it is closed."""
LARGEST = 3_800
"""Characters of the cookie; browsers drop longer ones without a word. Answers fit: `barometer check` sees to it."""
LONGEST = 80
"""Characters kept of what could not be read as a number."""
LINK = "barometer self-test link"


@dataclass(frozen=True, eq=False)
class Test:
    """A release's self-test. `version`: the number respondents' pages know its questionnaire by."""

    release: PublicRelease
    published: PublishedTest
    version: int

    @property
    def instrument(self) -> Instrument:
        return self.published.instrument


@dataclass(frozen=True)
class Own:
    """A visitor's test so far. `told`: their categories by register column; `group`: code of the one they joined."""

    folder: str
    number: int
    told: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    kept: Mapping[str, str] = field(default_factory=dict)
    passed: Mapping[str, Any] = field(default_factory=dict)
    group: str = ""
    once: str = field(default_factory=lambda: str(uuid4()))  # keeps a repeated hand-in from counting twice
    handed: bool = False

    @property
    def facts(self) -> dict[str, object]:
        return {**self.told, **self.values}

    def given(self) -> "Own":
        """After the group has got it."""
        return replace(self, handed=True)


def tests_now() -> list[Test]:
    """Self-tests of the current releases."""
    found = (test_of(folder) for folder in folders())
    return [one for one in found if one]


def test_of(folder: str, number: int | None = None) -> Test | None:
    """The self-test of the current release, or of the one with the number; None where there is none to be seen."""
    release = public_release(folder, number, timezone.now())
    if release is None or SELF_TEST not in release.files:
        return None
    checksum = release.files[SELF_TEST]
    if checksum not in _READ:
        published = read_self_test(release.read(SELF_TEST))
        _READ[checksum] = (published, unpublished_version(published.instrument))
    return Test(release, *_READ[checksum])


def carried(request: HttpRequest, folder: str) -> Own | None:
    """What the visitor's browser carries of the edition's test; None where it carries nothing that is ours."""
    try:
        head, *rest = signing.loads(request.COOKIES.get(COOKIE, ""), salt=COOKIE, max_age=STAY)
        test = test_of(head, rest[0]) if head == folder else None
        return _unpacked(test, *rest[1:]) if test else None
    except (signing.BadSignature, TypeError, ValueError, LookupError):
        return None


def carry(answer: HttpResponse, test: Test, own: Own, *, secure: bool) -> HttpResponse:
    """Hand the test so far to the browser, until it is closed; texts that are no answers go first if it is long."""
    for one in (own, replace(own, kept={})):
        text = signing.dumps(_packed(test, one), salt=COOKIE, compress=True)
        if len(text) <= LARGEST:
            break
    answer.set_cookie(COOKIE, text, httponly=True, samesite="Lax", secure=secure)
    return answer


def link_of(test: Test, own: Own) -> str:
    """The answers themselves, signed: whoever has it sees them, and nothing is stored."""
    return signing.dumps([own.folder, own.number, _answers(test, own)], salt=LINK, compress=True)


def read_link(text: str) -> Own | None:
    try:
        folder, number, answers = signing.loads(text, salt=LINK)
        test = test_of(folder, number)
        return Own(folder, number, *_split(test, answers)) if test else None
    except (signing.BadSignature, TypeError, ValueError):
        return None


def response_of(test: Test, own: Own, language: str) -> Response:
    """As respondents' pages want it; never saved."""
    return Response(
        version_id=test.version,
        register=dict(own.told),
        values=dict(own.values),
        kept=dict(own.kept),
        passed=dict(own.passed),
        language=language,
    )


def answered(test: Test, own: Own, page_id: str, posted: Mapping[str, list[str]]) -> tuple[Own, str]:
    """The test after a posted page, and where that leads: an address below the test's own. KeyError: no such page."""
    page = next((one for one in test.instrument.pages if one.id == page_id), None)
    if page is None:
        raise KeyError(page_id)
    response = response_of(test, own, "")
    stored = Stored(response.values, response.kept)
    shown = " ".join(posted.get("shown", ())).split()
    merged = merge(page, posted, shown=shown, rendered=stored, current=stored)
    response.values = apply(response.values, merged.changes)
    kept = apply(response.kept, merged.kept)
    response.kept = {name: str(text)[:LONGEST] for name, text in kept.items()}
    then, _ = go_on(response, test.instrument, page, merged, posted, only="")
    return replace(own, values=response.values, kept=response.kept, passed=response.passed), then


def _packed(test: Test, own: Own) -> list[object]:
    """The test so far in few characters. Of each page gone past: which of its names were asked, as the bits of a
    number, and whether the visitor confirmed what the page warned of."""
    passed = []
    for place, page in enumerate(test.instrument.pages):
        if page.id in own.passed:
            told, names = own.passed[page.id], names_of(page)
            asked = sum(1 << n for n, name in enumerate(names) if name in told["shown"])
            passed.append([place, f"{asked:x}", int(bool(told["confirmed"]))])
    once = b64encode(UUID(own.once).bytes).decode()
    return [own.folder, own.number, _answers(test, own), dict(own.kept), passed, own.group, once, int(own.handed)]


def _unpacked(
    test: Test, answers: str, kept: Mapping[str, str], passed: list[list[Any]], group: str, once: str, handed: int
) -> Own:
    """What `_packed` wrote. A warning that was confirmed is one the answers still call for."""
    told, values = _split(test, answers)
    own = Own(test.release.folder, test.release.number, told, values, kept, {}, group)
    pages = {page.id: page for page in path(test.instrument, own.facts).pages}
    gone = {}
    for place, asked, confirmed in passed:
        page = test.instrument.pages[place]
        names = [name for n, name in enumerate(names_of(page)) if int(asked, 16) >> n & 1]
        seen = pages.get(page.id) if confirmed else None
        problems = page_problems(test.instrument, seen, own.facts, kept) if seen else []
        warnings = sorted({key(one) for one in problems if not is_error(one)})
        gone[page.id] = {"shown": names, "confirmed": warnings}
    return replace(own, passed=gone, once=str(UUID(bytes=b64decode(once))), handed=bool(handed))


def _answers(test: Test, own: Own) -> str:
    return pack(test.instrument, test.published.breakdowns, own.facts)


def _split(test: Test, answers: str) -> tuple[dict[str, str], dict[str, Any]]:
    """Categories told, and answers."""
    columns = {one.column for one in test.published.breakdowns}
    found = unpack(test.instrument, test.published.breakdowns, answers)
    told = {name: str(value) for name, value in found.items() if name in columns}
    return told, {name: value for name, value in found.items() if name not in columns}


_READ: dict[str, tuple[PublishedTest, int]] = {}
"""By checksum: releases never change, and the same test may stand in several."""
