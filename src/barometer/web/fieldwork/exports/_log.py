"""How answers came about: the long table of events, and paradata with a description."""

import json
from collections.abc import Iterable

import polars as pl

from barometer.web.fieldwork.models import AnswerEvent, Collection, Paradata, Response
from barometer.web.fieldwork.queries.answers import case_id_of
from barometer.web.fieldwork.queries.open_answers import open_questions
from barometer.web.fieldwork.redacting import GONE

_EVENTS = ("case_id", "revision", "at", "page", "name", "before", "after", "source", "language")
_PARADATA = ("case_id", "kind", "page", "device", "count", "seconds", "at")

README = """Paradata: how answering went, one row an event, as the server saw it.

case_id   pseudonym of the case, as in answers.csv
kind      page: a page was left in order; failed: a page came back with errors; back: a step back;
          language: changed language; resumed: went on later; submitted: handed in
page      id of the page in the questionnaire
device    phone, tablet or desk, from the size of the window the browser names; empty when unknown
count     errors on a page that came back
seconds   between showing the page and its being sent
at        moment, UTC

No network addresses, browsers or keystrokes are kept. In R:

  paradata <- read.csv("paradata.csv", sep = ";", fileEncoding = "UTF-8-BOM")

in Stata:

  import delimited paradata.csv, delimiters(";") encoding("utf-8") clear
"""


def events(collection: Collection) -> pl.DataFrame:
    """One row a changed answer, in the order of saving; values as JSON, open answers as '[…]'. Who is told by kind
    only."""
    own_words = open_questions(collection)
    found = AnswerEvent.objects.filter(response__collection=collection.pk).exclude(response__mode=Response.CHECK)
    fields = ("response_id", "revision", "at", "page", "changes", "source", "language")
    rows = []
    for key, revision, at, page, changes, source, language in found.values_list(*fields).iterator(chunk_size=2000):
        for name, (before, after) in changes.items():
            kind = source.partition(":")[0]
            moment = at.strftime("%Y-%m-%dT%H:%M:%SZ")
            values = [_json(GONE if name in own_words and one is not None else one) for one in (before, after)]
            rows.append((case_id_of(key), revision, moment, page, name, *values, kind, language))
    return _table(rows, _EVENTS).sort("case_id", "revision", "name")


def paradata(collection: Collection) -> pl.DataFrame:
    found = (
        Paradata.objects.filter(response__collection=collection.pk)
        .exclude(response__mode=Response.CHECK)
        .order_by("id")
    )
    fields = ("response_id", "kind", "page", "device", "count", "seconds", "at")
    rows = [
        (case_id_of(key), *more, at.strftime("%Y-%m-%dT%H:%M:%SZ"))
        for key, *more, at in found.values_list(*fields).iterator(chunk_size=5000)
    ]
    return _table(rows, _PARADATA).sort("case_id", maintain_order=True)


def _table(rows: Iterable[tuple[object, ...]], names: tuple[str, ...]) -> pl.DataFrame:
    dtypes = {"revision": pl.Int64, "count": pl.Int64, "seconds": pl.Float64}
    return pl.DataFrame(list(rows), schema={name: dtypes.get(name, pl.String) for name in names}, orient="row")


def _json(value: object) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)
