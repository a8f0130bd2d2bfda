"""Post-stratification, and raking by iterative proportional fitting (Deming and Stephan 1940, Annals of
Mathematical Statistics 11), as `postStratify` and `rake` of R's survey package do them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from barometer.problems import Place, Problem, raise_errors
from barometer.tables import Calibrated, Vector
from barometer.weighting._calibration import NOWHERE, Numbers, checked_weights, margin_table
from barometer.weighting._distance import NO_BOUNDS, Distance
from barometer.weighting._infeasible import disagreement, unmet
from barometer.weighting._margins import KnownTotals, Margins, cell_label, cells_of, margins_from
from barometer.weighting._newton import AIM, TOLERANCE, basis_of

ROOM = 100
"""Totals may be missed by this many times the movement at which rounds were told to stop."""
MAXIMUM_ROUNDS = 2000

SPARSE = 2**40
"""Codes of a crossing from here on are numbered anew, so that they stay whole numbers of 64 bits."""

Cells = NDArray[np.int64]


def poststratify(weights: Numbers, data: pl.DataFrame, known: KnownTotals, *, place: Place = NOWHERE) -> Calibrated:
    """Scale weights in each cell of one margin to its known total.

    `weights` (n), zero or more; `data` (n rows) has the columns of `known`. Agrees with R's `postStratify`. Raises
    BadInput: W008 for a cell nobody is in, W012, W017, W025.
    """
    return _calibrated("poststratify", weights, Fitting.of(data, [known], None, 1, place))


def rake(
    weights: Numbers,
    data: pl.DataFrame,
    known: Sequence[KnownTotals],
    *,
    tolerance: float | None = None,
    maximum_rounds: int = MAXIMUM_ROUNDS,
    place: Place = NOWHERE,
) -> Calibrated:
    """Rake weights to several margins of categories by fitting one after the other, again and again.

    Stops when the margins are met as near as numbers go; with `tolerance` like R's `rake`, when no cell of the
    crossing of all margins changes by that part of the sum of weights in one round (R: control epsilon below 1). The
    result is `calibrate_margins` with method 'raking', which
    is faster; this one is for figures that must repeat R's. Raises BadInput: W008, W010 for margins that cannot be
    met, W012, W013 for margins that disagree, W015 where rounds run out, W017, W025; ValueError for a numeric margin.
    """
    return _calibrated("rake", weights, Fitting.of(data, known, tolerance, maximum_rounds, place))


@dataclass(frozen=True)
class Fitting:
    """Margins made ready, to fit the weights of the sample and of its replicates.

    All weights in a cell of the crossing of the margins change alike, so rounds run on the table of the crossing:
    `crossing` is the cell of each row in it, `of_crossing` the cell of each of its cells in each margin."""

    known: tuple[KnownTotals, ...]
    margins: Margins
    cells: tuple[Cells, ...]
    totals: tuple[Vector, ...]
    crossing: Cells
    of_crossing: tuple[Cells, ...]
    tolerance: float | None
    maximum_rounds: int
    place: Place

    @classmethod
    def of(
        cls,
        data: pl.DataFrame,
        known: Sequence[KnownTotals],
        tolerance: float | None,
        maximum_rounds: int,
        place: Place,
    ) -> "Fitting":
        """Raises BadInput W013, W017, W025; ValueError for a numeric margin."""
        if any(one.numeric for one in known):
            raise ValueError("proportional fitting takes margins of categories only")
        margins = margins_from(data, known, place)
        raise_errors(disagreement(margins, place))
        cells = tuple(cells_of(data, one) for one in known)
        first, crossing = _crossing(cells, [len(one.cells) for one in known])
        return cls(
            known=tuple(known),
            margins=margins,
            cells=cells,
            totals=tuple(np.array(one.totals) for one in known),
            crossing=crossing,
            of_crossing=tuple(one[first] for one in cells),
            tolerance=tolerance,
            maximum_rounds=maximum_rounds,
            place=place,
        )

    def solve(self, base: Vector) -> tuple[Vector, int]:
        """Fitted weights and the rounds taken. Raises BadInput W008, W010, W015."""
        raise_errors(_empty_cells(base, self.cells, self.known, self.place))
        sizes = np.bincount(self.crossing, base)
        fitted: Vector = sizes.astype(np.float64)
        rounds, settled = 0, False
        while not settled and rounds < self.maximum_rounds:
            before, rounds = fitted, rounds + 1
            for cells, totals in zip(self.of_crossing, self.totals, strict=True):
                fitted = _fitted(fitted, cells, totals)
            settled = self._settled(before, fitted, base)
        final: Vector = base * np.divide(fitted, sizes, out=np.ones_like(sizes), where=sizes > 0)[self.crossing]
        accepted = TOLERANCE if self.tolerance is None else max(TOLERANCE, ROOM * self.tolerance * float(base.sum()))
        if self._error(fitted) > accepted:
            distance = Distance("raking", *NO_BOUNDS)
            raise_errors(unmet(base, self.margins.part, self.margins, distance, final, accepted, self.place))
        return final, rounds

    def _settled(self, before: Vector, fitted: Vector, base: Vector) -> bool:
        moved = float(np.abs(fitted - before).max())
        if self.tolerance is not None:
            return moved < self.tolerance * float(base.sum())
        return self._error(fitted) <= AIM or moved <= float(np.finfo(float).eps * fitted.max())

    def _error(self, fitted: Vector) -> float:
        """Largest difference from a total, relative to 1 + total."""
        return max(
            float(np.max(np.abs(np.bincount(cells, fitted, len(totals)) - totals) / (1 + np.abs(totals))))
            for cells, totals in zip(self.of_crossing, self.totals, strict=True)
        )


def _calibrated(method: str, weights: Numbers, fitting: Fitting) -> Calibrated:
    base = checked_weights(weights, fitting.place)
    final, rounds = fitting.solve(base)
    margins = fitting.margins
    kept = basis_of(margins.part, base).kept
    return Calibrated(
        method=method,
        weights=final,
        base=base,
        auxiliaries=margins.part[:, kept],
        names=tuple(margins.labels[column] for column in kept),
        margins=margin_table(margins, base, final),
        raked=fitting.cells,
        steps=rounds,
    )


def _crossing(cells: Sequence[Cells], sizes: Sequence[int]) -> tuple[Cells, Cells]:
    """A row of each cell of the crossing that has rows, and the cell of each row."""
    codes = np.zeros(len(cells[0]), dtype=np.int64)
    for one, size in zip(cells, sizes, strict=True):
        codes = np.unique(codes, return_inverse=True)[1] * size + one if codes.max() > SPARSE else codes * size + one
    first, crossing = np.unique(codes, return_index=True, return_inverse=True)[1:]
    return first, crossing.ravel()


def _fitted(weights: Vector, cells: Cells, totals: Vector) -> Vector:
    sums = np.bincount(cells, weights, len(totals))
    factors = np.divide(totals, sums, out=np.zeros_like(totals), where=sums > 0)
    fitted: Vector = weights * factors[cells]
    return fitted


def _empty_cells(base: Vector, cells: Sequence[Cells], known: Sequence[KnownTotals], place: Place) -> list[Problem]:
    problems = []
    for one, margin in zip(cells, known, strict=True):
        sums = np.bincount(one, base, len(margin.totals))
        for cell, (total, found) in enumerate(zip(margin.totals, sums, strict=True)):
            if total == 0 or found > 0:
                continue
            label = cell_label(margin.columns, margin.cells[cell])
            shown = f"no respondent counts in {label}; the total is {total:,.6g}"
            way_out = "Merge the cell with another, or drop the margin."
            problems.append(Problem("W008", place, shown, "a respondent in every cell of the margin", way_out))
    return problems
