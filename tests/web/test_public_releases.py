"""What the public sees of releases, and from when: the clock decides at each request."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext
from proposed import MINUTE, build, changed, workspace_at

from barometer import pipeline
from barometer.cli._demo import link_releases
from barometer.files import Releases
from barometer.web.releases.jobs import open_due_releases

pytestmark = pytest.mark.django_db

BEFORE, AFTER = MINUTE - timedelta(microseconds=1), MINUTE + timedelta(days=2)
HERE = "/editions/starter/"
Clock = Callable[[datetime], None]


@pytest.fixture
def releases(tmp_path: Path) -> Releases:
    return Releases(tmp_path / "releases" / "starter")


@pytest.fixture
def clock(clock: Clock) -> Clock:
    clock(BEFORE)
    return clock


def add(releases: Releases, text: str, at: datetime = MINUTE, stored: datetime = BEFORE) -> None:
    """A small release whose pages say the text."""
    page = f"<!doctype html><html><body class='x'><main>{text}</main></body></html>".encode()
    names = ("index.html", "en/index.html", "en/about.html", "da/about.html")
    site = {f"site/{name}": page for name in names} | {"site/site.css": text.encode(), "data/cells.csv": b"1"}
    title = {"en": "Innovation", "da": "Innovation"}
    releases.add(site, {"title": title, "released_at": at.isoformat(), "stored_at": stored.isoformat()})
    releases.open_due(stored)


def seen(path: str = "en/index.html") -> str:
    """What stands there; '404' where nothing does."""
    answer = Client().get(HERE + path)
    return answer.content.decode() if answer.status_code == 200 else str(answer.status_code)


def test_a_sealed_release_appears_everywhere_at_its_minute(releases: Releases, clock: Clock) -> None:
    add(releases, "first")
    places = ("", "en/index.html", "site.css", "releases/1/", "releases/1/en/index.html")
    assert {seen(place) for place in places} == {"404"}
    front = Client().get("/").content.decode()
    assert "Next release" in front and HERE not in front
    clock(MINUTE)
    assert all("first" in seen(place) for place in places)
    front = Client().get("/").content.decode()
    assert "Next release" not in front and HERE in front


def test_the_next_release_takes_over_in_one_moment_and_the_first_says_so(releases: Releases, clock: Clock) -> None:
    add(releases, "first")
    add(releases, "second", AFTER, MINUTE)
    clock(AFTER - timedelta(microseconds=1))
    assert "first" in seen() and "superseded" not in seen("releases/1/en/about.html")
    assert seen("releases/2/en/index.html") == "404"
    clock(AFTER)
    assert "second" in seen() and "superseded" not in seen("releases/2/en/about.html")
    first = seen("releases/1/en/about.html")
    assert "first" in first and "This is release 1, which has been superseded by release 2." in first
    assert f'href="{HERE}en/about.html"' in first
    assert first.index("<body class='x'>") < first.index("superseded") < first.index("<main>")
    assert "erstattet af udgivelse 2" in seen("releases/1/da/about.html")
    assert seen("releases/1/site.css") == "first"


def test_caches_ask_each_time_and_get_the_new_page_at_the_minute(releases: Releases, clock: Clock) -> None:
    add(releases, "first")
    clock(MINUTE)
    first = Client().get(HERE + "en/index.html")
    assert first["Cache-Control"] == "no-cache"
    same = {"If-None-Match": first["ETag"]}
    assert Client().get(HERE + "en/index.html", headers=same).status_code == 304
    add(releases, "second", stored=AFTER)
    clock(AFTER)
    assert b"second" in Client().get(HERE + "en/index.html", headers=same).content
    assert b"superseded" in Client().get(HERE + "releases/1/en/index.html", headers=same).content


def test_what_was_put_right_before_its_minute_was_never_there(releases: Releases, clock: Clock) -> None:
    add(releases, "wrong")
    add(releases, "right")
    clock(MINUTE)
    assert "right" in seen()
    assert seen("releases/1/en/index.html") == "404"
    assert "Superseded" not in Client().get("/").content.decode()


@pytest.mark.parametrize(
    "path", ["../manifest.json", "..%2fmanifest.json", "releases/1/../manifest.json", "data/cells.csv", "manifest.json"]
)
def test_nothing_but_the_site_is_served(releases: Releases, clock: Clock, path: str) -> None:
    add(releases, "first")
    clock(MINUTE)
    assert seen(path) == "404"
    assert Client().get("/editions/..%2fbuild/en/index.html").status_code == 404
    assert Client().get("/editions/nowhere/").status_code == 404


def test_the_worker_points_plain_servers_at_the_current_release(releases: Releases, clock: Clock) -> None:
    add(releases, "first")
    open_due_releases()
    current = releases.root / "current"
    assert not current.exists()
    clock(MINUTE)
    open_due_releases()
    assert b"first" in (current / "site" / "index.html").read_bytes()


def test_the_front_page_speaks_the_readers_language(releases: Releases, clock: Clock) -> None:
    add(releases, "first")
    add(releases, "second", stored=AFTER)
    clock(AFTER)
    for language in ("da", "nb", "sv"):
        with translation.override(language):
            text = gettext("Superseded releases:")
        page = Client().get("/", headers={"Accept-Language": language}).content.decode()
        assert text in page and f'<html lang="{language}">' in page and "Superseded" not in text
        assert text in Client().get(f"/{language}/").content.decode()


def test_headline_first_then_detail_with_every_kind_of_download(tmp_path: Path, clock: Clock) -> None:
    build(tmp_path / "built")
    desk = workspace_at(tmp_path / "built", tmp_path)
    two = b"detail_at = 2026-06-03T09:00:00+02:00\napprovals = 0"
    pipeline.publish_release(changed(desk, "edition.toml", b"approvals = 2", two), BEFORE)
    details = sorted(set(desk.releases.read(2, "site/en/themes/")))
    assert details and desk.releases.read(1, "site/en/themes/") == {}
    clock(MINUTE)
    detail = details[0].removeprefix("site/")
    assert "<html" in seen() and (seen(detail), seen(f"releases/2/{detail}")) == ("404", "404")
    clock(AFTER)
    one_of_a_kind = {Path(name).suffix: (name, content) for name, content in desk.releases.read(2, "site/").items()}
    assert len(one_of_a_kind) > 5
    for name, content in one_of_a_kind.values():
        answer = Client().get(HERE + name.removeprefix("site/"))
        assert answer.status_code == 200 and (answer.content == content or name.endswith(".html")), name


def test_the_demo_shows_releases_that_lie_elsewhere(tmp_path: Path, clock: Clock) -> None:
    elsewhere = Releases(tmp_path / "examples" / "starter")
    add(elsewhere, "first")
    link_releases([elsewhere.root], tmp_path / "releases")
    clock(MINUTE)
    assert "first" in seen() and HERE in Client().get("/en/").content.decode()
