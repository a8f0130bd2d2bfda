"""Rows of a saved page in SQL: the hot path of fieldwork, where putting statements together costs more than running
them, and every statement is a way to the database and back."""

import json
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from barometer.web.fieldwork.models import AnswerEvent, Paradata, Response


def locked(response_key: UUID) -> Response:
    """The response, held until the transaction ends."""
    return next(iter(Response.objects.raw(_LOCKED, [response_key])))


def events_since(response_key: UUID, once: UUID, revision: int) -> list[AnswerEvent]:
    """Events after a revision, the oldest first, and the one with this key if there is one."""
    return list(AnswerEvent.objects.raw(_SINCE, [response_key, once, revision]))


def write(response: Response, event: AnswerEvent, noted: Paradata) -> None:
    """What a saved page changes, in one statement: the response's current state, its event and its paradata."""
    now = timezone.now()
    state = [json.dumps(column) for column in (response.values, response.kept, response.passed)]
    told = [json.dumps(column) for column in (event.changes, event.kept, event.conflicts)]
    parameters: list[Any] = [*state, response.revision, response.page, response.language, now, response.key]
    parameters += [response.key, noted.kind, noted.page, noted.device, noted.count, noted.seconds, now]
    parameters += [response.key, event.revision, event.once, event.page, *told]
    parameters += [event.then, event.source, event.language, now]
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, parameters)


_LOCKED = "select * from fieldwork_response where key = %s for update"
_SINCE = """
select * from fieldwork_answerevent where response_id = %s and (once = %s or revision > %s) order by revision
"""
_WRITE = """
with saved as (
    update fieldwork_response
    set "values" = %s::jsonb, kept = %s::jsonb, passed = %s::jsonb,
        revision = %s, page = %s, language = %s, changed_at = %s
    where key = %s
), noted as (
    insert into fieldwork_paradata (response_id, kind, page, device, count, seconds, at)
    values (%s, %s, %s, %s, %s, %s, %s)
)
insert into fieldwork_answerevent
    (response_id, revision, once, page, changes, kept, conflicts, "then", source, language, at)
values (%s, %s, %s, %s, %s::jsonb, %s::jsonb, %s::jsonb, %s, %s, %s, %s)
"""
