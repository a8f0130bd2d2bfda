"""One Chromium for all journeys of a module."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from real_browser import chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started
