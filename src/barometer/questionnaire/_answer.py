"""Checks of one answer of one respondent, by kind of question."""

import math
import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal

from barometer.model import CONSENTED, Question, QuestionKind, Required, day_number, day_of
from barometer.problems import Place, Problem, Severity, suggestion

LONGEST_OTHER = 500
"""Characters of a text beside a choice."""
NEAR_TOTAL = 1e-6
"""How far shares may be from their total; less than any decimals a question can have."""


def check_answer(question: Question, value: object) -> tuple[Problem, ...]:
    """Everything wrong with one answer, codes Q; a missing answer that is only wished for is a warning.

    `value`: code, number or text by the question's kind, ISO text of a date, collection of codes (of a ranking in
    its order); of a grid a mapping of item codes to codes and of shares to numbers; the code of a missing answer
    where the question offers one; None where nothing was answered. Choices and items are taken as shown: pass a
    question of a `Path` where some are hidden.
    """
    if isinstance(value, str) and value in question.missing_codes:
        return ()
    return tuple(_CHECKS[question.kind](question, value))


def check_other_text(name: str, value: object) -> list[Problem]:
    """What is wrong with the text beside a choice."""
    if value is None:
        return []
    if not isinstance(value, str):
        return [told("Q102", name, repr(value), "a text", "Write text.")]
    return _check_length(name, value, LONGEST_OTHER) + _check_lines(name, value)


def both_answers(question: Question, missing: str) -> Problem:
    """The problem of a missing answer such as don't know that stands beside an answer."""
    found = f"'{missing}' together with an answer"
    way_out = "Remove the answer, or the mark."
    return told("Q104", question.id, found, f"'{missing}' alone", way_out, code=missing)


def told(code: str, name: str, found: str, expected: str, way_out: str, /, **values: object) -> Problem:
    """The problem of the answer `name`."""
    return Problem(code, Place(field=name), found, expected, way_out, values=values)


def as_date(value: object) -> date | None:
    """The day of an ISO text such as '2026-03-31'; None for anything else."""
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def decimals_of(value: float) -> int:
    """Decimals of the shortest way to write the number."""
    exponent = Decimal(repr(float(value))).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _check_nothing(question: Question, value: object) -> list[Problem]:
    if value is None:
        return []
    return [told("Q108", question.id, repr(value), "no answer", "Leave it out: this is shown, not asked.")]


# Choices


def _check_single(question: Question, value: object) -> list[Problem]:
    return _check_code(question, question.id, value, [choice.code for choice in question.choices])


def _check_consent(question: Question, value: object) -> list[Problem]:
    return _check_code(question, question.id, value, [CONSENTED])


def _check_grid(question: Question, value: object) -> list[Problem]:
    answers, problems = _by_item(question, value)
    codes = [choice.code for choice in question.choices]
    for item in question.items if answers is not None else ():
        problems += _check_code(question, f"{question.id}.{item.code}", (answers or {}).get(item.code), codes)
    return problems


def _by_item(question: Question, value: object) -> tuple[Mapping[object, object] | None, list[Problem]]:
    """Answers by item, None when they are of another kind; and items that do not exist."""
    if value is not None and not isinstance(value, Mapping):
        return None, [told("Q102", question.id, repr(value), "answers by item", "Give an answer an item.")]
    answers: Mapping[object, object] = {} if value is None else value
    codes = [item.code for item in question.items]
    return answers, [
        told("Q101", question.id, f"item {item!r}", "an item shown", suggestion(str(item), codes), code=str(item))
        for item in answers
        if item not in codes
    ]


def _check_code(question: Question, name: str, value: object, codes: Sequence[str]) -> list[Problem]:
    if value is None:
        return _unanswered(question, name)
    return [] if value in codes else [_no_choice(name, str(value), codes)]


def _no_choice(name: str, code: str, codes: Sequence[str]) -> Problem:
    return told("Q101", name, repr(code), f"one of: {', '.join(codes)}", suggestion(code, codes), code=code)


def _check_multi(question: Question, value: object) -> list[Problem]:
    marks, problems = _codes(question, value)
    if marks is None:
        return problems
    return problems + (_check_marks(question, marks) if marks else _unanswered(question, question.id))


def _check_ranking(question: Question, value: object) -> list[Problem]:
    ranks, problems = _codes(question, value)
    if ranks is None:
        return problems
    return problems + (_check_count(question, len(ranks)) if ranks else _unanswered(question, question.id))


def _codes(question: Question, value: object) -> tuple[list[str] | None, list[Problem]]:
    """The codes, each once, None where they are no collection; and those that are no choice or stand twice."""
    if value is None:
        return [], []
    if isinstance(value, str) or not isinstance(value, Collection):
        return None, [told("Q102", question.id, repr(value), "a collection of codes", "Give a list of codes.")]
    known = [choice.code for choice in question.choices]
    counts = Counter(str(code) for code in value)
    problems = [_no_choice(question.id, code, known) for code in counts if code not in known]
    repeated = [code for code, count in counts.items() if count > 1]
    if repeated:
        found, way_out = f"{repeated[0]!r} twice", "Leave out the second."
        problems.append(told("Q111", question.id, found, "a choice once", way_out, code=repeated[0]))
    return list(counts), problems


