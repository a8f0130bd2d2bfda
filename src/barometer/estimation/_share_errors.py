"""Shares of many items in many cells with their variances, from sums.

Where every row is its own unit of one stage, a share p of a cell has, with o = 1 where the item y (0 or 1) was
answered, T = sum w (y - p o) and S = sum w² (y - p o)² over a stratum's rows in the cell,

    V(p) = sum over strata (1 - f) m / (m - 1) (S - T² / m) / (sum w o)²,

which are sums of w y, w o, w² y and w² o by stratum and cell, and products of them. After calibration by regression
the slopes of the residuals are sums over the cell of the calibration's basis times y and o (see
`_projection.Reduced`). With replicate weights the sums are made with each of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from barometer.estimation._cell_sums import Cells, Cube, Grouping, grouped_sums
from barometer.estimation._design import SurveyDesign
from barometer.estimation._log_odds import log_odds_variances
from barometer.estimation._projection import Reduced
from barometer.estimation._replicates import ReplicateWeights
from barometer.estimation._stages import Stage, sorting
from barometer.estimation._yes_no import YesNo
from barometer.tables import Piece

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]

NEARLY_NOTHING = 1e-6
"""Variances below this part of the sums they are differences of are computed anew, row by row."""
ROWS_A_PIECE = 65_536


@dataclass(frozen=True)
class Shares:
    """Of k items in C cells (C x k); degrees of freedom are of cells (C)."""

    share: Matrix  # NaN without answers
    variance: Matrix
    n: Matrix  # answers with a weight
    base: Matrix  # sum of their weights
    base_squared: Matrix  # and of the weights' squares
    one_unit: Flags  # one unit has all the answers, though there are more to draw
    df: Vector
    log_odds_variance: Matrix | None = None  # of replicates, where it was asked for


def from_sums(design: SurveyDesign) -> bool:
    """Whether sums tell everything: replicates; or one stage, rows as units, and no rule that needs means, with or
    without calibration by regression."""
    if design.replicates is not None:
        return True
    if len(design.stages) != 1 or design.pairs is not None or design.tells_domains_apart:
        return False
    if design.projection is not None and design.reduced is None:
        return False
    stage = design.stages[0]
    constant = np.ptp(stage.scale - stage.scale[stage.first][stage.stratum]) == 0
    return bool(len(stage.stratum) == design.n and constant and stage.count is None)


def linearised_shares(design: SurveyDesign, answers: YesNo, cells: Cells) -> Shares:
    """By linearisation."""
    sums = _linear_sums(design, answers, cells)
    share, base, pattern = sums.share(answers), sums.base[:, answers.pattern], answers.pattern
    whole = sums.scaled_yes * (1 - 2 * share) + share**2 * sums.scaled_base[:, pattern]
    means = sums.yes_yes - 2 * share * sums.yes_base + share**2 * sums.base_base[:, pattern]
    scope = sums.scaled_yes + sums.scaled_base[:, pattern]
    with np.errstate(divide="ignore", invalid="ignore"):
        variance, scope = (whole - means) / base**2, scope / base**2
    certain = sums.uncertain[:, 0] == 0
    if design.reduced is not None:
        certain = np.zeros(len(share), dtype=bool)
        change, explained = _calibrated(design, design.reduced, answers, cells, share, base)
        variance, scope = variance + change, scope + explained
    n = sums.n[:, pattern]
    for cell, item in np.argwhere((n > 0) & (share > 0) & (share < 1) & (scope > 0)
                                  & (variance < NEARLY_NOTHING * scope)):  # fmt: skip
        variance[cell, item] = _row_by_row(design, answers, cells.rows(int(cell)), int(item), share[cell, item])
    one_unit = (n == 1) & ~certain[:, None]
    df = sums.n[:, 0] - sums.strata[:, 0]
    return Shares(share, variance, n, base, sums.base_squared[:, pattern], one_unit, df)


def replicated_shares(
    design: SurveyDesign, replicates: ReplicateWeights, answers: YesNo, cells: Cells, log_odds: bool
) -> Shares:
    """By replicate weights; a replicate in which a share is undefined is left out of its variance. With `log_odds`
    the variances of these too."""
    items, pattern = len(answers.pattern), answers.pattern
    full = cells.sums(answers, _weights(design), 3)
    yes, base, squared = full[:, 0, :items], full[:, 0, items:], full[:, 1, items:]
    count = full[:, 2]
    share = _share(yes, base[:, pattern], count[:, :items], count[:, items:][:, pattern])
    drawn = replicates.drawn
    sums = cells.sums(answers, drawn.pieces(), drawn.count)
    n = count[:, items:][:, pattern]
    degf = [replicates.degf if len(rows) == design.n else replicates.degf_of(_mask(rows, design.n))
            for rows in map(cells.rows, range(cells.count))]  # fmt: skip
    variance = np.empty_like(share)
    of_log_odds = np.empty_like(share) if log_odds else None
    for cell, (one, full_share) in enumerate(zip(sums, share, strict=True)):
        with np.errstate(divide="ignore", invalid="ignore"):
            shares = one[:, :items] / one[:, items:][:, pattern]
        variance[cell] = replicates.variances(shares, full_share)
        if of_log_odds is not None:
            of_log_odds[cell] = log_odds_variances(replicates, shares, full_share)
    degrees = np.array(degf, dtype=np.float64)
    return Shares(share, variance, n, base[:, pattern], squared[:, pattern], n == 1, degrees, of_log_odds)


@dataclass(frozen=True)
class _LinearSums:
    """Sums by cell (C x k, C x patterns or C x 1), the scaled ones with each stratum's (1 - f) m / (m - 1) = a."""

    yes: Matrix  # w y
    n_yes: Matrix
    scaled_yes: Matrix  # a w² y
    yes_yes: Matrix  # a / m (sum of w y over the stratum)²
    yes_base: Matrix  # a / m (sum of w y) (sum of w o)
    base: Matrix  # w o
    base_squared: Matrix  # w² o
    n: Matrix
    scaled_base: Matrix  # a w² o
    base_base: Matrix  # a / m (sum of w o)²
    strata: Matrix  # strata with rows that have a weight
    uncertain: Matrix  # strata that were not drawn whole

    def share(self, answers: YesNo) -> Matrix:
        pattern = answers.pattern
        return _share(self.yes, self.base[:, pattern], self.n_yes, self.n[:, pattern])


