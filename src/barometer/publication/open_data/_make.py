"""The tables of a release: a survey's figures of one kind by one breakdown, with everyone first."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from barometer.disclosure import Release
from barometer.model import ALL, TOTAL, Breakdown, Edition, Indicator, Measure, Survey, Text
from barometer.publication._language import Language, language
from barometer.publication._note import break_words, question_words
from barometer.publication.open_data._cube import (
    BREAK,
    INDICATOR,
    KEPT,
    MEASURE,
    PERIOD,
    UNAVAILABLE,
    Category,
    DataCube,
    Dimension,
)

MEASURES = ("value", "se", "ci_low", "ci_high", "number", "n", "n_dont_know", "n_missing")
"""Columns of the release that are numbers of a cell, as far as it has them."""
OF_EVERYONE = ("n_dont_know", "n_missing")
"""Published for everyone only."""
OF_THE_FIGURE = ("value", "se", "ci_low", "ci_high")
"""On the scale of the figure: per cent for shares."""
SHARE_DECIMALS = 4
"""Of a percentage; the release holds six decimals of a fraction. One decimal is shown."""

_Cells = Mapping[tuple[str, str, str], Mapping[str, Any]]  # (breakdown, indicator, cell) -> row of the release


def cubes(release: Release, edition: Edition, number: int | None = None) -> tuple[DataCube, ...]:
    """All tables of `release` in the words of `edition`, in the order of the edition.

    A table has the dimensions indicator, the breakdown (not where only everyone is told), period and measure. Its id
    is 'survey-breakdown', with measure and unit behind it where it has no shares ('-mean-hours'), and stays the same
    from release to release. `number`: the release's number where it is known.
    """
    found: list[DataCube] = []
    for survey in edition.surveys:
        rows = release.cells.filter(survey=survey.id)
        cells = {(row["breakdown"], row["indicator"], row["cell"]): row for row in rows.iter_rows(named=True)}
        measures = [name for name in MEASURES if name in rows.columns]
        known = {breakdown.id: breakdown for breakdown in survey.programme.breakdowns}
        for breakdown in rows.get_column("breakdown").unique(maintain_order=True):
            found += _by_breakdown(edition, survey, known.get(breakdown), cells, measures, number)
    return tuple(found)


def published(value: float | None, measure: str, indicator: Indicator) -> float | None:
    """A number of the release as readers get it: shares and what is on their scale as per cent."""
    if value is None or measure not in OF_THE_FIGURE or indicator.measure is not Measure.SHARE:
        return value
    return round(value * 100, SHARE_DECIMALS)


def updated(edition: Edition) -> datetime:
    """When the numbers last changed: at the release, or with a later correction."""
    at = edition.release_at
    days = [correction.date for correction in edition.corrections if correction.date > at.date()]
    return datetime.combine(max(days), at.timetz()) if days else at


def _by_breakdown(
    edition: Edition,
    survey: Survey,
    breakdown: Breakdown | None,
    cells: _Cells,
    measures: Sequence[str],
    number: int | None,
) -> Iterator[DataCube]:
    name = breakdown.id if breakdown else TOTAL
    here = {indicator for place, indicator, _ in cells if place == name}
    indicators = sorted((one for one in survey.programme.indicators if one.id in here), key=_kind)
    taken: set[str] = set()
    for kind, group in groupby(indicators, key=_kind):
        ending, number_of = _ending(*kind), 1
        while ending in taken:
            number_of += 1
            ending = f"{_ending(*kind)}-{number_of}"
        taken.add(ending)
        yield _cube(edition, survey, breakdown, tuple(group), cells, measures, f"{survey.id}-{name}{ending}", number)


def _ending(measure: str, unit: str) -> str:
    """What stands behind the id of a table without shares: its measure and unit, in plain letters."""
    plain = unicodedata.normalize("NFKD", unit.lower().replace("ø", "o").replace("æ", "ae"))
    words = re.findall(r"[a-z0-9]+", plain.encode("ascii", "ignore").decode())
    return "".join(f"-{word}" for word in (measure, *words[:4]) if word)


def _kind(indicator: Indicator) -> tuple[str, str]:
    """Indicators of one kind can stand in one table: they have the same unit."""
    if indicator.measure is Measure.SHARE:
        return "", ""
    return indicator.measure.value, indicator.unit.get("en") or next(iter(indicator.unit.values()), "")


def _cube(
    edition: Edition,
    survey: Survey,
    breakdown: Breakdown | None,
    indicators: tuple[Indicator, ...],
    cells: _Cells,
    measures: Sequence[str],
    identity: str,
    number: int | None,
) -> DataCube:
    own = tuple(one for one in measures if breakdown is None or one not in OF_EVERYONE)
    groups = _groups(edition, breakdown, cells)
    figures, contents = _said(edition, "cube.indicator"), _said(edition, "cube.measure")
    dimensions = [Dimension(INDICATOR, INDICATOR, figures, _indicators(edition, survey, indicators))]
    if breakdown:
        dimensions.append(Dimension(breakdown.id, "group", breakdown.label, groups, everyone=ALL))
    dimensions.append(_period(edition))
    dimensions.append(Dimension(MEASURE, MEASURE, contents, _measures(edition, indicators[0], own)))
    values: list[float | None] = []
    marks: list[str] = []
    for indicator in indicators:
        for group in groups:
            place = (breakdown.id if breakdown and group.code != ALL else TOTAL, indicator.id, group.code)
            numbers, flags = _numbers(cells.get(place), indicator, own)
            values += numbers
            marks += flags
    return DataCube(
        id=identity,
        edition=edition.id,
        survey=survey.id,
        breakdown=breakdown.id if breakdown else TOTAL,
        measure=indicators[0].measure,
        languages=edition.languages,
        title=_title(edition, survey, breakdown, indicators),
        subject=survey.title,
        notes=_notes(edition, survey, breakdown),
        source=_in_all(edition, lambda one: f"{one.text(edition.publisher.name)}, {one.text(edition.title)}"),
        contact=edition.publisher.contact,
        licence=edition.publisher.licence,
        agency=edition.catalogue.agency,
        updated=updated(edition),
        period=(edition.period_start, edition.period_end),
        synthetic=edition.synthetic,
        dimensions=tuple(dimensions),
        values=tuple(values),
        marks=tuple(marks),
        legend={mark: _mark(edition, mark) for mark in sorted(set(marks) - {""})},
        number=number,
    )


def _numbers(
    row: Mapping[str, Any] | None, indicator: Indicator, measures: Sequence[str]
) -> tuple[list[float | None], list[str]]:
    """Numbers and marks of one cell of the release; a combination it does not have is 'x'."""
    if row is None:
        return [None] * len(measures), [UNAVAILABLE] * len(measures)
    mark = row["status"] or row["quality"] or (KEPT if row.get("as_in_release") is not None else "")
    values = [published(row[name], name, indicator) for name in measures]
    marks = []
    for name, value in zip(measures, values, strict=True):
        if value is None:
            marks.append(mark or UNAVAILABLE)
        elif name in OF_THE_FIGURE:
            marks.append(mark or (BREAK if indicator.breaks and name == "value" else ""))
        else:
            marks.append("")
    return values, marks


def _groups(edition: Edition, breakdown: Breakdown | None, cells: _Cells) -> tuple[Category, ...]:
    """Everyone, then the breakdown's categories that the release has cells of."""
    everyone = Category(ALL, _said(edition, "methods.everyone"))
    if breakdown is None:
        return (everyone,)
    here = dict.fromkeys(cell for name, _, cell in cells if name == breakdown.id)
    named = {category.code: category.label for category in breakdown.categories}
    order = [code for code in named if code in here] + [code for code in here if code not in named]
    return (everyone, *(Category(code, named.get(code) or dict.fromkeys(edition.languages, code)) for code in order))


