"""Versions of a questionnaire and who answers which."""

from dataclasses import dataclass

from django.db.models import Count

from barometer.web.fieldwork.models import Collection, InstrumentVersion, Response


@dataclass(frozen=True)
class VersionRow:
    version: InstrumentVersion
    started: int
    submitted: int


def versions_of(collection: Collection) -> list[VersionRow]:
    """The latest first, each with its responses by state."""
    counted = (
        Response.objects.filter(collection=collection.pk)
        .exclude(mode=Response.CHECK)
        .values_list("version", "state")
        .annotate(n=Count("key"))
    )
    found = {(version, state): n for version, state, n in counted}
    return [
        VersionRow(one, found.get((one.pk, "started"), 0), found.get((one.pk, "submitted"), 0))
        for one in collection.versions.order_by("-number").defer("content")
    ]
