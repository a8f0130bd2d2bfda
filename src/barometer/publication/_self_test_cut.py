"""The questionnaire of the self-test: some questions of an instrument, with what their conditions look at."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from math import ceil

from barometer.expressions import Expression
from barometer.model import Choice, Instrument, Item, Page, Question, QuestionKind, Required

OWN_WORDS = (QuestionKind.TEXT, QuestionKind.LONGTEXT, QuestionKind.DATE, QuestionKind.CONSENT)
"""Kinds that are never asked: their answers could tell who gave them."""
MOST_ROWS = 16
"""Lines of answers that one page has: a longer page of the questionnaire is asked as several, each after the other."""


def cut(instrument: Instrument, wanted: Collection[str]) -> Instrument:
    """The instrument with the wanted questions, those their conditions need, and the notes on their pages.

    Every question may be left out, nothing is asked in own words or offered from the register, and there are no
    sections. A question whose conditions need an answer in own words is left out. No page is a long one to scroll,
    unless a single question makes it so.
    """
    kept = _with_needed(instrument, frozenset(wanted))
    whole = (_page(page, kept) for page in instrument.pages)
    pages = tuple(part for page in whole if page.questions for part in _parts(page))
    ids = {question.id for page in pages for question in page.questions}
    foreign = {question.id for question in instrument.questions} - ids
    checks = tuple(check for check in instrument.checks if not _used([check.condition]) & foreign)
    return replace(instrument, pages=pages, checks=checks, sections=(), introduction={}, digest="")


def register_used(instrument: Instrument) -> frozenset[str]:
    """Register columns that its conditions look at."""
    names: set[str] = set()
    for page in instrument.pages:
        for question in page.questions:
            names |= _needs(page, question)
    names |= _used([check.condition for check in instrument.checks])
    return frozenset(names - {question.id for question in instrument.questions})


def _with_needed(instrument: Instrument, wanted: frozenset[str]) -> frozenset[str]:
    needs = {question.id: _needs(page, question) for page in instrument.pages for question in page.questions}
    kinds = {question.id: question.kind for question in instrument.questions}
    kept: set[str] = set()
    for each in wanted:
        whole, left = {each}, [each]
        while left:
            more = (needs[left.pop()] & needs.keys()) - whole
            whole |= more
            left += more
        if not any(kinds[one] in OWN_WORDS for one in whole):
            kept |= whole
    return frozenset(kept)


def _page(page: Page, kept: frozenset[str]) -> Page:
    asked = [question for question in page.questions if question.id in kept]
    notes = [
        question
        for question in page.questions
        if question.kind is QuestionKind.INFORMATION and asked and _needs(page, question) <= kept
    ]
    here = {question.id for question in (*asked, *notes)}
    questions = tuple(_question(question) for question in page.questions if question.id in here)
    return replace(page, questions=questions, section="")


def _parts(page: Page) -> Iterator[Page]:
    """The page, or its questions in order on several; a note stands with the question after it."""
    parts: list[list[Question]] = [[]]
    room, notes = MOST_ROWS, list[Question]()
    for question in page.questions:
        rows = _rows(question)
        if rows > room and any(_rows(one) for one in parts[-1]):
            parts.append([])
            room = MOST_ROWS
        if rows:
            parts[-1] += [*notes, question]
            notes, room = [], room - rows
        else:
            notes.append(question)
    parts[-1] += notes
    for n, questions in enumerate(parts):
        yield replace(page, id=f"{page.id}_{n + 1}" if n else page.id, questions=tuple(questions))


def _rows(question: Question) -> int:
    """Lines of answers on a phone, where the choices of a grid stand two by two."""
    if question.kind is QuestionKind.INFORMATION or question.kind is QuestionKind.COMPUTED:
        return 0
    if question.kind is QuestionKind.GRID:
        return len(question.items) * ceil(len(question.choices) / 2)
    return max(1, len(question.choices), len(question.items))


def _question(question: Question) -> Question:
    choices = tuple(replace(choice, opens_text=False) for choice in question.choices)
    required = Required.SOFT if question.required is Required.HARD else question.required
    return replace(question, choices=choices, required=required, prefill="")


def _needs(page: Page, question: Question) -> frozenset[str]:
    """Names of questions and register columns that decide about a question, its choices or its number."""
    parts: tuple[Choice | Item, ...] = (*question.choices, *question.items)
    return _used([page.when, question.when, question.expression, *(part.when for part in parts)])


def _used(expressions: Iterable[Expression | None]) -> frozenset[str]:
    return frozenset(name.split(".")[0] for one in expressions if one is not None for name in one.names)
