"""The termbase in docs/reference/terms.md is what the catalogues say."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "barometer"
CODES = {"English": "en", "Danish": "da", "Norwegian": "nb", "Swedish": "sv"}


@cache
def rows(heading: str) -> tuple[tuple[str, ...], ...]:
    """Body of the first table after a heading; '' is the top of the page."""
    page = (ROOT / "docs" / "reference" / "terms.md").read_text(encoding="utf-8")
    part = page.split(f"## {heading}\n")[1] if heading else page
    table = re.search(r"(?:^\|.*\n)+", part, re.MULTILINE)
    assert table
    lines = table[0].splitlines()[2:]
    return tuple(tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines)


@cache
def messages(code: str) -> Mapping[str, tuple[str, ...]]:
    """Every text of a language: by key in the catalogues of publication and printing, by quoted English text in those
    of the web pages, by file name for letters."""
    found: dict[str, tuple[str, ...]] = {}
    for room, prefix in (("publication", ""), ("printing", "printing:")):
        content = tomllib.loads((SOURCE / room / "catalogues" / f"{code}.toml").read_text(encoding="utf-8"))
        found |= {prefix + key: (text,) for key, text in flat(content)}
    for file in (SOURCE / "web" / "locale").glob(f"*/{code}/LC_MESSAGES/django.po"):
        with file.open("rb") as opened:
            for one in read_po(opened, locale=code):
                if one.id:
                    english = f'"{forms(one.id)[0]}"'
                    found[english] = found.get(english, ()) + forms(one.string)
    for letter in (SOURCE / "web" / "fieldwork" / "letter_texts" / code).glob("*.md"):
        found[letter.name] = (letter.read_text(encoding="utf-8"),)
    return found


def forms(text: object) -> tuple[str, ...]:
    """Singular and plural, where a text has both."""
    return tuple(str(one) for one in text) if isinstance(text, tuple | list) else (str(text),)


def plain(text: str) -> str:
    """Without capitals and with straight apostrophes."""
    return text.lower().replace("’", "'")


def flat(table: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{prefix}{key}.")
        elif key != "words" and prefix != "compares.":  # words looked for in texts, not said to anybody
            yield prefix + key, str(value)


def places(cell: str) -> Iterable[str]:
    return re.findall(r'"[^"]+"|(?<=`)[\w.:]+(?=`)', cell)


@pytest.mark.parametrize("row", rows(""), ids=lambda row: row[0])
def test_a_term_is_what_the_texts_it_names_say(row: tuple[str, ...]) -> None:
    assert places(row[5])
    for code, term in zip(("en", "da", "nb", "sv"), row[1:5], strict=True):
        for place in places(row[5]):
            assert place in messages("da"), place
            said = (place,) if code == "en" and place.startswith('"') else messages(code)[place]
            assert all(plain(term) in plain(text) for text in said), (code, place, said)


@pytest.mark.parametrize("row", rows("Not"), ids=lambda row: f"{row[0]}: {row[1]}")
def test_words_that_were_given_up_are_in_no_catalogue(row: tuple[str, ...]) -> None:
    language, words, _ = row
    found = [
        (word, place)
        for word in words.split(",")
        for place, texts in messages(CODES[language]).items()
        if any(re.search(rf"{re.escape(word.strip())}", text, re.IGNORECASE) for text in texts)
    ]
    assert found == []
