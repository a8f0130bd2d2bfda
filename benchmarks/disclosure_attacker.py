"""An attacker on a protected table, written apart from the engine: linear programmes over the leaves (HiGHS).

Knows every printed figure exactly and what bounds the leaves. A table that agrees with all of it is shown to every
hidden cell; cells for which the tables seen so far do not differ enough get programmes of their own, so that what is
reported about them is the true interval. Intervals of counts are rounded inwards to whole numbers.
"""

from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Vector = NDArray[np.float64]
Mask = NDArray[np.bool_]
ROUNDS = 12


@dataclass(frozen=True)
class Wanted:
    """By target: the interval must reach `low` and `high`, and be `width` wide."""

    low: Vector
    high: Vector
    width: Vector

    def missing(self, low: Vector, high: Vector, slack: Vector) -> Mask:
        return (low > self.low + slack) | (high < self.high - slack) | (high - low < self.width - slack)


def intervals(
    printed: sparse.csr_array,
    value: Vector,
    bounds: tuple[Vector, Vector],
    targets: sparse.csr_array,
    wanted: Wanted,
    truth: Vector,
    *,
    whole: bool,
) -> tuple[Vector, Vector]:
    """What is possible of each target, given the printed sums; wide enough, or else as wide as it gets.

    `truth` is one table known to agree; `whole`: round inwards to whole numbers.
    """
    rng = np.random.default_rng(1)
    linear = _Linear(printed, value, bounds)
    low, high = targets @ truth, targets @ truth
    slack = np.zeros(len(low)) if whole else 1e-6 * np.abs(low) + 1e-3

    def rounded() -> tuple[Vector, Vector]:
        return (np.ceil(low - 1e-6), np.floor(high + 1e-6)) if whole else (low, high)

    def see(table: Vector | None) -> None:
        if table is not None:
            np.minimum(low, targets @ table, out=low)
            np.maximum(high, targets @ table, out=high)

    for _ in range(ROUNDS):
        open_ = wanted.missing(*rounded(), slack)
        if not open_.any():
            break
        sign = np.where(open_, rng.choice([-1.0, 1.0], len(low)) * (0.5 + rng.random(len(low))), 0.0)
        see(linear.best(targets.T @ sign))
    for place in np.flatnonzero(wanted.missing(*rounded(), slack)):
        line = targets[[place]].toarray().ravel()
        for sense in (1.0, -1.0):
            if wanted.missing(*rounded(), slack)[place]:
                see(linear.best(sense * line))
    return rounded()


class _Linear:
    """maximise cost x over all tables that agree with what is printed. Leaves that are fixed by it drop out."""

    def __init__(self, matrix: sparse.csr_array, value: Vector, bounds: tuple[Vector, Vector]) -> None:
        matrix = sparse.csr_array(matrix)
        low, high = bounds[0].copy(), bounds[1].copy()
        for row in np.flatnonzero(np.diff(matrix.indptr) == 1):
            leaf = matrix.indices[matrix.indptr[row]]
            low[leaf] = high[leaf] = value[row] / matrix.data[matrix.indptr[row]]
        self.free, self.fixed = np.flatnonzero(low != high), np.where(low == high, low, 0.0)
        rest = value - matrix @ self.fixed
        part = sparse.csr_array(matrix[:, self.free])
        lines = [row for row in range(part.shape[0]) if part.indptr[row + 1] > part.indptr[row]]
        same = {part.indices[part.indptr[row] : part.indptr[row + 1]].tobytes(): row for row in reversed(lines)}
        rows = np.array(sorted(same.values()), dtype=np.int64)
        part, rest = part[rows], rest[rows]
        self.highs = highspy.Highs()  # type: ignore[no-untyped-call]
        self.highs.setOptionValue("output_flag", False)
        self.highs.setOptionValue("threads", 1)
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(self.free), len(rows)
        model.col_cost_ = np.zeros(len(self.free))
        model.col_lower_, model.col_upper_ = low[self.free], high[self.free]
        model.row_lower_ = model.row_upper_ = rest
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = part.indptr.astype(np.int32)
        model.a_matrix_.index_ = part.indices.astype(np.int32)
        model.a_matrix_.value_ = part.data.astype(float)
        self.highs.passModel(model)
        self.highs.changeObjectiveSense(highspy.ObjSense.kMaximize)
        self.solved = 0

    def best(self, cost: Vector) -> Vector | None:
        if not len(self.free):
            return self.fixed
        cost = cost[self.free]
        self.highs.changeColsCost(len(cost), np.arange(len(cost), dtype=np.int32), cost)
        self.highs.setOptionValue("simplex_strategy", 4 if self.solved else 1)
        self.highs.run()
        self.solved += 1
        if self.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        table = self.fixed.copy()
        table[self.free] = np.array(self.highs.getSolution().col_value)
        return table
