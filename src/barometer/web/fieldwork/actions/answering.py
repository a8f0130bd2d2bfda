"""Answering: start, save a page, hand in, reopen, withdraw. Every act locks the response and is whole or nothing."""

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from barometer.model import Instrument, Page
from barometer.problems import BadInput, Problem
from barometer.questionnaire import Path, on_path, path
from barometer.web.fieldwork.access import SYMBOLS, public_id
from barometer.web.fieldwork.actions._page_rows import events_since, locked, write
from barometer.web.fieldwork.actions.cases import NotAllowed, dispose
from barometer.web.fieldwork.forms import is_error, key, page_problems, path_problems
from barometer.web.fieldwork.instruments import instrument_of
from barometer.web.fieldwork.merging import Merged, Stored, apply, merge, names_of, undo
from barometer.web.fieldwork.models import Access, AnswerEvent, Case, InstrumentVersion, Paradata, Response, Submission
from barometer.web.fieldwork.routes import Route, after, first_open
from barometer.web.fieldwork.standing import Standing, standing
from barometer.web.fieldwork.states import CASE, can


@dataclass(frozen=True)
class Saved:
    """`then`: where the page leads, an address below the response's own. `failed`: errors found when going on."""

    response: Response
    then: str
    failed: int = 0
    repeated: bool = False


@transaction.atomic
def start(access: Access, *, language: str, mode: str = "web", source: str = "respondent") -> Response:
    """The response of the access's case, made at the first start; later starts, on any device, give the same.

    Raises `NotAllowed` when the collection takes no answers.
    """
    if standing(access.case.collection, timezone.now()) is not Standing.OPEN:
        raise NotAllowed(gettext("the survey takes no answers now"))
    case = Case.objects.select_for_update().get(pk=access.case.pk)
    if case.response_key is not None:
        access.case.response_key = case.response_key
        return _resumed(case.response_key, access, language)
    version = InstrumentVersion.objects.filter(collection=case.collection_id).defer("content").latest("number")
    response = Response.objects.create(
        public_id=public_id(),
        collection=case.collection_id,
        version=version,
        register=_register(case, version),
        language=language,
        mode=mode,
    )
    case.response_key = access.case.response_key = response.key
    case.save(update_fields=["response_key"])
    if can(CASE, case.state, "opened"):
        dispose(case, code="opened", by=_person(source))
    return response


@transaction.atomic
def save_page(
    response_key: UUID,
    *,
    page: str,
    posted: Mapping[str, Sequence[str]],
    once: UUID,
    revision: int,
    language: str,
    source: str,
    section: str = "",
    device: str = "",
    seconds: float | None = None,
) -> Saved:
    """Store a posted page: answers, and texts that are no answer yet, with their event, or nothing.

    `once`: key of the rendered page; a second post with it changes nothing and leads where the first led.
    `revision`: of the response when the page was rendered, for finding what others have changed since. `posted` has
    the fields of the questions, `shown` (names the page asked), `go` (next, confirm, previous, leave, overview,
    page:…, language:…) and `back` ('review' when the page was opened from there). `section`: the only one the
    person may answer, '' for all. Raises `NotAllowed` for a page that is not theirs or does not exist, and for a
    response that is handed in or withdrawn. `device` and `seconds` go to the paradata.
    """
    response = locked(response_key)
    events = events_since(response_key, once, revision)
    if repeat := next((event for event in events if event.once == once), None):
        return Saved(response, repeat.then, repeated=True)
    if response.state != "started":
        raise NotAllowed(f"the answers are {response.state}")
    instrument = instrument_of(response.version_id)
    asked = next((one for one in instrument.pages if one.id == page and section in ("", one.section)), None)
    if asked is None:
        raise NotAllowed(f"there is no page '{page}' to answer")
    current = Stored(response.values, response.kept)
    merged = merge(asked, posted, shown=_words(posted, "shown"), rendered=_rendered(current, events), current=current)
    if merged.changes and not response.values:
        _begin(response.key, source)
    response.values = apply(response.values, merged.changes)
    response.kept = apply(response.kept, merged.kept)
    response.revision += 1
    then, failed = go_on(response, instrument, asked, merged, posted, only=section)
    event = AnswerEvent(
        revision=response.revision,
        once=once,
        page=page,
        changes=merged.changes,
        kept=merged.kept,
        conflicts=merged.conflicts,
        then=then,
        source=source,
        language=language,
    )
    kind = _kind(_go(posted), failed)
    write(response, event, Paradata(kind=kind, page=page, device=device, count=failed, seconds=seconds))
    return Saved(response, then, failed)


