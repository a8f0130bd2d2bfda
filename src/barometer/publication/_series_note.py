"""What readers are told about a series: what is drawn, what differs, what is refused, and whether changes are more than
chance."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import takewhile
from math import hypot
from statistics import NormalDist

from barometer.model import ALL, GROUPS, OTHER_PROPERTIES, TOTAL, UNKNOWN, Edition, Point, Survey, Text
from barometer.publication._cube import Cell, Cube
from barometer.publication._language import Language
from barometer.publication._note import Sentence, adjusted, break_words
from barometer.publication._series import DECISIVE, Alongside, Compared, apart, properties_of


def series_note(cube: Cube, found: Alongside, one: Language) -> tuple[Sentence, ...]:
    """What stands under the figure of a series: what is drawn, breaks, what else differs, tests, sources."""
    key = "series.shows_break" if all(each.broken for each in found.drawn) else "series.shows"
    said = [Sentence("shows", one.say(key, subject=one.text(found.indicator.label)))]
    tested = False
    for each in found.drawn:
        name = one.text(each.other.label)
        if each.broken:
            reason = found.indicator.breaks[each.other.id]
            said.append(Sentence("breaks", break_words(cube.edition.series, each.other.id, reason, one)))
        elif each.told:
            told = property_words(cube.edition, each, each.told, one)
            said.append(Sentence("sum", one.say("series.told", name=name, differences=told)))
        said.append(Sentence("base", one.say("series.source", name=name, source=each.other.source)))
        outcomes = _outcomes(cube, found, each)
        tested = tested or any(outcome.p is not None for outcome in outcomes)
        words = _of_groups(outcomes, cube.edition.rules.level, name, one) if found.breakdown else ""
        said.append(Sentence("significance", words or _of_everyone(outcomes[0], cube.edition.rules.level, name, one)))
    if found.figure and any(row.cell.value is not None and row.cell.ci_low is None for row in found.figure.rows):
        said.append(Sentence("margin", one.say("series.no_margin")))
    if tested:
        said.append(Sentence("margin", one.say("series.independent")))
    if cube.edition.synthetic:
        said.append(Sentence("synthetic", one.say("series.synthetic")))
    return tuple(said)


def refused_words(edition: Edition, found: Alongside, each: Compared, one: Language) -> str:
    """Why the figures of `each` stand in no chart with ours."""
    name = one.text(each.other.label)
    if not found.breakdown:
        return one.say("series.reason", name=name, differences=property_words(edition, each, each.differences, one))
    breakdown = one.text(found.breakdown.label)
    if UNKNOWN in (codes.get(GROUPS) for codes in properties_of(edition, each)):
        return one.say("series.groups_unknown", breakdown=breakdown, name=name)
    differences = property_words(edition, each, each.differences, one)
    return one.say("series.reason_by", breakdown=breakdown, name=name, differences=differences)


def property_words(edition: Edition, each: Compared, names: Iterable[str], one: Language) -> str:
    """'unit (workplace; here: department) and wording (…)'."""
    here, there = properties_of(edition, each)
    return one.listing(
        one.say(
            "series.difference",
            property=one.say(f"property.{name}"),
            theirs=_value(edition, name, there, one),
            ours=_value(edition, name, here, one),
        )
        for name in names
    )


@dataclass(frozen=True)
class Column:
    """One edition of the comparability table: what it is called, and each property in words; `decisive`: the rows
    that keep its figures out of charts with ours."""

    label: str
    source: str
    values: tuple[str, ...]
    decisive: tuple[bool, ...]


def comparability(edition: Edition, survey: Survey, one: Language) -> tuple[tuple[str, ...], tuple[Column, ...]]:
    """The comparability table of a survey: names of the properties and of breakdowns whose groups are declared, and a
    column an edition, ours first. Exceptions of single indicators stand on their pages."""
    series = edition.series
    if survey.id not in series.here:
        return (), ()
    ours = series.here[survey.id]
    others = [other for other in series.others if other.survey == survey.id]
    names = [
        name
        for name in (*DECISIVE, *OTHER_PROPERTIES[1:])
        if name in ours.usual or any(name in other.properties.usual for other in others)
    ]
    divided = [each for each in survey.programme.breakdowns if each.id in ours.groups]
    columns = []
    for label, source, theirs in (
        (one.say("series.here"), "", ours),
        *((one.text(other.label), other.source, other.properties) for other in others),
    ):
        values = [_value(edition, name, theirs.usual, one) for name in names]
        values += [_value(edition, GROUPS, {GROUPS: theirs.groups.get(each.id, UNKNOWN)}, one) for each in divided]
        kept = () if theirs is ours else apart(ours.usual, theirs.usual, DECISIVE)
        decisive = [name in kept for name in names]
        decisive += [bool(apart(ours.groups, theirs.groups, [each.id])) and theirs is not ours for each in divided]
        columns.append(Column(label, source, tuple(values), tuple(decisive)))
    heads = [one.say(f"property.{name}") for name in names]
    heads += [one.say("series.groups_by", breakdown=one.text(each.label)) for each in divided]
    return tuple(heads), tuple(columns)


# --- Tests ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Outcome:
    """Our figure minus that of another edition, in one group. `p` None: it cannot be tested."""

    group: Text
    difference: float
    p: float | None


def change(ours: Cell, theirs: Point, level: float) -> float | None:
    """The p-value of the difference between two editions' figures; None where either has no interval.

    The editions count as independent samples. The variances are recovered from the limits of both intervals that lie
    towards each other, so that uneven intervals keep their shape and the test agrees with the interval of the
    difference (Zou and Donner 2008, Statistics in Medicine 27, 1693-1702).
    """
    if ours.value is None or ours.ci_low is None or ours.ci_high is None or theirs.low is None or theirs.high is None:
        return None
    difference = ours.value - theirs.value
    halves = (
        (ours.value - ours.ci_low, theirs.high - theirs.value)
        if difference > 0
        else (ours.ci_high - ours.value, theirs.value - theirs.low)
    )
    normal = NormalDist()
    error = hypot(*halves) / normal.inv_cdf(1 - level / 2)
    return 2 * (1 - normal.cdf(abs(difference) / error)) if error else float(difference == 0)


def _outcomes(cube: Cube, found: Alongside, each: Compared) -> list[Outcome]:
    """Of everyone, or of every group that both editions have published."""
    level = cube.edition.rules.level
    name = found.breakdown.id if found.breakdown else TOTAL
    labels: Mapping[str, Text] = (
        {one.code: one.label for one in found.breakdown.categories} if found.breakdown else {ALL: {}}
    )
    outcomes = []
    for code, label in labels.items():
        cell, point = cube.cell(found.indicator.id, name, code), each.point(code)
        if cell is not None and cell.value is not None and point is not None:
            p = None if each.broken else change(cell, point, level)
            outcomes.append(Outcome(label, cell.value - point.value, p))
    return outcomes


def _of_everyone(outcome: Outcome, level: float, name: str, one: Language) -> str:
    if outcome.p is None:
        return one.say("series.untested", name=name)
    return one.say("series.differs" if outcome.p < level else "series.alike", name=name, p=one.p_value(outcome.p))


def _of_groups(outcomes: Iterable[Outcome], level: float, name: str, one: Language) -> str:
    """In which groups the figure has changed; each group is tested on its own, and together after Holm."""
    tested = [(each, each.p) for each in outcomes if each.p is not None]
    if not tested:
        return one.say("series.groups_untested", name=name)
    found = [(each, p) for each, p in tested if p < level]
    if not found:
        return one.say("series.groups_alike", name=name, level=one.number(level, 2))
    said = []
    for key, sign in (("series.higher", 1), ("series.lower", -1)):
        groups = [
            one.say("series.group_p", group=one.text(each.group), p=one.p_value(p))
            for each, p in found
            if each.difference * sign > 0
        ]
        said += [one.say(key, name=name, groups=one.listing(groups))] if groups else []
    said += [one.say("series.groups_rest", name=name)] if len(found) < len(tested) else []
    if len(tested) > 1:
        said.append(adjusted(one, surviving((p for _, p in tested), level), len(tested)))
    return " ".join(said)


def surviving(ps: Iterable[float], level: float) -> int:
    """How many tests remain significant when all are taken together (Holm 1979)."""
    ordered = sorted(ps)
    kept = takewhile(lambda one: one[1] * (len(ordered) - one[0]) < level, enumerate(ordered))
    return sum(1 for _ in kept)


def _value(edition: Edition, name: str, codes: Mapping[str, str], one: Language) -> str:
    code = codes.get(name, UNKNOWN)
    return one.say("series.unknown") if code == UNKNOWN else one.text(edition.series.words[name, code])
