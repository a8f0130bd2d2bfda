"""Who stands before a response's pages: the signed cookie, the access behind it, and what it opens."""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.core import signing
from django.db import connection

from barometer.web.fieldwork.models import Access, Case, Collection, Response
from barometer.web.fieldwork.queries.accesses import is_valid
from barometer.web.fieldwork.standing import Standing, standing

SALT = "barometer.respondent"
LASTS = 7 * 24 * 3600
"""Seconds a cookie is believed; the link makes a new one at any time."""


class Shut(Exception):
    """The door does not open; `reason`: no_entry, ended, not_open, paused, closed."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Ticket:
    """What the cookie holds: by which access, to which response, who is writing, in which language."""

    access: int
    response_key: UUID
    source: str
    language: str

    def signed(self, public_id: str) -> str:
        """For this response's cookie only: under another response's address it is worthless."""
        return signing.dumps(
            [self.access, self.response_key.hex, self.source, self.language], salt=f"{SALT}:{public_id}"
        )

    def speaking(self, language: str) -> "Ticket":
        return replace(self, language=language)


@dataclass(frozen=True)
class Door:
    public_id: str
    ticket: Ticket
    access: Access

    @property
    def case(self) -> Case:
        return self.access.case

    @property
    def collection(self) -> Collection:
        return self.access.case.collection

    @property
    def section(self) -> str:
        """The only section the person may answer; '' for all."""
        return self.access.section if self.access.role == "colleague" else ""

    @property
    def is_colleague(self) -> bool:
        return self.access.role == "colleague"


def door(public_id: str, cookie: str | None, now: datetime) -> Door:
    """The door a cookie opens. Raises `Shut`. Whether the response is the case's is for `response_behind`."""
    try:
        access_id, key, source, language = signing.loads(cookie or "", salt=f"{SALT}:{public_id}", max_age=LASTS)
        ticket = Ticket(access_id, UUID(key), source, language)
    except (signing.BadSignature, ValueError) as error:
        raise Shut("no_entry") from error
    access = _access(ticket.access)
    if access is None or access.case.response_key is None or not is_valid(access, now):
        raise Shut("ended")
    if access.case.response_key != ticket.response_key and not source.startswith("staff:"):
        raise Shut("ended")  # staff also type a paper questionnaire a second time, into a response beside the case's
    return Door(public_id, ticket, access)


def response_behind(one: Door) -> Response:
    """The response the door leads to. Raises `Shut` when there is none."""
    found = Response.objects.raw(_RESPONSE, [one.ticket.response_key, one.public_id])
    response = next(iter(found), None)
    if response is None:
        raise Shut("no_entry")
    return response


def _access(access_id: int) -> Access | None:
    """With its case and collection, columns no page needs left out: they are fetched should somebody ask for them."""
    with connection.cursor() as cursor:
        cursor.execute(_ACCESS, [access_id])
        row = cursor.fetchone()
    if row is None:
        return None
    access = Access.from_db(None, _ACCESS_COLUMNS, row[: len(_ACCESS_COLUMNS)])
    access.case = Case.from_db(None, _CASE_COLUMNS, row[len(_ACCESS_COLUMNS) : -len(_COLLECTION_COLUMNS)])
    collection = dict(zip(_COLLECTION_COLUMNS, row[-len(_COLLECTION_COLUMNS) :], strict=True))
    collection |= {column: json.loads(collection[column]) for column in _COLLECTION_JSON}
    access.case.collection = Collection.from_db(None, _COLLECTION_COLUMNS, list(collection.values()))
    return access


# In the order of the models' fields, as `from_db` takes them.
_ACCESS_COLUMNS = ["id", "case_id", "role", "generation", "section", "expires_at", "revoked_at"]
_CASE_COLUMNS = ["reference", "collection_id", "number", "state", "response_key", "token_generation"]
_COLLECTION_COLUMNS = ["id", "edition", "title", "edition_title", "questionnaire", "languages", "status", "opens_at"]
_COLLECTION_COLUMNS += ["closes_at", "time_zone", "help_contact"]
_COLLECTION_JSON = ("title", "edition_title", "questionnaire", "languages")
_ACCESS = f"""
select {", ".join(f"access.{column}" for column in _ACCESS_COLUMNS)},
       {", ".join(f"sampled.{column}" for column in _CASE_COLUMNS)},
       {", ".join(f"collection.{column}" for column in _COLLECTION_COLUMNS)}
from fieldwork_access access
join fieldwork_case sampled on sampled.reference = access.case_id
join fieldwork_collection collection on collection.id = sampled.collection_id
where access.id = %s
"""
"""In SQL, because every page of every respondent asks it, and putting it together anew costs more than its answer."""
_RESPONSE = "select * from fieldwork_response where key = %s and public_id = %s"


def take_answers(collection: Collection, now: datetime) -> None:
    """Raises `Shut` unless the collection takes answers now."""
    stands = standing(collection, now)
    if stands is not Standing.OPEN:
        raise Shut(stands.value)
