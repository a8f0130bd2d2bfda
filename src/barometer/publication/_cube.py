"""The release as pages look it up: cells by indicator and breakdown, differences, response."""

from collections.abc import Mapping
from dataclasses import dataclass

from barometer.disclosure import Release
from barometer.model import ALL, TOTAL, Breakdown, Edition, Indicator, Survey, Universe

HIDDEN = "c"
EMPTY = "z"
TOO_UNCERTAIN = "q"
UNCERTAIN = "u"
NO_MARGIN = "m"


@dataclass(frozen=True)
class Cell:
    """One row of the public cube."""

    survey: str
    indicator: str
    breakdown: str
    cell: str
    value: float | None
    ci_low: float | None
    ci_high: float | None
    n: int | None
    n_dont_know: int | None
    n_missing: int | None
    status: str
    quality: str
    as_in_release: int | None = None  # the earlier release whose figure this still is


@dataclass(frozen=True)
class Contrast:
    """One published difference: `cell_a` minus `cell_b`."""

    survey: str
    indicator: str
    breakdown: str
    cell_a: str
    cell_b: str
    difference: float
    ci_low: float | None
    ci_high: float | None
    p: float | None
    p_holm: float | None

    def turned(self) -> "Contrast":
        """The same difference seen from the other cell."""
        low = None if self.ci_high is None else -self.ci_high
        high = None if self.ci_low is None else -self.ci_low
        return Contrast(
            self.survey, self.indicator, self.breakdown, self.cell_b, self.cell_a,
            -self.difference, low, high, self.p, self.p_holm,
        )  # fmt: skip


@dataclass(frozen=True)
class Response:
    """Response of one register cell; null counts are not published."""

    survey: str
    breakdown: str
    cell: str
    frame: int | None
    sampled: int | None
    responded: int | None
    cases: int | None


@dataclass(frozen=True)
class Cube:
    """A release, indexed, beside the edition whose words go with it."""

    edition: Edition
    release: Release
    cells: Mapping[tuple[str, str], Mapping[str, Cell]]
    contrasts: Mapping[tuple[str, str], tuple[Contrast, ...]]
    response: Mapping[str, tuple[Response, ...]]
    diagnostics: Mapping[str, Mapping[str, float]]
    owners: Mapping[str, Survey]  # indicator id -> its survey

    def indicator(self, indicator_id: str) -> Indicator:
        return self.owners[indicator_id].programme.indicator(indicator_id)

    def universe(self, indicator: Indicator) -> Universe:
        universes = self.owners[indicator.id].programme.universes
        return next(universe for universe in universes if universe.id == indicator.universe)

    def breakdowns(self, indicator_id: str) -> tuple[Breakdown, ...]:
        """Breakdowns of the programme that the release has cells of, in the order of the edition."""
        programme = self.owners[indicator_id].programme
        wanted = programme.by.get(indicator_id, ())
        return tuple(
            breakdown
            for breakdown in programme.breakdowns
            if breakdown.id in wanted and (indicator_id, breakdown.id) in self.cells
        )

    def total(self, indicator_id: str) -> Cell:
        return self.cells[indicator_id, TOTAL][ALL]

    def cell(self, indicator_id: str, breakdown_id: str, code: str) -> Cell | None:
        return self.cells.get((indicator_id, breakdown_id), {}).get(code)

    def contrast(self, indicator_id: str, breakdown_id: str, left: str, right: str) -> Contrast | None:
        """The published difference of `left` minus `right`, whichever way round the release has it."""
        for contrast in self.contrasts.get((indicator_id, breakdown_id), ()):
            if (contrast.cell_a, contrast.cell_b) == (left, right):
                return contrast
            if (contrast.cell_a, contrast.cell_b) == (right, left):
                return contrast.turned()
        return None

    def total_response(self, survey_id: str) -> Response | None:
        rows = self.response.get(survey_id, ())
        return next((row for row in rows if row.breakdown == TOTAL), None)


def index(release: Release, edition: Edition) -> Cube:
    """Look-up tables of `release`; rows keep their order."""
    cells: dict[tuple[str, str], dict[str, Cell]] = {}
    for row in release.cells.iter_rows():
        cell = Cell(*row)
        cells.setdefault((cell.indicator, cell.breakdown), {})[cell.cell] = cell
    contrasts: dict[tuple[str, str], list[Contrast]] = {}
    for row in release.contrasts.iter_rows():
        contrast = Contrast(*row)
        contrasts.setdefault((contrast.indicator, contrast.breakdown), []).append(contrast)
    response: dict[str, list[Response]] = {}
    for row in release.response.iter_rows():
        response.setdefault(row[0], []).append(Response(*row))
    diagnostics: dict[str, dict[str, float]] = {}
    for survey, statistic, value in release.diagnostics.iter_rows():
        diagnostics.setdefault(survey, {})[statistic] = value
    return Cube(
        edition,
        release,
        cells,
        {key: tuple(rows) for key, rows in contrasts.items()},
        {key: tuple(rows) for key, rows in response.items()},
        diagnostics,
        {indicator.id: survey for survey in edition.surveys for indicator in survey.programme.indicators},
    )