def _indicators(edition: Edition, survey: Survey, indicators: tuple[Indicator, ...]) -> tuple[Category, ...]:
    return tuple(Category(one.id, one.label, _own_notes(edition, survey, one)) for one in indicators)


def _own_notes(edition: Edition, survey: Survey, indicator: Indicator) -> tuple[Text, ...]:
    """Who was asked, the question, what else readers must know, and why a series breaks."""
    universe = next(one for one in survey.programme.universes if one.id == indicator.universe)

    def question(one: Language) -> str:
        words = question_words(survey, indicator, one)
        return one.say("note.question", question=words) if words else ""

    def parts(one: Language) -> str:
        labels = (one.text(survey.programme.indicator(part).label) for part in indicator.components)
        quoted = one.listing(one.say("note.quoted", words=label) for label in labels)
        return one.say("note.components", parts=quoted) if indicator.components else ""

    notes = [
        _in_all(edition, lambda one: one.say("note.asked", universe=one.text(universe.label))),
        _in_all(edition, question),
        _in_all(edition, parts),
        indicator.note,
    ]
    for earlier, reason in indicator.breaks.items():
        notes.append(_break(edition, earlier, reason))
    return tuple(note for note in notes if any(note.values()))


def _break(edition: Edition, earlier: str, reason: Text) -> Text:
    return _in_all(edition, lambda one: break_words(edition.series, earlier, reason, one))


