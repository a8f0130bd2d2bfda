"""Releases and their minute: what the public may see by the clock, and what lies on the disk before it."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from barometer.files import Releases, public_releases

NINE = datetime(2026, 6, 1, 9, tzinfo=UTC)
BEFORE, AFTER = NINE - timedelta(microseconds=1), NINE + timedelta(days=1)


@pytest.mark.parametrize(
    ("moments", "now", "public"),
    [
        ({}, NINE, ()),
        ({1: NINE}, BEFORE, ()),
        ({1: NINE}, NINE, (1,)),
        ({1: NINE, 2: AFTER}, NINE, (1,)),  # headline first
        ({1: NINE, 2: AFTER}, AFTER, (1, 2)),  # then detail
        ({1: NINE, 2: NINE}, NINE, (2,)),  # put right before anybody saw it
        ({1: AFTER, 2: NINE}, AFTER, (2,)),  # brought forward
        ({1: NINE, 2: AFTER, 3: NINE, 4: AFTER}, AFTER, (3, 4)),  # two steps, both put right before
        ({1: NINE, 2: NINE + timedelta(hours=1), 3: AFTER}, AFTER, (1, 2, 3)),
    ],
)
def test_a_release_appears_at_its_minute_unless_it_was_replaced_before(
    moments: dict[int, datetime], now: datetime, public: tuple[int, ...]
) -> None:
    assert public_releases(moments, now) == public


def test_the_minute_holds_in_every_time_zone() -> None:
    copenhagen = {1: datetime.fromisoformat("2026-06-01T11:00:00+02:00")}
    assert public_releases(copenhagen, NINE) == (1,)
    assert public_releases(copenhagen, BEFORE) == ()


def rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_sealed_release_is_readable_by_its_owner_only_until_its_minute(tmp_path: Path) -> None:
    releases = Releases(tmp_path / "r")
    releases.add({"site/a": b"1"}, {"released_at": NINE.isoformat()})
    assert releases.open_due(BEFORE) is None
    assert rights(releases.path(1)) == 0o700
    assert not (releases.root / "current").exists()
    assert releases.open_due(NINE) == 1
    assert rights(releases.path(1)) == 0o755
    assert (releases.root / "current" / "site" / "a").read_bytes() == b"1"


def test_the_link_moves_to_the_next_release_at_its_minute_and_the_first_stays(tmp_path: Path) -> None:
    releases = Releases(tmp_path / "r")
    releases.add({"site/a": b"1"}, {"released_at": NINE.isoformat()})
    releases.add({"site/a": b"2"}, {"released_at": AFTER.isoformat()})
    for now, text in ((NINE, b"1"), (AFTER - timedelta(seconds=1), b"1"), (AFTER, b"2"), (AFTER, b"2")):
        releases.open_due(now)
        assert (releases.root / "current" / "site" / "a").read_bytes() == text
    assert (releases.path(1) / "site" / "a").read_bytes() == b"1"
    assert releases.numbers() == (1, 2)
    assert sorted(path.name for path in releases.root.iterdir()) == ["1", "2", "current"]


def test_a_release_stored_after_its_minute_appears_then_and_the_one_before_was_seen(tmp_path: Path) -> None:
    releases = Releases(tmp_path / "r")
    for day, content in ((0, b"1"), (3, b"2")):
        told = {"released_at": NINE.isoformat(), "stored_at": (NINE + timedelta(days=day)).isoformat()}
        releases.add({"site/a": content}, told)
    assert releases.public(NINE) == (1,)
    assert releases.public(NINE + timedelta(days=3)) == (1, 2)


def test_the_ledger_is_sealed_as_long_as_a_release_it_tells_of(tmp_path: Path) -> None:
    releases = Releases(tmp_path / "r")
    ledger = tmp_path / "r" / "ledger.jsonl"
    for number, at in enumerate((NINE, AFTER), start=1):
        releases.add({"site/a": str(number).encode()}, {"released_at": at.isoformat()})
        releases.append_ledger(b"{}\n")
        releases.open_due(at - timedelta(seconds=1))
        assert rights(ledger) == 0o600
        releases.open_due(at)
        assert rights(ledger) == 0o644


def test_a_copy_of_a_release_in_the_place_of_the_link_becomes_a_link_again(tmp_path: Path) -> None:
    releases = Releases(tmp_path / "r")
    releases.add({"site/a": b"1"}, {"released_at": NINE.isoformat()})
    (releases.root / "current" / "site").mkdir(parents=True)
    releases.open_due(NINE)
    assert (releases.root / "current").is_symlink()
