"""The web layer is tested against a real PostgreSQL server, embedded, one a test process.

Django is set up here, not for every test, so that the pure rooms are tested without it.
"""

import os
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import django
import numpy as np
import psycopg
import pytest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "barometer.web.settings")
django.setup()

from django.conf import LazySettings
from django.conf import settings as of_all_tests
from django.db import connections
from django.utils import timezone
from fielded import every_kind, field_collection
from playwright.sync_api import Browser
from proposed import MINUTE
from pytest_django import DjangoDbBlocker
from released_tables import Clock, releases_in

from barometer.edition import read_edition, starter
from barometer.files import Releases
from barometer.sampling import draw_sample
from barometer.web.catalogues import compile_catalogues
from barometer.web.database import start_embedded
from barometer.web.fieldwork import throttle
from barometer.web.fieldwork.actions.collections import create_collection
from barometer.web.fieldwork.models import Collection
from barometer.web.settings import database
from barometer.web.statbank import limits
from real_browser import chromium

of_all_tests.SECRET_KEY = "secret of the tests"
of_all_tests.STATIC_ROOT = of_all_tests.STATICFILES_DIRS[0]  # the live server starts before any test has its own
of_all_tests.PASSWORD_HASHERS = ["quick_hasher.QuickArgon2"]


@pytest.fixture(scope="session", autouse=True)
def no_database_unless_asked_for(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Tests without the mark `django_db` reach no database, though Django was set up late."""
    with django_db_blocker.block():
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> Iterator[None]:
    with tempfile.TemporaryDirectory(prefix="barometer-postgres-") as folder:
        Path(folder).chmod(0o755)
        address = start_embedded(Path(folder) / "data")
        with psycopg.connect(address, autocommit=True) as server:  # nothing here need outlive a power cut
            for name in ("fsync", "synchronous_commit", "full_page_writes"):
                server.execute(f"ALTER SYSTEM SET {name} = off")
            server.execute("SELECT pg_reload_conf()")
        connections["default"].settings_dict.update(database(address))
        yield


@pytest.fixture(autouse=True)
def installation(settings: LazySettings, tmp_path: Path) -> None:
    """Keys, folders and plain static files of one test's installation, which has seen no visitors."""
    throttle.forget()
    limits.forget()
    compile_catalogues()
    settings.LINK_KEY = "key of the tests' links"
    settings.WORKSPACE = settings.STATIC_ROOT = tmp_path
    settings.WHITENOISE_AUTOREFRESH = True  # static files are looked up when asked for, not listed for each client
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture
def every(db: None) -> Collection:
    """A collection in the field whose questionnaire has every kind of question, with one case."""
    return field_collection(every_kind())


@pytest.fixture
def collection(db: None) -> Collection:
    """The starter edition's survey, drawn but not yet opened."""
    edition = read_edition(starter())
    survey = edition.surveys[0]
    sample = draw_sample(survey, np.random.default_rng(1))
    return create_collection(edition, survey, sample, folder="starter", by="ida@example.org")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Pages go by the time a test sets: at first the minute of the first release."""

    def set_to(now: datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: now)

    set_to(MINUTE)
    return set_to


@pytest.fixture
def releases(tmp_path: Path, clock: Clock) -> Releases:
    """The starter published twice, in the workspace of the test."""
    return releases_in(tmp_path)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium. Playwright keeps an event loop in this thread, where Django would refuse its database."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with chromium() as started:
        yield started
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