def _share(yes: Matrix, base: Matrix, n_yes: Matrix, n: Matrix) -> Matrix:
    """NaN without answers; exactly 1 where everyone said yes."""
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(n > 0, yes / base, np.nan)
    return np.where((n_yes == n) & (n > 0), 1.0, share)


def _linear_sums(design: SurveyDesign, answers: YesNo, cells: Cells) -> _LinearSums:
    """Strata are summed up at once for all breakdowns that do not cut them, and for each that does by itself."""
    stage, offsets = design.stages[0], cells.first
    first_rows = design.order[stage.first]
    whole: list[tuple[Numbers, Numbers]] = []  # cell and stratum
    parts: list[tuple[Grouping, Numbers, Numbers]] = []  # stratum x cell of rows; of each its stratum and cell
    for offset, one in zip(offsets, cells.crossings, strict=True):
        of_stratum = one.code[first_rows]
        if (of_stratum[design.strata] == one.code).all():
            strata = np.flatnonzero(of_stratum >= 0)
            whole.append((of_stratum[strata] + offset, strata))
        else:
            parts.append(_parts(design.strata, one.code, len(one.labels), offset))
    if whole:
        everyone = Grouping(design.strata, np.arange(len(stage.size))[:, None])
        cell, stratum = (np.concatenate(one) for one in zip(*whole, strict=True))
        parts.insert(0, (everyone, stratum, cell))
    sizes = [len(grouping.cells) for grouping, _, _ in parts]
    shifted = [Grouping(one.code, one.cells + shift) for (one, _, _), shift
               in zip(parts, np.cumsum([0, *sizes]), strict=False)]  # fmt: skip
    cube = grouped_sums(shifted, answers, _weights(design), (sum(sizes), 3))
    result: Matrix | None = None
    widths: list[int] = []
    for place, (found, (grouping, stratum, cell)) in enumerate(
        zip(np.split(cube, np.cumsum(sizes)[:-1]), parts, strict=True)
    ):
        shared = bool(whole) and place == 0
        columns = _by_stratum(stage, np.arange(len(found)) if shared else stratum, found, answers)
        widths = [column.shape[1] for column in columns]
        source = stratum if shared else np.arange(len(grouping.cells))
        together = csr_matrix((np.ones(len(cell)), (cell, source)), shape=(cells.count, len(found)))
        summed = together @ np.hstack(columns)
        result = summed if result is None else result + summed
    assert result is not None
    return _LinearSums(*np.split(result, np.cumsum(widths)[:-1], axis=1))


