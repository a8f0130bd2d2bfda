"""The web layer is tested against a real PostgreSQL server, embedded, one a test process."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from django.conf import LazySettings
from django.conf import settings as of_all_tests
from django.db import connections

from barometer.edition import read_edition, starter
from barometer.sampling import draw_sample
from barometer.web.catalogues import compile_catalogues
from barometer.web.database import start_embedded
from barometer.web.fieldwork.actions.collections import create_collection
from barometer.web.fieldwork.models import Collection
from barometer.web.settings import database

of_all_tests.SECRET_KEY = "secret of the tests"


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> Iterator[None]:
    with tempfile.TemporaryDirectory(prefix="barometer-postgres-") as folder:
        Path(folder).chmod(0o755)
        connections["default"].settings_dict.update(database(start_embedded(Path(folder) / "data")))
        yield


@pytest.fixture(autouse=True)
def installation(settings: LazySettings, tmp_path: Path) -> None:
    """Keys, folders and plain static files of one test's installation."""
    compile_catalogues()
    settings.LINK_KEY = "key of the tests' links"
    settings.WORKSPACE = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture
def collection(db: None) -> Collection:
    """The starter edition's survey, drawn but not yet opened."""
    edition = read_edition(starter())
    survey = edition.surveys[0]
    sample = draw_sample(survey, np.random.default_rng(1))
    return create_collection(edition, survey, sample, folder="starter", by="ida@example.org")
