"""A visitor's answers in a few characters, so that their own browser can carry them and nobody else need.

Names and codes are told by their place in the questionnaire: a single choice takes one or two characters, a number at
most 24. How long the answers can get is therefore known before anybody has given them.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from math import isfinite

from barometer.model import MISSING_CODES, Breakdown, Edition, Instrument, Question, QuestionKind
from barometer.problems import Place, Problem
from barometer.publication._self_test_cut import cut

ROOM = 2_400
"""Characters that answers may take. With what stands around them, signed and encoded, they stay below the 4,096 bytes
that browsers keep of a cookie."""

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_NUMBER = 24
_MISSING = sorted(MISSING_CODES)
_NEXT, _AND, _SILENT = ",", ".", "~"


def pack(instrument: Instrument, told: Sequence[Breakdown], values: Mapping[str, object]) -> str:
    """Answers and categories told, by name, as text. Names and codes that the test does not have are left out."""
    return _NEXT.join(write(values.get(name)) for name, write, _, _ in _slots(instrument, told)).rstrip(_NEXT)


def unpack(instrument: Instrument, told: Sequence[Breakdown], text: str) -> dict[str, object]:
    """What `pack` was given, with lists for multiple choices and rankings; ValueError for anything else."""
    slots = list(_slots(instrument, told))
    parts = text.split(_NEXT)
    if len(parts) > len(slots):
        raise ValueError("more answers than questions")
    return {name: read(part) for part, (name, _, read, _) in zip(parts, slots, strict=False) if part}


def longest(instrument: Instrument, told: Sequence[Breakdown]) -> int:
    """Characters that `pack` gives at most."""
    return sum(most + len(_NEXT) for _, _, _, most in _slots(instrument, told))


def check_self_test(edition: Edition) -> tuple[Problem, ...]:
    """P010 where a visitor's browser could not carry all answers to the self-test."""
    asked = edition.self_test
    survey = next((one for one in edition.surveys if asked and one.id == asked.survey), None)
    if asked is None or survey is None:
        return ()
    instrument = cut(survey.instrument, asked.questions)
    told = [survey.programme.breakdown(one) for one in asked.breakdowns]
    needed = longest(instrument, told)
    if needed <= ROOM:
        return ()
    sizes = sorted(((longest_of(one), one.id) for one in instrument.questions), reverse=True)
    largest = ", ".join(f"'{name}' ({size})" for size, name in sizes[:3])
    place = Place("outputs.toml", field="self_test.questions")
    found = f"answers of up to {needed} characters"
    way_out = f"Ask fewer questions: name those you want. The largest are {largest}."
    return (Problem("P010", place, found, f"at most {ROOM}", way_out),)


def longest_of(question: Question) -> int:
    """Characters that the answers to a question take at most."""
    return sum(most + len(_NEXT) for _, _, _, most in _of_question(question))


Slot = tuple[str, Callable[[object], str], Callable[[str], object], int]
"""A name, how its value is written and read, and the most characters that takes."""


def _slots(instrument: Instrument, told: Sequence[Breakdown]) -> Iterator[Slot]:
    for breakdown in told:
        codes = [part for category in breakdown.categories for part in (category.code, *category.parts)]
        yield _coded(breakdown.column, codes)
    for question in instrument.questions:
        yield from _of_question(question)


def _of_question(question: Question) -> Iterator[Slot]:
    codes = [choice.code for choice in question.choices]
    for name in question.names:
        if question.kind in (QuestionKind.SINGLE, QuestionKind.GRID):
            yield _coded(name, codes)
        elif question.kind in (QuestionKind.MULTI, QuestionKind.RANKING):
            yield _listed(name, codes)
        else:
            yield _numbered(name)


def _coded(name: str, codes: Sequence[str]) -> Slot:
    return name, lambda value: _place(value, codes), lambda text: _code(text, codes), max(2, len(_base36(len(codes))))


def _listed(name: str, codes: Sequence[str]) -> Slot:
    def write(value: object) -> str:
        if not isinstance(value, list | tuple):
            return _place(value, ())
        return _AND.join(["", *(place for code in value if (place := _place(code, codes)))])

    def read(text: str) -> object:
        return [_code(part, codes) for part in text.split(_AND)[1:]] if text[0] == _AND else _code(text, ())

    return name, write, read, max(2, sum(1 + len(_base36(place)) for place in range(len(codes))))


def _numbered(name: str) -> Slot:
    def write(value: object) -> str:
        if not isinstance(value, int | float) or not isfinite(value):
            return _place(value, ())
        text = json.dumps(value)
        return text if len(text) <= _NUMBER else json.dumps(float(value))

    def read(text: str) -> object:
        return _code(text, ()) if text[0] == _SILENT else json.loads(text)

    return name, write, read, _NUMBER


def _place(value: object, codes: Sequence[str]) -> str:
    """'' where it is no code."""
    if value in codes:
        return _base36(codes.index(str(value)))
    return f"{_SILENT}{_base36(_MISSING.index(str(value)))}" if value in _MISSING else ""


def _code(text: str, codes: Sequence[str]) -> str:
    known, text = (_MISSING, text[1:]) if text[0] == _SILENT else (codes, text)
    try:
        return known[int(text, 36)]
    except IndexError as error:
        raise ValueError("no such answer") from error


def _base36(number: int) -> str:
    return _DIGITS[number] if number < 36 else _base36(number // 36) + _DIGITS[number % 36]
