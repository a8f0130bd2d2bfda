"""What all tests share: this folder on the import path, the same examples of Hypothesis every time, journeys first.

Matrices, tables and documents here are small, and there are as many test processes as cores: threads of the libraries
for linear algebra, tables and typesetting would only wait for one another, so each has one.
"""

import gc
import os

import pytest
from hypothesis import settings

from examples import PROFILE, TIMES

for library in ("OPENBLAS_NUM_THREADS", "POLARS_MAX_THREADS", "RAYON_NUM_THREADS"):
    os.environ.setdefault(library, "1")

# Only a change makes a test fail; HYPOTHESIS_PROFILE=explore tries new examples, and many of them.
for profile, times in TIMES.items():
    settings.register_profile(profile, max_examples=round(100 * times), derandomize=profile != "explore", deadline=None)
settings.load_profile(PROFILE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys come first: the longest file at the end would be waited for by one process alone."""
    items.sort(key=lambda item: item.get_closest_marker("journey") is None)


def pytest_collection_finish() -> None:
    """What was imported and collected stays: the collector need not look through it again and again."""
    gc.collect()
    gc.freeze()
