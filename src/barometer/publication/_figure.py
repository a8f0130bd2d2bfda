"""A figure as data: what its drawing, its table and its note are all made from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from barometer.model import (
    Breakdown,
    Category,
    Indicator,
    Measure,
    Question,
    Series,
    Survey,
    Text,
    Theme,
    Universe,
)
from barometer.publication._cube import EMPTY, HIDDEN, TOO_UNCERTAIN, Cell, Contrast, Cube
from barometer.publication._language import EN_DASH, NO_BREAK_SPACE, Language

SIGNS = {HIDDEN: ":", EMPTY: ".", TOO_UNCERTAIN: ".."}
"""What stands in place of a figure that is not shown, by its status."""

SHARE_AXES = (0.1, 0.25, 0.5, 1.0)
"""Ends a share axis may have: the smallest that holds every interval, so that small shares can be told apart."""


@dataclass(frozen=True)
class Row:
    """One bar and one line of the table. `group` heads the rows of a crossing; `whole` marks everyone; `ours` is False
    for another edition's figure, and `beyond` True where that lies beyond a break from the rows after it."""

    label: Text
    cell: Cell
    indicator: Indicator
    places: int  # decimals of its value
    group: Text = field(default_factory=dict)
    whole: bool = False
    ours: bool = True
    beyond: bool = False


@dataclass(frozen=True)
class Figure:
    """One figure, in all languages at once. `breakdown` None: several indicators, everyone's figures."""

    id: str
    title: Text
    survey: Survey
    universe: Universe
    indicators: tuple[Indicator, ...]
    breakdown: Breakdown | None
    rows: tuple[Row, ...]
    contrasts: tuple[Contrast, ...]
    axis: float
    level: float
    synthetic: bool
    series: Series = field(default_factory=Series)  # names the editions that its series breaks against
    of: str = ""  # message that says what its rows are, where they are neither groups nor indicators

    @property
    def groups(self) -> tuple[tuple[Text, tuple[Row, ...]], ...]:
        """Rows under their common heading, in order."""
        return tuple((rows[0].group, rows) for rows in map(tuple, _runs(self.rows)))

    @property
    def reference(self) -> float | None:
        """Everyone's value, drawn as a line through the bars of a breakdown."""
        return next((row.cell.value for row in self.rows if row.whole), None)


def by_breakdown(cube: Cube, indicator: Indicator, breakdown: Breakdown) -> Figure:
    """`indicator` for everyone and for each category of `breakdown`, in the order of the edition."""
    survey = cube.owners[indicator.id]
    universe = cube.universe(indicator)
    cells = cube.cells[indicator.id, breakdown.id]
    labels = _labels(survey, breakdown)
    total = cube.total(indicator.id)
    places = decimals(indicator, total.value)
    rows = [Row(universe.label, total, indicator, places, whole=True)] + [
        Row(labels[category.code][1], cells[category.code], indicator, places, labels[category.code][0])
        for category in breakdown.categories
        if category.code in cells
    ]
    return Figure(
        f"by-{breakdown.id}",
        breakdown.label,
        survey,
        universe,
        (indicator,),
        breakdown,
        tuple(rows),
        cube.contrasts.get((indicator.id, breakdown.id), ()),
        axis_end(rows),
        cube.edition.rules.level,
        cube.edition.synthetic,
        cube.edition.series,
    )


def side_by_side(cube: Cube, figure_id: str, title: Text, indicators: Sequence[Indicator]) -> Figure:
    """Everyone's figures of several indicators of one universe and kind of measure."""
    first = indicators[0]
    totals = [cube.total(indicator.id) for indicator in indicators]
    rows = [
        Row(indicator.label, total, indicator, decimals(indicator, total.value))
        for indicator, total in zip(indicators, totals, strict=True)
    ]
    return Figure(
        figure_id,
        title,
        cube.owners[first.id],
        cube.universe(first),
        tuple(indicators),
        None,
        tuple(rows),
        (),
        axis_end(rows),
        cube.edition.rules.level,
        cube.edition.synthetic,
        cube.edition.series,
    )


def overviews(cube: Cube, theme: Theme) -> tuple[Figure, ...]:
    """The theme's figures for everyone, a bar each: one drawing for each universe and kind of measure that has two or
    more."""
    indicators = [cube.indicator(one) for one in theme.indicators]
    drawings: dict[tuple[str, ...], list[Indicator]] = {}
    for one in indicators:
        unit = next(iter(one.unit.values()), "")
        drawings.setdefault((one.survey, one.universe, one.measure.value, unit), []).append(one)
    return tuple(
        side_by_side(cube, f"overview-{number}", theme.title, members)
        for number, members in enumerate(drawings.values(), start=1)
        if len(members) > 1
    )


def alone(cube: Cube, indicator: Indicator) -> Figure:
    """One indicator for everyone."""
    return side_by_side(cube, "everyone", indicator.label, (indicator,))


def figures_of(cube: Cube, indicator: Indicator) -> tuple[Figure, ...]:
    """An indicator by each of its breakdowns; alone where it has none."""
    by = tuple(by_breakdown(cube, indicator, one) for one in cube.breakdowns(indicator.id))
    return by or (alone(cube, indicator),)


