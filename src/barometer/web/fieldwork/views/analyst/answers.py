"""The answers of a collection: how many there are, and their export."""

from contextlib import ExitStack
from tempfile import TemporaryFile

from django import forms
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from barometer.web.accounts.forms import StaffForm
from barometer.web.accounts.guard import StaffRequest
from barometer.web.accounts.roles import Permission
from barometer.web.fieldwork.actions.exporting import export_collection, zip_into
from barometer.web.fieldwork.exports import FORMATS
from barometer.web.fieldwork.models import Collection
from barometer.web.fieldwork.queries.edits import answer_counts, edits_of
from barometer.web.fieldwork.views.staff.forms import LANGUAGE_NAMES
from barometer.web.fieldwork.views.staff.pages import collection_page, of_collection

NAMES = {
    "csv": _("CSV, for spreadsheets"),
    "xlsx": _("Excel workbook"),
    "parquet": _("Parquet"),
    "sav": _("SPSS"),
    "dta": _("Stata"),
    "r": _("CSV with a script for R"),
    "ddi": _("DDI codebook (XML)"),
    "codebook": _("Codebook (web page)"),
    "events": _("Every change of an answer"),
    "paradata": _("Paradata: pages and times"),
}


class ExportForm(StaffForm):
    formats = forms.MultipleChoiceField(
        label=_("Formats"), choices=[(name, NAMES[name]) for name in FORMATS], widget=forms.SelectMultiple({"size": 10})
    )
    language = forms.ChoiceField(label=_("Language of labels"))
    layer = forms.ChoiceField(
        label=_("Values"), choices=[("edited", _("With corrections")), ("collected", _("As they were handed in"))]
    )

    def __init__(self, collection: Collection, data: object = None) -> None:
        super().__init__(data)
        languages = [(code, LANGUAGE_NAMES.get(code, code)) for code in collection.languages]
        self.fields["language"].choices = languages  # type: ignore[attr-defined]


@require_safe
@of_collection(Permission.ANSWERS)
def answers(request: StaffRequest, collection: Collection) -> HttpResponse:
    return _page(request, collection, ExportForm(collection))


@require_POST
@of_collection(Permission.ANSWERS)
def export(request: StaffRequest, collection: Collection) -> HttpResponseBase:
    """A zip file of what was asked for. Audited."""
    form = ExportForm(collection, request.POST)
    if not form.is_valid():
        return _page(request, collection, form, status=400)
    given = form.cleaned_data
    with ExitStack() as opened:
        archive = opened.enter_context(TemporaryFile())
        with zip_into(archive) as put:
            export_collection(
                collection,
                put,
                formats=given["formats"],
                language=given["language"],
                layer=given["layer"],
                by=request.user.email,
            )
        opened.pop_all()  # the response closes it when it has been sent
    archive.seek(0)
    name = f"{collection.edition}-{collection.survey}-answers.zip"
    return FileResponse(archive, as_attachment=True, filename=name, content_type="application/zip")


def _page(request: StaffRequest, collection: Collection, form: ExportForm, status: int = 200) -> HttpResponse:
    counts, edits = answer_counts(collection), edits_of(collection)
    return collection_page(request, "answers", collection, status=status, counts=counts, form=form, edits=edits)