def _rendered(current: Stored, events: Sequence[AnswerEvent]) -> Stored:
    """What was stored before the events, that is, what the page showed."""
    kept = undo(current.kept, (event.kept for event in events))
    values = undo(current.values, (event.changes for event in events))
    return Stored(values, {name: str(text) for name, text in kept.items()})


def go_on(
    response: Response,
    instrument: Instrument,
    page: Page,
    merged: Merged,
    posted: Mapping[str, Sequence[str]],
    *,
    only: str,
) -> tuple[str, int]:
    """Where the page leads, noted in the response together with the language; and the errors that keep one on it."""
    go = _go(posted)
    route = Route(path(instrument, facts(response)), only, back=_words(posted, "back") == ["review"])
    then, failed = _lead(response, instrument, route, page, merged, go, frozenset(_words(posted, "shown")))
    if not only:
        response.page = ":review" if then.startswith("review") else _page_of(then) or page.id
        if go.startswith("language:"):
            response.language = go.removeprefix("language:")[:8]
    return then, failed


def _lead(
    response: Response,
    instrument: Instrument,
    route: Route,
    page: Page,
    merged: Merged,
    go: str,
    asked: frozenset[str],
) -> tuple[str, int]:
    """Where the person goes now, and how many errors keep them. Passing the page is noted in the response."""
    if merged.conflicts:
        return route.to(page.id, conflict=str(response.revision)), 0
    if go not in ("next", "confirm"):
        return after(route, page.id, go), 0
    shown = next((one for one in route.pages if one.id == page.id), None)
    if shown is None:
        return first_open(route, response.passed), 0
    problems = page_problems(instrument, shown, facts(response), response.kept)
    errors = [problem for problem in problems if is_error(problem)]
    warnings = sorted({key(problem) for problem in problems if problem.severity.value == "warning"})
    confirmed = response.passed.get(page.id, {}).get("confirmed", [])
    names = names_of(shown)
    if errors:
        response.passed.pop(page.id, None)
        return route.to(page.id, check="1"), len(errors)
    if not asked.issuperset(names):
        return route.to(page.id, more="1"), 0
    if go != "confirm" and not set(confirmed).issuperset(warnings):
        return route.to(page.id, check="1"), 0
    response.passed = {**response.passed, page.id: {"shown": names, "confirmed": warnings}}
    return after(route, page.id, "next", response.passed), 0


def submit(response_key: UUID, *, source: str, language: str) -> Submission:
    """Hand the answers in: those on the path, frozen. A second time gives the same submission.

    Raises `BadInput` with every hard problem on the path, and `NotAllowed` for withdrawn answers.
    """
    with transaction.atomic():
        response = locked(response_key)
        if response.state == "submitted":
            return response.submissions.latest("number")
        if response.state != "started":
            raise NotAllowed(f"the answers are {response.state}")
        instrument = instrument_of(response.version_id)
        known = facts(response)
        route = path(instrument, known)
        errors = [problem for problem in all_problems(instrument, route, response) if is_error(problem)]
        if errors:
            raise BadInput(tuple(errors))
        response.state, response.submitted_at = "submitted", timezone.now()
        response.save(update_fields=["state", "submitted_at", "changed_at"])
        submission = freeze(response, route, language=language)
        Paradata.objects.create(response=response, kind="submitted")
        _dispose(response.key, "submitted", source)
        return submission


