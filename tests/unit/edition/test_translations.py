"""Every text of an edition is there in every language; a walk takes each one away and sees that it is missed."""

import re

import pytest

from barometer.edition import check_edition, starter

LANGUAGES = ("en", "da", "nb", "sv")
INLINE = re.compile(r',?\s*\bnb = "[^"\n]*"(?=\s*[,}])')
LINE = re.compile(r'^[ \t]*(?:[a-z_]+\.)?nb = "[^"\n]*"\n', re.MULTILINE)


def translations() -> list[tuple[str, int, int]]:
    """File, start and end of every Norwegian text in the settings of the starter edition."""
    return [
        (name, found.start(), found.end())
        for name, content in starter().items()
        if name.endswith(".toml")
        for pattern in (INLINE, LINE)
        for found in pattern.finditer(content.decode())
        if "#" not in content.decode()[: found.start()].rpartition("\n")[2]
    ]


def test_the_walk_finds_the_texts_of_every_settings_file() -> None:
    assert {"edition.toml", "indicators.toml", "outputs.toml", "frame.toml"} <= {name for name, _, _ in translations()}
    assert len(translations()) > 30


@pytest.mark.parametrize("name", sorted({name for name, _, _ in translations()}))
def test_a_text_that_is_missing_in_one_language_is_told(name: str) -> None:
    for file, start, end in translations():
        if file != name:
            continue
        text = starter()[file].decode()
        found = check_edition({**starter(), file: (text[:start] + text[end:]).encode()})
        assert [(one.code, one.place.file) for one in found] == [("E006", file)], text[start:end]
        assert "nb" in found[0].found


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_further_text_must_be_there_in_every_language(code: str) -> None:
    folder = {**starter(), f"texts/{code}/history.md": b"# History\n\nLong.\n"}
    missed = [one for one in check_edition(folder) if one.code == "E001"]
    assert [one.place.file for one in missed] == [f"texts/{one}/history.md" for one in LANGUAGES if one != code]
