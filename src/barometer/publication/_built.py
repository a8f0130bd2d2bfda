"""Figures of a table of the open data, for readers who choose themselves what stands in it.

Made from released files alone: the table, the data dictionary and the differences that lie beside it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from markupsafe import Markup

from barometer.model import Breakdown, Indicator, Measure, Universe
from barometer.model import Category as Group
from barometer.publication import open_data
from barometer.publication._cube import EMPTY, HIDDEN, NO_MARGIN, TOO_UNCERTAIN, UNCERTAIN, Cell, Contrast
from barometer.publication._figure import Figure, Row, axis_end, decimals
from barometer.publication._language import Language, language
from barometer.publication._note import significance
from barometer.publication._page import indicator_path
from barometer.publication._svg import draw, full_title
from barometer.publication._table import table

_SURVEY: Any = None
"""A table of the open data has no questionnaire; drawing, tables and sentences on significance ask for none."""
_LARGEST_AXIS = 100.0  # of shares in the open data, which are per cent


@dataclass(frozen=True)
class BuiltFigure:
    """One figure as readers get it, in one language."""

    title: str
    chart: Markup
    table: Markup
    significance: str  # '' where no groups are compared
    page: str  # of its indicator in the site; '' where there are several
    notes: tuple[str, ...]  # who was asked, the question, marks, what holds for the whole table


def built_figures(
    cube: open_data.DataCube, dictionary: Mapping[str, Any], differences: pl.DataFrame, code: str, site: str
) -> tuple[BuiltFigure, ...]:
    """A figure of each indicator of `cube` by its groups, or one of all of them where it has no groups.

    `cube` may be a part that readers chose, with all its measures. `dictionary`: the release's data dictionary
    (`data/EDITION.json`); `differences`: its file of differences. `code`: the language, and `site` where the site's
    pages in it lie, with a slash at the end.
    """
    one = language(code)
    groups = [dimension for dimension in cube.dimensions if dimension.role == "group"]
    indicators = tuple(_indicator(cube, category) for category in cube.dimension(open_data.INDICATOR).categories)
    cells = _cells(cube)
    rows = [_rows(indicator, groups[0] if groups else None, cells) for indicator in indicators]
    if not groups:
        everyone = [row for some in rows for row in some]
        return (_built(cube, _figure(cube, dictionary, "everyone", indicators, None, everyone, ()), one, site),)
    breakdown = _breakdown(cube, groups[0])
    return tuple(
        _built(cube, _figure(cube, dictionary, f"f{place}", (indicator,), breakdown, some, contrasts), one, site)
        for place, (indicator, some) in enumerate(zip(indicators, rows, strict=True), start=1)
        if some
        for contrasts in [_contrasts(cube, indicator, differences, [row.cell.cell for row in some])]
    )


def _built(cube: open_data.DataCube, figure: Figure, one: Language, site: str) -> BuiltFigure:
    return BuiltFigure(
        full_title(figure, one) if figure.breakdown or len(figure.indicators) == 1 else one.text(cube.title),
        draw(figure, one),
        table(figure, one, "t-", lambda indicator: site + indicator_path(indicator)),
        " ".join(significance(figure, one)) if sum(not row.whole for row in figure.rows) > 1 else "",
        site + indicator_path(figure.indicators[0]) if len(figure.indicators) == 1 else "",
        tuple(dict.fromkeys(_notes(cube, figure, one))),
    )


def _notes(cube: open_data.DataCube, figure: Figure, one: Language) -> Sequence[str]:
    """What must be said about the figure, in the order readers need it."""
    chosen = {indicator.id for indicator in figure.indicators}
    own = [
        (category, [open_data.say(note, one.code) for note in category.notes])
        for category in cube.dimension(open_data.INDICATOR).categories
        if category.code in chosen
    ]
    if len(own) == 1:
        said = own[0][1]
    else:
        said = [f"{open_data.say(category.label, one.code)}: {' '.join(notes)}" for category, notes in own if notes]
    marks = {row.cell.status or row.cell.quality for row in figure.rows}
    said += [
        one.say(f"explain.{mark}") for mark in (HIDDEN, EMPTY, TOO_UNCERTAIN, UNCERTAIN, NO_MARGIN) if mark in marks
    ]
    if any(row.cell.ci_low is not None for row in figure.rows):
        said.append(one.say("note.margin", confidence=one.percent(1 - figure.level)))
    said += [open_data.say(cube.legend[mark], one.code) for mark in sorted({*cube.marks} & {"b", "f"})]
    return said + [open_data.say(note, one.code) for note in cube.notes]


def _figure(
    cube: open_data.DataCube,
    dictionary: Mapping[str, Any],
    identity: str,
    indicators: tuple[Indicator, ...],
    breakdown: Breakdown | None,
    rows: list[Row],
    contrasts: tuple[Contrast, ...],
) -> Figure:
    universes = {one["id"]: one["universe"] for survey in dictionary["surveys"] for one in survey["indicators"]}
    told = [universes.get(indicator.id, {}) for indicator in indicators]
    universe = Universe("", cube.survey, told[0] if told.count(told[0]) == len(told) else {}, {})
    title = breakdown.label if breakdown else cube.title
    level = float(dictionary["level"])
    return Figure(
        identity, title, _SURVEY, universe, indicators, breakdown, tuple(rows), contrasts, axis_end(rows), level,
        cube.synthetic,
    )  # fmt: skip


def _indicator(cube: open_data.DataCube, category: open_data.Category) -> Indicator:
    unit = {} if cube.measure is Measure.SHARE else cube.dimension(open_data.MEASURE).categories[0].unit
    return Indicator(category.code, cube.survey, cube.measure, category.label, "", unit=unit)


def _breakdown(cube: open_data.DataCube, groups: open_data.Dimension) -> Breakdown:
    categories = tuple(Group(one.code, one.label) for one in groups.categories if one.code != groups.everyone)
    crossing = tuple(groups.id.split("_", 1)) if any(":" in one.code for one in categories) else ()
    return Breakdown(groups.id, cube.survey, groups.label, categories, column=groups.id, crossing=crossing)


def _rows(indicator: Indicator, groups: open_data.Dimension | None, cells: Mapping[tuple[str, str], Cell]) -> list[Row]:
    """The rows of one indicator; combinations the release does not have are left out."""
    labels = {one.code: one.label for one in groups.categories} if groups else {"": indicator.label}
    here = {code: cell for code in labels if (cell := cells[indicator.id, code]).status != open_data.UNAVAILABLE}
    everyone = groups.everyone if groups else ""
    largest = max((cell.value or 0.0 for cell in here.values()), default=0.0)
    whole = here[everyone].value if everyone in here else None
    places = decimals(indicator, largest if whole is None else whole)
    return [
        Row(labels[code], cell, indicator, places, whole=groups is not None and code == everyone)
        for code, cell in here.items()
    ]


def _cells(cube: open_data.DataCube) -> dict[tuple[str, str], Cell]:
    """(indicator, group) -> cell; the group is '' where the table has none."""
    names, ids = cube.dimension(open_data.MEASURE).codes, [one.id for one in cube.dimensions]
    found = {}
    for place, key in enumerate(cube.keys()):
        if place % len(names) == 0:
            numbers = dict(zip(names, cube.values[place : place + len(names)], strict=True))
            codes = dict(zip(ids, key, strict=True))
            cell = _cell(cube, codes, cube.marks[place], numbers)
            found[cell.indicator, cell.cell] = cell
    return found


def _cell(cube: open_data.DataCube, codes: Mapping[str, str], mark: str, numbers: Mapping[str, float | None]) -> Cell:
    """A cell as the site has it: shares are fractions of 1."""
    scale = _LARGEST_AXIS if cube.measure is Measure.SHARE else 1.0

    def number(name: str) -> float | None:
        found = numbers.get(name)
        return None if found is None else round(found / scale, 6)

    value = number("value")
    count = {
        name: None if numbers.get(name) is None else int(numbers[name] or 0)
        for name in ("n", "n_dont_know", "n_missing")
    }
    return Cell(
        cube.survey, codes[open_data.INDICATOR], cube.breakdown, codes.get(cube.breakdown, ""), value, number("ci_low"),
        number("ci_high"), count["n"], count["n_dont_know"], count["n_missing"], mark if value is None else "",
        mark if value is not None and mark in (UNCERTAIN, NO_MARGIN) else "",
    )  # fmt: skip


def _contrasts(
    cube: open_data.DataCube, indicator: Indicator, differences: pl.DataFrame, shown: Sequence[str]
) -> tuple[Contrast, ...]:
    """Published differences between the groups that are shown."""
    rows = differences.filter(
        (pl.col("survey") == cube.survey)
        & (pl.col("indicator") == indicator.id)
        & (pl.col("breakdown") == cube.breakdown)
        & pl.col("cell_a").is_in(list(shown))
        & pl.col("cell_b").is_in(list(shown))
    )
    names = ("survey", "indicator", "breakdown", "cell_a", "cell_b", "difference", "ci_low", "ci_high", "p", "p_holm")
    return tuple(Contrast(*row) for row in rows.select(names).iter_rows())
