"""Words that know who reads them, so that a file is made again when what it was made from has changed, and only then.

A reader is a run of code, such as the making of a page. What it looks at is noted with its value: a word of the edition
in a language, the languages a text has, the size of another file. Readers of the same thread do not disturb each other:
what is read inside an inner one is noted there alone.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from barometer.model import Text, change_words

Thing = TypeVar("Thing")
Value = str | int | list[str] | None
Reads = dict[str, Value]
"""What was looked at -> what stood there. Values are those JSON has."""

_READER: ContextVar[Reads | None] = ContextVar("reader", default=None)
_KEYS = "*"


@contextmanager
def reader() -> Iterator[Reads]:
    """What is read from here on, until the end of the block."""
    reads: Reads = {}
    token = _READER.set(reads)
    try:
        yield reads
    finally:
        _READER.reset(token)


def note_read(what: str, value: Value) -> None:
    """Tell the reader at work, if there is one, what it looks at."""
    if (reads := _READER.get()) is not None:
        reads[what] = value


class Watched:
    """Words by their places: as they are now, and as things that tell who reads them."""

    def __init__(self) -> None:
        self._words: dict[str, Text] = {}

    def over(self, thing: Thing, place: str) -> Thing:
        """`thing` with all its words watched, from which nothing else is different; `place` names it."""
        return change_words(thing, self._watched, place)

    def now(self, what: str) -> Value:
        """What a reader would see today."""
        place, _, code = what.rpartition("\t")
        words = self._words.get(place, {})
        return list(words) if code == _KEYS else words.get(code)

    def _watched(self, place: str, words: Text) -> Text:
        self._words[place] = words
        return _Words(place, words)


class _Words(Mapping[str, str]):
    """A text in its languages. No `dict`: nothing may look into it without being noticed."""

    __slots__ = ("_place", "_words")

    def __init__(self, place: str, words: Text) -> None:
        self._place, self._words = place, words

    def __getitem__(self, code: str) -> str:
        note_read(f"{self._place}\t{code}", self._words.get(code))
        return self._words[code]

    def __iter__(self) -> Iterator[str]:
        self._note_keys()
        return iter(self._words)

    def __len__(self) -> int:
        self._note_keys()
        return len(self._words)

    def _note_keys(self) -> None:
        note_read(f"{self._place}\t{_KEYS}", list(self._words))


class Sizes:
    """Sizes of a site's files in bytes, for pages that tell them; what pages ask for is noted."""

    def __init__(self, site: Mapping[str, bytes]) -> None:
        self._site = site

    def __contains__(self, path: str) -> bool:
        here = path in self._site
        note_read(f"{_HERE}{path}", int(here))
        return here

    def __getitem__(self, path: str) -> int:
        size = len(self._site[path])
        note_read(f"{_SIZE}{path}", size)
        return size

    def knows(self, what: str) -> bool:
        """Whether it was asked here."""
        return what.startswith((_HERE, _SIZE))

    def now(self, what: str) -> Value:
        """What a reader would see today."""
        path = what.partition(":")[2]
        if path not in self._site:
            return None if what.startswith(_SIZE) else 0
        return len(self._site[path]) if what.startswith(_SIZE) else 1


_HERE, _SIZE = "here:", "size:"
