"""An indicator beside earlier editions and other barometers, for everyone and by group: drawn where the comparability
table allows it, else the reasons why not.

Editions of the same series are drawn on the far side of a break where the indicator declares one; any other
disagreement in what a figure means keeps it out of the chart. Groups are compared only where both sides declare that
they belong to the same classification, break or not.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from barometer.model import (
    ALL,
    ESSENTIAL,
    GROUPS,
    OTHER_PROPERTIES,
    TOTAL,
    UNKNOWN,
    Breakdown,
    Edition,
    Indicator,
    Kin,
    Other,
    Point,
    Properties,
    Text,
)
from barometer.publication._cube import Cell, Cube
from barometer.publication._figure import Figure, Row, alone, axis_end, decimals
from barometer.publication._language import language

DECISIVE = (*ESSENTIAL, "scale")


@dataclass(frozen=True)
class Compared:
    """One other edition with figures of the indicator by `breakdown`. `broken`: drawn beyond a break; `differences`:
    properties that forbid the comparison; `told`: properties that differ and forbid nothing."""

    indicator: str
    breakdown: str
    other: Other
    broken: bool
    differences: tuple[str, ...]
    told: tuple[str, ...]

    def point(self, cell: str = ALL) -> Point | None:
        return self.other.points.get((self.indicator, self.breakdown, cell))

    @property
    def drawn(self) -> bool:
        return GROUPS not in self.differences and (self.broken or not self.differences)


@dataclass(frozen=True)
class Alongside:
    """All others that have figures of the indicator by one breakdown, None for everyone's; `figure` None where none of
    them may be drawn."""

    indicator: Indicator
    breakdown: Breakdown | None
    all: tuple[Compared, ...]
    figure: Figure | None

    @property
    def drawn(self) -> tuple[Compared, ...]:
        return tuple(one for one in self.all if one.drawn)

    @property
    def refused(self) -> tuple[Compared, ...]:
        return tuple(one for one in self.all if not one.drawn)


def alongside(cube: Cube, indicator: Indicator) -> tuple[Alongside, ...]:
    """Everyone's figure and those by group, as far as another edition has them; empty where ours is not published."""
    if cube.total(indicator.id).value is None:
        return ()
    found: list[Alongside] = []
    told: set[str] = set()
    for breakdown in (None, *cube.breakdowns(indicator.id)):
        name = breakdown.id if breakdown else TOTAL
        others = [one for one in cube.edition.series.others if one.has(indicator.id, name)]
        compared = tuple(_compared(cube.edition, indicator, name, one) for one in others)
        news = tuple(one for one in compared if one.drawn or one.other.id not in told)
        told |= {one.other.id for one in compared if not one.drawn and GROUPS not in one.differences}
        if news:
            found.append(Alongside(indicator, breakdown, news, _figure(cube, indicator, breakdown, news)))
    return tuple(found)


def properties_of(edition: Edition, each: Compared) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """What the figures of `each` mean here and there: property -> code."""
    here = edition.series.here.get(each.other.survey)
    return _codes(here, each.indicator, each.breakdown), _codes(each.other.properties, each.indicator, each.breakdown)


def apart(here: Mapping[str, str], there: Mapping[str, str], names: Iterable[str]) -> tuple[str, ...]:
    """Properties that do not agree; what nobody knows agrees with nothing."""
    return tuple(
        name
        for name in names
        if (name in here or name in there) and (here.get(name) != there.get(name) or here.get(name) == UNKNOWN)
    )


def in_all(edition: Edition, key: str, **values: Text) -> Text:
    """A message of the catalogues, filled with texts, as a text in every language of the edition."""
    languages = (language(code) for code in edition.languages)
    return {one.code: one.say(key, **{name: one.text(value) for name, value in values.items()}) for one in languages}


def _compared(edition: Edition, indicator: Indicator, breakdown: str, other: Other) -> Compared:
    broken = other.kin is Kin.EDITION and other.id in indicator.breaks
    one = Compared(indicator.id, breakdown, other, broken, (), ())
    here, there = properties_of(edition, one)
    decisive = DECISIVE if breakdown == TOTAL else (*DECISIVE, GROUPS)
    told = apart(here, there, OTHER_PROPERTIES[1:])
    known = tuple(name for name in told if name in here and name in there)
    return replace(one, differences=apart(here, there, decisive), told=known)


