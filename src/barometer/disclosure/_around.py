"""The leaves around a row: where a large system is searched first, and how the search widens."""

from collections.abc import Iterator

import numpy as np
from scipy import sparse

from barometer.disclosure._systems import Places


class Around:
    """A row lies in larger rows; in a hierarchical table in one along each dimension. The smallest row that has all
    of them within it, its block, is the least in which leaves can rise and fall against their neighbours in every
    direction. Blocks lie in blocks. Only those with `least` leaves count."""

    def __init__(self, rows: sparse.csr_array, least: int) -> None:
        columns = sparse.csc_array(rows)
        self.least = least
        self._leaves, self._starts = rows.indices, rows.indptr
        self._rows, self._of_leaf = columns.indices, columns.indptr
        self._size = np.diff(rows.indptr)
        self._over: dict[int, list[int]] = {}
        self._block: dict[int, int] = {}
        self._parts: dict[int, list[Places]] = {}

    def parts(self, row: int) -> list[Places]:
        """Leaves to look at, ever more of them."""
        block = self.block(row)
        if block not in self._parts:
            many = len(self._of_leaf) - 1
            sizes = [(one, self._size[one]) for one in self._widening(block)]
            self._parts[block] = [self._inside(one) for one, size in sizes if self.least <= size < many]
        return self._parts[block]

    def block(self, row: int) -> int:
        """The smallest row with all rows directly over this one within it; -1 if there is none."""
        if row not in self._block:
            direct = self._directly_over(row)
            common = set.intersection(*({one, *self._larger(one)} for one in direct)) if direct else set[int]()
            self._block[row] = min(common, key=lambda one: (self._size[one], one), default=-1)
        return self._block[row]

    def _widening(self, block: int) -> Iterator[int]:
        """The block, what is directly over it, the block around it, and so on."""
        while block >= 0:
            yield block
            yield from self._directly_over(block)
            block = self.block(block)

    def _inside(self, row: int) -> Places:
        leaves: Places = np.sort(self._leaves[self._starts[row] : self._starts[row + 1]]).astype(np.int64)
        return leaves

    def _directly_over(self, row: int) -> list[int]:
        """Of the larger rows those that have no other of them within, smallest first; of equal ones the first."""
        direct: list[int] = []
        for one in self._larger(row):
            if not any(one in self._larger(other) or self._same(one, other) for other in direct):
                direct.append(one)
        return direct

    def _larger(self, row: int) -> list[int]:
        """Rows with this one and more within them, smallest first."""
        if row not in self._over:
            leaves = self._leaves[self._starts[row] : self._starts[row + 1]]
            lists = [self._rows[self._of_leaf[leaf] : self._of_leaf[leaf + 1]] for leaf in leaves.tolist()]
            found, times = np.unique(np.concatenate(lists), return_counts=True)
            found = found[(times == len(leaves)) & (self._size[found] > len(leaves))]
            self._over[row] = found[np.lexsort((found, self._size[found]))].tolist()
        return self._over[row]

    def _same(self, one: int, other: int) -> bool:
        return bool(self._size[one] == self._size[other] and (self._inside(one) == self._inside(other)).all())
