"""The questionnaire as an accessible PDF (PDF/UA-1), set by Typst."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time
from functools import cache
from importlib.resources import files
from typing import Any

import typst
from babel.dates import format_date

from barometer.model import Choice, Edition, Missing, Page, Question, QuestionKind, Required, Survey, day_of
from barometer.printing._marks import blocks
from barometer.printing._words import UNANSWERED, Wording, wording
from barometer.questionnaire import minutes_told

Data = dict[str, Any]


def questionnaire_pdf(edition: Edition, survey: Survey, language: str) -> bytes:
    """The survey's questionnaire on A4, to be filled in by hand: questions numbered, routing in words.

    The same edition gives the same bytes: the document is dated the last day of the period it asks about. Fonts are
    those that come with Typst. Computed questions are left out, checks as well.
    """
    data = questionnaire_content(edition, survey, language)
    stamp = datetime.combine(edition.period_end, time(), UTC)
    compiled: bytes = typst.compile(
        _template(),
        format="pdf",
        pdf_standards=["ua-1"],
        ignore_system_fonts=True,
        timestamp=int(stamp.timestamp()),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False, sort_keys=True)},
    )
    return compiled


def questionnaire_content(edition: Edition, survey: Survey, language: str) -> Data:
    """Everything the printed questionnaire says, as plain words and numbers, for whoever prints it."""
    instrument, words = survey.instrument, wording(survey, language)
    return {
        "language": words.language,
        "edition": words.text(edition.title),
        "publisher": words.text(edition.publisher.name),
        "title": words.text(instrument.title),
        "date": [edition.period_end.year, edition.period_end.month, edition.period_end.day],
        "introduction": blocks(words.text(instrument.introduction)),
        "minutes": words.say("minutes", minutes=minutes_told(instrument)),
        "return_to": words.say("return_to", contact=edition.publisher.contact),
        "number": words.say("number"),
        "version": f"{instrument.id}, {words.say('version', version=instrument.version)}",
        "page_of": words.say("page_of", page="@", pages="#"),
        "end": words.say("end"),
        "pages": _pages(instrument.pages, words),
    }


def _pages(pages: Sequence[Page], words: Wording) -> list[Data]:
    """Pages with their routing; one instruction stands before all pages in a row that have the same condition."""
    found: list[Data] = []
    before = ""
    for place, page in enumerate(pages):
        source = page.when.source if page.when else ""
        asked = [question for question in page.questions if question.kind is not QuestionKind.COMPUTED]
        if asked:
            routing = _routing(pages[place:], words) if source and source != before else ""
            questions = [_question(question, words) for question in asked]
            found.append({"title": words.text(page.title), "routing": routing, "questions": questions})
        before = source
    return found


def _routing(pages: Sequence[Page], words: Wording) -> str:
    """Who answers the pages in a row that share the first one's condition, and where the others go on."""
    when = pages[0].when
    assert when is not None
    length = next((at for at, page in enumerate(pages) if not page.when or page.when.source != when.source), len(pages))
    numbers = _numbers(pages[:length], words)
    if not numbers:
        return words.say("read_only_if", condition=words.condition(when))
    key = "some_only_if" if len(numbers) > 1 else "one_only_if"
    asked = words.say(key, first=numbers[0], last=numbers[-1], condition=words.condition(when))
    after = _numbers(pages[length:], words)
    return f"{asked} {words.say('go_to', next=after[0]) if after else words.say('go_to_end')}"


def _numbers(pages: Iterable[Page], words: Wording) -> list[int]:
    names = [question.id for page in pages for question in page.questions]
    return [words.numbers[name] for name in names if name in words.numbers]


def _question(question: Question, words: Wording) -> Data:
    demand = {Required.HARD: words.say("hard"), Required.NO: words.say("optional"), Required.SOFT: ""}
    answered = question.kind not in UNANSWERED
    return {
        "kind": question.kind.value,
        "number": words.numbers.get(question.id, 0),
        "text": words.text(question.text),
        "hint": words.text(question.hint),
        "demand": demand[question.required] if answered else "",
        "routing": words.say("only_if", condition=words.condition(question.when)) if question.when else "",
        "definition": blocks(words.text(question.definition)),
        "definition_label": words.say("definition"),
        "instruction": _instruction(question, words) if answered else "",
        "choices": [_choice(choice, question, words) for choice in question.choices],
        "items": [{"label": words.text(item.label), "note": _only_if(item, words)} for item in question.items],
        "unit": words.text(question.unit),
        "total": "" if question.total is None else words.number(question.total),
        "together": words.say("together"),
        "agree": words.say("agree"),
        "digits": len(str(int(question.maximum))) if question.maximum else 6,
        "missing": [words.say(missing.value) for missing in Missing if missing in question.missing],
    }


def _choice(choice: Choice, question: Question, words: Wording) -> Data:
    notes = [words.say("exclusive")] if choice.exclusive and question.kind is QuestionKind.MULTI else []
    notes += [_only_if(choice, words)] if choice.when else []
    return {
        "label": words.text(choice.label),
        "note": "; ".join(notes),
        "namely": words.say("namely") if choice.opens_text else "",
    }


def _only_if(part: Any, words: Wording) -> str:
    return words.say("choice_if", condition=words.condition(part.when)) if part.when else ""


def _instruction(question: Question, words: Wording) -> str:
    """How to answer, in a sentence."""
    kind = question.kind
    if kind is QuestionKind.SINGLE:
        return words.say("one")
    if kind is QuestionKind.GRID:
        return words.say("one_in_each")
    if kind is QuestionKind.MULTI:
        return _marks(question, words)
    if kind is QuestionKind.SHARES:
        return words.say("shares")
    if kind is QuestionKind.RANKING:
        count = len(question.choices)
        return words.say("ranking", maximum=min(count, int(question.maximum or count)))
    if kind is QuestionKind.DATE:
        return f"{words.say('date')}. {_limits(question, words)}".strip()
    if kind in (QuestionKind.TEXT, QuestionKind.LONGTEXT):
        return words.say("characters", maximum=words.number(question.maximum)) if question.maximum else ""
    return _limits(question, words) if kind in (QuestionKind.NUMBER, QuestionKind.YEAR) else ""


def _marks(question: Question, words: Wording) -> str:
    fewest, most = int(question.minimum or 0), int(question.maximum or 0)
    if fewest > 1 and most:
        return words.say("between", minimum=fewest, maximum=most)
    if most:
        return words.say("at_most", maximum=most)
    if fewest > 1:
        return words.say("at_least", minimum=fewest)
    return "" if words.text(question.hint) else words.say("many")


def _limits(question: Question, words: Wording) -> str:
    low, high = (
        None if end is None else _written(question, end, words) for end in (question.minimum, question.maximum)
    )
    if low and high:
        return words.say("from_to", minimum=low, maximum=high)
    return words.say("from", minimum=low) if low else words.say("to", maximum=high) if high else ""


def _written(question: Question, end: float, words: Wording) -> str:
    if question.kind is QuestionKind.DATE:
        locale = "en_GB" if words.language == "en" else words.language
        return format_date(day_of(end), format="long", locale=locale)
    return words.year(end) if question.kind is QuestionKind.YEAR else words.number(end)


@cache
def _template() -> bytes:
    return (files("barometer.printing") / "questionnaire.typ").read_bytes()
