"""Groups that compare their self-tests: making one, joining, handing in, and what all of them see."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from barometer.publication import stands
from barometer.web.accounts.guard import client_address
from barometer.web.fieldwork.throttle import WINDOW, is_stopped, note_wrong
from barometer.web.statbank.models import Group
from barometer.web.statbank.selftest import Test, carry, test_of
from barometer.web.statbank.selftest_counts import FEWEST, STEP, Count, everyone, group_counts
from barometer.web.statbank.selftest_groups import (
    DAYS,
    NoRoom,
    close_group,
    create_group,
    delete_group,
    find_group,
    hand_in,
    is_organiser,
)
from barometer.web.statbank.views.selftest import begin, begun, current, landing
from barometer.web.statbank.views.selftest_frame import at, busy, calm, in_language, shown, site_of


@require_http_methods(["GET", "HEAD", "POST"])
@calm
def new(request: HttpRequest, language: str, folder: str) -> HttpResponse:
    """What a group is; POST makes one."""
    test = current(folder)
    if request.method != "POST":
        return shown(
            request, "statbank/selftest/new_group.html", language, test, {"days": DAYS, "fewest": FEWEST, "step": STEP}
        )
    days = request.POST.get("days", "")
    name, now = f"self-test group {client_address(request)}", timezone.now()
    if is_stopped(name, now):
        return busy(request, language, int(WINDOW.total_seconds()))
    note_wrong(name, now)  # a program that makes groups is stopped as one that guesses
    group, key = create_group(test, days=int(days) if days in map(str, DAYS) else DAYS[0])
    return HttpResponseRedirect(at("organiser", language, test, group.code, key))


@require_http_methods(["GET", "HEAD", "POST"])
@calm
def join(request: HttpRequest, language: str, folder: str, code: str) -> HttpResponse:
    """The link members get; POST begins the test."""
    group, test = _group(request, folder, code)
    if request.method == "POST" and not group.is_closed:
        return begin(request, language, test, group.code)
    return landing(request, language, test, {"group": group, "fewest": FEWEST})


@require_POST
@calm
def give(request: HttpRequest, language: str, folder: str) -> HttpResponse:
    """Hand where one stands to the group one joined."""
    own, test = begun(request, folder)
    if own is None or not own.group:
        return HttpResponseRedirect(at("start", language, test))
    group, _ = _group(request, folder, own.group)
    found = {name: stand.value for name, stand in stands(test.published, own.facts).items()}
    try:
        hand_in(group, once=UUID(own.once), stands={name: found[name] for name in _ids(test)})
    except NoRoom:
        return HttpResponseRedirect(at("group", language, test, group.code))
    led = HttpResponseRedirect(at("group", language, test, group.code))
    return carry(led, test, own.given(), secure=request.is_secure())


@require_safe
@calm
def seen(request: HttpRequest, language: str, folder: str, code: str) -> HttpResponse:
    """The group's answers side by side."""
    group, test = _group(request, folder, code)
    return _counts(request, language, test, group, "")


@require_safe
@calm
def seen_json(request: HttpRequest, language: str, folder: str, code: str) -> HttpResponse:
    """The same for programs, a guided dialogue say."""
    group, test = _group(request, folder, code)
    counts = group_counts(group)
    return JsonResponse(
        {
            "edition": group.folder,
            "release": group.release,
            "answered": counts.answered,
            "counted": counts.counted,
            "rule": {"fewest": FEWEST, "step": STEP},
            "expires": group.expires_at.isoformat(),
            "indicators": [
                {
                    "id": row.id,
                    "label": row.label,
                    "theme": theme.title,
                    "yes": _told(counts.counts.get(row.id)),
                    "everyone": row.beside[0].words,
                }
                for theme in everyone(test, language)
                for row in theme.rows
            ]
            if counts.counted
            else [],
        }
    )


@require_http_methods(["GET", "HEAD", "POST"])
@calm
def organiser(request: HttpRequest, language: str, folder: str, code: str, key: str) -> HttpResponse:
    """The organiser's own page: the members' link; POST closes or deletes the group."""
    group, test = _group(request, folder, code)
    if not is_organiser(group, key):
        note_wrong(client_address(request), timezone.now())
        raise Http404
    do = request.POST.get("do") if request.method == "POST" else ""
    if do == "delete":
        delete_group(group)
        return HttpResponseRedirect(at("start", language, test))
    if do == "close":
        close_group(group)
        return HttpResponseRedirect(request.path)
    return _counts(request, language, test, group, request.build_absolute_uri(at("join", language, test, group.code)))


def _group(request: HttpRequest, folder: str, code: str) -> tuple[Group, Test]:
    """The group with its test. Whoever guesses codes is stopped."""
    now, address = timezone.now(), client_address(request)
    group = None if is_stopped(address, now) else find_group(code, now)
    test = test_of(folder, group.release) if group and group.folder == folder else None
    if group is None or test is None:
        note_wrong(address, now)
        raise Http404
    return group, test


def _ids(test: Test) -> list[str]:
    return [name for _, names in test.published.themes for name in names]


def _counts(request: HttpRequest, language: str, test: Test, group: Group, link: str) -> HttpResponse:
    counts = group_counts(group)
    themes = [
        {
            "title": theme.title,
            "rows": [(row, counts.counts.get(row.id), row.beside[0]) for row in theme.rows],
        }
        for theme in everyone(test, language)
    ]
    context: dict[str, Any] = {
        "group": group,
        "counts": counts,
        "themes": themes if counts.counted else [],
        "waiting": counts.answered - counts.counted if counts.counted else 0,
        "link": link,
        "fewest": FEWEST,
        "step": STEP,
        "site": site_of(test, language),
        "survey": in_language(test.published.title, language),
    }
    return shown(request, "statbank/selftest/group.html", language, test, context)


def _told(count: Count | None) -> dict[str, int] | None:
    """A count as numbers; None where it may not be told."""
    if count is None or count.of is None or count.least is None or count.most is None:
        return None
    return {"least": count.least, "most": count.most, "of": count.of}