def _check_marks(question: Question, marks: Sequence[str]) -> list[Problem]:
    exclusive = [choice.code for choice in question.choices if choice.exclusive and choice.code in marks]
    if exclusive and len(marks) > 1:
        found, way_out = f"{exclusive[0]!r} together with {len(marks) - 1} more", "Unmark it, or the others."
        return [told("Q104", question.id, found, f"{exclusive[0]!r} alone", way_out, code=exclusive[0])]
    return [] if exclusive else _check_count(question, len(marks))


def _check_count(question: Question, count: int) -> list[Problem]:
    name, found = question.id, f"{count} marks"
    if question.minimum is not None and count < question.minimum:
        expected = f"at least {question.minimum:g}"
        return [told("Q103", name, found, expected, "Mark more choices.", minimum=question.minimum, count=count)]
    if question.maximum is not None and count > question.maximum:
        expected = f"at most {question.maximum:g}"
        return [told("Q103", name, found, expected, "Unmark some choices.", maximum=question.maximum, count=count)]
    return []


# Numbers


def _check_number(question: Question, value: object) -> list[Problem]:
    if value is None:
        return _unanswered(question, question.id)
    return _check_figure(question, question.id, value)


def _check_figure(question: Question, name: str, value: object) -> list[Problem]:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return [told("Q102", name, repr(value), "a number", "Write digits only.")]
    problems = []
    low, high = question.minimum, question.maximum
    if low is not None and value < low:
        problems.append(
            told("Q105", name, f"{value:g}", f"at least {low:g}", "Write a larger number.", minimum=low, value=value)
        )
    if high is not None and value > high:
        problems.append(
            told("Q105", name, f"{value:g}", f"at most {high:g}", "Write a smaller number.", maximum=high, value=value)
        )
    if decimals_of(value) > question.decimals:
        expected = f"{question.decimals} decimals" if question.decimals else "a whole number"
        problems.append(told("Q106", name, f"{value}", expected, "Round the number.", decimals=question.decimals))
    return problems


def _check_shares(question: Question, value: object) -> list[Problem]:
    """A blank beside shares that add up is no problem: it stands for nothing."""
    answers, problems = _by_item(question, value)
    given = {item.code: number for item in question.items if (number := (answers or {}).get(item.code)) is not None}
    if answers is None or not given:
        return problems or _unanswered(question, question.id)
    for code, number in given.items():
        problems += _check_figure(question, f"{question.id}.{code}", number)
    numbers = [number for number in given.values() if isinstance(number, int | float)]
    total, together = question.total, math.fsum(numbers)
    if total is not None and not problems and abs(together - total) > NEAR_TOTAL:
        found, way_out = f"{together:g} together", "Change the shares until they add up."
        problems.append(told("Q114", question.id, found, f"{total:g} together", way_out, total=total, sum=together))
    return problems


# Dates and texts


def _check_date(question: Question, value: object) -> list[Problem]:
    if value is None:
        return _unanswered(question, question.id)
    day = as_date(value)
    if day is None:
        return [told("Q102", question.id, repr(value), "a date such as 2026-03-31", "Write the date.")]
    low, high = question.minimum, question.maximum
    if low is not None and day_number(day) < low:
        return [_outside(question, day, "not before", "minimum", day_of(low))]
    if high is not None and day_number(day) > high:
        return [_outside(question, day, "not after", "maximum", day_of(high))]
    return []


def _outside(question: Question, day: date, words: str, name: str, limit: date) -> Problem:
    expected, values = f"{words} {limit}", {name: limit.isoformat(), "value": day.isoformat()}
    return told("Q115", question.id, f"{day}", expected, "Write another date.", **values)


def _check_text(question: Question, value: object) -> list[Problem]:
    if value is None or value == "":
        return _unanswered(question, question.id)
    if not isinstance(value, str):
        return [told("Q102", question.id, repr(value), "a text", "Write text.")]
    problems = _check_length(question.id, value, question.maximum)
    return problems + (_check_lines(question.id, value) if question.kind is QuestionKind.TEXT else [])


def _check_length(name: str, text: str, maximum: float | None) -> list[Problem]:
    if maximum is None or len(text) <= maximum:
        return []
    found, expected = f"{len(text)} characters", f"at most {maximum:g}"
    return [told("Q107", name, found, expected, "Shorten the text.", maximum=maximum, count=len(text))]


def _check_lines(name: str, text: str) -> list[Problem]:
    if len(text.splitlines()) <= 1:
        return []
    return [told("Q107", name, "several lines", "one line", "Write it on one line.", lines=1)]


def _unanswered(question: Question, name: str) -> list[Problem]:
    if question.required is Required.NO:
        return []
    severity = Severity.ERROR if question.required is Required.HARD else Severity.WARNING
    return [Problem("Q109", Place(field=name), "no answer", "an answer", "Answer the question.", severity)]


_CHECKS: dict[QuestionKind, Callable[[Question, object], list[Problem]]] = {
    QuestionKind.SINGLE: _check_single,
    QuestionKind.MULTI: _check_multi,
    QuestionKind.GRID: _check_grid,
    QuestionKind.NUMBER: _check_number,
    QuestionKind.TEXT: _check_text,
    QuestionKind.LONGTEXT: _check_text,
    QuestionKind.DATE: _check_date,
    QuestionKind.YEAR: _check_number,
    QuestionKind.SHARES: _check_shares,
    QuestionKind.RANKING: _check_ranking,
    QuestionKind.CONSENT: _check_consent,
    QuestionKind.COMPUTED: _check_nothing,
    QuestionKind.INFORMATION: _check_nothing,
}
