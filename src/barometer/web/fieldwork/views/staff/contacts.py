"""Contacts from a file: uploaded, columns told, every problem listed, and only then taken over."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from barometer.problems import Severity
from barometer.web.accounts.guard import StaffRequest
from barometer.web.accounts.roles import Permission
from barometer.web.fieldwork.actions.contacts import choose_columns, drop_upload, import_contacts, keep_upload
from barometer.web.fieldwork.contacts_file import (
    LARGEST,
    Checked,
    ContactTable,
    check_contacts,
    guess_columns,
    read_contacts,
)
from barometer.web.fieldwork.models import Collection, ContactUpload
from barometer.web.fieldwork.queries.collections import coverage
from barometer.web.fieldwork.views.staff.forms import ColumnsForm, UploadForm
from barometer.web.fieldwork.views.staff.pages import attempt, collection_page, of_collection, to
from barometer.web.fieldwork.views.staff.words import problem_line, problem_lines

SHOWN = 200
"""Problems listed at most; their number is told in full."""


@require_http_methods(["GET", "POST"])
@of_collection(Permission.CONTACTS)
def contacts(request: StaffRequest, collection: Collection) -> HttpResponseBase:
    """How many there are; and the upload of a file."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        content = file.read(LARGEST + 1)
        table, problems = read_contacts(str(file.name), content)
        if table is not None:
            upload = keep_upload(
                collection,
                name=str(file.name),
                content=content,
                columns=guess_columns(table.headers),
                source=form.cleaned_data["source"],
                by=request.user.email,
            )
            return to("contacts_check", collection.pk, upload.pk)
        for line in problem_lines(problems):
            form.add_error("file", line)
    mine = ContactUpload.objects.filter(collection=collection.pk, uploaded_by=request.user.email).defer("content")
    return collection_page(
        request, "contacts", collection, form=form, coverage=coverage(collection), uploads=mine.order_by("uploaded_at")
    )


@require_http_methods(["GET", "POST"])
@of_collection(Permission.CONTACTS)
def check(request: StaffRequest, collection: Collection, upload: UUID) -> HttpResponseBase:
    """What is in the file and wrong with it; a POST chooses other columns."""
    kept = _mine(request, collection, upload)
    table = _table(kept)
    form = ColumnsForm(table.headers, request.POST or None, initial=kept.columns)
    if request.method == "POST" and form.is_valid():
        columns = {name: header for name, header in form.cleaned_data.items() if header}
        choose_columns(kept, columns=columns, by=request.user.email)
        return to("contacts_check", collection.pk, kept.pk)
    checked = _checked(collection, kept, table)
    lines = [
        {"row": one.place.row, "column": one.place.column, "text": problem_line(one), "severity": one.severity.value}
        for one in sorted(checked.problems, key=lambda one: (one.severity.value, one.place))
    ]
    return collection_page(
        request,
        "contacts_check",
        collection,
        upload=kept,
        form=form,
        checked=checked,
        warnings=sum(one.severity is Severity.WARNING for one in checked.problems),
        lines=lines[:SHOWN],
        more=max(0, len(lines) - SHOWN),
        sample=checked.rows[:5],
        without=collection.cases.count() - len(checked.rows),
    )


@require_POST
@of_collection(Permission.CONTACTS)
def take_over(request: StaffRequest, collection: Collection, upload: UUID) -> HttpResponseBase:
    """Import the rows without errors; where there are others, only when the person said to leave them out."""
    kept = _mine(request, collection, upload)
    checked = _checked(collection, kept, _table(kept))
    if not checked.rows or (checked.errors and "leave_out" not in request.POST):
        messages.error(request, gettext("Mend the file, or tick that the rows with errors are left out."))
        return to("contacts_check", collection.pk, kept.pk)
    counts: dict[str, int] = {}
    done = attempt(
        request,
        lambda: counts.update(
            import_contacts(collection, rows=checked.rows, source=kept.source, by=request.user.email, upload=kept)
        ),
    )
    if done:
        told = gettext("%(new)s contacts are new, %(replaced)s replaced another, %(same)s were here already.")
        messages.success(request, told % counts)
    return to("contacts", collection.pk)


@require_POST
@of_collection(Permission.CONTACTS)
def drop(request: StaffRequest, collection: Collection, upload: UUID) -> HttpResponseBase:
    drop_upload(_mine(request, collection, upload), by=request.user.email)
    messages.success(request, gettext("The file is deleted; nothing was taken over."))
    return to("contacts", collection.pk)


def _mine(request: StaffRequest, collection: Collection, upload: UUID) -> ContactUpload:
    return get_object_or_404(ContactUpload, pk=upload, collection=collection.pk, uploaded_by=request.user.email)


def _table(upload: ContactUpload) -> ContactTable:
    table, _ = read_contacts(upload.name, bytes(upload.content))
    if table is None:
        raise RuntimeError("a kept upload could be read when it was kept")
    return table


def _checked(collection: Collection, upload: ContactUpload, table: ContactTable) -> Checked:
    units = frozenset(collection.cases.values_list("unit_id", flat=True))
    return check_contacts(upload.name, table, upload.columns, units, tuple(collection.languages))
