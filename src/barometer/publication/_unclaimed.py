"""Sentences that compare beside live numbers, and no claim that would be checked."""

import re
from collections.abc import Iterator
from dataclasses import replace

from barometer.edition import live
from barometer.model import Edition
from barometer.problems import Place, Problem, Severity
from barometer.publication._language import language, languages_available
from barometer.publication._wording import sources

_NUMBER, _CLAIM = "\ufffc", "\ufffb"
_ENDS = re.compile(rf"[.!?](?=\s|$)\s*(?:{_CLAIM}\s*)*|\n\s*\n|\n(?=\s*(?:[-*#|]|\d+\.)\s)|\Z")


def check_wording(edition: Edition) -> tuple[Problem, ...]:
    """P009 (a warning) for every sentence that has a live number and a word that compares, but no claim.

    Words are those of the catalogue of the text's language. A claim belongs to the sentence it stands in, or whose
    full stop it follows. What is not seen: comparisons in other words, and sentences without a live number.
    """
    return tuple(problem for place, source in sources(edition) for problem in _unclaimed(place, source))


def _unclaimed(place: Place, source: str) -> Iterator[Problem]:
    code = place.field.rsplit(".", 1)[-1] if place.field else place.file.split("/")[1]
    if code not in languages_available():
        return
    compares, but = _patterns(code)
    text = _marked(source)
    start = 0
    for end in _ENDS.finditer(text):
        sentence, at, start = text[start : end.end()], start, end.end()
        if _NUMBER not in sentence or _CLAIM in sentence:
            continue
        found = compares.search(but.sub(lambda one: " " * len(one[0]), sentence))
        if found:
            line = source.count("\n", 0, at + found.start()) + 1
            yield Problem(
                "P009",
                place if place.field else replace(place, line=line),
                f"'{found[0]}' beside a live number",
                "a claim beside every sentence that compares",
                'Add {{ claim("INDICATOR", breakdown="a > b") }} behind the sentence, or say it without comparing.',
                Severity.WARNING,
            )


def _marked(source: str) -> str:
    """`source` with calls as marks of the same length, so that their quotation marks and stops are no text."""
    text = source
    for call in live(source):
        mark = {"claim": _CLAIM}.get(call.function, _NUMBER)
        text = text[: call.start] + mark + " " * (call.end - call.start - 1) + text[call.end :]
    return text


def _patterns(code: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    one = language(code)
    return _any(one.say("compares.words")), _any(one.say("compares.but"))


def _any(listed: str) -> re.Pattern[str]:
    words = (re.escape(word.strip()).replace(r"\ ", r"\s+") for word in listed.split(","))
    return re.compile(rf"\b(?:{'|'.join(words)})\b", re.IGNORECASE)
