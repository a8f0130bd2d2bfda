"""What a browser posted for one question as typed values."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from barometer.model import CONSENTED, Question, QuestionKind, missing_code
from barometer.problems import Problem, Severity, suggestion
from barometer.questionnaire._answer import both_answers, told
from barometer.questionnaire._written import dates_meant, numbers_meant

LONGEST = 30_000
"""Characters of one field that are kept; nobody writes more into a form by hand."""

Posted = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Parsed:
    """`values`: answers by name, without those left blank. `kept`: texts by field that could not be used as they
    are, so that the page can show them again. `problems`: why, codes Q."""

    values: dict[str, object]
    kept: dict[str, str]
    problems: tuple[Problem, ...]


@dataclass
class _Reader:
    """The fields of one question, and what was read so far."""

    question: Question
    posted: Posted
    values: dict[str, object] = field(default_factory=dict)
    kept: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def text(self, name: str) -> str:
        """The last value of the field, as a browser sends it, cleaned; '' where there is none."""
        return clean((self.posted.get(name) or [""])[-1])

    def all(self, name: str) -> list[str]:
        return [text for value in self.posted.get(name, ()) if (text := clean(value))]

    def keep(self, name: str, text: str, code: str, found: str, expected: str, way_out: str, **values: object) -> None:
        self.kept[name] = text
        self.problems.append(told(code, name, found, expected, way_out, **values))

    def code(self, name: str, codes: Sequence[str]) -> str | None:
        """The code posted; what is no code cannot have come from the page, and is told and dropped."""
        text = self.text(name)
        if not text or text in codes:
            return text or None
        self.unknown(name, text, codes)
        return None

    def unknown(self, name: str, text: str, codes: Sequence[str]) -> None:
        expected = f"one of: {', '.join(codes)}"
        self.problems.append(
            told("Q101", name, repr(text[:80]), expected, suggestion(text[:80], codes), code=text[:80])
        )


def parse_posted(question: Question, posted: Posted) -> Parsed:
    """The answers to one question in a posted form, codes Q for what cannot be read.

    `posted`: values by field name, as a form has them: `question`; `question.item` for grids and shares;
    `question.1` to `question.k` for the places of a ranking; `question.code.text` beside a choice;
    `question.missing` for 'dont_know' and its like. Other fields are not looked at. Whether values fit the
    question is for `check_page`. Pass a question of a `Path`: choices that are not shown are not accepted.
    """
    reader = _Reader(question, posted)
    _KINDS[question.kind](reader)
    _other_texts(reader)
    if question.missing:
        _missing(reader)
    return Parsed(reader.values, reader.kept, tuple(reader.problems))


def clean(text: str) -> str:
    """Text as stored: composed characters, line feeds, no other control characters, no blanks at its ends."""
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]", "", composed).strip()


def _single(reader: _Reader) -> None:
    code = reader.code(reader.question.id, _codes(reader.question))
    if code is not None:
        reader.values[reader.question.id] = code


def _consent(reader: _Reader) -> None:
    if reader.code(reader.question.id, [CONSENTED]) is not None:
        reader.values[reader.question.id] = CONSENTED


def _multi(reader: _Reader) -> None:
    question, known = reader.question, _codes(reader.question)
    marks = list(dict.fromkeys(reader.all(question.id)))
    for mark in marks:
        if mark not in known:
            reader.unknown(question.id, mark, known)
    given = tuple(code for code in known if code in marks)
    if given:
        reader.values[question.id] = given


def _grid(reader: _Reader) -> None:
    for item in reader.question.items:
        name = f"{reader.question.id}.{item.code}"
        code = reader.code(name, _codes(reader.question))
        if code is not None:
            reader.values[name] = code


def _ranking(reader: _Reader) -> None:
    """Places filled from the first on, each choice once; else all places are kept as they were."""
    question, known = reader.question, _codes(reader.question)
    places = [f"{question.id}.{place}" for place in range(1, places_of(question) + 1)]
    ranked = [reader.code(name, known) for name in places]
    given = [code for code in ranked if code is not None]
    twice = [code for code in dict.fromkeys(given) if given.count(code) > 1]
    problems = [
        told("Q111", question.id, f"{code!r} in two places", "a choice once", "Change one of them.", code=code)
        for code in twice
    ]
    if None in ranked[: len(given)]:
        gap = ranked.index(None) + 1
        found, way_out = f"nothing in place {gap}", "Fill the places from the first on."
        problems.append(told("Q112", question.id, found, "a choice before the next place", way_out, rank=gap))
    reader.problems += problems
    if problems:
        reader.kept.update({name: code for name, code in zip(places, ranked, strict=True) if code is not None})
    elif given:
        reader.values[question.id] = tuple(given)


def places_of(question: Question) -> int:
    """How many places a ranking offers."""
    choices = len(question.choices)
    return choices if question.maximum is None else min(int(question.maximum), choices)


def _number(reader: _Reader) -> None:
    _figure(reader, reader.question.id)


def _shares(reader: _Reader) -> None:
    for item in reader.question.items:
        _figure(reader, f"{reader.question.id}.{item.code}")


def _figure(reader: _Reader, name: str) -> None:
    text = reader.text(name)
    meant = numbers_meant(text[:80])
    if len(meant) == 1 and len(text) <= 80:
        reader.values[name] = meant[0]
    elif meant:
        found, expected = f"'{text}', {meant[0]:g} or {meant[1]:g}", "a number that can be read in one way"
        way_out = "Write it without a mark between thousands."
        reader.keep(name, text, "Q113", found, expected, way_out, value=text, one=meant[0], other=meant[1])
    elif text:
        reader.keep(name, text[:LONGEST], "Q116", f"'{text[:80]}'", "a number", "Write digits only.", value=text[:80])


def _year(reader: _Reader) -> None:
    name = reader.question.id
    text = reader.text(name)
    if re.fullmatch(r"[0-9]{4}", text):
        reader.values[name] = int(text)
    elif text:
        found, way_out = f"'{text[:80]}'", "Write the year in four digits."
        reader.keep(name, text[:LONGEST], "Q117", found, "a year such as 2026", way_out, value=text[:80])


def _date(reader: _Reader) -> None:
    name = reader.question.id
    text = reader.text(name)
    meant = dates_meant(text[:80])
    if len(meant) == 1:
        reader.values[name] = meant[0].isoformat()
    elif meant:
        found, expected = f"'{text}', {meant[0]} or {meant[1]}", "a date that can be read in one way"
        one, other = (day.isoformat() for day in meant)
        way_out = "Write it as 2026-03-31."
        reader.keep(name, text, "Q113", found, expected, way_out, value=text, one=one, other=other)
    elif text:
        found, way_out = f"'{text[:80]}'", "Write it as 2026-03-31."
        reader.keep(name, text[:LONGEST], "Q118", found, "a date that exists", way_out, value=text[:80])


def _text(reader: _Reader) -> None:
    name = reader.question.id
    text = reader.text(name)
    if len(text) > LONGEST:
        found, expected = f"{len(text)} characters", f"at most {LONGEST}"
        way_out = "Shorten the text."
        reader.keep(name, text[:LONGEST], "Q107", found, expected, way_out, maximum=LONGEST, count=len(text))
    elif text:
        reader.values[name] = text


def _nothing(reader: _Reader) -> None:
    """Information is shown and not answered, and computed numbers are computed."""


def _other_texts(reader: _Reader) -> None:
    """Texts beside choices; one whose choice is not chosen is kept, and told as a warning."""
    question = reader.question
    value = reader.values.get(question.id)
    chosen = value if isinstance(value, tuple) else (value,)
    for name, code in question.other_texts.items():
        text = reader.text(name)[:LONGEST]
        if text and code in chosen:
            reader.values[name] = text
        elif text:
            reader.kept[name] = text
            found, way_out = f"a text, but not {code!r}", "Choose it, or remove the text."
            problem = told("Q119", name, found, f"{code!r} with its text", way_out, code=code)
            reader.problems.append(replace(problem, severity=Severity.WARNING))


def _missing(reader: _Reader) -> None:
    """Don't know and its like in place of an answer; both together are kept and told."""
    question = reader.question
    name = f"{question.id}.missing"
    code = reader.code(name, [missing.value for missing in question.missing])
    if code is None:
        return
    answered = {part: reader.text(part) for part in _fields(question) if reader.text(part)}
    if not answered:
        reader.values[question.id] = missing_code(next(one for one in question.missing if one.value == code))
        return
    reader.values.clear()
    reader.kept.update({**answered, name: code})
    reader.problems[:] = [both_answers(question, code)]


def _fields(question: Question) -> list[str]:
    """The fields of the answer itself."""
    if question.kind is QuestionKind.RANKING:
        return [f"{question.id}.{place}" for place in range(1, places_of(question) + 1)]
    items = [f"{question.id}.{item.code}" for item in question.items]
    return items or [question.id]


def _codes(question: Question) -> list[str]:
    return [choice.code for choice in question.choices]


_KINDS: dict[QuestionKind, Callable[[_Reader], None]] = {
    QuestionKind.SINGLE: _single,
    QuestionKind.MULTI: _multi,
    QuestionKind.GRID: _grid,
    QuestionKind.NUMBER: _number,
    QuestionKind.TEXT: _text,
    QuestionKind.LONGTEXT: _text,
    QuestionKind.DATE: _date,
    QuestionKind.YEAR: _year,
    QuestionKind.SHARES: _shares,
    QuestionKind.RANKING: _ranking,
    QuestionKind.CONSENT: _consent,
    QuestionKind.COMPUTED: _nothing,
    QuestionKind.INFORMATION: _nothing,
}
