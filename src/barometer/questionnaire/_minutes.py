"""How long a questionnaire takes, told before anybody has answered it."""

from collections.abc import Mapping
from math import ceil

from barometer.model import Instrument, Question, QuestionKind, Text
from barometer.questionnaire._parse import places_of
from barometer.questionnaire._path import Path

WORDS_A_MINUTE = 200.0
"""A little below the 238 words a minute of adults who read in silence (Brysbaert 2019, Journal of Memory and
Language 109, 104047), because questions are read to be answered."""
SECONDS_A_PAGE = 4.0
"""Finding one's way on a page, and sending it."""
SECONDS_AN_ANSWER: Mapping[QuestionKind, float] = {
    QuestionKind.SINGLE: 4,
    QuestionKind.MULTI: 6,
    QuestionKind.GRID: 4,
    QuestionKind.NUMBER: 15,
    QuestionKind.YEAR: 8,
    QuestionKind.DATE: 12,
    QuestionKind.SHARES: 12,
    QuestionKind.RANKING: 8,
    QuestionKind.TEXT: 15,
    QuestionKind.LONGTEXT: 45,
    QuestionKind.CONSENT: 3,
    QuestionKind.COMPUTED: 0,
    QuestionKind.INFORMATION: 0,
}
"""Thinking and answering, once the words are read: an item of a grid or of shares, a place of a ranking, else a
question. Rules of thumb; times measured in fieldwork replace the estimate."""


def minutes(instrument: Instrument, path: Path | None = None) -> float:
    """Minutes a respondent needs for the questions of `path`; for every page and question, the longest way
    there can be, where none is given.

    Reading time of the words, in the language that has most of them, and seconds an answer by kind of question.
    Definitions, which few open, are not counted.
    """
    pages = instrument.pages if path is None else path.pages
    texts = [instrument.introduction, *(page.title for page in pages)]
    questions = [question for page in pages for question in page.questions]
    words = {
        language: sum(words_of(text, language) for text in texts)
        + sum(question_words(question, language) for question in questions)
        for language in instrument.languages
    }
    reading = max(words.values(), default=0) / WORDS_A_MINUTE
    return reading + (len(pages) * SECONDS_A_PAGE + sum(map(_seconds, questions))) / 60


def minutes_told(instrument: Instrument) -> int:
    """Minutes at most, as respondents are told: whole ones, and in full fives where it is long, since an estimate
    should not look like a measurement."""
    estimate = minutes(instrument)
    return max(1, ceil(estimate)) if estimate <= 10 else 5 * ceil(estimate / 5)


def question_words(question: Question, language: str) -> int:
    """Words on the screen for a question in a language, without its definition."""
    labels = [choice.label for choice in question.choices] + [item.label for item in question.items]
    return sum(words_of(text, language) for text in (question.text, question.hint, question.unit, *labels))


def words_of(text: Text, language: str) -> int:
    """How many words the text has; 0 in a language it lacks."""
    return len(text.get(language, "").split())


def _seconds(question: Question) -> float:
    parts = len(question.items) if question.items else 1
    if question.kind is QuestionKind.RANKING:
        parts = places_of(question)
    return SECONDS_AN_ANSWER[question.kind] * parts
