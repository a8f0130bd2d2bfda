"""Published figures as windows for sums over chosen sets of answers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from barometer.edition import Figure
from barometer.estimation import cases_of, domains_of
from barometer.model import TOTAL, Measure, Survey
from barometer.tables import Sample, Weights

Matrix = NDArray[np.float64]

COUNT_SLACK = 0.4
"""Half-width of the window of a number of respondents, which is a whole number."""
AIM_SLACK = 0.15
"""Half-width of the window around an aim, in percentage points or the unit of a mean."""

EVENNESS = 0.08
"""How far the share by squared weights may be from the share, in standard deviations of one answer. Sampling errors
of a cell follow squared weights; where these say the same, an error is neither large nor small by chance."""


@dataclass(frozen=True)
class Targets:
    """For each candidate (row) and target (column), what it adds to a ratio's numerator and denominator.

    The ratio of the sums over the chosen candidates must lie in centre +- half.
    """

    above: Matrix
    below: Matrix
    centre: Matrix
    half: Matrix
    slack: Matrix  # times half is still what was printed
    names: tuple[str, ...]
    firm: NDArray[np.bool_]  # False: only wished for

    @property
    def excess(self) -> Matrix:
        """Numerator minus centre times denominator: sums to zero where the centre is met."""
        return self.above - self.centre * self.below


def targets_of(
    survey: Survey,
    sample: Sample,
    candidates: pl.DataFrame,
    weights: Weights,
    figures: Sequence[Figure],
    aims: Mapping[str, float],
    margin: float,
) -> Targets:
    """Windows of the figures' values and numbers of respondents.

    `candidates` is a table of answers whose case ids rise; `weights` has their cases, so the ordinary estimation
    says which candidates are in which base, numerator and cell. `figures` are not contradicted; of approximate ones
    only the number of respondents is a target. Shares of cells are also to be much the same by squared weights.
    """
    cases = cases_of(survey, sample, candidates, weights)
    order = np.argsort(cases.table["case_id"].to_numpy(), kind="stable")
    rows = {
        (breakdown, domain.cell): np.isin(order, domain.rows)
        for breakdown, domains in domains_of(survey, cases.table).items()
        for domain in domains
    }
    each = np.full(candidates.height, 1 / candidates["unit_id"].n_unique())
    indicators = [one.id for one in survey.programme.indicators]
    windows: list[_Window] = []
    for figure in figures:
        position = indicators.index(figure.indicator)
        inside = rows[figure.breakdown, figure.cell]
        base = cases.base[order, position] * inside
        value = cases.value[order, position] * inside
        measure = survey.programme.indicators[position].measure
        if not figure.approximate:
            windows += _value_windows(
                figure, measure, value, base, cases.weight[order], each, aims.get(key(figure)), margin
            )
        if figure.n is not None:
            name = f"{figure.indicator} {figure.breakdown}/{figure.cell} n"
            windows.append(_Window(name, base, each, figure.n, COUNT_SLACK))
    return _stacked(windows, candidates.height)


def key(figure: Figure) -> str:
    """How aims name a figure."""
    return f"{figure.indicator}/{figure.breakdown}/{figure.cell}"


@dataclass(frozen=True)
class _Window:
    name: str
    above: Matrix
    below: Matrix
    centre: float
    half: float
    firm: bool = True
    slack: float = 1.0


def _value_windows(
    figure: Figure,
    measure: Measure,
    value: Matrix,
    base: Matrix,
    weight: Matrix,
    each: Matrix,
    aim: float | None,
    margin: float,
) -> Iterator[_Window]:
    scale = 100.0 if measure is Measure.SHARE else 1.0
    below = each if measure is Measure.TOTAL else weight * base
    half = max(figure.rounding - margin, figure.rounding / 5)
    slack = (half + 0.6 * (figure.rounding - half)) / half
    low, high = figure.value_pct - half, figure.value_pct + half
    if measure is Measure.SHARE:  # 0 % and 100 % have only one side
        low, high = max(0.0, low), min(100.0, high)
    centre, half = (low + high) / 2 / scale, (high - low) / 2 / scale
    yield _Window(str(figure), weight * value, below, centre, half, slack=slack)
    if aim is not None:
        yield _Window(f"{figure} aim", weight * value, below, aim / scale, AIM_SLACK / scale, firm=False)
    if figure.breakdown != TOTAL and measure is Measure.SHARE:
        spread = half + EVENNESS * float(np.sqrt(centre * (1 - centre)))
        yield _Window(f"{figure} evenly", weight**2 * value, weight**2 * base, centre, spread, firm=False)


def _stacked(windows: Sequence[_Window], candidates: int) -> Targets:
    unique = {window.name: window for window in windows}.values()
    nothing = np.empty((candidates, 0))
    return Targets(
        above=np.column_stack([nothing, *(window.above for window in unique)]),
        below=np.column_stack([nothing, *(window.below for window in unique)]),
        centre=np.array([window.centre for window in unique]),
        half=np.array([window.half for window in unique]),
        slack=np.array([window.slack for window in unique]),
        names=tuple(window.name for window in unique),
        firm=np.array([window.firm for window in unique], dtype=bool),
    )
