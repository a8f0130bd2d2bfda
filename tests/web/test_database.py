"""Connections to the database that are kept between requests."""

import time

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

pytestmark = pytest.mark.django_db


def test_a_live_connection_is_known_without_a_query() -> None:
    connection.ensure_connection()
    with CaptureQueriesContext(connection) as asked:
        assert connection.is_usable()
    assert not asked.captured_queries


def test_a_connection_the_server_ended_is_not_used_again() -> None:
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("select pg_backend_pid()")
            (process,) = cursor.fetchone()
        assert other.is_usable()
        with connection.cursor() as cursor:
            cursor.execute("select pg_terminate_backend(%s)", [process])
        until = time.monotonic() + 30
        while other.is_usable() and time.monotonic() < until:
            time.sleep(0.01)
        assert not other.is_usable()
    finally:
        other.close()


def test_after_an_error_a_connection_is_opened_anew() -> None:
    other = connection.copy()
    try:
        with other.cursor() as cursor, pytest.raises(DatabaseError):
            cursor.execute("select 1 / 0 + no_such_column")
        other.close_if_unusable_or_obsolete()
        assert other.connection is None
    finally:
        other.close()
