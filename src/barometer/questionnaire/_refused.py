"""Changes of an instrument that no version may make, because one name would hold answers to two questions."""

from collections.abc import Mapping

from barometer.model import Instrument, Question, QuestionKind, Text
from barometer.problems import Place, Problem

_ALIKE = frozenset({QuestionKind.TEXT, QuestionKind.LONGTEXT})
"""Kinds that differ in the size of the box only."""


def refused_changes(old: Instrument, new: Instrument) -> tuple[Problem, ...]:
    """Q121 for questions that became of another kind, Q122 for ids and codes that stand for something else now.

    A name stands for something else when it has, in every language both versions have, the words that another name
    of its kind had before, and when a choice changed between an answer and a missing one.
    """
    before = {question.id: question for question in old.questions}
    problems = _swapped("question", {one.id: one.text for one in old.questions}, {q.id: q.text for q in new.questions})
    for question in new.questions:
        if question.id in before:
            problems += _of_question(before[question.id], question)
    return tuple(problems)


def _of_question(was: Question, now: Question) -> list[Problem]:
    place = f"question {now.id}"
    if was.kind is not now.kind and not {was.kind, now.kind} <= _ALIKE:
        found, way_out = f"{was.kind.value}, now {now.kind.value}", "Give the changed question an id of its own."
        return [Problem("Q121", Place(field=now.id), found, f"{was.kind.value} as before", way_out)]
    labels = [{choice.code: choice.label for choice in one.choices} for one in (was, now)]
    items = [{item.code: item.label for item in one.items} for one in (was, now)]
    problems = _swapped(f"{place}, choice", *labels) + _swapped(f"{place}, item", *items)
    meanings = {choice.code: choice.missing for choice in was.choices}
    for choice in now.choices:
        if choice.code in meanings and meanings[choice.code] is not choice.missing:
            missing = (meanings[choice.code], choice.missing)
            one, other = (one.value if one else "an answer" for one in missing)
            problems.append(_reused(f"{place}, choice {choice.code}", one, other))
    return problems


def _swapped(what: str, before: Mapping[str, Text], after: Mapping[str, Text]) -> list[Problem]:
    """Names that took over the words of another one."""
    problems = []
    said: dict[str, list[str]] = {}
    for name, text in before.items():
        for words in text.values():
            said.setdefault(words, []).append(name)
    for name, text in after.items():
        if name not in before or _same(before[name], text):
            continue
        others = {other for words in text.values() for other in said.get(words, ()) if other != name}
        if any(_same(before[other], text) for other in others):
            was, now = (next(iter(one.values())) for one in (before[name], text))
            problems.append(_reused(f"{what} {name}", was, now))
    return problems


def _same(one: Text, other: Text) -> bool:
    """Whether the words agree in every language both have."""
    both = [language for language in one if language in other]
    return bool(both) and all(one[language] == other[language] for language in both)


def _reused(place: str, was: str, now: str) -> Problem:
    found = f"'{was}', now '{now}'"
    return Problem("Q122", Place(field=place), found, "the same meaning as before", "Give it a name of its own.")
