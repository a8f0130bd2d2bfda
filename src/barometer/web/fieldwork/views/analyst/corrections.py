"""Corrections of answers: cases that look wrong, one case's answers, and one answer to correct, with a reason."""

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from barometer.model import Question
from barometer.problems import BadInput
from barometer.web.accounts.guard import StaffRequest
from barometer.web.accounts.roles import Permission
from barometer.web.fieldwork.actions.cases import NotAllowed
from barometer.web.fieldwork.actions.editing import add_edit, withdraw_edit
from barometer.web.fieldwork.instruments import instrument_of
from barometer.web.fieldwork.models import Collection, Edit, Response
from barometer.web.fieldwork.queries.answers import case_id_of
from barometer.web.fieldwork.queries.corrections import answers_of, question_of, standing_edits
from barometer.web.fieldwork.queries.edits import edited_values, response_of, suspicions
from barometer.web.fieldwork.queries.wording import told
from barometer.web.fieldwork.views.analyst._answer_form import AnswerForm
from barometer.web.fieldwork.views.staff.pages import attempt, collection_page, of_collection, to
from barometer.web.fieldwork.views.staff.words import reason

MOST = 200
"""Suspicious cases that are listed at a time."""


@require_safe
@of_collection(Permission.ANSWERS)
def suspicious(request: StaffRequest, collection: Collection) -> HttpResponse:
    """Checks of the questionnaire that do not hold, case by case."""
    found = suspicions(collection, language=_language(collection), most=MOST + 1)
    return collection_page(request, "suspicious", collection, found=found[:MOST], more=len(found) > MOST, most=MOST)


@require_safe
@of_collection(Permission.ANSWERS)
def answer_case(request: StaffRequest, collection: Collection) -> HttpResponseBase:
    """To the case of a pseudonym that was typed in."""
    case_id = request.GET.get("case", "").strip().lower()[:40]
    if response_of(collection, case_id) is None:
        messages.error(request, gettext("No case that has been handed in has this pseudonym."))
        return to("suspicious", collection.pk)
    return to("case_answers", collection.pk, case_id)


@require_safe
@of_collection(Permission.ANSWERS)
def case_answers(request: StaffRequest, collection: Collection, case_id: str) -> HttpResponse:
    response = _response(collection, case_id)
    return collection_page(
        request,
        "case_answers",
        collection,
        case_id=case_id,
        questions=answers_of(response, _language(collection)),
        edits=standing_edits(response),
        answered_in=response.language,
    )


@require_http_methods(["GET", "POST"])
@of_collection(Permission.ANSWERS)
def correct(request: StaffRequest, collection: Collection, case_id: str, name: str) -> HttpResponseBase:
    """One answer, in fields of its question's kind. An empty answer deletes it."""
    response = _response(collection, case_id)
    question = question_of(response, name)
    if question is None:
        raise Http404
    language = _language(collection)
    value = edited_values(response).get(name)
    form = AnswerForm(question, name, value, language, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _corrected(request, response, question, form, language):
        messages.success(request, gettext("Corrected. What was handed in stays beside it."))
        return to("case_answers", collection.pk, case_id)
    told_question = question.text.get(language, name)
    return collection_page(
        request, "correct", collection, case_id=case_id, question=told_question, answer=name, form=form
    )


@require_POST
@of_collection(Permission.ANSWERS)
def withdraw(request: StaffRequest, collection: Collection, edit: int) -> HttpResponseBase:
    found = get_object_or_404(Edit, pk=edit, response__collection=collection.pk)
    done = gettext("The correction is taken back; the answer is as before it.")
    attempt(request, lambda: withdraw_edit(found, by=request.user.email), done=done)
    return to("case_answers", collection.pk, case_id_of(found.response_id))


def _corrected(request: StaffRequest, response: Response, question: Question, form: AnswerForm, language: str) -> bool:
    given = form.cleaned_data
    try:
        add_edit(response, name=form.name, written=form.written(), reason=given["reason"], by=request.user.email)
    except NotAllowed as refusal:
        form.add_error(NON_FIELD_ERRORS, reason(refusal))
        return False
    except BadInput as bad:
        instrument = instrument_of(response.version_id)
        for problem in bad.problems:
            form.add_error(NON_FIELD_ERRORS, told(problem, question, instrument, language))
        return False
    return True


def _response(collection: Collection, case_id: str) -> Response:
    response = response_of(collection, case_id)
    if response is None:
        raise Http404
    return response


def _language(collection: Collection) -> str:
    """The reader's, where the questionnaire has it."""
    language = (get_language() or "").split("-")[0]
    return language if language in collection.languages else str(collection.languages[0])
