"""Table systems: what an attacker does not know, what would be printed about it, and what must stay open.

Everything that has to be protected is brought into this one form: the evidence of a survey, several releases together,
a hierarchical table. Leaves are the unknown numbers. Rows are sums of leaves that somebody may print. Ties are what is
known whatever is printed. Everything is told as moves away from the truth, so that the truth itself is 0.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Vector = NDArray[np.float64]
Places = NDArray[np.int64]
BLOCK = 2000
"""Rows compared with all others at a time when looking for rows inside rows."""


def nowhere() -> Places:
    """No leaves."""
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class System:
    """`low` and `high`: how far each leaf may move. `rows`: 0/1, rows x leaves. A row is printed as soon as one of its
    carriers is: `carriers` is 0/1, rows x things that can be printed or not, with a price each. `closed` rows are
    hidden only where nothing else will do, `fixed` ones are known whatever is hidden. `whole`: leaves are counts, and
    move in whole numbers."""

    low: Vector
    high: Vector
    rows: sparse.csr_array
    carriers: sparse.csr_array
    ties: sparse.csr_array
    tie_low: Vector
    tie_high: Vector
    closed: NDArray[np.bool_]
    fixed: NDArray[np.bool_]
    whole: bool

    @cached_property
    def nest(self) -> "Nesting":
        """Of the rows."""
        return nesting(self.rows)


@dataclass(frozen=True)
class Demand:
    """What an attacker must be left with in a row: tables in which it is `up` higher and `down` lower than it is, and
    tables `width` apart. `pinned` leaves may not move against the direction (an insider knows its own answer), `known`
    ones not at all."""

    row: int
    up: float = 0.0
    down: float = 0.0
    width: float = 0.0
    pinned: Places = field(default_factory=nowhere)
    known: Places = field(default_factory=nowhere)


def table_system(truth: Vector, base: Vector, rows: sparse.csr_array, *, whole: bool = True) -> System:
    """A plain system: leaves between 0 and `base` (may be infinite), every row printed on its own, nothing tied;
    what the search is measured and tested with. `protect` makes its systems from families."""
    count, leaves = rows.shape
    rows = sparse.csr_array(rows, copy=True)
    rows.eliminate_zeros()
    return System(
        *(-truth, base - truth, rows, sparse.csr_array(sparse.eye_array(count))),
        *(sparse.csr_array((0, leaves)), np.zeros(0), np.zeros(0)),
        *(np.zeros(count, dtype=np.bool_), np.zeros(count, dtype=np.bool_), whole),
    )


@dataclass(frozen=True)
class Nesting:
    """Rows told through one another: `sums` has a line for each row but those that are a single leaf, saying that the
    row is what is in the rows within it and in single leaves. Columns: leaves, then rows. `single`: the leaf that a
    row stands for, or -1. `alone`: the row that stands for a leaf, or -1. `touching`: of the rows themselves."""

    sums: sparse.csr_array
    single: Places
    alone: Places
    touching: "Sums"

    @cached_property
    def loose(self) -> Places:
        """Leaves that are no rows."""
        return np.flatnonzero(self.alone < 0)

    @cached_property
    def by_column(self) -> sparse.csc_array:
        """`matrix`, for taking parts of it."""
        return sparse.csc_array(self.matrix)

    @cached_property
    def matrix(self) -> sparse.csr_array:
        """The sums over rises and falls of loose leaves, then of rows."""
        leaves, rows = self.sums[:, self.loose], self.sums[:, len(self.alone) :]
        return sparse.csr_array(sparse.hstack([leaves, -leaves, rows, -rows]))


def nesting(rows: sparse.csr_array) -> Nesting:
    """The nesting of rows of zeros and ones: sparser than the sums of leaves, and therefore faster to solve."""
    rows = sparse.csr_array(rows, copy=True)
    rows.eliminate_zeros()
    rows.sort_indices()
    return _nesting(rows.indptr.tobytes(), rows.indices.tobytes(), str(rows.indices.dtype), rows.shape[1])


@lru_cache(maxsize=16)
def _nesting(pointers: bytes, indices: bytes, kind: str, width: int) -> Nesting:
    """Surveys ask about the same groups many times: their nesting is kept."""
    places, starts = np.frombuffer(indices, kind), np.frombuffer(pointers, kind)
    height = len(starts) - 1
    rows = sparse.csr_array((np.ones(len(places)), places, starts), shape=(height, width))
    size = np.diff(starts)
    alone, single = np.full(width, -1), np.full(height, -1)
    for row in np.flatnonzero(size == 1).tolist():
        leaf = int(places[starts[row]])
        if alone[leaf] < 0:
            alone[leaf], single[row] = row, leaf
    where: list[tuple[int, int, float]] = []
    line = 0
    for row, inside in _insides(rows, size):
        if single[row] >= 0:
            continue
        left = set(places[starts[row] : starts[row + 1]].tolist())
        where.append((line, width + row, -1.0))
        for other in inside:
            if size[other] <= len(left) and left.issuperset(mine := places[starts[other] : starts[other + 1]].tolist()):
                where.append((line, width + int(other), 1.0))
                left.difference_update(mine)
                if not left:
                    break
        where += [(line, width + int(alone[leaf]) if alone[leaf] >= 0 else leaf, 1.0) for leaf in sorted(left)]
        line += 1
    at, columns, signs = (np.array([one[axis] for one in where]) for axis in range(3))
    sums = sparse.csr_array((signs, (at.astype(np.int64), columns.astype(np.int64))), shape=(line, width + height))
    return Nesting(sums, single, alone, Sums(rows))


def _insides(rows: sparse.csr_array, size: NDArray[np.integer]) -> Iterator[tuple[int, Places]]:
    """Each row with the rows that lie within it, largest first; of equal rows the first is within the others."""
    across = sparse.csr_array(rows.T)
    for start in range(0, rows.shape[0], BLOCK):
        common = sparse.csr_array(rows[start : start + BLOCK] @ across)
        for line in range(common.shape[0]):
            row, part = start + line, slice(common.indptr[line], common.indptr[line + 1])
            others, shared = common.indices[part], common.data[part]
            smaller = (size[others] < size[row]) | ((size[others] == size[row]) & (others < row))
            inside = others[(shared == size[others]) & smaller]
            yield row, inside[np.lexsort((inside, -size[inside]))]


class Sums:
    """Sums of ones, row by row: which rows a change of some leaves moves, and by how much."""

    def __init__(self, matrix: sparse.csr_array) -> None:
        columns = sparse.csc_array(matrix)
        self.height = matrix.shape[0]
        self._starts, self._rows, self._values = columns.indptr.tolist(), columns.indices, columns.data

    def of(self, leaves: Places, change: Vector) -> Vector:
        """The change of every row."""
        if not len(leaves):
            return np.zeros(self.height)
        parts = [(self._starts[leaf], self._starts[leaf + 1]) for leaf in leaves.tolist()]
        rows = np.concatenate([self._rows[a:b] for a, b in parts])
        values = np.concatenate([self._values[a:b] for a, b in parts])
        times = np.repeat(change, [b - a for a, b in parts])
        return np.bincount(rows, weights=values * times, minlength=self.height).astype(np.float64)
