"""Tests of independence in a table of two variables under the design.

Pearson's statistic with the corrections of Rao and Scott (1984, The Annals of Statistics 12, 46-60) and of Thomas and
Rao (1987, Journal of the American Statistical Association 82, 630-636), and Wald tests of Koch, Freeman and Freeman
(1975, International Statistical Review 43, 59-78), with the conventions of `svychisq` of R's survey package on the
cases that have both variables.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc, fdtrc

from barometer.estimation._design import SurveyDesign
from barometer.estimation._domain_means import Coded, check_columns, coded, domain_means, observed_rows
from barometer.estimation._quadratic_forms import weighted_chi_squares
from barometer.problems import BadInput, Place, Problem

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
Flags = NDArray[np.bool_]
_Figures = tuple[float, float, float, float]  # statistic, numerator and denominator df, p
Numbers = NDArray[np.int64]

STATISTICS = ("F", "Chisq", "Wald", "adjWald", "lincom", "saddlepoint")
NEARLY_SINGULAR = 1e-12
BLOCK = 6
"""Tables worked on at once: larger arrays leave the processor's cache."""


@dataclass(frozen=True)
class ChiSquareTest:
    """A test that two variables are independent. `ddf` is NaN where the reference distribution has none, both
    degrees of freedom where it is a sum of weighted chi-squares. `n` counts the cases with both variables."""

    rows: str
    columns: str
    kind: str
    statistic: float
    ndf: float
    ddf: float
    p: float
    n: int


def rao_scott(
    design: SurveyDesign, rows: str | Sequence[str], columns: str, *, statistic: str = "F", domain: Flags | None = None
) -> tuple[ChiSquareTest, ...]:
    """Test each of `rows` against `columns`, categorical columns both.

    `statistic`: `F`, Pearson's X² over the trace of the design-effect matrix, against F with fractional degrees of
    freedom; `Chisq`, X² scaled to the number of observed cases, against chi-square after division by the mean design
    effect; `Wald` and `adjWald` of the departures from independence; `saddlepoint`, X² against the weighted sum
    of chi-squares over a scaled one by its saddlepoint approximation, and `lincom` likewise (what R gives without
    its package CompQuadForm). Raises BadInput T040, and T046 for tables that cannot be tested.
    """
    if statistic not in STATISTICS:
        raise ValueError(f"no statistic '{statistic}'; there are {', '.join(STATISTICS)}")
    names = [rows] if isinstance(rows, str) else list(rows)
    problems = check_columns(design, [*names, columns])
    if problems:
        raise BadInput(tuple(problems))
    across = coded(design, columns)
    known: dict[bytes, float] = {}
    tables = [_table(design, coded(design, name), across, domain, known) for name in names]
    problems = [
        problem for name, table in zip(names, tables, strict=True) if (problem := _untestable(table, name, columns))
    ]
    if problems:
        raise BadInput(tuple(problems))
    if statistic in ("Wald", "adjWald"):
        results = [_wald(design, table, statistic) for table in tables]
    else:
        results = _pearsons(tables, _covariances(design, tables), statistic, design.replicates is not None)
    empty = "cells without cases leave nothing to invert"
    problems = [_no_test(name, columns, empty) for name, one in zip(names, results, strict=True) if one is None]
    if problems:
        raise BadInput(tuple(problems))
    return tuple(
        ChiSquareTest(name, columns, statistic, *result, table.n)
        for name, table, result in zip(names, tables, results, strict=True)
        if result is not None
    )


@dataclass(frozen=True)
class _Table:
    """The observed cases, their cell (rows fastest), and the weighted share of each cell; `df` of the cases.

    Rows and columns without observed cases are not in `share`; `cell` numbers cells among all categories, of which
    `kept` are those of `share`.
    """

    rows: Flags
    cell: Numbers  # of each case, 0 where not observed
    kept: Numbers
    height: int
    width: int
    share: Vector
    df: float
    n: int
    cells: int

    def by_case(self, scores: Matrix) -> Matrix:
        """The score of each case's cell (n x k), from those of the cells (cells of `share` x k)."""
        every = np.zeros((self.cells, scores.shape[1]))
        every[self.kept] = scores
        return every.take(self.cell, axis=0)


