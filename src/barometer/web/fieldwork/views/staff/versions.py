"""The questionnaire's versions, and publishing the next from the edition's folder."""

from pathlib import Path

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from barometer.edition import read_edition
from barometer.files import read_folder
from barometer.model import Edition
from barometer.problems import BadInput
from barometer.web.accounts.guard import StaffRequest
from barometer.web.accounts.roles import Permission
from barometer.web.fieldwork.actions.versions import (
    HARMLESS,
    approve_version,
    changes_from,
    publish_version,
    turn_down_version,
    weightiest,
)
from barometer.web.fieldwork.models import Collection, Response, VersionProposal
from barometer.web.fieldwork.queries.versions import versions_of
from barometer.web.fieldwork.views.staff.pages import attempt, collection_page, of_collection, to
from barometer.web.fieldwork.views.staff.words import CHANGES, problem_lines


@require_safe
@of_collection(Permission.SEE)
def versions(request: StaffRequest, collection: Collection) -> HttpResponse:
    """Versions with how many responses each has, and a proposal that waits."""
    proposal = VersionProposal.objects.filter(collection=collection).first()
    return collection_page(
        request, "versions", collection, versions=versions_of(collection), proposal=proposal, kinds=CHANGES
    )


@require_safe
@of_collection(Permission.AUTHOR)
def next_version(request: StaffRequest, collection: Collection) -> HttpResponse:
    """What the edition's folder would change, read now."""
    try:
        edition = _edition(collection)
        instrument = edition.survey(collection.survey).instrument
        changes = changes_from(collection, instrument)
    except BadInput as bad:
        return collection_page(request, "next_version", collection, problems=problem_lines(bad.problems))
    kind = weightiest(changes)
    texts = {language: dict(sources) for language, sources in edition.texts.items()}
    return collection_page(
        request,
        "next_version",
        collection,
        changes=[{**vars(one), "kind": CHANGES[one.kind.value]} for one in changes],
        kind=CHANGES[kind.value],
        alone=kind in HARMLESS,
        digest=instrument.digest,
        texts_changed=(texts, dict(edition.title)) != (collection.texts, collection.edition_title),
        started=Response.objects.filter(collection=collection.pk, state="started").exclude(mode=Response.CHECK).count(),
    )


@require_POST
@of_collection(Permission.AUTHOR)
def publish(request: StaffRequest, collection: Collection) -> HttpResponseBase:
    digest, by = request.POST.get("digest", ""), request.user.email
    done = gettext("Done. New responses get this version; started ones keep theirs.")
    attempt(request, lambda: publish_version(collection, _edition(collection), digest=digest, by=by), done=done)
    return to("versions", collection.pk)


@require_POST
@of_collection(Permission.AUTHOR)
def approve(request: StaffRequest, collection: Collection) -> HttpResponseBase:
    proposal = VersionProposal.objects.filter(collection=collection).first()
    if proposal is not None:
        done = gettext("Published. New responses get this version; started ones keep theirs.")
        attempt(request, lambda: approve_version(proposal, by=request.user.email), done=done)
    return to("versions", collection.pk)


@require_POST
@of_collection(Permission.AUTHOR)
def turn_down(request: StaffRequest, collection: Collection) -> HttpResponseBase:
    proposal = VersionProposal.objects.filter(collection=collection).first()
    if proposal is not None:
        turn_down_version(proposal, by=request.user.email)
    return to("versions", collection.pk)


def _edition(collection: Collection) -> Edition:
    return read_edition(read_folder(Path(collection.folder)))