def _parts(strata: Numbers, code: Numbers, width: int, offset: int) -> tuple[Grouping, Numbers, Numbers]:
    """The parts of strata in the cells of a breakdown that cuts them: of each row, and of each its stratum and cell."""
    inside = np.flatnonzero(code >= 0)
    keys, place = np.unique(strata[inside] * width + code[inside], return_inverse=True)
    part = np.full(len(code), -1, dtype=np.int64)
    part[inside] = place
    return Grouping(part, np.arange(len(keys))[:, None]), keys // width, keys % width + offset


def _by_stratum(stage: Stage, stratum: Numbers, sums: Cube, answers: YesNo) -> list[Matrix]:
    """Columns of `_LinearSums` of strata or their parts."""
    items = len(answers.pattern)
    scale = np.where(stage.lonely, 0.0, stage.scale[stage.first])[stratum][:, None]
    mean = scale / stage.size[stratum][:, None]
    yes, base = sums[:, 0, :items], sums[:, 0, items:]
    n = sums[:, 2, items:]
    return [
        yes,
        sums[:, 2, :items],
        scale * sums[:, 1, :items],
        mean * yes**2,
        mean * yes * base[:, answers.pattern],
        base,
        sums[:, 1, items:],
        n,
        scale * sums[:, 1, items:],
        mean * base**2,
        (n[:, :1] > 0).astype(np.float64),
        (scale > 0).astype(np.float64),
    ]


def _windows(design: SurveyDesign) -> Iterator[Numbers]:
    """All rows, some that lie near each other at a time, sorted by stratum."""
    for start in range(0, design.n, ROWS_A_PIECE):
        rows = np.arange(start, min(start + ROWS_A_PIECE, design.n))
        if design.stages:
            rows = rows[sorting(design.strata[rows])]
        yield rows


def _weights(design: SurveyDesign) -> Iterator[Piece]:
    """Weights, their squares, and 1 for rows that have one."""
    for rows in _windows(design):
        weight = design.weights[rows]
        yield Piece(rows, slice(0, 3), np.stack([weight, weight**2, weight != 0]))


def _calibrated(
    design: SurveyDesign, reduced: Reduced, answers: YesNo, cells: Cells, share: Matrix, base: Matrix
) -> tuple[Matrix, Matrix]:
    """What calibration changes in each variance, and the size of the numbers that is a difference of."""
    items, rank = len(answers.pattern), len(reduced.spread)
    sums = cells.sums(answers, _basis(design, reduced), 2 * rank)
    yes, answered = sums[:, :, :items], sums[:, :, items:][:, :, answers.pattern]
    with np.errstate(divide="ignore", invalid="ignore"):
        linearised = (yes - share[:, None, :] * answered) / base[:, None, :]
    slopes, centred = linearised[:, :rank], linearised[:, rank:]
    explained = slopes * (reduced.spread @ slopes)
    return (explained - 2 * slopes * centred).sum(axis=1), np.abs(explained).sum(axis=1)


def _basis(design: SurveyDesign, reduced: Reduced) -> Iterator[Piece]:
    """The coefficients and the centred fits of rows, times the weight."""
    rank = len(reduced.spread)
    for rows in _windows(design):
        weight = design.weights[rows]
        both = np.empty((len(rows), 2 * rank))
        np.multiply(reduced.basis[rows], (reduced.back[rows] * weight)[:, None], out=both[:, :rank])
        np.multiply(reduced.centred[rows], weight[:, None], out=both[:, rank:])
        yield Piece(rows, slice(0, 2 * rank), both.T)


def _row_by_row(design: SurveyDesign, answers: YesNo, rows: Numbers, item: int, share: float) -> float:
    one = YesNo(answers.codes[[item]], np.zeros(1, dtype=np.int64), np.empty(0, dtype=np.int64)).values()[rows, 0]
    seen = ~np.isnan(one)
    weight = design.weights[rows[seen]]
    contributions = (weight * (one[seen] - share) / weight.sum())[:, None]
    return float(design.domain_variances(rows[seen], contributions)[0])


def _mask(rows: Numbers, size: int) -> Flags:
    mask = np.zeros(size, dtype=bool)
    mask[rows] = True
    return mask
