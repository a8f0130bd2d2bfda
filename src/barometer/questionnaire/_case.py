"""Checks of one respondent's answers: of one question, of a page, of everything."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from barometer.expressions import condition
from barometer.model import Check, Instrument, Level, Page, Question, QuestionKind, Text
from barometer.problems import Place, Problem, Severity
from barometer.questionnaire._answer import both_answers, check_answer, check_other_text
from barometer.questionnaire._path import Walk, walk

_SEVERITY = {Level.HARD: Severity.ERROR, Level.SOFT: Severity.WARNING, Level.INFO: Severity.INFO}


def check_case(instrument: Instrument, values: Mapping[str, object]) -> tuple[Problem, ...]:
    """Everything wrong with a respondent's answers on the path, and with the instrument's own checks of them.

    A check speaks only where at least one of the questions it uses was shown. Answers off the path are not
    looked at.
    """
    walked = walk(instrument, values)
    problems = _of_questions(walked.path.questions, walked)
    return (*problems, *_of_checks(instrument, walked, (question.id for question in walked.path.questions)))


def check_page(instrument: Instrument, page: Page, values: Mapping[str, object]) -> tuple[Problem, ...]:
    """Everything wrong with the answers of one page, and with those checks of the instrument that can be told
    there: whose last question that is on the path stands on this page. Nothing for a page off the path."""
    walked = walk(instrument, values)
    here = next((shown for shown in walked.path.pages if shown.id == page.id), None)
    return () if here is None else _of_page(instrument, here, walked)


def check_pages(instrument: Instrument, values: Mapping[str, object]) -> dict[str, tuple[Problem, ...]]:
    """As `check_page`, of every page on the path, by its id."""
    walked = walk(instrument, values)
    return {page.id: _of_page(instrument, page, walked) for page in walked.path.pages}


def failed_check(code: str, check: Check, place: Place) -> Problem:
    """The problem of a check that did not hold; soft checks give warnings, info checks information."""
    found = f"'{check.condition.source}' does not hold"
    way_out = "Look at these answers again."
    values = {"check": check.id}
    return Problem(code, place, found, _in_english(check.text), way_out, _SEVERITY[check.level], values)


def questions_used(check: Check) -> frozenset[str]:
    """Ids of the questions, and names of register columns, the check looks at."""
    return frozenset(name.split(".")[0] for name in check.condition.names)


def _of_page(instrument: Instrument, page: Page, walked: Walk) -> tuple[Problem, ...]:
    problems = _of_questions(page.questions, walked)
    return (*problems, *_of_checks(instrument, walked, (question.id for question in page.questions)))


def _of_questions(questions: Iterable[Question], walked: Walk) -> list[Problem]:
    problems: list[Problem] = []
    for question in questions:
        problems += _of_question(question, walked.counted)
        for name in question.other_texts:
            problems += check_other_text(name, walked.counted.get(name))
    return problems


def _of_checks(instrument: Instrument, walked: Walk, ids: Iterable[str]) -> list[Problem]:
    """Checks that do not hold and whose last question on the path is one of `ids`."""
    order = [question.id for question in walked.path.questions]
    here = frozenset(ids)
    problems = []
    for check in instrument.checks:
        used = questions_used(check)
        last = next((question for question in reversed(order) if question in used), None)
        if last in here and not condition(check.condition, walked.facts):
            problem = failed_check("Q110", check, Place(field=check.id))
            problems.append(replace(problem, values={**problem.values, "questions": tuple(sorted(used & {*order}))}))
    return problems


def _of_question(question: Question, counted: Mapping[str, object]) -> tuple[Problem, ...]:
    if question.kind is QuestionKind.COMPUTED:
        return ()
    if not question.items:
        return check_answer(question, counted.get(question.id))
    items = {item.code: counted.get(f"{question.id}.{item.code}") for item in question.items}
    missing = counted.get(question.id)
    if missing is None or question.kind is QuestionKind.GRID:
        return check_answer(question, items)
    if any(value is not None for value in items.values()):
        return (both_answers(question, str(missing).removeprefix("-")),)
    return check_answer(question, missing)


def _in_english(text: Text) -> str:
    return text.get("en") or next(iter(text.values()), "the check holds")
