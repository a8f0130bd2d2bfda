"""Who a rule reaches: a typed condition, kept as JSON and compiled to filters of the database. Never SQL as data.

    {"all": [{"state": ["invited"]}, {"days_since_sent": 7}, {"any": [{"stratum": ["Nord"]}, {"language": ["sv"]}]}]}

A condition has one key. `all` and `any` join conditions; the others are in `CONDITIONS`. There is no 'not', so that
leaving out what time will change can only make a rule reach more: that is the most it may ever reach, and what the
second person's consent is asked for.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from barometer.problems import Place, Problem, suggestion
from barometer.web.fieldwork.models import Case, Collection, Message
from barometer.web.fieldwork.states import CASE, CONTACT

UNANSWERED = ("new", "invited", "opened", "started")
"""States of cases that may still be written to."""
ALL: Mapping[str, Any] = {"all": []}
"""Everybody who has not answered."""
_LONGEST_WAIT = 400  # days
_DEPTH = 5


@dataclass(frozen=True)
class Condition:
    """One kind of condition: what it takes, how it filters contacts, and whether time or answers change it."""

    takes: str  # 'words' or 'days'
    filter: Callable[[Collection, Any, datetime], Q]
    words: tuple[str, ...] = ()  # the only ones there are; none: any word
    changes: bool = False


def problems_of(predicate: object, *, place: str = "predicate") -> tuple[Problem, ...]:
    """Everything wrong with a predicate (C040); none: it can be compiled."""
    return tuple(_problems(predicate, place, 1))


def matching(collection: Collection, predicate: Mapping[str, Any], now: datetime, *, at_most: bool = False) -> Q:
    """The filter of contacts the predicate means at a moment; `at_most`: of all it may ever reach.

    The predicate must be free of problems. Main contacts of cases without an answer, always.
    """
    always = Q(collection=collection.pk, role="main") & _of_cases(collection, state__in=UNANSWERED)
    return always & _compiled(collection, predicate, now, at_most)


def _compiled(collection: Collection, predicate: Mapping[str, Any], now: datetime, at_most: bool) -> Q:
    ((key, value),) = predicate.items()
    if key in ("all", "any"):
        parts = [_compiled(collection, part, now, at_most) for part in value]
        joined = Q()
        for part in parts:
            joined = joined & part if key == "all" else joined | part
        # Q() is 'everything': with one such part an 'any' is everything too, which `|` would forget.
        return Q() if key == "any" and any(not part for part in parts) else joined
    condition = CONDITIONS[key]
    return Q() if at_most and condition.changes else condition.filter(collection, value, now)


def _problems(predicate: object, place: str, depth: int) -> list[Problem]:
    if not isinstance(predicate, Mapping) or len(predicate) != 1 or depth > _DEPTH:
        example = '{"state": ["invited"]}'
        return [_problem(place, repr(predicate)[:80], f"one condition, such as {example}", "Write one.")]
    ((key, value),) = predicate.items()
    here = f"{place}.{key}"
    if key in ("all", "any"):
        if not isinstance(value, list) or (key == "any" and not value):
            return [_problem(here, repr(value)[:80], "a list of conditions", "Put the conditions in [ ].")]
        return [one for at, part in enumerate(value) for one in _problems(part, f"{here}[{at}]", depth + 1)]
    if key not in CONDITIONS:
        return [_problem(place, f"'{key}'", "a known condition", suggestion(str(key), ("all", "any", *CONDITIONS)))]
    return _problems_of_value(CONDITIONS[key], value, here)


def _problems_of_value(condition: Condition, value: object, place: str) -> list[Problem]:
    if condition.takes == "days":
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LONGEST_WAIT:
            return []
        return [_problem(place, repr(value)[:80], f"whole days from 0 to {_LONGEST_WAIT}", "Write a number of days.")]
    if not isinstance(value, list) or not value or not all(isinstance(word, str) for word in value):
        return [_problem(place, repr(value)[:80], "a list of words", 'Write ["…"].')]
    unknown = [word for word in value if condition.words and word not in condition.words]
    return [_problem(place, f"'{word}'", "a known word", suggestion(word, condition.words)) for word in unknown]


def _problem(place: str, found: str, expected: str, way_out: str) -> Problem:
    return Problem("C040", Place(field=place), found, expected, way_out)


def _of_cases(collection: Collection, **conditions: Any) -> Q:
    return Q(case_reference__in=Case.objects.filter(collection=collection, **conditions).values("reference"))


def _of_letters(collection: Collection, **conditions: Any) -> Q:
    sent = Message.objects.filter(collection=collection.pk, state="sent", **conditions)
    return Q(case_reference__in=sent.values("case_reference"))


def _quiet_since(collection: Collection, days: int, now: datetime) -> Q:
    """Something was sent to the case, and nothing in these days, nor is anything about to be."""
    recent = Message.objects.filter(collection=collection.pk, sent_at__gt=now - timedelta(days=days))
    return _of_letters(collection) & ~Q(case_reference__in=recent.values("case_reference"))


def _in_state_since(state: str) -> Callable[[Collection, Any, datetime], Q]:
    return lambda collection, days, now: _of_cases(collection, state=state, state_at__lte=now - timedelta(days=days))


CONDITIONS: Mapping[str, Condition] = {
    "state": Condition("words", lambda of, states, now: _of_cases(of, state__in=states), tuple(CASE), changes=True),
    "stratum": Condition("words", lambda of, strata, now: _of_cases(of, stratum__in=strata)),
    "language": Condition("words", lambda of, languages, now: Q(language__in=languages)),
    "contact": Condition("words", lambda of, states, now: Q(state__in=states), tuple(CONTACT), changes=True),
    "sent": Condition("words", lambda of, letters, now: _of_letters(of, letter__in=letters), changes=True),
    "not_sent": Condition("words", lambda of, letters, now: ~_of_letters(of, letter__in=letters), changes=True),
    "days_since_sent": Condition("days", _quiet_since, changes=True),
    "days_since_opened": Condition("days", _in_state_since("opened"), changes=True),
    "days_since_started": Condition("days", _in_state_since("started"), changes=True),
}
