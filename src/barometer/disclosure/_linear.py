"""A linear programme kept warm in HiGHS: bounds and costs change, the matrix stays."""

from collections.abc import Sequence

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Vector = NDArray[np.float64]
_FEASIBLE = highspy.SolutionStatus.kSolutionStatusFeasible
NODES = 500
"""Branch-and-bound nodes spent on one integer programme; a fixed number and no time limit, so that the result is
the same on every machine."""


DIVES = 40
"""Columns fixed one after the other in looking for whole numbers, before branch and bound is called."""
WHOLE = 1e-6


class Linear:
    """minimise cost x, with low <= x <= high and row_low <= A x <= row_high. `primal`: where mostly costs change."""

    def __init__(
        self,
        matrix: sparse.csr_array,
        row_low: Vector,
        row_high: Vector,
        low: Vector,
        high: Vector,
        *,
        primal: bool = False,
    ) -> None:
        self.columns = len(low)
        self.matrix, self.row_limits = matrix, (row_low, row_high)
        self._low, self._high = low.copy(), high.copy()
        self.solved = 0
        self._highs = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, value in (
            ("output_flag", False),
            ("threads", 1),
            ("mip_max_nodes", NODES),
            ("presolve", "off"),  # as a rule the last basis is a better start than none
            ("mip_max_improving_sols", 1),
            ("simplex_strategy", 4 if primal else 1),
        ):
            self._highs.setOptionValue(option, value)
        programme = highspy.HighsLp()
        programme.num_col_, programme.num_row_ = self.columns, matrix.shape[0]
        programme.col_cost_ = np.zeros(self.columns)
        programme.col_lower_, programme.col_upper_ = low, high
        programme.row_lower_, programme.row_upper_ = row_low, row_high
        programme.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        programme.a_matrix_.start_ = matrix.indptr.astype(np.int32)
        programme.a_matrix_.index_ = matrix.indices.astype(np.int32)
        programme.a_matrix_.value_ = matrix.data.astype(np.float64)
        self._highs.passModel(programme)
        self._cost = np.zeros(self.columns)

    def costs(self, cost: Vector) -> None:
        new = np.flatnonzero(cost != self._cost)
        if len(new):
            self._cost[new] = cost[new]
            self._highs.changeColsCost(len(new), new.astype(np.int32), cost[new])

    def bounds(self, places: NDArray[np.int64], low: Vector, high: Vector) -> None:
        new = (low != self._low[places]) | (high != self._high[places])
        if new.any():
            places, low, high = places[new], low[new], high[new]
            self._low[places], self._high[places] = low, high
            self._highs.changeColsBounds(len(places), places.astype(np.int32), low, high)

    def limits(self, places: NDArray[np.int64]) -> tuple[Vector, Vector]:
        """The bounds of some columns."""
        return self._low[places].copy(), self._high[places].copy()

    def row_bounds(self, place: int, low: float, high: float) -> None:
        self._highs.changeRowBounds(place, low, high)

    def solve(self, whole: Sequence[int] | NDArray[np.int64] = (), *, anew: bool = False) -> Vector | None:
        """The optimum; None when nothing is feasible. `whole` columns must come out as whole numbers (then an
        optimum within 10 %, and None also when the nodes run out). `anew`: forget the last solution, so that the
        result depends on this programme only."""
        if anew:
            self._highs.clearSolver()
        if not len(whole):
            return self._run()
        places = np.asarray(whole, dtype=np.int32)
        found = self._dive(places)
        return self._whole(places) if found is None else found

    def _run(self) -> Vector | None:
        self.solved += 1
        self._highs.run()
        if self._highs.getModelStatus() == highspy.HighsModelStatus.kUnknown:
            self._highs.clearSolver()
            self._highs.run()
        return self._solution() if self._highs.getModelStatus() == highspy.HighsModelStatus.kOptimal else None

    def _dive(self, places: NDArray[np.int32]) -> Vector | None:
        """Fix the fractional column nearest to a whole number and solve again, until none is left; each step starts
        from the last basis and costs next to nothing. None when that leads nowhere."""
        low, high = self._low.copy(), self._high.copy()
        found = self._run()
        for _ in range(DIVES):
            if found is None:
                break
            distance = np.abs(found[places] - np.round(found[places]))
            if distance.max(initial=0.0) <= WHOLE:
                break
            place = places[np.argmin(np.where(distance > WHOLE, distance, 1.0))]
            near = np.round(found[place])
            far = near + np.sign(found[place] - near)
            found = self._fixed(place, near)
            found = self._fixed(place, far) if found is None else found
        else:
            found = None
        self.bounds(np.arange(self.columns), low, high)
        return found

    def _fixed(self, place: int, value: float) -> Vector | None:
        self.bounds(np.array([place]), np.array([value]), np.array([value]))
        return self._run()

    def _whole(self, places: NDArray[np.int32]) -> Vector | None:
        self.solved += 1
        self._highs.changeColsIntegrality(len(places), places, np.full(len(places), 1, dtype=np.uint8))
        self._highs.setOptionValue("presolve", "on")
        self._highs.run()
        self._highs.setOptionValue("presolve", "off")
        found = self._highs.getInfo().primal_solution_status == _FEASIBLE
        solution = self._solution() if found else None
        self._highs.changeColsIntegrality(len(places), places, np.full(len(places), 0, dtype=np.uint8))
        return solution

    def _solution(self) -> Vector:
        return np.array(self._highs.getSolution().col_value)
