"""Making open answers unable to tell who wrote them: words hidden, texts cleared, originals looked up."""

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from barometer.web.accounts.forms import StaffForm
from barometer.web.accounts.guard import StaffRequest
from barometer.web.accounts.roles import Permission
from barometer.web.fieldwork.actions.open_answers import clear, hide, hold_back, look_up, restore
from barometer.web.fieldwork.models import Collection, OpenAnswer
from barometer.web.fieldwork.queries.open_answers import clearing_of, next_to_clear
from barometer.web.fieldwork.redacting import KINDS, digest_of, words_of
from barometer.web.fieldwork.views.analyst._coding_pages import answer_or_404, question_in, reading_language
from barometer.web.fieldwork.views.staff.pages import attempt, collection_page, of_collection, to


class OriginalForm(StaffForm):
    answer = forms.ChoiceField(label=_("Question"))
    case_id = forms.CharField(label=_("Pseudonym of a case"), max_length=16)
    reason = forms.CharField(
        label=_("Why you need to see it"), max_length=500, help_text=_("Stands in the log with your name.")
    )

    def __init__(self, collection: Collection, data: object = None) -> None:
        super().__init__(data)
        language = reading_language(collection)
        names = OpenAnswer.objects.filter(collection=collection.pk).order_by("name").values_list("name", flat=True)
        choices = [(name, question_in(collection, name, language)) for name in names.distinct()]
        self.fields["answer"].choices = choices  # type: ignore[attr-defined]


@require_safe
@of_collection(Permission.CODING)
def go_on(request: StaffRequest, collection: Collection, name: str) -> HttpResponseBase:
    """To the next text that nobody has cleared."""
    after = OpenAnswer.objects.filter(pk=request.GET["after"]).first() if _is_key(request) else None
    answer = next_to_clear(collection, name, after)
    if answer is None:
        messages.success(request, gettext("Every text of this question is cleared."))
        return to("coding", collection.pk)
    return to("coding_text", collection.pk, name, answer.key)


@require_http_methods(["GET", "POST"])
@of_collection(Permission.CODING)
def text(request: StaffRequest, collection: Collection, name: str, key: object) -> HttpResponseBase:
    """One text: words to hide as boxes, a place to type others, and the button that clears it."""
    answer = answer_or_404(collection, name, key)
    typed, kind = request.POST.get("typed", ""), request.POST.get("kind", "name")
    places = [int(one) for one in request.POST.getlist("words") if one.isdecimal()]
    if request.method == "POST":
        go, seen, by = request.POST.get("go"), request.POST.get("seen", ""), request.user.email
        if go == "clear":
            if places or typed.strip():
                messages.error(request, gettext("Words are marked and not hidden yet."))
            elif attempt(request, lambda: clear(answer, seen=seen, by=by)):
                return to("coding_texts", collection.pk, name)
        elif go == "hold":
            attempt(request, lambda: hold_back(answer, by=by))
            return to("coding_text", collection.pk, name, key)
        elif attempt(request, lambda: hide(answer, seen=seen, places=places, typed=typed, kind=kind, by=by)):
            return to("coding_text", collection.pk, name, key)
        answer.refresh_from_db()
    return collection_page(
        request,
        "coding_text",
        collection,
        answer_name=name,
        question=question_in(collection, name, answer.language),
        answer=answer,
        words=[(place, word, place in places) for place, word in enumerate(words_of(answer.text))],
        kinds=KINDS.items(),
        kind=kind if kind in KINDS else "name",
        typed=typed,
        seen=digest_of(answer.text),
        clearing=clearing_of(collection)[name],
        status=200 if request.method == "GET" else 400,
    )


@require_http_methods(["GET", "POST"])
@of_collection(Permission.ORIGINALS)
def originals(request: StaffRequest, collection: Collection) -> HttpResponseBase:
    """What a text said before words were hidden. Shown once, to who says why; or put back."""
    form = OriginalForm(collection, request.POST or None)
    shown, answer = "", None
    if request.method == "POST" and form.is_valid():
        given, by = form.cleaned_data, request.user.email
        known = OpenAnswer.objects.filter(collection=collection.pk, name=given["answer"])
        answer = known.filter(case_id=given["case_id"].strip().lower()).first()
        if answer is None:
            form.add_error("case_id", gettext("There is no such text."))
        elif request.POST.get("go") == "restore":
            restore(answer, reason=given["reason"], by=by)
            messages.success(request, gettext("The text is as it was written, and waits to be cleared."))
            return to("coding_originals", collection.pk)
        else:
            shown = look_up(answer, reason=given["reason"], by=by)
    status = 400 if form.errors else 200
    return collection_page(
        request, "coding_originals", collection, form=form, shown=shown, answer=answer, status=status
    )


def _is_key(request: StaffRequest) -> bool:
    """Whether ?after= names a text."""
    try:
        forms.UUIDField().clean(request.GET.get("after", ""))
    except forms.ValidationError:
        return False
    return True
