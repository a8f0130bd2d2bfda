"""Answers leave the database as files, with a row in the log that says who took which."""

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Collection as Some
from contextlib import contextmanager
from typing import IO

from django.db import transaction

from barometer.problems import BadInput, Place, Problem, suggestion
from barometer.web.audit.actions import record
from barometer.web.fieldwork.exports import FORMATS, export
from barometer.web.fieldwork.models import Collection
from barometer.web.fieldwork.queries.answers import LAYERS, collected

MOMENT = (1980, 1, 1, 0, 0, 0)
LEVEL = 1
"""Of compression: the largest files are compressed already, and time counts for the others."""

Put = Callable[[str, bytes], object]
"""Takes the name of a file and its content."""


@transaction.atomic
def export_collection(
    collection: Collection, put: Put, *, formats: Some[str], language: str, layer: str, by: str
) -> None:
    """Put each file where the caller wants it. `formats`: of `exports.FORMATS`, or 'all'; `language`: '' for the
    first. Raises BadInput C063."""
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
    for name, content in export(found, wanted, language):
        put(name, content)
    record(
        "answers exported",
        by=by,
        edition=collection.edition,
        subject=f"collection {collection.pk}",
        formats=wanted,
        layer=layer,
        cases=found.answers.height,
    )


@contextmanager
def zip_into(target: IO[bytes]) -> Iterator[Put]:
    """Puts files into one archive, the same bytes each time."""
    with zipfile.ZipFile(target, "w") as archive:
        yield lambda name, content: archive.writestr(
            zipfile.ZipInfo(name, MOMENT), content, zipfile.ZIP_DEFLATED, compresslevel=LEVEL
        )


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Several files as one."""
    content = io.BytesIO()
    with zip_into(content) as put:
        for name, one in files.items():
            put(name, one)
    return content.getvalue()
