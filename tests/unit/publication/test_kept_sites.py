"""Files taken from an earlier site: always those that would be made anew, and never one that would not."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache, partial

import polars as pl
import pytest

from barometer.disclosure import Release, narrow
from barometer.disclosure._release import SEAL
from barometer.model import Claim, Edition, Text, change_words, fingerprint, without_words
from barometer.publication import Kept, Site, headline_edition
from published_example import edition as example_edition
from published_example import release as example_release

pytestmark = pytest.mark.thorough  # whole sites, again and again
FEW = ("INC_ANY", "INC_SERV", "SPR_ANY", "HOURS")
DA, EN = "da/", "en/"


@cache
def edition() -> Edition:
    """Two languages and four indicators, so that its site is quick to make again and again."""
    whole = example_edition()
    theme = replace(whole.themes[0], indicators=FEW)
    few = headline_edition(replace(whole, headline=FEW))
    return replace(few, themes=(theme,), languages=("da", "en"), headline=FEW[:1])


@cache
def release() -> Release:
    return narrow(example_release(), FEW)


@cache
def first() -> Site:
    made = Site(release(), edition())
    assert made.all_files()
    return made


@cache
def kept() -> Kept:
    return first().kept()


def changed_words(chosen: Callable[[str, str], bool], of: Edition | None = None) -> Edition:
    """An edition with other words at the places and in the languages chosen."""

    def change(place: str, words: Text) -> Text:
        return {code: f"{word} otherwise" if chosen(place, code) else word for code, word in words.items()}

    return change_words(of or edition(), change)


def label_changed(code: str = "da") -> Edition:
    return changed_words(lambda place, language: place.endswith("0.programme.indicators.0.label") and language == code)


def claim_changed(code: str = "da") -> Edition:
    return changed_words(lambda place, language: place == ".claims.0.text" and language == code)


def text_changed(name: str = "about") -> Edition:
    return changed_words(lambda place, language: (place, language) == (".texts.da", name))


def taken(site: Mapping[str, bytes]) -> set[str]:
    """Paths of the files that were taken and not made."""
    return {path for path, content in site.items() if content is kept().files.get(path)}


def test_nothing_is_made_when_nothing_has_changed() -> None:
    again = Site(release(), edition(), earlier=(kept(),)).all_files()
    unrecorded = {"index.html", "site.css", "site.js", "self-test.json"}
    assert set(again) - taken(again) <= unrecorded
    assert again == first()


@pytest.mark.parametrize("change", [label_changed, claim_changed, text_changed])
def test_other_words_give_what_a_site_from_scratch_has_and_leave_the_other_language_alone(
    change: Callable[[], Edition],
) -> None:
    again = Site(release(), change(), earlier=(kept(),)).all_files()
    assert again == Site(release(), change()).all_files() != first()
    pages = {path for path in again if path.startswith(EN)}
    sized = {f"{EN}data.html"}  # tells sizes of files in all languages
    assert pages - sized <= taken(again) | {path for path in pages if "/indicators/" in path}
    assert any(path.startswith(DA) for path in set(again) - taken(again))


def test_a_text_of_one_page_makes_few_files_anew() -> None:
    again = Site(release(), text_changed(), earlier=(kept(),)).all_files()
    fresh = {path for path in set(again) - taken(again) if again[path] != kept().files[path]}
    assert f"{DA}about.html" in fresh
    assert not any("/indicators/" in path or path.startswith("open-data/") for path in fresh)


def test_no_file_depends_on_a_word_that_it_is_not_known_to_have_read() -> None:
    """For each file, every word it has not read is changed: it stays as it was, or is made anew for words derived from
    others, such as titles of tables. Files that tell sizes have a test of their own."""
    alone = replace(edition(), languages=("en",))
    before = Site(release(), alone)
    assert before.all_files()
    told = before.kept().told
    groups: dict[frozenset[str], list[str]] = {}
    for made in told["made"].values():
        reads = frozenset(str(told["reads"][number][0]) for number in made["reads"])
        if not any(what.startswith("size:") for what in reads):
            groups.setdefault(reads, []).extend(made["files"])
    assert sum(map(len, groups.values())) > 50
    for reads, paths in groups.items():
        words = changed_words(partial(_unread, reads), alone)
        scratch = Site(release(), words)
        if differing := [path for path in paths if scratch[path] != before[path]]:
            again = Site(release(), words, earlier=(before.kept(),))
            assert {path for path in differing if again[path] != scratch[path]} == set()


def _unread(reads: frozenset[str], place: str, code: str) -> bool:
    return f"{place}\t{code}" not in reads


def test_another_number_makes_everything_that_tells_it_anew() -> None:
    whole = release()
    mine = (pl.col("indicator") == "INC_SERV") & (pl.col("status") == "")
    cells = whole.cells.with_columns(
        pl.when(mine).then((pl.col("value") + 0.01).clip(0, 1).round(6)).otherwise("value").alias("value")
    )
    parts = {name: getattr(whole, name) for name in ("contrasts", "response", "diagnostics", "footnotes", "audit")}
    other = Release(whole.edition, whole.synthetic, cells, **parts, seal=SEAL)
    again = Site(other, edition(), earlier=(kept(),)).all_files()
    assert again == Site(other, edition()).all_files() != first()


def test_another_program_takes_nothing() -> None:
    again = Site(release(), edition(), earlier=(kept(),), program="another")
    assert not taken({path: again[path] for path in ("da/report.pdf", "en/index.html", "data/example-2024.json")})


def test_spoilt_and_missing_files_are_made_anew() -> None:
    files = {**kept().files, "da/about.html": b"<p>by hand</p>", "open-data/SHA256SUMS": b""}
    del files["en/leaflet.pdf"]
    assert Site(release(), edition(), earlier=(replace(kept(), files=files),)).all_files() == first()


def test_a_page_that_is_gone_leaves_nothing_behind() -> None:
    texts = {code: {**texts, "more": "# More\n"} for code, texts in edition().texts.items()}
    more = Site(release(), replace(edition(), texts=texts), earlier=(kept(),))
    assert "da/texts/more.html" in more.all_files()
    assert Site(release(), edition(), earlier=(more.kept(),)).all_files() == first()


def test_a_claim_less_leaves_downloads_alone_and_gives_what_a_site_from_scratch_has() -> None:
    fewer = replace(edition(), claims=edition().claims[1:])
    assert isinstance(edition().claims[0], Claim)
    again = Site(release(), fewer, earlier=(kept(),)).all_files()
    assert again == Site(release(), fewer).all_files()
    downloads = {path for path in again if path.startswith(("data/", "open-data/", "da/data/", "en/data/"))}
    assert downloads <= taken(again)


def test_the_page_of_sizes_follows_the_files_it_tells_of() -> None:
    longer = change_words(
        edition(), lambda place, words: {**words, "en": words.get("en", "") * 60} if place == ".purpose" else words
    )
    assert Site(release(), longer, earlier=(kept(),)).all_files() == Site(release(), longer).all_files()


def test_words_are_no_part_of_the_definitions() -> None:
    assert fingerprint(without_words(label_changed())) == fingerprint(without_words(edition()))
    assert fingerprint(label_changed()) != fingerprint(edition())
    later = replace(edition(), seed=edition().seed + 1)
    assert fingerprint(without_words(later)) != fingerprint(without_words(edition()))


def test_a_thing_without_a_fingerprint_is_refused() -> None:
    with pytest.raises(TypeError, match="no fingerprint of object"):
        fingerprint(object())
