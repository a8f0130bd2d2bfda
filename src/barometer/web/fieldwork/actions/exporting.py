"""Answers leave the database as files, with a row in the log that says who took which."""

import io
import zipfile
from collections.abc import Collection as Some

from django.db import transaction

from barometer.problems import BadInput, Place, Problem, suggestion
from barometer.web.audit.actions import record
from barometer.web.fieldwork.exports import FORMATS, export
from barometer.web.fieldwork.models import Collection
from barometer.web.fieldwork.queries.answers import LAYERS, collected

MOMENT = (1980, 1, 1, 0, 0, 0)


@transaction.atomic
def export_collection(
    collection: Collection, *, formats: Some[str], language: str, layer: str, by: str
) -> dict[str, bytes]:
    """Name of a file -> content. `formats`: of `exports.FORMATS`, or 'all'; `language`: '' for the first. Raises
    BadInput C063."""
    wanted = list(FORMATS) if "all" in formats else list(formats)
    language = language or collection.languages[0]
    problems = [
        Problem("C063", Place(field=field), f"'{given}'", f"one of: {', '.join(known)}", suggestion(given, known))
        for field, given, known in (
            ("language", language, collection.languages),
            ("layer", layer, LAYERS),
            *(("format", one, FORMATS) for one in wanted),
        )
        if given not in known
    ]
    if problems:
        raise BadInput(tuple(problems))
    found = collected(collection, layer=layer)
    files = export(found, wanted, language)
    record(
        "answers exported",
        by=by,
        edition=collection.edition,
        subject=f"collection {collection.pk}",
        formats=wanted,
        layer=layer,
        cases=found.answers.height,
    )
    return files


def zipped(files: dict[str, bytes]) -> bytes:
    """Several files as one, the same bytes each time."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, one in files.items():
            archive.writestr(zipfile.ZipInfo(name, MOMENT), one, zipfile.ZIP_DEFLATED)
    return content.getvalue()
