"""A group's answers side by side, as far as they may be shown.

Below five nothing is shown but how many have answered. From five up answers come in by threes: whoever looks before
and after one member's answer sees no difference. A count of nobody or all but nobody would tell what each of them
answered, so none and one read alike, as do all and all but one.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from barometer.publication import OwnTheme, Stand, compared
from barometer.web.statbank.models import Group
from barometer.web.statbank.selftest import Test

FEWEST = 5
STEP = 3
COUNTED = (Stand.YES.value, Stand.NO.value, Stand.UNKNOWN.value, Stand.IRRELEVANT.value)
"""Who is asked and has answered."""


@dataclass(frozen=True)
class Count:
    """How many say yes, of `of`. `least` and `most` are the same where the count may be told; both None where fewer
    than five have answered."""

    least: int | None
    most: int | None
    of: int | None


@dataclass(frozen=True)
class GroupCounts:
    answered: int
    counted: int  # answers behind the counts
    counts: Mapping[str, Count]  # by indicator; empty below five


def group_counts(group: Group) -> GroupCounts:
    """Everything of a group that anybody may see."""
    answers = [answer.stands for answer in group.answers.all()]
    counted = _counted(len(answers), group.is_closed)
    shown = answers[:counted]
    ids = dict.fromkeys(name for stands in shown for name in stands)
    return GroupCounts(len(answers), counted, {name: _count([stands.get(name) for stands in shown]) for name in ids})


def everyone(test: Test, language: str) -> tuple[OwnTheme, ...]:
    """The released figures that stand beside the group's."""
    return compared(test.published, language, {})


def _counted(answered: int, is_closed: bool) -> int:
    """How many answers may be counted: five, then three more at a time. After closing the rest, unless it is one."""
    if answered < FEWEST:
        return 0
    whole = FEWEST + (answered - FEWEST) // STEP * STEP
    return answered if is_closed and answered - whole >= 2 else whole


def _count(stands: list[str | None]) -> Count:
    found = Counter(stands)
    of = sum(found[one] for one in COUNTED)
    yes = found[Stand.YES.value]
    if of < FEWEST:
        return Count(None, None, None)
    if yes <= 1:
        return Count(0, 1, of)
    if yes >= of - 1:
        return Count(of - 1, of, of)
    return Count(yes, yes, of)
