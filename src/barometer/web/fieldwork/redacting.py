"""Hiding what could tell who somebody is in an open answer. Pure: no database."""

import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

KINDS: Mapping[str, Any] = {
    "name": _("Name of a person"),
    "place": _("Place or address"),
    "organisation": _("Workplace or organisation"),
    "contact": _("Phone, e-mail, number"),
    "other": _("Something else that tells who it is"),
}
"""What stands in brackets in place of the words."""
GONE = "[…]"
"""In place of a text that is not to be kept, where something must stand."""

_PIECES = re.compile(r"\S+|\s+")
_PUNCTUATED = re.compile(r"^(\W*)(.*?)(\W*)$", re.DOTALL)


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def words_of(text: str) -> list[str]:
    """The words that `hide_words` counts, with the punctuation around them."""
    return text.split()


def hide_words(text: str, places: Collection[int], kind: str) -> str:
    """The text with the words at these places, counted from 0, as '[kind]'; neighbours become one. Punctuation around
    them stays, and so do blanks and line breaks."""
    pieces, place, written = _PIECES.findall(text), -1, []
    waiting = ""  # what stands between two hidden words
    hiding = False
    for piece in pieces:
        if piece.isspace():
            waiting += piece
            continue
        place += 1
        if place not in places:
            written += [waiting, piece]
            hiding = False
        else:
            before, _words, after = _parts(piece)
            if hiding and not before and "\n" not in waiting and written[-1] == "":
                written[-1] = after
            else:
                written += [waiting, f"{before}[{kind}]", after]
            hiding = True
        waiting = ""
    return "".join(written) + waiting


def hide_typed(text: str, typed: Sequence[str], kind: str) -> str:
    """The text with each of the typed texts, wherever it stands and in whatever case, as '[kind]'."""
    for one in sorted(typed, key=len, reverse=True):
        text = re.sub(_anywhere(one), f"[{kind}]", text, flags=re.IGNORECASE)
    return text


def not_found(text: str, typed: Sequence[str]) -> list[str]:
    """Those of the typed texts that do not stand in the text."""
    return [one for one in typed if not re.search(_anywhere(one), text, flags=re.IGNORECASE)]


def _anywhere(typed: str) -> str:
    """The words with any blanks between them, not inside a longer word."""
    words = r"\s+".join(re.escape(word) for word in typed.split())
    return rf"(?<!\w){words}(?!\w)"


def _parts(piece: str) -> tuple[str, str, str]:
    found = _PUNCTUATED.match(piece)
    assert found is not None  # it matches everything
    before, words, after = found.groups()
    return (before, words, after) if words else ("", piece, "")
