"""Checks of one respondent's answers."""

import math
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Decimal

from barometer.expressions import condition
from barometer.model import Check, Instrument, Question, QuestionKind, Required, Text
from barometer.problems import Place, Problem, Severity, suggestion
from barometer.questionnaire._path import on_path, path


def check_answer(question: Question, value: object) -> tuple[Problem, ...]:
    """Everything wrong with one answer, codes Q; a missing answer that is only wished for is a warning.

    `value`: code, collection of codes, number or text by the question's kind; of a grid a mapping of item codes
    to codes; None where nothing was answered. Choices and items are taken as shown: pass a question of a `Path`
    where some are hidden.
    """
    return tuple(_CHECKS[question.kind](question, value))


def check_case(instrument: Instrument, values: Mapping[str, object]) -> tuple[Problem, ...]:
    """Everything wrong with a respondent's answers on the path, and with the instrument's own checks of them.

    A check speaks only where at least one of the questions it uses was shown. Answers off the path are not
    looked at.
    """
    counted = on_path(instrument, values)
    problems: list[Problem] = []
    shown: set[str] = set()
    for question in path(instrument, values).questions:
        shown.add(question.id)
        problems.extend(check_answer(question, _value(question, counted)))
    for check in instrument.checks:
        if shown.intersection(name.split(".")[0] for name in check.condition.names) and not condition(
            check.condition, counted
        ):
            problems.append(failed_check("Q110", check, Place(field=check.id)))
    return tuple(problems)


def failed_check(code: str, check: Check, place: Place) -> Problem:
    """The problem of a check that did not hold; soft checks give warnings."""
    found = f"'{check.condition.source}' does not hold"
    severity = Severity.ERROR if check.hard else Severity.WARNING
    return Problem(code, place, found, _in_english(check.text), "Look at these answers again.", severity)


def decimals_of(value: float) -> int:
    """Decimals of the shortest way to write the number."""
    exponent = Decimal(repr(float(value))).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _value(question: Question, counted: Mapping[str, object]) -> object:
    if question.kind is not QuestionKind.GRID:
        return counted.get(question.id)
    return {item.code: counted.get(f"{question.id}.{item.code}") for item in question.items}


def _check_information(question: Question, value: object) -> list[Problem]:
    if value is None:
        return []
    return [_told("Q108", question.id, repr(value), "no answer", "Leave it out: this is shown, not asked.")]


def _check_single(question: Question, value: object) -> list[Problem]:
    return _check_code(question, question.id, value)


def _check_grid(question: Question, value: object) -> list[Problem]:
    if value is not None and not isinstance(value, Mapping):
        return [_told("Q102", question.id, repr(value), "answers by item", "Give a code an item.")]
    answers: Mapping[object, object] = {} if value is None else value
    codes = [item.code for item in question.items]
    problems = [
        _told("Q101", question.id, f"item {item!r}", "an item shown", suggestion(str(item), codes))
        for item in answers
        if item not in codes
    ]
    for code in codes:
        problems += _check_code(question, f"{question.id}.{code}", answers.get(code))
    return problems


def _check_code(question: Question, name: str, value: object) -> list[Problem]:
    if value is None:
        return _unanswered(question, name)
    codes = [choice.code for choice in question.choices]
    if value in codes:
        return []
    return [_told("Q101", name, repr(value), f"one of: {', '.join(codes)}", suggestion(str(value), codes))]


def _check_multi(question: Question, value: object) -> list[Problem]:
    if value is None:
        return _unanswered(question, question.id)
    if isinstance(value, str) or not isinstance(value, Collection):
        return [_told("Q102", question.id, repr(value), "a collection of codes", "Give a list of codes.")]
    codes = [choice.code for choice in question.choices]
    counts = Counter(str(code) for code in value)
    problems = [
        _told("Q101", question.id, repr(code), f"one of: {', '.join(codes)}", suggestion(code, codes))
        for code in counts
        if code not in codes
    ]
    repeated = [code for code, count in counts.items() if count > 1]
    if repeated:
        problems.append(_told("Q101", question.id, f"{repeated[0]!r} twice", "a code once", "Leave out the second."))
    if not counts:
        return problems + _unanswered(question, question.id)
    return problems + _check_marks(question, list(counts))


def _check_marks(question: Question, marks: Sequence[str]) -> list[Problem]:
    exclusive = [choice.code for choice in question.choices if choice.exclusive and choice.code in marks]
    if exclusive and len(marks) > 1:
        found = f"{exclusive[0]!r} together with {len(marks) - 1} more"
        return [_told("Q104", question.id, found, f"{exclusive[0]!r} alone", "Unmark it, or the others.")]
    if exclusive:
        return []
    problems = []
    if question.minimum is not None and len(marks) < question.minimum:
        expected = f"at least {question.minimum:g}"
        problems.append(_told("Q103", question.id, f"{len(marks)} marks", expected, "Mark more choices."))
    if question.maximum is not None and len(marks) > question.maximum:
        expected = f"at most {question.maximum:g}"
        problems.append(_told("Q103", question.id, f"{len(marks)} marks", expected, "Unmark some choices."))
    return problems


def _check_number(question: Question, value: object) -> list[Problem]:
    if value is None:
        return _unanswered(question, question.id)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return [_told("Q102", question.id, repr(value), "a number", "Write digits only.")]
    problems = []
    if question.minimum is not None and value < question.minimum:
        expected = f"at least {question.minimum:g}"
        problems.append(_told("Q105", question.id, f"{value:g}", expected, "Write a larger number."))
    if question.maximum is not None and value > question.maximum:
        expected = f"at most {question.maximum:g}"
        problems.append(_told("Q105", question.id, f"{value:g}", expected, "Write a smaller number."))
    if decimals_of(value) > question.decimals:
        expected = f"{question.decimals} decimals" if question.decimals else "a whole number"
        problems.append(_told("Q106", question.id, f"{value}", expected, "Round the number."))
    return problems


def _check_text(question: Question, value: object) -> list[Problem]:
    if value is None or value == "":
        return _unanswered(question, question.id)
    if not isinstance(value, str):
        return [_told("Q102", question.id, repr(value), "a text", "Write text.")]
    problems = []
    if question.maximum is not None and len(value) > question.maximum:
        expected = f"at most {question.maximum:g}"
        problems.append(_told("Q107", question.id, f"{len(value)} characters", expected, "Shorten the text."))
    if question.kind is QuestionKind.TEXT and len(value.splitlines()) > 1:
        problems.append(_told("Q107", question.id, "several lines", "one line", "Write it on one line."))
    return problems


def _unanswered(question: Question, name: str) -> list[Problem]:
    if question.required is Required.NO:
        return []
    severity = Severity.ERROR if question.required is Required.HARD else Severity.WARNING
    return [Problem("Q109", Place(field=name), "no answer", "an answer", "Answer the question.", severity)]


def _told(code: str, name: str, found: str, expected: str, way_out: str) -> Problem:
    return Problem(code, Place(field=name), found, expected, way_out)


def _in_english(text: Text) -> str:
    return text.get("en") or next(iter(text.values()), "the check holds")


_CHECKS: dict[QuestionKind, Callable[[Question, object], list[Problem]]] = {
    QuestionKind.SINGLE: _check_single,
    QuestionKind.MULTI: _check_multi,
    QuestionKind.GRID: _check_grid,
    QuestionKind.NUMBER: _check_number,
    QuestionKind.TEXT: _check_text,
    QuestionKind.LONGTEXT: _check_text,
    QuestionKind.INFORMATION: _check_information,
}
