"""How well coders agree, and settling what they disagree on."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from barometer.estimation import Agreement, Measured
from barometer.web.accounts.guard import StaffRequest
from barometer.web.accounts.models import User
from barometer.web.accounts.roles import Permission
from barometer.web.fieldwork.actions.coding import decide
from barometer.web.fieldwork.models import Collection, OpenAnswer
from barometer.web.fieldwork.queries.coded import Published
from barometer.web.fieldwork.queries.coding import (
    Dispute,
    agreed,
    dispute,
    disputed_keys,
    labels_of,
    progress_of,
    still_to_code,
)
from barometer.web.fieldwork.views.analyst._coding_pages import (
    answer_or_404,
    choices_of,
    chosen_codes,
    measured_in_words,
    published_or_404,
    question_in,
    reading_language,
)
from barometer.web.fieldwork.views.staff.pages import attempt, collection_page, of_collection, to

MOST = 30
"""Confusions that are listed."""


@require_safe
@of_collection(Permission.ANSWERS)
def agreement(request: StaffRequest, collection: Collection, name: str) -> HttpResponse:
    """Measures with intervals, by code, and what is taken for what. Who still codes does not see it yet."""
    published = published_or_404(collection, name)
    language = reading_language(collection)
    waiting = still_to_code(published.scheme, request.user.email)
    shown: dict[str, Any] = {}
    if not waiting:
        found = agreed(published)
        labels = labels_of(published.versions[published.number], language)
        shown = {
            "measures": _measures(found.all),
            "answers": found.all.answers,
            "by_code": [(labels[code], _measures(one)) for code, one in found.codes.items()],
            "confusions": [
                (_joined(one, labels), _joined(other, labels), count) for one, other, count in found.confusions[:MOST]
            ],
            "open": len(disputed_keys(published, open_only=True)),
            "settled": len(disputed_keys(published)) - len(disputed_keys(published, open_only=True)),
        }
    return collection_page(
        request,
        "coding_agreement",
        collection,
        answer_name=name,
        question=question_in(collection, name, language),
        multiple=published.scheme.multiple,
        version=published.number,
        waiting=waiting,
        progress=progress_of(published.scheme),
        **shown,
    )


@require_safe
@of_collection(Permission.ANSWERS)
def go_on(request: StaffRequest, collection: Collection, name: str) -> HttpResponseBase:
    """To the next disagreement that nobody has settled."""
    published = published_or_404(collection, name)
    if still_to_code(published.scheme, request.user.email):
        messages.error(request, gettext("Code your own answers first; then you see those of others."))
        return to("coding", collection.pk)
    keys = disputed_keys(published, open_only=True)
    if not keys:
        messages.success(request, gettext("There is no disagreement left to settle."))
        return to("coding_agreement", collection.pk, name)
    return to("coding_dispute", collection.pk, name, keys[0])


@require_http_methods(["GET", "POST"])
@of_collection(Permission.ANSWERS)
def settle(request: StaffRequest, collection: Collection, name: str, key: object) -> HttpResponseBase:
    """One answer with what its coders made of it, side by side, and a third decision."""
    published, answer = published_or_404(collection, name), answer_or_404(collection, name, key)
    if still_to_code(published.scheme, request.user.email):
        return to("coding_settle", collection.pk, name)
    found, language = dispute(published, answer), reading_language(collection)
    chosen = list(found.decision.codes) if found.decision else []
    if request.method == "POST":
        codes = chosen_codes(request.POST, choices_of(published, language, ()))
        if codes is None:
            messages.error(request, gettext("There is no code of that number."))
        elif attempt(request, lambda: _decide(request, published, answer, codes)):
            return to("coding_settle", collection.pk, name)
        chosen = codes or chosen
    return collection_page(
        request,
        "coding_settle",
        collection,
        answer_name=name,
        question=question_in(collection, name, answer.language),
        answer=answer,
        sides=_sides(published, found, language),
        choices=choices_of(published, language, chosen),
        multiple=published.scheme.multiple,
        version=published.number,
        decision=found.decision,
        reason=request.POST.get("reason", found.decision.reason if found.decision else ""),
        left=len(disputed_keys(published, open_only=True)),
        status=200 if request.method == "GET" else 400,
    )


def _decide(request: StaffRequest, published: Published, answer: OpenAnswer, codes: list[str]) -> None:
    given, version = request.POST, request.POST.get("version", "")
    decide(
        published.scheme,
        answer,
        version=int(version) if version.isdecimal() else 0,
        codes=codes,
        reason=given.get("reason", ""),
        by=request.user.email,
    )


def _sides(published: Published, found: Dispute, language: str) -> list[dict[str, object]]:
    labels = labels_of(published.versions[published.number], language)
    names = dict(User.objects.filter(email__in=found.codes).values_list("email", "name"))
    return [
        {
            "coder": names.get(one.coder, one.coder),
            "codes": [labels.get(code, code) for code in found.codes.get(one.coder, ())],
            "unsure": one.unsure,
            "note": one.note,
        }
        for one in found.codings
    ]


def _measures(one: Agreement) -> dict[str, dict[str, object]]:
    return {"percent": _shown(one.percent), "kappa": _shown(one.kappa), "alpha": _shown(one.alpha)}


def _shown(one: Measured) -> dict[str, object]:
    return {"value": one.value, "low": one.low, "high": one.high, "why": measured_in_words(one)}


def _joined(codes: Iterable[str], labels: Mapping[str, str]) -> str:
    return " + ".join(sorted(labels.get(one, one) for one in codes)) or "–"
