"""What a posted page changes: field by field, against the answers the page was rendered with.

Pure: no database. An answer is a name of `Question.names`; a kept text belongs to a form field, which is a name or
one of its helpers ('ranking.1', 'hours.missing').
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from barometer.model import Page, Question, QuestionKind
from barometer.problems import Problem
from barometer.questionnaire import parse_posted

Changes = dict[str, list[object]]
"""Name -> [before, after]; None for no answer."""


@dataclass(frozen=True)
class Stored:
    """Answers and kept texts, by name and by field."""

    values: Mapping[str, object]
    kept: Mapping[str, str]


@dataclass
class Merged:
    """`changes` and `kept` are to be stored; `conflicts` (name -> what was posted) are not. `problems`: what could
    not be read."""

    changes: Changes = field(default_factory=dict)
    kept: Changes = field(default_factory=dict)
    conflicts: dict[str, object] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True)
class _Unit:
    """Fields that are compared together: a whole question, or one item of a grid."""

    names: tuple[str, ...]
    fields: frozenset[str]


def merge(
    page: Page,
    posted: Mapping[str, Sequence[str]],
    *,
    shown: Iterable[str],
    rendered: Stored,
    current: Stored,
) -> Merged:
    """The changes a posted page asks for.

    `shown`: names the page asked when it was rendered; others on the page are left alone, so that an answer whose
    question was hidden is not cleared. `rendered`: what the page showed; `current`: what is stored now. A field the
    person did not touch keeps what is stored, one they touched is stored, unless somebody else has changed it to
    something different in between: then nothing is stored and both are told.
    """
    merged = Merged()
    asked = frozenset(shown)
    for question in page.questions:
        units = [unit for unit in _units(question) if not asked.isdisjoint(unit.names)]
        if not units:
            continue
        parsed = parse_posted(question, posted)
        values = {name: plain(value) for name, value in parsed.values.items()}
        for unit in units:
            _merge_unit(unit, Stored(values, parsed.kept), rendered, current, merged)
        merged.problems += parsed.problems
    return merged


def names_of(page: Page) -> list[str]:
    """Names the page asks for."""
    return [name for question in page.questions for name in question.names]


def fields_of(question: Question) -> frozenset[str]:
    """Every form field of the question."""
    helpers = (field for unit in _units(question) for field in unit.fields)
    return frozenset(helpers)


def plain(value: object) -> object:
    """As JSON gives it back: lists for tuples and sets."""
    return list(value) if isinstance(value, tuple | set | frozenset) else value


def apply(before: Mapping[str, object], changes: Mapping[str, Sequence[object]]) -> dict[str, object]:
    """The mapping after the changes; None takes a name out."""
    after = {**before, **{name: change[1] for name, change in changes.items()}}
    return {name: value for name, value in after.items() if value is not None}


def undo(after: Mapping[str, object], events: Iterable[Mapping[str, Sequence[object]]]) -> dict[str, object]:
    """The mapping before the changes of the events, the oldest first."""
    earliest: dict[str, object] = {}
    for changes in events:
        for name, change in changes.items():
            earliest.setdefault(name, change[0])
    return {name: value for name, value in {**after, **earliest}.items() if value is not None}


def _units(question: Question) -> list[_Unit]:
    if question.kind is QuestionKind.GRID:
        return [_Unit((name,), frozenset({name})) for name in question.names]
    if not question.names:
        return []
    helpers = {f"{question.id}.missing"} if question.missing else set()
    if question.kind is QuestionKind.RANKING:
        helpers |= {f"{question.id}.{place}" for place in range(1, len(question.choices) + 1)}
    return [_Unit(question.names, frozenset({*question.names, *helpers}))]


def _merge_unit(unit: _Unit, posted: Stored, rendered: Stored, current: Stored, merged: Merged) -> None:
    ours, then, now = (_of(unit, one) for one in (posted, rendered, current))
    if ours in (then, now):
        return
    if now != then:
        told = {**ours.values, **ours.kept}
        merged.conflicts.update(told or dict.fromkeys(unit.names[:1]))
        return
    merged.changes.update(_changes(now.values, ours.values))
    merged.kept.update(_changes(now.kept, ours.kept))


def _of(unit: _Unit, stored: Stored) -> Stored:
    return Stored(
        {name: stored.values[name] for name in unit.names if name in stored.values},
        {name: text for name, text in stored.kept.items() if name in unit.fields},
    )


def _changes(before: Mapping[str, object], after: Mapping[str, object]) -> Changes:
    return {
        name: [before.get(name), after.get(name)]
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    }