def _codes(properties: Properties | None, indicator: str, breakdown: str) -> Mapping[str, str]:
    """Of a breakdown that nobody declares, the groups are not known to be anything."""
    usual = properties.of(indicator) if properties else {}
    if breakdown == TOTAL:
        return usual
    return {**usual, GROUPS: properties.groups.get(breakdown, UNKNOWN) if properties else UNKNOWN}


def _figure(
    cube: Cube, indicator: Indicator, breakdown: Breakdown | None, compared: Sequence[Compared]
) -> Figure | None:
    """Editions by time, ours among them, then other barometers: once for everyone, with headings on both sides of a
    break, or under each group. None where no other edition may be drawn."""
    drawn = [one for one in compared if one.drawn]
    if not drawn:
        return None
    mine = alone(cube, indicator)
    if breakdown is None:
        rows = _everyone(cube.edition, mine.rows[0], drawn)
        title, name = in_all(cube.edition, "series.title"), "series"
    else:
        rows = _by_group(cube, indicator, breakdown, drawn)
        subject = in_all(cube.edition, "series.title")
        title = in_all(cube.edition, "figure.by", subject=subject, breakdown=breakdown.label)
        name = f"series-by-{breakdown.id}"
    if not rows:
        return None
    return replace(mine, id=name, title=title, rows=rows, axis=axis_end(rows), of="series.edition")


def _everyone(edition: Edition, own: Row, drawn: Sequence[Compared]) -> tuple[Row, ...]:
    divided = any(one.broken or one.other.kin is Kin.COUNTRY for one in drawn)
    after = "after_break" if any(one.broken for one in drawn) else "own"
    rows = []
    for part, row in _dated(edition, own, drawn, ALL):
        heading = in_all(edition, f"series.{part or after}") if divided else {}
        rows.append(replace(row, group=heading))
    return tuple(rows)


def _by_group(cube: Cube, indicator: Indicator, breakdown: Breakdown, drawn: Sequence[Compared]) -> tuple[Row, ...]:
    """Groups that another edition has a figure of."""
    rows = []
    cells = cube.cells[indicator.id, breakdown.id]
    places = decimals(indicator, cube.total(indicator.id).value)
    for category in breakdown.categories:
        if category.code in cells and any(one.point(category.code) for one in drawn):
            own = Row({}, cells[category.code], indicator, places)
            for _, row in _dated(cube.edition, own, drawn, category.code):
                label = in_all(cube.edition, "series.beyond", name=row.label) if row.beyond else row.label
                rows.append(replace(row, label=label, group=category.label))
    return tuple(rows)


def _dated(edition: Edition, own: Row, drawn: Sequence[Compared], cell: str) -> list[tuple[str, Row]]:
    """One cell in every edition, those beyond a break first and other barometers last: (part, row), part '' for those
    that are compared with ours in time."""
    series = [(edition.period_end, replace(own, label=_here(edition)))]
    broken: list[tuple[str, Row]] = []
    countries: list[tuple[str, Row]] = []
    for each in drawn:
        point = each.point(cell)
        if point is None:
            continue
        row = replace(own, label=each.other.label, cell=_cell(own.cell, point), ours=False)
        if each.other.kin is Kin.COUNTRY:
            countries.append(("elsewhere", row))
        elif each.broken:
            broken.append(("before_break", replace(row, beyond=True)))
        else:
            series.append((each.other.end, row))
    return [*broken, *(("", row) for _, row in sorted(series, key=lambda dated: dated[0])), *countries]


def _here(edition: Edition) -> Text:
    return {
        code: one.say("series.this", period=one.period(edition.period_start, edition.period_end))
        for code in edition.languages
        for one in [language(code)]
    }


def _cell(own: Cell, point: Point) -> Cell:
    return replace(
        own, value=point.value, ci_low=point.low, ci_high=point.high, n=point.n, status="",
        quality="", n_dont_know=None, n_missing=None, as_in_release=None,
    )  # fmt: skip
