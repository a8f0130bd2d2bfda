"""What a new version of an instrument changes, and how much that matters to answers already given."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import TypeVar

from barometer.expressions import Expression, canonical_source
from barometer.model import Check, Choice, Instrument, Item, Level, Page, Question, QuestionKind, Required, Text
from barometer.problems import BadInput
from barometer.questionnaire._refused import refused_changes

T = TypeVar("T")


class ChangeClass(Enum):
    """What a change does to answers given before it, from the harmless to the grave."""

    TEXT = "text"  # other words; the same question
    ADDITIVE = "additive"  # something more may be answered
    RELAXING = "relaxing"  # answers that were refused are accepted; all others stay
    RESTRICTING = "restricting"  # answers that were accepted may be refused
    STRUCTURAL = "structural"  # others are asked, or something is no longer asked


@dataclass(frozen=True)
class Change:
    """One change. `place` names what changed, such as 'question hours, maximum'; '' where there was or is nothing."""

    kind: ChangeClass
    place: str
    was: str
    now: str


def diff_instruments(old: Instrument, new: Instrument) -> tuple[Change, ...]:
    """Every change from one version to the next, in the order of the new questionnaire; then what is gone.

    Raises BadInput (Q121, Q122) for changes that no version may make, because answers under one name would mean
    two things: another kind of a question, and an id or code used again for something else.
    """
    problems = refused_changes(old, new)
    if problems:
        raise BadInput(problems)
    changes = _texts("questionnaire", old, new, ("title", "introduction"))
    changes += _languages(old, new) + _sections(old, new) + _pages(old, new)
    before, after = ({question.id: question for question in one.questions} for one in (old, new))
    for question in new.questions:
        if question.id in before:
            changes += _question(before[question.id], question)
        else:
            kind = ChangeClass.RESTRICTING if question.required is Required.HARD else ChangeClass.ADDITIVE
            changes.append(Change(kind, f"question {question.id}", "", question.kind.value))
    changes += [
        Change(ChangeClass.STRUCTURAL, f"question {name}", question.kind.value, "")
        for name, question in before.items()
        if name not in after
    ]
    return tuple(changes + _checks(old, new))


# The instrument


def _languages(old: Instrument, new: Instrument) -> list[Change]:
    added = [Change(ChangeClass.ADDITIVE, "language", "", one) for one in new.languages if one not in old.languages]
    gone = [Change(ChangeClass.RESTRICTING, "language", one, "") for one in old.languages if one not in new.languages]
    return added + gone


def _sections(old: Instrument, new: Instrument) -> list[Change]:
    before, after = ({section.id: section for section in one.sections} for one in (old, new))
    changes = _added_and_gone("section", before, after, ChangeClass.ADDITIVE, ChangeClass.STRUCTURAL)
    for name in before.keys() & after.keys():
        changes += _texts(f"section {name}", before[name], after[name], ("title",))
    return changes


def _pages(old: Instrument, new: Instrument) -> list[Change]:
    before, after = ({page.id: page for page in one.pages} for one in (old, new))
    changes = _added_and_gone("page", before, after, ChangeClass.ADDITIVE, ChangeClass.STRUCTURAL)
    for name, page in after.items():
        if name in before:
            place = f"page {name}"
            changes += _texts(place, before[name], page, ("title",)) + _route(place, before[name], page)
            changes += _value(place, "section", before[name].section, page.section)
    changes += _order("pages", list(before), list(after))
    homes = [{question.id: page.id for page in one.pages for question in page.questions} for one in (old, new)]
    for name, home in homes[1].items():
        if homes[0].get(name, home) != home:
            changes.append(Change(ChangeClass.STRUCTURAL, f"question {name}, page", homes[0][name], home))
    changes += _order("questions", list(homes[0]), list(homes[1]))
    return changes


def _checks(old: Instrument, new: Instrument) -> list[Change]:
    before, after = ({check.id: check for check in one.checks} for one in (old, new))
    changes = []
    for name, check in after.items():
        if name not in before:
            kind = ChangeClass.RESTRICTING if check.level is Level.HARD else ChangeClass.ADDITIVE
            changes.append(Change(kind, f"check {name}", "", check.condition.source))
        else:
            changes += _check(before[name], check)
    gone = [name for name in before if name not in after]
    return changes + [Change(ChangeClass.RELAXING, f"check {name}", before[name].condition.source, "") for name in gone]


def _check(was: Check, now: Check) -> list[Change]:
    place = f"check {now.id}"
    changes = _texts(place, was, now, ("text",))
    changes += _strictness(f"{place}, level", list(Level)[::-1], was.level, now.level)
    if _canonical(was.condition) != _canonical(now.condition):
        kind = ChangeClass.RESTRICTING if now.level is Level.HARD else ChangeClass.TEXT
        changes.append(Change(kind, f"{place}, condition", was.condition.source, now.condition.source))
    return changes


# One question


def _question(was: Question, now: Question) -> list[Change]:
    place = f"question {now.id}"
    changes = _texts(place, was, now, ("text", "hint", "definition")) + _route(place, was, now)
    changes += [replace(change, kind=ChangeClass.STRUCTURAL) for change in _texts(place, was, now, ("unit",))]
    changes += _strictness(f"{place}, required", list(Required), was.required, now.required)
    changes += _limit(f"{place}, minimum", was.minimum, now.minimum, -1)
    changes += _limit(f"{place}, maximum", was.maximum, now.maximum, 1)
    if was.decimals != now.decimals:
        kind = ChangeClass.RELAXING if now.decimals > was.decimals else ChangeClass.RESTRICTING
        changes.append(Change(kind, f"{place}, decimals", str(was.decimals), str(now.decimals)))
    changes += _value(place, "total", was.total, now.total) + _value(place, "prefill", was.prefill, now.prefill)
    changes += _value(place, "expression", _canonical(was.expression), _canonical(now.expression))
    changes += _text_value(place, "concept", was.concept, now.concept) + _text_value(place, "core", was.core, now.core)
    before, after = ({one.value: one for one in question.missing} for question in (was, now))
    changes += _added_and_gone(f"{place}, missing", before, after, ChangeClass.ADDITIVE, ChangeClass.STRUCTURAL)
    return changes + _choices(place, was, now) + _items(place, was, now)


def _choices(place: str, was: Question, now: Question) -> list[Change]:
    before, after = ({choice.code: choice for choice in one.choices} for one in (was, now))
    changes = _added_and_gone(f"{place}, choice", before, after, ChangeClass.ADDITIVE, ChangeClass.STRUCTURAL)
    for code, choice in after.items():
        if code in before:
            old, where = before[code], f"{place}, choice {code}"
            changes += _texts(where, old, choice, ("label",)) + _shown(where, old, choice)
            if choice.exclusive != old.exclusive:
                kind = ChangeClass.RESTRICTING if choice.exclusive else ChangeClass.RELAXING
                changes.append(Change(kind, f"{where}, exclusive", _yes(old.exclusive), _yes(choice.exclusive)))
            if choice.opens_text != old.opens_text:
                kind = ChangeClass.ADDITIVE if choice.opens_text else ChangeClass.STRUCTURAL
                changes.append(Change(kind, f"{where}, text beside it", _yes(old.opens_text), _yes(choice.opens_text)))
    order = _order(f"{place}, choices", list(before), list(after))
    return changes + (order if now.kind is QuestionKind.GRID or not order else _as_text(order))


def _items(place: str, was: Question, now: Question) -> list[Change]:
    before, after = ({item.code: item for item in one.items} for one in (was, now))
    changes = _added_and_gone(f"{place}, item", before, after, ChangeClass.ADDITIVE, ChangeClass.STRUCTURAL)
    for code in (code for code in after if code in before):
        where = f"{place}, item {code}"
        changes += _texts(where, before[code], after[code], ("label",)) + _shown(where, before[code], after[code])
    return changes + _as_text(_order(f"{place}, items", list(before), list(after)))


# Parts of anything


def _texts(place: str, was: object, now: object, names: Sequence[str]) -> list[Change]:
    """A change for each language whose words differ; languages that came or went are told once, by themselves."""
    changes = []
    for name in names:
        one, other = getattr(was, name), getattr(now, name)
        for language in _changed_languages(one, other):
            where = f"{place}, {name}::{language}"
            changes.append(Change(ChangeClass.TEXT, where, one.get(language, ""), other.get(language, "")))
    return changes


def _changed_languages(one: Text, other: Text) -> list[str]:
    languages = dict.fromkeys((*one, *other))
    if one and other:
        languages = {language: None for language in languages if language in one and language in other}
    return [language for language in languages if one.get(language) != other.get(language)]


def _route(place: str, was: Page | Question, now: Page | Question) -> list[Change]:
    return _value(place, "relevant", _canonical(was.when), _canonical(now.when))


def _shown(place: str, was: Choice | Item, now: Choice | Item) -> list[Change]:
    """A choice or item that more, fewer or other respondents see."""
    one, other = _canonical(was.when), _canonical(now.when)
    if one == other:
        return []
    kind = ChangeClass.STRUCTURAL if one and other else ChangeClass.RESTRICTING if other else ChangeClass.RELAXING
    return [Change(kind, f"{place}, relevant", one, other)]


def _limit(place: str, was: float | None, now: float | None, wider: int) -> list[Change]:
    """`wider` is the sign of a move of the limit that lets more answers through."""
    if was == now:
        return []
    relaxing = now is None or (was is not None and (now - was) * wider > 0)
    kind = ChangeClass.RELAXING if relaxing else ChangeClass.RESTRICTING
    return [Change(kind, place, "" if was is None else f"{was:g}", "" if now is None else f"{now:g}")]


def _strictness(place: str, weakest_first: Sequence[Enum], was: Enum, now: Enum) -> list[Change]:
    if was is now:
        return []
    stricter = weakest_first.index(now) > weakest_first.index(was)
    kind = ChangeClass.RESTRICTING if stricter else ChangeClass.RELAXING
    return [Change(kind, place, str(was.value), str(now.value))]


def _value(place: str, name: str, was: object, now: object) -> list[Change]:
    if was == now:
        return []
    return [Change(ChangeClass.STRUCTURAL, f"{place}, {name}", _said(was), _said(now))]


def _text_value(place: str, name: str, was: object, now: object) -> list[Change]:
    """Words about the question that no respondent sees."""
    return _as_text(_value(place, name, was, now))


def _added_and_gone(
    what: str, before: Mapping[str, T], after: Mapping[str, T], added: ChangeClass, gone: ChangeClass
) -> list[Change]:
    new = [Change(added, f"{what} {name}", "", name) for name in after if name not in before]
    return new + [Change(gone, f"{what} {name}", name, "") for name in before if name not in after]


def _order(place: str, before: list[str], after: list[str]) -> list[Change]:
    """Those in both, where they stand in another order."""
    one, other = [name for name in before if name in after], [name for name in after if name in before]
    if one == other:
        return []
    return [Change(ChangeClass.STRUCTURAL, f"{place}, order", ", ".join(one), ", ".join(other))]


def _as_text(changes: Iterable[Change]) -> list[Change]:
    return [replace(change, kind=ChangeClass.TEXT) for change in changes]


def _canonical(expression: Expression | None) -> str:
    return canonical_source(expression.source) if expression else ""


def _said(value: object) -> str:
    if isinstance(value, bool):
        return _yes(value)
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


_yes: Callable[[bool], str] = {True: "yes", False: "no"}.__getitem__
