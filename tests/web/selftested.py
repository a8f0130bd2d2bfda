"""A release that has nothing but a self-test, and somebody who takes it."""

import re
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from django.test import Client

from barometer.files import Releases
from barometer.publication._cube import index
from barometer.publication._self_test import self_test_file
from published_example import edition
from published_example import release as example

HERE = "/en/self-test/starter/"
APPEARED = datetime(2026, 6, 1, 7, tzinfo=UTC)
ANSWERS: dict[str, dict[str, object]] = {
    "incidence": {"service": "yes", "process": "no"},
    "latest": {"novelty": "copy", "partners": ["citizens"], "factors.economy": "hindered"},
    "latest_2": {"shared": "yes"},
}
"""By page: what is posted."""


@cache
def content() -> dict[str, bytes]:
    files = self_test_file(index(example(), edition()))
    return {f"site/{path}": one for path, one in files.items()}


def release(workspace: Path) -> None:
    """The current release of 'starter'."""
    releases = Releases(workspace / "releases" / "starter")
    head = {"title": {"en": "Innovation"}, "languages": ["en", "da"]}
    releases.add(
        content(),
        {**head, "released_at": APPEARED.isoformat(), "stored_at": APPEARED.isoformat()},
    )
    releases.open_due(APPEARED)


def take(client: Client, *, begin: str = HERE, **told: str) -> None:
    """Begin, and answer every page."""
    client.post(begin, told)
    for page, answers in ANSWERS.items():
        answer(client, page, **{name.replace(".", "__"): value for name, value in answers.items()})


def answer(client: Client, page: str, **answers: object) -> str:
    """Post a page as a browser does, warnings confirmed; gives where it leads."""
    address = f"{HERE}p/{page}"
    fields = dict(re.findall(r'name="(once|revision|shown|rendered_at)" value="([^"]*)"', text(client, address)))
    posted = {**fields, **{name.replace("__", "."): value for name, value in answers.items()}, "go": "confirm"}
    return str(client.post(address, posted).headers["Location"])


def text(client: Client, address: str) -> str:
    return client.get(address).content.decode()