def _measures(edition: Edition, indicator: Indicator, measures: Sequence[str]) -> tuple[Category, ...]:
    share = indicator.measure is Measure.SHARE
    own = _said(edition, "cube.percent") if share else indicator.unit
    answers = _said(edition, "cube.answers")
    return tuple(
        Category(
            name,
            _said(edition, f"cube.{name}_{indicator.measure.value}" if name == "value" else f"cube.{name}"),
            unit=own if name in OF_THE_FIGURE else answers,
            decimals=1 if name in OF_THE_FIGURE else 0,
        )
        for name in measures
    )


def _period(edition: Edition) -> Dimension:
    start, end = edition.period_start, edition.period_end
    whole = (start.month, start.day, end.month, end.day) == (1, 1, 12, 31)
    years = str(start.year) if start.year == end.year else f"{start.year}-{end.year}"
    code = years if whole else f"{start}--{end}"
    label = _in_all(edition, lambda one: one.period(start, end))
    return Dimension(PERIOD, PERIOD, _said(edition, "cube.period"), (Category(code, label),))


def _title(edition: Edition, survey: Survey, breakdown: Breakdown | None, indicators: tuple[Indicator, ...]) -> Text:
    def title(one: Language) -> str:
        measure = one.say(f"cube.value_{indicators[0].measure.value}")
        words = one.text(indicators[0].label) if len(indicators) == 1 else measure
        period = one.period(edition.period_start, edition.period_end)
        said = {"survey": one.text(survey.title), "measure": _small(words), "period": period}
        if breakdown is None:
            return one.say("cube.title_all", **said)
        by = _small(one.text(breakdown.label))
        return one.say("cube.title", by=one.say("cube.merged", by=by) if breakdown.merges else by, **said)

    return _in_all(edition, title)


def _small(words: str) -> str:
    """The words inside a sentence: a small first letter, unless they begin with an abbreviation."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def _notes(edition: Edition, survey: Survey, breakdown: Breakdown | None) -> tuple[Text, ...]:
    """What holds for the whole table, the made-up answers first."""
    weighting = "note.weighted" if survey.weighting.weighted else "note.not_weighted"
    units = survey.frame.units_plural
    notes = [
        edition.synthetic_note if edition.synthetic else {},
        _in_all(edition, lambda one: one.say(weighting, units=one.text(units))),
        survey.margin_meaning,
        _said(edition, "note.sum_overlapping") if breakdown and breakdown.overlapping else {},
        breakdown.footnote if breakdown else {},
    ]
    return tuple(note for note in notes if any(note.values()))


def _mark(edition: Edition, mark: str) -> Text:
    def words(one: Language) -> str:
        for key in (f"mark.{mark}", f"cube.mark_{mark}"):
            if key in one.messages:
                return one.say(key)
        return mark

    return _in_all(edition, words)


def _said(edition: Edition, key: str) -> Text:
    return _in_all(edition, lambda one: one.say(key))


def _in_all(edition: Edition, words: Callable[[Language], str]) -> Text:
    return {code: words(language(code)) for code in edition.languages}
