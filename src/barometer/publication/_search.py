"""Everything a reader may look for, by kind: a page that is of use as it is, and that a script narrows down."""

from collections.abc import Iterator
from dataclasses import dataclass

from barometer.model import Indicator, Instrument, QuestionKind, Survey, Text
from barometer.publication._cube import Cube
from barometer.publication._downloads import slug
from barometer.publication._figure import question_of
from barometer.publication._language import Language


@dataclass(frozen=True)
class Entry:
    """Something with a page: where, what it is called, and other words it may be found by."""

    path: str
    title: str
    words: str


@dataclass(frozen=True)
class Kind:
    id: str
    title: str
    entries: tuple[Entry, ...]


def search_index(cube: Cube, one: Language) -> tuple[Kind, ...]:
    """Themes, indicators and questions, each with its words in language `one`."""
    edition = cube.edition
    kinds = (
        ("themes", [Entry(f"themes/{it.id}.html", one.text(it.title), "") for it in edition.themes]),
        ("indicators", [_indicator(cube, it, one) for it in edition.indicators]),
        ("questions", [each for survey in edition.surveys for each in _questions(survey, one)]),
    )
    return tuple(Kind(name, one.say(f"search.{name}"), tuple(entries)) for name, entries in kinds if entries)


def _indicator(cube: Cube, indicator: Indicator, one: Language) -> Entry:
    """Found by its question where its name does not say it, by what it is out of, and by its code."""
    survey = cube.owners[indicator.id]
    question, item = question_of(survey, indicator)
    asked = one.text(_item_text(survey.measured, question.id, item) if item else question.text) if question else ""
    words = (asked, one.text(cube.universe(indicator).label), indicator.id)
    return Entry(f"indicators/{slug(indicator)}.html", one.text(indicator.label), " · ".join(it for it in words if it))


def _item_text(instrument: Instrument, question: str, item: str) -> Text:
    return next(row.label for row in instrument.question(question).items if row.code == item)


def _questions(survey: Survey, one: Language) -> Iterator[Entry]:
    for question in survey.instrument.questions:
        if question.kind is not QuestionKind.INFORMATION:
            path = f"questionnaire-{survey.id}.html#q-{question.id}"
            yield Entry(path, one.text(question.text), question.id)
