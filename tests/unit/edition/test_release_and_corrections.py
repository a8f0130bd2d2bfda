"""What an edition says of its release: the minute, two steps, votes, and corrections."""

from datetime import date

import pytest

from barometer.edition import check_edition, read_edition, starter
from barometer.model import Correction

REASON = {"en": "Late.", "da": "For sent.", "nb": "For sent.", "sv": "Sent."}
TOLD = 'reason = { en = "Late.", da = "For sent.", nb = "For sent.", sv = "Sent." }\n'
HEAD = '[[correction]]\nrelease = 2\ndate = 2024-07-01\nindicator = "INC_ANY"\n' + TOLD


def edition(release: str = "approvals = 2 ", corrections: str = "") -> dict[str, bytes]:
    folder = starter()
    folder["edition.toml"] = folder["edition.toml"].replace(b"approvals = 2 ", release.encode())
    return folder | ({"corrections.toml": corrections.encode()} if corrections else {})


def told(folder: dict[str, bytes]) -> list[tuple[str, str, str]]:
    return [(one.code, one.place.file, one.place.field) for one in check_edition(folder)]


def test_two_people_must_agree_unless_the_edition_says_otherwise() -> None:
    assert read_edition(starter()).approvals == 2
    assert read_edition(edition("# ")).approvals == 2
    assert read_edition(edition("approvals = 3 ")).approvals == 3
    assert read_edition(starter(approvals=0)).approvals == 0


def test_details_may_appear_later() -> None:
    read = read_edition(edition("detail_at = 2024-06-08T09:00:00+02:00 "))
    assert read.detail_at is not None and read.detail_at > read.release_at


def test_corrections_are_read_in_their_order() -> None:
    second = HEAD.replace("release = 2", "release = 3") + 'breakdown = "sector"\ncell = "state"\n'
    first, last = read_edition(edition(corrections=HEAD + second)).corrections
    assert first == Correction(2, date(2024, 7, 1), "INC_ANY", REASON)
    assert (last.release, last.breakdown, last.cell) == (3, "sector", "state")


@pytest.mark.parametrize(
    ("correction", "concerned"),
    [
        (Correction(2, date.min, "A", {}), True),
        (Correction(2, date.min, "B", {}), False),
        (Correction(2, date.min, "A", {}, "sector"), True),
        (Correction(2, date.min, "A", {}, "size"), False),
        (Correction(2, date.min, "A", {}, "sector", "state"), True),
        (Correction(2, date.min, "A", {}, "sector", "region"), False),
    ],
)
def test_a_correction_concerns_what_it_names(correction: Correction, concerned: bool) -> None:
    assert correction.concerns("A", "sector", "state") is concerned


@pytest.mark.parametrize(
    ("folder", "problem"),
    [
        (edition("detail_at = 2024-06-01T09:00:00+02:00 "), ("E014", "edition.toml", "release.detail_at")),
        (edition("approvals = -1 "), ("E012", "edition.toml", "release.approvals")),
        (edition("approvals = 'two' "), ("E005", "edition.toml", "release.approvals")),
        (
            edition(corrections=HEAD.replace("INC_ANY", "INC_AN")),
            ("E009", "corrections.toml", "correction[1].indicator"),
        ),
        (edition(corrections=HEAD.replace("= 2\n", "= 1\n")), ("E012", "corrections.toml", "correction[1].release")),
        (edition(corrections=HEAD.replace(TOLD, "")), ("E004", "corrections.toml", "correction[1].reason")),
        (edition(corrections=HEAD + 'breakdown = "sectr"'), ("E009", "corrections.toml", "correction[1].breakdown")),
        (edition(corrections=HEAD + 'cell = "state"'), ("E009", "corrections.toml", "correction[1].cell")),
        (
            edition(corrections=HEAD + 'breakdown = "sector"\ncell = "stat"'),
            ("E009", "corrections.toml", "correction[1].cell"),
        ),
        (edition(corrections=HEAD + "because = 1"), ("E003", "corrections.toml", "correction[1].because")),
    ],
)
def test_a_mistake_is_told_with_its_place(folder: dict[str, bytes], problem: tuple[str, str, str]) -> None:
    assert told(folder) == [problem]


def test_details_later_need_a_headline_before() -> None:
    folder = edition("detail_at = 2024-06-08T09:00:00+02:00 ")
    lines = folder["outputs.toml"].decode().splitlines()
    folder["outputs.toml"] = "\n".join(line for line in lines if not line.startswith("headline")).encode()
    assert ("E004", "outputs.toml", "headline") in told(folder)