def _table(design: SurveyDesign, down: Coded, across: Coded, domain: Flags | None, known: dict[bytes, float]) -> _Table:
    """`known` remembers the degrees of freedom of rows seen before."""
    rows = observed_rows(design, (down[0] >= 0) & (across[0] >= 0), domain)
    size = (max(len(across[1]), 1), max(len(down[1]), 1))
    cell = (down[0] + size[1] * across[0]) * rows
    total = np.bincount(cell, design.weights * rows, size[0] * size[1]).astype(np.float64).reshape(size)
    used = total.sum(axis=1) > 0, total.sum(axis=0) > 0  # a case that counts has a weight above 0
    kept = np.flatnonzero(used[0][:, None] & used[1])
    share = total.ravel()[kept]
    share = share / share.sum() if len(share) else share
    height, width = int(used[1].sum()), int(used[0].sum())
    key = rows.tobytes()
    if key not in known:
        known[key] = design.degf(rows)
    return _Table(rows, cell, kept, height, width, share, known[key], int(np.count_nonzero(rows)), size[0] * size[1])


def _scores(table: _Table) -> Matrix:
    """Interaction contrasts over the share of the cell (cells x k); 0 in cells without cases."""
    inverse = np.where(table.share > 0, 1 / np.where(table.share > 0, table.share, 1.0), 0.0)
    return inverse[:, None] * _interactions(table.height, table.width)


@cache
def _interactions(height: int, width: int) -> Matrix:
    """Contrasts of all cells but those of the first row and column; rows fastest (cells x k)."""
    down, across = _contrasts(height), _contrasts(width)
    return (across[:, None, :, None] * down[None, :, None, :]).reshape(width * height, -1)


def _covariances(design: SurveyDesign, tables: Sequence[_Table]) -> list[Matrix]:
    """Covariance of the mean scores of each table.

    Small tables of the same cases go through the design together: the covariance of two scores is had from the
    variances of both and of their sum.
    """
    result: dict[int, Matrix] = {}
    together: dict[bytes, list[int]] = {}
    for place, table in enumerate(tables):
        if design.replicates is None and (table.width - 1) * (table.height - 1) <= 2:
            together.setdefault(table.rows.tobytes(), []).append(place)
        else:
            result[place] = domain_means(design, table.by_case(_scores(table)), table.rows).covariance
    for same in together.values():
        for start in range(0, len(same), BLOCK):
            places = same[start : start + BLOCK]
            found = _small_covariances(design, [tables[place] for place in places])
            result |= dict(zip(places, found, strict=True))
    return [result[place] for place in range(len(tables))]


def _small_covariances(design: SurveyDesign, tables: Sequence[_Table]) -> list[Matrix]:
    """Of tables of one or two scores and of the same cases."""
    rows = tables[0].rows
    weight = np.where(rows, design.weights, 0.0)
    weight /= weight.sum()
    parts = []
    for table in tables:
        scores = _scores(table)
        scores = scores - table.share @ scores
        parts.append(table.by_case(np.column_stack([scores, scores.sum(axis=1)]) if scores.shape[1] == 2 else scores))
    values = np.hstack(parts)
    values *= weight[:, None]
    found = np.split(design.variances(values, rows), np.cumsum([part.shape[1] for part in parts])[:-1])
    return [_polarised(own) for own in found]


def _polarised(variances: Vector) -> Matrix:
    """Covariance matrix from one variance, or from two and that of the sum."""
    if len(variances) == 1:
        return variances[:, None]
    cross = (variances[2] - variances[0] - variances[1]) / 2
    return np.array([[variances[0], cross], [cross, variances[1]]])


