"""The questionnaire of the self-test: some questions of an instrument, with what their conditions look at."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from barometer.expressions import Expression
from barometer.model import Choice, Instrument, Item, Page, Question, QuestionKind, Required

OWN_WORDS = (QuestionKind.TEXT, QuestionKind.LONGTEXT, QuestionKind.DATE, QuestionKind.CONSENT)
"""Kinds that are never asked: their answers could tell who gave them."""


def cut(instrument: Instrument, wanted: Collection[str]) -> Instrument:
    """The instrument with the wanted questions, those their conditions need, and the notes on their pages.

    Every question may be left out, nothing is asked in own words or offered from the register, and there are no
    sections. A question whose conditions need an answer in own words is left out.
    """
    kept = _with_needed(instrument, frozenset(wanted))
    pages = tuple(page for page in (_page(page, kept) for page in instrument.pages) if page.questions)
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
