"""The linear programme behind the search: rises and falls of leaves and of rows, over a system or a part of it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from barometer.disclosure._linear import Linear
from barometer.disclosure._systems import Nesting, Places, System, Vector

TINY = 1e-6
TRIFLE = 1e-3
"""What moving a leaf costs, so that moves do not wander where it costs nothing, and so, mostly, come out whole."""
TIMES = 6
"""A move in fractions is made up to this many times in looking for whole numbers."""


@dataclass(frozen=True)
class Bound:
    """A row must move by an amount; some leaves may not move against it, some not at all."""

    row: int
    sense: int
    amount: float
    pinned: Places
    known: Places


class Programme:
    """Columns: rises of leaves that are not rows themselves, their falls, rises of rows, their falls. Leaves outside
    the part stay as they are."""

    def __init__(self, system: System, leaves: Places | None, scale: float) -> None:
        self.system, self.scale = system, scale
        nest = system.nest
        count = len(system.low)
        self.leaves = np.arange(count) if leaves is None else leaves
        if leaves is None:
            self.rows = np.arange(system.rows.shape[0])
        else:
            self.rows = np.flatnonzero(nest.touching.of(leaves, np.ones(len(leaves))))
        self.row_at = np.full(system.rows.shape[0], -1)
        self.row_at[self.rows] = np.arange(len(self.rows))
        self.loose = self.leaves[nest.alone[self.leaves] < 0]
        self.loose_at = np.full(count, -1)
        self.loose_at[self.loose] = np.arange(len(self.loose))
        self.alone = nest.alone
        self.low, self.high = system.low / scale, system.high / scale
        sums = nest.matrix if leaves is None else _part(nest, self.loose, self.rows)
        ties, low, high = self._ties()
        matrix = sparse.vstack([sums, ties]) if ties.shape[0] else sums
        nothing = np.zeros(sums.shape[0])
        self.up, self.down = self._room(nest.single)
        top = np.concatenate([self.high[self.loose], -self.low[self.loose], self.up, self.down])
        self.top = np.maximum(top, 0.0)
        least = np.concatenate([self.low[self.loose], -self.high[self.loose], self._at_least(nest.single)])
        self.least = np.maximum(least, 0.0)  # more than 0 only where the truth itself is outside the bounds
        self.linear = Linear(
            sparse.csr_array(matrix),
            np.concatenate([nothing, low]),
            np.concatenate([nothing, high]),
            np.zeros(len(self.top)),
            self.top,
        )

    def cheapest(self, bounds: Sequence[Bound], cost: Vector, closed: NDArray[np.bool_]) -> Vector | None:
        """Changes of the leaves of the part; `cost` and `closed` by row of the whole system."""
        low, high = self._bounds(bounds, closed)
        if (low > high + TINY).any():
            return None
        cost = cost[self.rows]
        price = np.concatenate([np.full(2 * len(self.loose), TRIFLE), np.tile(cost + TRIFLE / 10, 2)])
        found = self._solve(low, high, price)
        if found is None or not self.system.whole:
            return None if found is None else self._change(found) * self.scale
        return self._whole(found, low, high, price)

    def farthest(self, bound: Bound, closed: NDArray[np.bool_]) -> float:
        """How far a row can move towards an amount when what is not closed may move."""
        low, high = self._bounds([bound], closed)
        column = self._column(bound.row, bound.sense)
        low[column], high[column] = 0.0, min(bound.amount / self.scale, self.top[column])
        price = np.zeros(len(self.top))
        price[column] = -1.0
        found = self._solve(low, high, price)
        return 0.0 if found is None else float(found[column]) * self.scale

    def _solve(self, low: Vector, high: Vector, price: Vector) -> Vector | None:
        self.linear.bounds(np.arange(len(low)), low, high)
        self.linear.costs(price)
        return self.linear.solve(anew=True)

    def _whole(self, found: Vector, low: Vector, high: Vector, price: Vector) -> Vector | None:
        """A move in whole numbers: a multiple of the one in fractions; else one among the rows that it changes and
        those already hidden; else the cheapest at all."""
        change = self._change(found)
        for times in range(1, TIMES + 1):
            if not _broken(times * change) and self._possible(times * found, high):
                return np.round(times * change)
        side = 2 * len(self.loose)
        rows = len(self.rows)
        still = np.tile(np.abs(found[side : side + rows] - found[side + rows :]) <= TINY, 2) & (price[side:] > TRIFLE)
        tight = high.copy()
        tight[side:] = np.where(still, low[side:], high[side:])
        for most in (tight, high):
            self.linear.bounds(np.arange(len(low)), low, most)
            whole = self.linear.solve(whole=np.arange(len(low)))
            if whole is not None:
                return np.round(self._change(whole))
        return None

    def _possible(self, found: Vector, high: Vector) -> bool:
        low, top = self.linear.row_limits
        activity = self.linear.matrix @ found
        fits = (activity >= low - TINY).all() and (activity <= top + TINY).all()
        return bool((found <= high + TINY).all() and fits)

    def _bounds(self, bounds: Sequence[Bound], closed: NDArray[np.bool_]) -> tuple[Vector, Vector]:
        low, high = self.least.copy(), self.top.copy()
        side, rows = 2 * len(self.loose), len(self.rows)
        shut = np.flatnonzero((closed | self.system.fixed)[self.rows])
        high[side + shut] = high[side + rows + shut] = 0.0
        for bound in bounds:
            for leaves, senses in ((bound.pinned, (-bound.sense,)), (bound.known, (-1, 1))):
                for sense in senses if len(leaves) else ():
                    high[self._leaf_columns(leaves, sense)] = 0.0
            low[self._column(bound.row, bound.sense)] = bound.amount / self.scale
            high[self._column(bound.row, -bound.sense)] = 0.0
        return low, high

    def _column(self, row: int, sense: int) -> int:
        return 2 * len(self.loose) + int(self.row_at[row]) + (len(self.rows) if sense < 0 else 0)

    def _leaf_columns(self, leaves: Places, sense: int) -> Places:
        loose = self.loose_at[leaves]
        mine = loose[loose >= 0] + (len(self.loose) if sense < 0 else 0)
        rows = self.row_at[self.alone[leaves[(loose < 0) & (self.alone[leaves] >= 0)]]]
        inside = rows[rows >= 0] + 2 * len(self.loose) + (len(self.rows) if sense < 0 else 0)
        return np.concatenate([mine, inside])

    def _change(self, found: Vector) -> Vector:
        side, rows = len(self.loose), len(self.rows)
        change = np.zeros(len(self.leaves))
        loose = self.loose_at[self.leaves] >= 0
        change[loose] = found[:side] - found[side : 2 * side]
        shift = found[2 * side : 2 * side + rows] - found[2 * side + rows :]
        change[~loose] = shift[self.row_at[self.alone[self.leaves[~loose]]]]
        return change

    def _room(self, single: Places) -> tuple[Vector, Vector]:
        """How far rows can rise and fall at most: no tighter than need be, but finite where leaves are."""
        sums = self.system.rows[self.rows]
        if np.isfinite(self.low).all() and np.isfinite(self.high).all():
            return sums @ self.high, -(sums @ self.low)
        up, down = np.full(len(self.rows), np.inf), np.full(len(self.rows), np.inf)
        mine = single[self.rows]
        up[mine >= 0], down[mine >= 0] = self.high[mine[mine >= 0]], -self.low[mine[mine >= 0]]
        return up, down

    def _at_least(self, single: Places) -> Vector:
        """Bounds of leaves that are rows, as rises and falls of these rows."""
        mine = single[self.rows]
        low = np.where(mine >= 0, self.low[mine], -np.inf)
        high = np.where(mine >= 0, self.high[mine], np.inf)
        return np.concatenate([low, -high])

    def _ties(self) -> tuple[sparse.csr_array, Vector, Vector]:
        """Ties over the columns; rounding must not turn the truth itself infeasible."""
        side, rows = len(self.loose), len(self.rows)
        width = 2 * (side + rows)
        part = self.system.ties[:, self.leaves]
        lines = np.flatnonzero(np.diff(part.indptr))
        entries = sparse.coo_array(part[lines])
        mine = self.leaves[entries.col]
        loose, at_row = self.loose_at[mine], self.row_at[self.alone[mine]]
        first = np.where(loose >= 0, loose, 2 * side + at_row)
        second = np.where(loose >= 0, side + loose, 2 * side + rows + at_row)
        where = (np.tile(entries.row, 2), np.concatenate([first, second]))
        matrix = sparse.csr_array((np.concatenate([entries.data, -entries.data]), where), shape=(len(lines), width))
        low, high = self.system.tie_low[lines] / self.scale, self.system.tie_high[lines] / self.scale
        return matrix, low, high


def _part(nest: Nesting, loose: Places, rows: Places) -> sparse.csr_array:
    """The sums that matter where only some leaves and rows move."""
    side, height = len(nest.loose), nest.sums.shape[1] - len(nest.alone)
    leaves = np.searchsorted(nest.loose, loose)
    columns = np.concatenate([leaves, side + leaves, 2 * side + rows, 2 * side + height + rows])
    part = nest.by_column[:, columns].tocsr()
    return part[np.flatnonzero(np.diff(part.indptr))]


def _broken(move: Vector) -> bool:
    return bool(np.abs(move - np.round(move)).max(initial=0.0) > TINY)
