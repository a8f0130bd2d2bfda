"""An indicator beside earlier editions and other barometers: drawn where the comparability table allows it, else the
reasons why not.

Editions of the same series are drawn on the far side of a break where the indicator declares one; any other
disagreement in what a figure means keeps it out of the chart.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import hypot
from statistics import NormalDist

from barometer.model import (
    ALL,
    ESSENTIAL,
    OTHER_PROPERTIES,
    TOTAL,
    UNKNOWN,
    Edition,
    Indicator,
    Kin,
    Other,
    Point,
    Survey,
    Text,
)
from barometer.publication._cube import Cell, Cube
from barometer.publication._figure import Figure, Row, alone, axis_end
from barometer.publication._language import Language, language
from barometer.publication._note import Sentence

DECISIVE = (*ESSENTIAL, "scale")


@dataclass(frozen=True)
class Compared:
    """One other edition with a figure of the indicator. `broken`: drawn beyond a break; `differences`: properties
    that forbid the comparison; `told`: properties that differ and forbid nothing."""

    indicator: str
    other: Other
    broken: bool
    differences: tuple[str, ...]
    told: tuple[str, ...]

    @property
    def point(self) -> Point:
        return self.other.points[self.indicator]

    @property
    def drawn(self) -> bool:
        return self.broken or not self.differences


@dataclass(frozen=True)
class Alongside:
    """All others that have a figure of the indicator; `figure` None where none of them may be drawn."""

    indicator: Indicator
    all: tuple[Compared, ...]
    figure: Figure | None

    @property
    def drawn(self) -> tuple[Compared, ...]:
        return tuple(one for one in self.all if one.drawn)

    @property
    def refused(self) -> tuple[Compared, ...]:
        return tuple(one for one in self.all if not one.drawn)


def alongside(cube: Cube, indicator: Indicator) -> Alongside | None:
    """None where no other edition has a figure of the indicator, or ours is not published."""
    others = [one for one in cube.edition.series.others if indicator.id in one.points]
    total = cube.total(indicator.id)
    if not others or total.value is None:
        return None
    compared = tuple(_compared(cube.edition, indicator, one) for one in others)
    drawn = [one for one in compared if one.drawn]
    return Alongside(indicator, compared, _figure(cube, indicator, drawn) if drawn else None)


def series_note(cube: Cube, found: Alongside, one: Language) -> tuple[Sentence, ...]:
    """What stands under the figure of a series: what is drawn, breaks, what else differs, tests, sources."""
    level = cube.edition.rules.level
    total = cube.total(found.indicator.id)
    key = "series.shows_break" if all(each.broken for each in found.drawn) else "series.shows"
    said = [Sentence("shows", one.say(key, subject=one.text(found.indicator.label)))]
    for each in found.drawn:
        name = one.text(each.other.label)
        if each.broken:
            reason = one.text(found.indicator.breaks[each.other.id])
            said.append(Sentence("breaks", one.say("note.break", edition=name, reason=reason)))
        elif each.told:
            told = property_words(cube.edition, each, each.told, one)
            said.append(Sentence("sum", one.say("series.told", name=name, differences=told)))
        said.append(Sentence("base", one.say("series.source", name=name, source=each.other.source)))
        said.append(Sentence("significance", _tested(each, total, level, name, one)))
    if any(each.point.low is None for each in found.drawn):
        said.append(Sentence("margin", one.say("series.no_margin")))
    if cube.edition.synthetic:
        said.append(Sentence("synthetic", one.say("series.synthetic")))
    return tuple(said)


def property_words(edition: Edition, each: Compared, names: Iterable[str], one: Language) -> str:
    """'unit (workplace; here: department) and wording (…)'."""
    here, there = _both(edition, each.other, each.indicator)
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
    """The comparability table of a survey: names of the properties, and a column an edition, ours first. Exceptions of
    single indicators stand on their pages."""
    series = edition.series
    if survey.id not in series.here:
        return (), ()
    ours = series.here[survey.id].usual
    others = [other for other in series.others if other.survey == survey.id]
    names = [
        name
        for name in (*DECISIVE, *OTHER_PROPERTIES[1:])
        if name in ours or any(name in other.properties.usual for other in others)
    ]
    columns = [Column(one.say("series.here"), "", _values(edition, names, ours, one), (False,) * len(names))]
    for other in others:
        theirs = other.properties.usual
        apart = _apart(ours, theirs, DECISIVE)
        values = _values(edition, names, theirs, one)
        columns.append(Column(one.text(other.label), other.source, values, tuple(name in apart for name in names)))
    return tuple(one.say(f"property.{name}") for name in names), tuple(columns)


def in_all(edition: Edition, key: str, **values: object) -> Text:
    """A message of the catalogues as a text in every language of the edition."""
    return {code: language(code).say(key, **values) for code in edition.languages}


def _compared(edition: Edition, indicator: Indicator, other: Other) -> Compared:
    here, there = _both(edition, other, indicator.id)
    differences = _apart(here, there, DECISIVE)
    broken = other.kin is Kin.EDITION and other.id in indicator.breaks
    told = _apart(here, there, OTHER_PROPERTIES[1:])
    known = tuple(name for name in told if name in here and name in there)
    return Compared(indicator.id, other, broken, differences, known)


def _both(edition: Edition, other: Other, indicator: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
    here = edition.series.here.get(other.survey)
    return (here.of(indicator) if here else {}), other.properties.of(indicator)


def _apart(here: Mapping[str, str], there: Mapping[str, str], names: Iterable[str]) -> tuple[str, ...]:
    """Properties that do not agree; what nobody knows agrees with nothing."""
    return tuple(
        name
        for name in names
        if (name in here or name in there) and (here.get(name) != there.get(name) or here.get(name) == UNKNOWN)
    )


def _figure(cube: Cube, indicator: Indicator, drawn: Iterable[Compared]) -> Figure:
    """Editions by time, ours among them, with headings on both sides of a break; then other barometers."""
    edition = cube.edition
    mine = alone(cube, indicator)
    own = mine.rows[0]
    here = replace(own, label=_here(edition))
    broken, countries = [], []
    unbroken = [(edition.period_end, here)]
    for each in drawn:
        row = Row(each.other.label, _cell(own.cell, each.point), indicator, own.places)
        if each.other.kin is Kin.COUNTRY:
            countries.append(row)
        elif each.broken:
            broken.append(row)
        else:
            unbroken.append((each.other.end, row))
    series = [row for _, row in sorted(unbroken, key=lambda dated: dated[0])]
    parts = (("before_break", broken), ("after_break" if broken else "own", series), ("elsewhere", countries))
    divided = bool(broken or countries)
    rows = tuple(
        replace(row, group=in_all(edition, f"series.{key}") if divided else {})
        for key, members in parts
        for row in members
    )
    title = in_all(edition, "series.title")
    return replace(mine, id="series", title=title, rows=rows, axis=axis_end(rows), of="series.edition")


def _here(edition: Edition) -> Text:
    return {
        code: one.say("series.this", period=one.period(edition.period_start, edition.period_end))
        for code in edition.languages
        for one in [language(code)]
    }


def _cell(own: Cell, point: Point) -> Cell:
    return replace(
        own, breakdown=TOTAL, cell=ALL, value=point.value, ci_low=point.low, ci_high=point.high, n=point.n, status="",
        quality="", n_dont_know=None, n_missing=None, as_in_release=None,
    )  # fmt: skip


def _tested(each: Compared, total: Cell, level: float, name: str, one: Language) -> str:
    """Whether the two figures differ by more than chance: two independent samples, errors from the intervals."""
    point = each.point
    if None in (point.low, point.high, total.ci_low, total.ci_high) or each.broken:
        return one.say("series.untested", name=name)
    normal = NormalDist()
    halves = ((point.high or 0) - (point.low or 0), (total.ci_high or 0) - (total.ci_low or 0))
    error = hypot(*halves) / (2 * normal.inv_cdf(1 - level / 2))
    difference = abs(point.value - (total.value or 0))
    p = 2 * (1 - normal.cdf(difference / error)) if error else float(difference == 0)
    key = "series.differs" if p < level else "series.alike"
    return one.say(key, name=name, p=one.p_value(p))


def _values(edition: Edition, names: Iterable[str], codes: Mapping[str, str], one: Language) -> tuple[str, ...]:
    return tuple(_value(edition, name, codes, one) for name in names)


def _value(edition: Edition, name: str, codes: Mapping[str, str], one: Language) -> str:
    code = codes.get(name, UNKNOWN)
    return one.say("series.unknown") if code == UNKNOWN else one.text(edition.series.words[name, code])
