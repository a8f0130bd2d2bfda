"""What a protected release becomes in public: steps, minutes, numbers, corrections, and the digest people vote on."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest

from barometer.disclosure import Release, narrow
from barometer.disclosure._release import SEAL
from barometer.files import Releases
from barometer.model import Correction, Edition
from barometer.pipeline.releasing import Candidate, missing, prepare, read_release
from barometer.problems import BadInput
from barometer.publication import headline_edition
from published_example import edition as example_edition
from published_example import release as example_release

pytestmark = pytest.mark.thorough  # a site for each step of each release
NINE = datetime(2026, 6, 1, 9, tzinfo=UTC)
BEFORE, LATER = NINE - timedelta(seconds=1), NINE + timedelta(days=7)
REASON = {"en": "Two late answers.", "da": "To sene svar.", "nb": "To sene svar.", "sv": "Två sena svar."}
CHANGED = "INC_SERV"
PARTS = ("contrasts", "response", "diagnostics", "footnotes", "audit")
KEPT = ("INC_ANY", "INC_SERV", "SPR_ANY", "HOURS")
HIS = pl.col("indicator") == CHANGED


@pytest.fixture
def releases(tmp_path: Path) -> Releases:
    return Releases(tmp_path / "releases")


def edition(detail_at: datetime | None = None, corrections: Iterable[Correction] = ()) -> Edition:
    """Four indicators in one language, so that its site is quick to write."""
    read = headline_edition(replace(example_edition(), headline=KEPT))
    theme = replace(example_edition().themes[0], indicators=KEPT)
    return replace(
        read,
        headline=("INC_ANY",),
        themes=(theme,),
        languages=("en",),
        synthetic=False,
        release_at=NINE,
        detail_at=detail_at,
        claims=(),
        corrections=tuple(corrections),
    )


@cache
def release(more: float = 0.0) -> Release:
    """The example's release; one indicator's published values are so much higher."""
    whole = narrow(example_release(), KEPT)
    shown = HIS & (pl.col("status") == "")
    numbers = [
        pl.when(shown).then((pl.col(name) + more).clip(0, 1).round(6)).otherwise(name).alias(name)
        for name in ("value", "ci_low", "ci_high")
    ]
    parts = {name: getattr(whole, name) for name in PARTS}
    cells = whole.cells.with_columns(numbers)
    return Release(whole.edition, False, cells, **parts, seal=SEAL)


@cache
def first_release() -> Candidate:
    """What is published first: the same wherever nothing has been stored before."""
    with TemporaryDirectory() as folder:
        return prepare(release(), edition(), Releases(Path(folder)), LATER)


def store(candidate: Candidate, releases: Releases, now: datetime = LATER) -> None:
    for part in missing(candidate, releases):
        assert releases.add(part.files, candidate.about(part, now)) == (part.number, True)


def correction(number: int = 2, **where: str) -> Correction:
    return Correction(number, date(2026, 6, 8), CHANGED, REASON, **where)


def codes(content: Release, words: Edition, releases: Releases) -> set[str]:
    with pytest.raises(BadInput) as caught:
        prepare(content, words, releases, LATER)
    return {one.code for one in caught.value.problems}


def page(candidate: Candidate, name: str, part: int = 0) -> str:
    return candidate.parts[part].files[f"site/en/{name}"].decode()


def test_the_digest_tells_every_byte_and_the_minute(releases: Releases) -> None:
    first = prepare(release(), edition(), releases, BEFORE)
    assert prepare(release(), edition(), releases, BEFORE).digest == first.digest
    others = [
        prepare(release(0.01), edition(), releases, BEFORE),
        prepare(release(), replace(edition(), subtitle={"en": "Otherwise"}), releases, BEFORE),
        prepare(release(), replace(edition(), release_at=LATER), releases, BEFORE),
    ]
    assert len({first.digest, *(one.digest for one in others)}) == 4


def test_what_is_stored_already_is_not_stored_again(releases: Releases) -> None:
    store(first_release(), releases)
    again = prepare(release(), edition(), releases, LATER)
    assert again.parts[0].number == 1
    assert missing(again, releases) == ()


def test_other_words_with_the_same_numbers_make_the_next_release_without_a_correction(releases: Releases) -> None:
    store(first_release(), releases)
    words = replace(edition(), subtitle={"en": "Otherwise"})
    assert [one.number for one in prepare(release(), words, releases, LATER).parts] == [2]


def test_a_changed_number_without_a_reason_is_listed(releases: Releases) -> None:
    store(first_release(), releases)
    with pytest.raises(BadInput) as caught:
        prepare(release(0.01), edition(), releases, LATER)
    assert {one.code for one in caught.value.problems} == {"P020"}
    fields = {one.place.field for one in caught.value.problems}
    breakdowns = release().cells.filter(HIS & (pl.col("status") == ""))["breakdown"].unique()
    assert fields == {f"{CHANGED} by {one}" for one in breakdowns}


def test_a_reason_for_one_breakdown_leaves_the_others_to_be_told(releases: Releases) -> None:
    store(first_release(), releases)
    with pytest.raises(BadInput) as caught:
        prepare(release(0.01), edition(corrections=[correction(breakdown="sector")]), releases, LATER)
    assert f"{CHANGED} by sector" not in {one.place.field for one in caught.value.problems}
    assert f"{CHANGED} by total" in {one.place.field for one in caught.value.problems}


def test_a_comparison_that_nothing_checks_is_told_to_who_publishes(releases: Releases) -> None:
    text = '# About\n\nMost of them: {{ share("INC_ANY") }}.\n'
    worded = replace(edition(), texts={"en": {"about": text, "method": "# Method\n"}})
    candidate = prepare(release(), worded, releases, LATER)
    assert [(one.code, one.place.line) for one in candidate.warnings] == [("P009", 3)]


def test_a_number_that_is_no_longer_published_needs_a_reason_too(releases: Releases) -> None:
    store(first_release(), releases)
    whole = release()
    hidden = [pl.when(HIS & (pl.col("breakdown") == "sector")).then(None).otherwise(name).alias(name)
              for name in ("value", "ci_low", "ci_high", "n", "n_dont_know", "n_missing")]  # fmt: skip
    status = pl.when(HIS & (pl.col("breakdown") == "sector")).then(pl.lit("c")).otherwise("status").alias("status")
    parts = {name: getattr(whole, name) for name in PARTS}
    less = Release(whole.edition, False, whole.cells.with_columns(*hidden, status), **parts, seal=SEAL)
    assert codes(less, edition(), releases) == {"P020"}
    told = prepare(less, edition(corrections=[correction()]), releases, LATER)
    assert "no longer published" in page(told, "corrections.html")


def test_a_correction_of_what_did_not_change_is_refused(releases: Releases) -> None:
    store(first_release(), releases)
    idle = Correction(2, date(2026, 6, 8), "INC_ANY", REASON)
    assert codes(release(0.01), edition(corrections=[correction(), idle]), releases) == {"P021"}
    assert codes(release(0.01), edition(corrections=[correction(3)]), releases) == {"P020", "P021"}


def test_in_editions_with_made_up_answers_a_missing_reason_is_a_warning(releases: Releases) -> None:
    words = replace(edition(), synthetic=True)
    store(prepare(release(), words, releases, LATER), releases)
    assert {one.code for one in prepare(release(0.01), words, releases, LATER).warnings} >= {"P020"}


def test_old_value_new_value_date_and_reason_stand_on_each_page_concerned(releases: Releases) -> None:
    store(first_release(), releases)
    corrected = prepare(release(0.1), edition(corrections=[correction()]), releases, LATER)
    old, new = (
        f"{one.cells.filter(HIS & (pl.col('breakdown') == 'total'))['value'][0] * 100:.0f}%"
        for one in (release(), release(0.1))
    )
    for name in (f"indicators/{slugged(CHANGED)}.html", f"themes/{edition().themes[0].id}.html", "corrections.html"):
        text = page(corrected, name)
        assert "Two late answers." in text, name
        assert "8 June 2026" in text, name
        assert f"<td>{old}" in text and f"<td>{new}" in text, name
    elsewhere = [one for one in corrected.parts[0].files if one.startswith("site/en/indicators/")]
    telling = [one for one in elsewhere if b"Two late answers." in corrected.parts[0].files[one]]
    assert 0 < len(telling) < len(elsewhere)
    assert "corrections.html" in page(corrected, "about.html")


def test_the_log_keeps_earlier_corrections(releases: Releases) -> None:
    store(first_release(), releases)
    first = edition(corrections=[correction()])
    store(prepare(release(0.1), first, releases, LATER), releases, LATER + timedelta(days=1))
    again = replace(correction(3), reason={"en": "A third answer."})
    third = prepare(release(0.12), edition(corrections=[correction(), again]), releases, LATER + timedelta(days=2))
    text = page(third, "corrections.html")
    assert text.index("A third answer.") < text.index("Two late answers.")


def test_what_was_put_right_before_its_minute_is_no_correction(releases: Releases) -> None:
    store(prepare(release(), edition(), releases, BEFORE), releases, BEFORE)
    put_right = prepare(release(0.1), edition(), releases, BEFORE)
    assert [one.number for one in put_right.parts] == [2]
    assert put_right.replaces is None
    store(put_right, releases, BEFORE)
    assert releases.public(NINE) == (2,)


def test_a_release_in_two_steps_shows_the_headline_alone_first(releases: Releases) -> None:
    both = prepare(release(), edition(LATER), releases, BEFORE)
    assert [(one.number, one.step, one.released_at) for one in both.parts] == [
        (1, "headline", NINE),
        (2, "whole", LATER),
    ]
    store(both, releases, BEFORE)
    assert set(read_release(releases, 1).cells["indicator"]) == set(edition().headline)
    assert read_release(releases, 2).cells.equals(release().cells)
    pages = [name for name in both.parts[0].files if name.startswith("site/en/indicators/")]
    assert len([one for one in pages if one.endswith(".html")]) == len(edition().headline)
    assert releases.public(NINE) == (1,)
    assert releases.public(LATER) == (1, 2)


@pytest.mark.parametrize("now", [BEFORE, NINE, LATER])
def test_two_steps_once_stored_are_not_stored_again(releases: Releases, now: datetime) -> None:
    store(prepare(release(), edition(LATER), releases, BEFORE), releases, BEFORE)
    assert missing(prepare(release(), edition(LATER), releases, now), releases) == ()


def test_a_narrowed_release_keeps_the_audit_of_the_whole_and_no_other_cell() -> None:
    part = narrow(release(), [CHANGED])
    assert set(part.cells["indicator"]) == {CHANGED}
    assert set(part.contrasts["indicator"]) <= {CHANGED}
    assert part.audit == release().audit


def slugged(indicator: str) -> str:
    from barometer.publication._downloads import slug

    return slug(next(one for one in edition().indicators if one.id == indicator))
