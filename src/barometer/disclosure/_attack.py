"""The attacker of a table system, who has only what is printed and does not trust the search.

Unknown are the rows and leaves that are not printed. Every table found, and every part of it that stands on its own, is
shown to all demands, so that most need no programme of their own. Counts are whole numbers: parts of tables with
fractions are thrown away.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from barometer.disclosure._linear import Linear
from barometer.disclosure._systems import Demand, Places, System, Vector

SLACK = 1e-6
ROUNDS = 30
"""Tables looked for with all open demands at once, before each is looked at alone."""
SEED = 20261122


@dataclass(frozen=True)
class Attacked:
    """By demand: the lowest and highest move of its row that was shown to be possible (not always the farthest, once
    the demand is met), whether it is met, and how many programmes that took."""

    lower: Vector
    upper: Vector
    met: NDArray[np.bool_]
    programmes: int


def attack(
    system: System,
    demands: Sequence[Demand],
    hidden: NDArray[np.bool_],
    *,
    scale: float = 1.0,
    proposals: sparse.csr_array | None = None,
) -> Attacked:
    """What an attacker can be sure of when all carriers but the `hidden` ones are printed.

    `proposals` (moves x leaves) are alternatives said to be possible: they are believed only as far as they agree, by
    arithmetic, with everything printed and known, and save looking for others.
    """
    secret = (system.carriers @ (~hidden).astype(float) == 0) & ~system.fixed
    lower, upper = np.zeros(len(demands)), np.zeros(len(demands))
    if proposals is not None and proposals.shape[0]:
        plain = [place for place, one in enumerate(demands) if not len(one.pinned) + len(one.known)]
        at = np.array(plain, dtype=np.int64)
        rows = np.array([demands[place].row for place in plain], dtype=np.int64)
        seen = sparse.csc_array(_agreeing(system, proposals, secret, scale))[:, rows]
        if seen.shape[0] and seen.shape[1]:
            lower[at] = np.minimum(seen.min(axis=0).toarray().ravel(), 0.0)
            upper[at] = np.maximum(seen.max(axis=0).toarray().ravel(), 0.0)
    groups: dict[tuple[bytes, bytes, int], list[int]] = {}
    for place, demand in enumerate(demands):
        senses = (0,) if not len(demand.pinned) else (1, -1)
        for sense in senses:
            groups.setdefault((demand.pinned.tobytes(), demand.known.tobytes(), sense), []).append(place)
    programmes = 0
    for (_, _, sense), places in groups.items():
        at = np.array(places)
        attacker = _Attacker(system, [demands[place] for place in places], secret, scale, sense)
        attacker.lower, attacker.upper = lower[at], upper[at]
        attacker.run()
        programmes += attacker.linear.solved
        lower[at] = np.minimum(lower[at], attacker.lower) if sense <= 0 else lower[at]
        upper[at] = np.maximum(upper[at], attacker.upper) if sense >= 0 else upper[at]
    return Attacked(lower, upper, _met(demands, lower, upper, scale), programmes)


def _agreeing(system: System, proposals: sparse.csr_array, secret: NDArray[np.bool_], scale: float) -> sparse.csr_array:
    """Changes of the rows by those proposals that change nothing printed and break nothing known."""
    slack = SLACK * scale
    leaf, change = proposals.indices, proposals.data
    wrong = (change < system.low[leaf] - slack) | (change > system.high[leaf] + slack)
    if system.whole:
        wrong |= change != np.round(change)
    sums = sparse.csr_array(proposals @ system.rows.T)
    told = (np.abs(sums.data) > slack) & ~secret[sums.indices]
    good = np.ones(proposals.shape[0], dtype=bool)
    good[np.repeat(np.arange(len(good)), np.diff(proposals.indptr))[wrong]] = False
    good[np.repeat(np.arange(len(good)), np.diff(sums.indptr))[told]] = False
    if system.ties.shape[0]:
        tied = (proposals @ system.ties.T).toarray()
        low, high = np.minimum(system.tie_low, 0.0), np.maximum(system.tie_high, 0.0)
        good &= ((tied >= low - slack) & (tied <= high + slack)).all(axis=1)
    return sparse.csr_array(sums[np.flatnonzero(good)])


def _met(demands: Sequence[Demand], lower: Vector, upper: Vector, scale: float) -> NDArray[np.bool_]:
    up, down, width = (np.array([getattr(one, name) for one in demands]) for name in ("up", "down", "width"))
    slack = SLACK * np.maximum(scale, np.maximum(up, np.maximum(down, width)))
    met: NDArray[np.bool_] = (upper >= up - slack) & (-lower >= down - slack) & (upper - lower >= width - slack)
    return met


class _Attacker:
    """Columns: leaves that are no rows, then rows; only what is not printed. `sense`: with pinned leaves the direction
    that is tried."""

    def __init__(
        self, system: System, demands: Sequence[Demand], secret: NDArray[np.bool_], scale: float, sense: int
    ) -> None:
        self.system, self.demands, self.scale, self.sense = system, demands, scale, sense
        nest = system.nest
        count = len(system.low)
        self.open = np.concatenate([np.flatnonzero(nest.alone < 0), count + np.flatnonzero(secret)])
        self.at = np.full(count + len(secret), -1)
        self.at[self.open] = np.arange(len(self.open))
        self.leaf_column = np.where(nest.alone < 0, np.arange(count), count + nest.alone)
        self._check(nest.sums)
        sums = nest.sums[:, self.open]
        ties, tie_low, tie_high = self._ties()
        self.matrix = sparse.csr_array(sparse.vstack([sums, ties]))
        self.links = abs(self.matrix)
        low, high = self._bounds(nest.single, secret)
        nothing = np.zeros(sums.shape[0])
        self.linear = Linear(
            *(self.matrix, np.concatenate([nothing, tie_low]), np.concatenate([nothing, tie_high]), low, high),
            primal=True,
        )
        self.rows = self.at[count + np.array([one.row for one in demands])]
        self.lower, self.upper = np.zeros(len(demands)), np.zeros(len(demands))

    def run(self) -> None:
        """Look for tables until every demand is met or has been looked at alone."""
        rng = np.random.default_rng(SEED)
        for _ in range(ROUNDS):
            wanted = self._wanted()
            some = np.flatnonzero((wanted != 0) & (self.rows >= 0))
            if not len(some):
                return
            before = len(some)
            sign = np.where(wanted[some] == 2, rng.choice([-1.0, 1.0], len(some)), wanted[some])
            self._try(some, sign * (0.5 + rng.random(len(some))))
            if np.count_nonzero(self._wanted()[some]) > 0.9 * before:
                break
        for place in np.flatnonzero(self.rows >= 0):
            for sense in (1.0, -1.0):
                wanted = self._wanted()[place]
                if wanted in (sense, 2):
                    self._try(np.array([place]), np.array([sense]), alone=True)

    def _wanted(self) -> NDArray[np.float64]:
        """By demand: 0 where nothing is left to show, 1 up, -1 down, 2 either."""
        up, down, width = (np.array([getattr(one, name) for one in self.demands]) for name in ("up", "down", "width"))
        slack = SLACK * np.maximum(self.scale, np.maximum(up, np.maximum(down, width)))
        more = np.where(self.upper < up - slack, 1.0, 0.0)
        less = np.where(-self.lower < down - slack, 1.0, 0.0)
        either = (self.upper - self.lower < width - slack) & (more + less == 0)
        wanted = np.where((more > 0) & (less > 0) | either, 2.0, more - less)
        if not self.sense:
            return wanted
        return np.where(either | ((more if self.sense > 0 else less) > 0), float(self.sense), 0.0)

    def _try(self, some: Places, weights: Vector, *, alone: bool = False) -> None:
        cost = np.zeros(len(self.open))
        np.add.at(cost, self.rows[some], -weights)
        self.linear.costs(cost)
        table = self.linear.solve()
        if table is None:
            return
        self._see(table)
        if alone and self.system.whole and self._wanted()[some[0]] in (np.sign(weights[0]), 2):
            whole = self._whole(int(some[0]), float(np.sign(weights[0])))
            if whole is not None:
                self._see(whole)

    def _whole(self, place: int, sense: float) -> Vector | None:
        """A table of whole numbers that meets a demand in one direction, if there is one."""
        demand, column = self.demands[place], np.array([self.rows[place]])
        amount = demand.up if sense > 0 else demand.down
        if amount == 0 or (self.upper[place] >= demand.up and -self.lower[place] >= demand.down):
            amount = demand.width + (self.lower[place] if sense > 0 else -self.upper[place])
        low, high = self.linear.limits(column)
        self.linear.costs(np.zeros(len(self.open)))
        table, least = None, amount if demand.width == 0 else 1.0
        while table is None and amount >= max(least, 1.0):  # of a width, part may be had in the other direction
            if sense > 0:
                self.linear.bounds(column, np.maximum(low, amount), high)
            else:
                self.linear.bounds(column, low, np.minimum(high, -amount))
            table = self.linear.solve(whole=np.arange(len(self.open)))
            amount -= 1
        self.linear.bounds(column, low, high)
        return table

    def _see(self, table: Vector) -> None:
        """Show a table, and the parts of it that stand on their own, to all demands."""
        good = self._parts(table) if self.system.whole else table
        seen = np.where(self.rows >= 0, good[self.rows], 0.0) * self.scale
        self.lower, self.upper = np.minimum(self.lower, seen), np.maximum(self.upper, seen)

    def _parts(self, table: Vector) -> Vector:
        """The table without those connected parts that have fractions: there the truth may stay."""
        moved = np.flatnonzero(np.abs(table) > SLACK)
        broken = np.abs(table - np.round(table)) > SLACK
        if not broken.any():
            return np.round(table)
        part = self.links[:, moved]
        _, label = connected_components(sparse.csr_array(part.T @ part), directed=False)
        bad = np.isin(label, np.unique(label[broken[moved]]))
        good = np.zeros(len(table))
        good[moved[~bad]] = np.round(table[moved[~bad]])
        return good

    def _bounds(self, single: Places, secret: NDArray[np.bool_]) -> tuple[Vector, Vector]:
        """What everybody knows about leaves; no more than ten times what is at stake where that is nothing."""
        system = self.system
        far = 10 * (
            1 + sum(max(one.up, one.down, one.width) for one in self.demands) + float(-system.low.min(initial=0))
        )
        low, high = np.maximum(system.low, -far), np.minimum(system.high, far)
        known = self.demands[0].known
        low[known] = high[known] = 0.0
        pinned = self.demands[0].pinned
        if self.sense > 0:
            low[pinned] = 0.0
        elif self.sense < 0:
            high[pinned] = 0.0
        loose, rows = self.open[self.open < len(low)], np.flatnonzero(secret)
        leaf = single[rows]
        row_low = np.where(leaf >= 0, low[leaf], -np.inf)
        row_high = np.where(leaf >= 0, high[leaf], np.inf)
        return np.concatenate([low[loose], row_low]) / self.scale, np.concatenate([high[loose], row_high]) / self.scale

    def _ties(self) -> tuple[sparse.csr_array, Vector, Vector]:
        """Ties over the columns that are open; what is printed does not move."""
        ties = self.system.ties.tocoo()
        column = self.at[self.leaf_column[ties.col]]
        inside = column >= 0
        shape = (ties.shape[0], len(self.open))
        matrix = sparse.csr_array((ties.data[inside], (ties.row[inside], column[inside])), shape=shape)
        low, high = np.minimum(self.system.tie_low, 0.0), np.maximum(self.system.tie_high, 0.0)
        return matrix, low / self.scale, high / self.scale

    def _check(self, sums: sparse.csr_array) -> None:
        """Whether the rows told through one another are the sums of leaves that they should be."""
        leaves = np.random.default_rng(SEED).integers(-99, 100, len(self.system.low)).astype(float)
        everything = np.concatenate([leaves, self.system.rows @ leaves])
        if np.abs(sums @ everything).any():
            raise ArithmeticError("rows do not add up")