def question_of(survey: Survey, indicator: Indicator) -> tuple[Question | None, str]:
    """The question an indicator stands on and, of a grid, the code of its item; (None, '') for unions."""
    if not indicator.question:
        return None, ""
    question_id, _, item = indicator.question.partition(".")
    return survey.measured.question(question_id), item


def decimals(indicator: Indicator, total: float | None) -> int:
    """Decimals of a mean or total, the same in all cells of the indicator: three digits or so of everyone's."""
    if indicator.measure is Measure.SHARE or total is None or abs(total) >= 100:
        return 0
    return 2 if abs(total) < 1 else 1


@dataclass(frozen=True)
class Written:
    """A cell as readers see it: value with and without its unit, interval, n, and words for its marks. '' where
    there is none."""

    value: str
    bare: str
    interval: str
    n: str
    remarks: tuple[str, ...]

    @property
    def remark(self) -> str:
        return "; ".join(self.remarks)


def written(language: Language, indicator: Indicator, cell: Cell, places: int) -> Written:
    """`cell` in `language`. Hidden is ':', empty '.' and too uncertain '..', always with words beside
    them."""
    if cell.status:
        mark = SIGNS[cell.status]
        n = mark if cell.n is None else language.number(cell.n)
        return Written(mark, mark, "", n, (language.say(f"mark.{cell.status}"),))
    value, bare = ".", "."
    if cell.value is not None:
        value = amount(language, indicator, cell.value, places)
        bare = value if indicator.measure is Measure.SHARE else language.number(cell.value, places)
    interval = ""
    if cell.ci_low is not None and cell.ci_high is not None:
        interval = span(language, indicator, cell.ci_low, cell.ci_high, places)
    kept = (language.say("mark.kept", release=str(cell.as_in_release)),) if cell.as_in_release else ()
    remarks = ((language.say(f"mark.{cell.quality}"),) if cell.quality else ()) + kept
    n = ":" if cell.n is None else language.number(cell.n)
    return Written(value, bare, interval, n, remarks)


def amount(language: Language, indicator: Indicator, value: float, places: int) -> str:
    if indicator.measure is Measure.SHARE:
        return language.percent(value)
    return _with_unit(language, indicator, language.number(value, places))


def span(language: Language, indicator: Indicator, low: float, high: float, places: int) -> str:
    if indicator.measure is Measure.SHARE:
        return language.percent_interval(low, high)
    return _with_unit(language, indicator, f"{language.number(low, places)}{EN_DASH}{language.number(high, places)}")


def ticks(figure: Figure) -> tuple[float, ...]:
    """Where the axis has gridlines, both ends included."""
    steps = 4 if figure.axis == 1.0 else 5
    return tuple(round(figure.axis * step / steps, 6) for step in range(steps + 1))


def _with_unit(language: Language, indicator: Indicator, number: str) -> str:
    unit = language.text(indicator.unit)
    return f"{number}{NO_BREAK_SPACE}{unit}" if unit else number


def axis_end(rows: Iterable[Row]) -> float:
    """End of the axis. A mean or total gets 1, 2, 2.5 or 5 times a power of ten."""
    rows = tuple(rows)
    largest = max((row.cell.ci_high or row.cell.value or 0.0 for row in rows), default=0.0)
    if rows[0].indicator.measure is Measure.SHARE:
        return next((end for end in SHARE_AXES if largest <= end), 1.0)
    magnitude = 10.0 ** (len(str(int(largest))) - 1) if largest >= 1 else 0.1
    return next(step * magnitude for step in (1, 2, 2.5, 5, 10) if largest <= step * magnitude)


def _labels(survey: Survey, breakdown: Breakdown) -> dict[str, tuple[Text, Text]]:
    """Heading and label of each category: the two halves of a crossing, merged or not, else no heading."""
    whole = survey.programme.breakdown(breakdown.merges) if breakdown.merges else breakdown
    if len(whole.crossing) != 2:
        return {category.code: ({}, category.label) for category in breakdown.categories}
    first, second = (
        {category.code: category.label for category in survey.programme.breakdown(part).categories}
        for part in whole.crossing
    )
    return {category.code: _halves(category, first, second) for category in breakdown.categories}


def _halves(category: Category, first: Mapping[str, Text], second: Mapping[str, Text]) -> tuple[Text, Text]:
    """Heading and label of one category of a crossing. Categories merged within one heading stay under it, and their
    label does not repeat it; those merged across headings have none."""
    parts = category.parts or (category.code,)
    left = {part.partition(":")[0] for part in parts}
    if len(left) > 1:
        return {}, category.label
    heading = first[left.pop()]
    if not category.parts:
        return heading, second[category.code.partition(":")[2]]
    return heading, {code: _without(label, heading.get(code, "")) for code, label in category.label.items()}


def _without(label: str, heading: str) -> str:
    """'Region, health and care' under the heading 'Region' is 'Health and care'."""
    start, comma, rest = label.partition(", ")
    return rest[:1].upper() + rest[1:] if comma and start == heading and rest else label


def _runs(rows: Iterable[Row]) -> Iterable[Iterable[Row]]:
    return (tuple(run) for _, run in groupby(rows, key=lambda row: tuple(row.group.values())))
