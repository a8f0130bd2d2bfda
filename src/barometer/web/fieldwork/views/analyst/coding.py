"""Coding: what there is to do, and one answer a page."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from barometer.web.accounts.guard import StaffRequest
from barometer.web.accounts.roles import Permission
from barometer.web.fieldwork.actions.coding import save_coding, skip
from barometer.web.fieldwork.actions.coding_schemes import give_out
from barometer.web.fieldwork.actions.open_answers import clear, take_in
from barometer.web.fieldwork.models import Coding, Collection, Scheme
from barometer.web.fieldwork.queries.coding import coding_before, next_coding, progress_of
from barometer.web.fieldwork.queries.coding import overview as rows_of
from barometer.web.fieldwork.queries.open_answers import not_taken_in
from barometer.web.fieldwork.redacting import digest_of
from barometer.web.fieldwork.views.analyst._coding_pages import (
    choices_of,
    chosen_codes,
    published_or_404,
    question_in,
    reading_language,
    scheme_or_404,
)
from barometer.web.fieldwork.views.staff.pages import attempt, collection_page, of_collection, to


@require_safe
@of_collection(Permission.CODING)
def overview(request: StaffRequest, collection: Collection) -> HttpResponse:
    """Every open question: how many answers, how far clearing and coding are, what is mine."""
    language = reading_language(collection)
    rows = [
        {"row": row, "question": question_in(collection, row.name, language), "mine": _mine(row.scheme, request)}
        for row in rows_of(collection)
    ]
    return collection_page(request, "coding", collection, rows=rows, fresh=not_taken_in(collection))


@require_POST
@of_collection(Permission.CODING)
def take_in_answers(request: StaffRequest, collection: Collection) -> HttpResponseBase:
    """Take in what was handed in since, and give it to the coders."""
    counts = take_in(collection, by=request.user.email)
    for scheme in Scheme.objects.filter(collection=collection.pk):
        give_out(scheme)
    told = gettext("%(new)s new answers, %(changed)s with other words than before, %(gone)s taken back.")
    messages.success(request, told % vars(counts))
    return to("coding", collection.pk)


@require_safe
@of_collection(Permission.CODING)
def go_on(request: StaffRequest, collection: Collection, name: str) -> HttpResponseBase:
    """To the next answer of the coder, or back when there is none."""
    coding = next_coding(scheme_or_404(collection, name), request.user.email)
    if coding is None:
        messages.success(request, gettext("You have coded all of your answers."))
        return to("coding", collection.pk)
    return to("coding_answer", collection.pk, name, coding.pk)


@require_http_methods(["GET", "POST"])
@of_collection(Permission.CODING)
def code(request: StaffRequest, collection: Collection, name: str, coding: int) -> HttpResponseBase:
    """One answer with the codes, by radio button, box, access key or typed number. No name and no body stands here."""
    published = published_or_404(collection, name)
    mine = get_object_or_404(Coding, pk=coding, scheme=published.scheme, coder=request.user.email)
    choices = choices_of(published, reading_language(collection), mine.codes)
    if request.method == "POST":
        if request.POST.get("go") == "skip":
            attempt(request, lambda: skip(mine, by=request.user.email))
            return to("coding_next", collection.pk, name)
        codes = chosen_codes(request.POST, choices)
        if codes is None:
            messages.error(request, gettext("There is no code of that number."))
        elif attempt(request, lambda: _save(request, mine, published.number, codes)):
            return to("coding_next", collection.pk, name)
        choices = choices_of(published, reading_language(collection), codes or mine.codes)
        mine.unsure, mine.note = "unsure" in request.POST, request.POST.get("note", "")
    before = coding_before(mine)
    language = mine.answer.language
    return collection_page(
        request,
        "coding_answer",
        collection,
        answer_name=name,
        question=question_in(collection, name, language),
        answer=mine.answer,
        coding=mine,
        choices=choices,
        multiple=published.scheme.multiple,
        version=published.number,
        before=before,
        progress=_mine(published.scheme, request),
        seen=digest_of(mine.answer.text),
        status=200 if request.method == "GET" else 400,
    )


def _save(request: StaffRequest, coding: Coding, version: int, codes: list[str]) -> None:
    given, by = request.POST, request.user.email
    unsure, note = "unsure" in given, given.get("note", "")
    save_coding(coding, version=_number(given.get("version"), version), codes=codes, unsure=unsure, note=note, by=by)
    if "clear" in given:
        clear(coding.answer, seen=given.get("seen", ""), by=by)


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdecimal() else otherwise


def _mine(scheme: Scheme | None, request: StaffRequest) -> object:
    if scheme is None:
        return None
    return next((one for one in progress_of(scheme) if one.coder == request.user.email), None)