def _pearsons(
    tables: Sequence[_Table], covariances: Sequence[Matrix], statistic: str, replicates: bool
) -> list[_Figures | None]:
    """Figures of each table, None where it has too many empty cells. Tables of one shape are worked out together."""
    result: list[_Figures | None] = [None] * len(tables)
    shapes: dict[tuple[int, int], list[int]] = {}
    for place, table in enumerate(tables):
        shapes.setdefault((table.height, table.width), []).append(place)
    for (height, width), places in shapes.items():
        share = np.stack([tables[place].share for place in places])
        n = np.array([tables[place].n for place in places], dtype=np.float64)
        grid = share.reshape(-1, width, height)
        expected = grid.sum(axis=2)[:, :, None] * grid.sum(axis=1)[:, None, :]
        pearson = n * ((grid - expected) ** 2 / expected).sum(axis=(1, 2))
        contrasts = _interactions(height, width)
        inverse = np.where(share > 0, 1 / np.where(share > 0, share, 1.0), 0.0)
        middle = contrasts.T @ (inverse[:, :, None] * contrasts) / n[:, None, None]
        known = np.linalg.eigvalsh(middle)
        fine = np.flatnonzero(known[:, 0] > NEARLY_SINGULAR * known[:, -1])
        effects = np.linalg.solve(middle[fine], np.stack([covariances[place] for place in places])[fine])
        for one, matrix in zip(fine.tolist(), effects, strict=True):
            result[places[one]] = _figures(float(pearson[one]), matrix, tables[places[one]].df, statistic, replicates)
    return result


def _figures(pearson: float, effects: Matrix, df: float, statistic: str, replicates: bool) -> _Figures | None:
    """From Pearson's statistic and the matrix of generalised design effects."""
    trace, count = float(effects.trace()), len(effects)
    if not trace > 0:
        return None
    if statistic == "Chisq":
        return pearson, float(count), float("nan"), float(chdtrc(count, pearson / (trace / count)))
    size = trace**2 / float((effects * effects.T).sum())
    ddf = size * df
    if statistic == "F":
        return pearson / trace, size, ddf, float(fdtrc(size, ddf, pearson / trace))
    values = np.linalg.eigvals(effects).real.astype(np.float64)
    p = weighted_chi_squares(pearson, values, float("inf") if replicates else ddf)
    return pearson, float("nan"), float("nan"), p


def _wald(design: SurveyDesign, table: _Table, statistic: str) -> _Figures | None:
    """Test of the departures cell - row x column / total, in the cells outside the first row and column."""
    total = float(design.weights[table.rows].sum())
    grid = table.share.reshape(table.width, table.height)
    down, across = grid.sum(axis=0), grid.sum(axis=1)
    departures = total * (grid - np.outer(across, down))[1:, 1:].ravel()
    is_column = np.eye(table.width)[:, 1:] - across[1:]
    is_row = np.eye(table.height)[:, 1:] - down[1:]
    linearised = (is_column[:, None, :, None] * is_row[None, :, None, :]).reshape(len(table.share), -1)
    weight = np.where(table.rows, design.weights, 0.0)
    covariance = design.variance(weight[:, None] * table.by_case(linearised), table.rows)
    count = len(departures)
    if np.linalg.cond(covariance) > 1 / NEARLY_SINGULAR or table.df - count + 1 < 1:
        return None
    wald = float(departures @ np.linalg.solve(covariance, departures))
    if statistic == "Wald":
        ddf, value = table.df, wald / count
    else:
        ddf = table.df - count + 1
        value = wald * ddf / (count * table.df)
    return value, float(count), float(ddf), float(fdtrc(count, ddf, value))


def _contrasts(size: int) -> Matrix:
    """Columns that sum to 0 and are independent of each other (size x (size - 1))."""
    return np.vstack([-np.ones((1, size - 1)), np.eye(size - 1)])


def _untestable(table: _Table, rows: str, columns: str) -> Problem | None:
    if table.height < 2 or table.width < 2:
        found = f"{table.height} x {table.width} categories among {table.n} observed cases"
        return _no_test(rows, columns, found)
    if table.df < 1:
        return _no_test(rows, columns, f"{table.df:g} degrees of freedom")
    return None


def _no_test(rows: str, columns: str, found: str) -> Problem:
    return Problem(
        "T046",
        Place(column=f"{rows} by {columns}"),
        found,
        "a table of 2 x 2 categories or more that the design can test",
        "Join categories with few cases, or leave this test out.",
    )