def freeze(response: Response, route: Path, *, language: str, complete: bool = True) -> Submission:
    """The answers on the path as they are now, as the response's next submission."""
    instrument = instrument_of(response.version_id)
    counted = {name: value for name, value in on_path(instrument, facts(response)).items() if name in instrument.names}
    return Submission.objects.create(
        response=response,
        number=response.submissions.count() + 1,
        revision=response.revision,
        values=counted,
        path=[question.id for question in route.questions],
        digest=hashlib.sha256(json.dumps([instrument.digest, counted], sort_keys=True).encode()).hexdigest(),
        receipt=_receipt(),
        complete=complete,
        language=language,
    )


def speak(response_key: UUID, *, language: str, source: str) -> None:
    """Go on in another language; a colleague's choice is theirs alone."""
    if not source.startswith("colleague:"):
        Response.objects.filter(key=response_key).update(language=language)


@transaction.atomic
def reopen(response_key: UUID, *, source: str) -> Response:
    """Take a handed-in response up again. What was handed in stays; handing in again adds the next submission."""
    response = locked(response_key)
    if response.state == "started":
        return response
    if response.state != "submitted":
        raise NotAllowed(f"the answers are {response.state}")
    response.state, response.page = "started", ":review"
    response.save(update_fields=["state", "page", "changed_at"])
    _dispose(response.key, "started", source)
    return response


@transaction.atomic
def withdraw(response_key: UUID, *, source: str) -> Response:
    """Take a handed-in response back: it is not used. It cannot be taken up again."""
    response = locked(response_key)
    if response.state == "withdrawn":
        return response
    if response.state != "submitted":
        raise NotAllowed(f"the answers are {response.state}")
    response.state = "withdrawn"
    response.save(update_fields=["state", "changed_at"])
    _dispose(response.key, "withdrawn", source)
    return response


def facts(response: Response) -> dict[str, object]:
    """What conditions know: the register's values and the answers."""
    return {**response.register, **response.values}


def all_problems(instrument: Instrument, route: Path, response: Response) -> list[Problem]:
    """Everything wrong on the path, in order."""
    known = facts(response)
    return [problem for _, found in path_problems(instrument, route, known, response.kept) for problem in found]


def _register(case: Case, version: InstrumentVersion) -> dict[str, object]:
    """The register's values the questionnaire may look at; the answer store has no other."""
    wanted = {*version.register, *(question.prefill for question in instrument_of(version.pk).questions)}
    return {name: value for name, value in case.register.items() if name in wanted}


def _resumed(response_key: UUID, access: Access, language: str) -> Response:
    response = Response.objects.get(key=response_key)
    if access.role == "respondent" and response.language != language:
        response.language = language
        response.save(update_fields=["language"])
    Paradata.objects.create(response=response, kind="resumed")
    return response


def _kind(go: str, failed: int) -> str:
    """How answering went: see `Paradata`."""
    return {"previous": "back", "language": "language"}.get(go.partition(":")[0], "failed" if failed else "page")


def _begin(response_key: UUID, source: str) -> None:
    """The case's first answer."""
    case = Case.objects.select_for_update().filter(response_key=response_key).first()
    if case is not None and case.state != "started" and can(CASE, case.state, "started"):
        dispose(case, code="started", by=_person(source))


def _dispose(response_key: UUID, code: str, source: str) -> None:
    """What the act means for the case, if there still is a link to one."""
    case = Case.objects.select_for_update().filter(response_key=response_key).first()
    if case is None:
        return
    if not can(CASE, case.state, code) and can(CASE, case.state, "started"):
        dispose(case, code="started", by=_person(source))  # given up by staff meanwhile, and answered after all
    dispose(case, code=code, by=_person(source))


def _person(source: str) -> str:
    return source.removeprefix("staff:").partition(":")[0]


def _words(posted: Mapping[str, Sequence[str]], field: str) -> list[str]:
    return " ".join(posted.get(field, ())).split()


def _go(posted: Mapping[str, Sequence[str]]) -> str:
    return (_words(posted, "go") or ["next"])[0]


def _page_of(then: str) -> str:
    return then.removeprefix("p/").partition("?")[0] if then.startswith("p/") else ""


def _receipt() -> str:
    """A number to quote: eight symbols in two groups."""
    drawn = "".join(secrets.choice(SYMBOLS) for _ in range(8))
    return f"{drawn[:4]}-{drawn[4:]}"
