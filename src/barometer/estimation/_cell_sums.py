"""Weighted sums of many items in the cells of many breakdowns, in one pass over the rows.

Rows are taken some thousands at a time, sorted by the cells they are in, and each run of them is one small matrix
product. Breakdowns are crossed with each other as far as that saves products; those whose cells are unions of
another's cells (sector beside sector x size) are added up from it at the end.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from barometer.estimation._design import Names, SurveyDesign
from barometer.estimation._items import Crossing, as_names, crossing
from barometer.estimation._stages import sorting
from barometer.estimation._yes_no import YesNo
from barometer.tables import Piece

Matrix = NDArray[np.float64]
Cube = NDArray[np.float64]
Numbers = NDArray[np.int64]

ROWS_AT_ONCE = 4096
ROWS_A_RUN = 4
"""Breakdowns are crossed while this many rows are left for each crossed cell, and rows sorted when runs are shorter:
adding a product to its cells, and moving the weights of rows, takes as long as the product of some rows."""


@dataclass(frozen=True)
class Grouping:
    """A code of each row, -1 for none, and of each code the cells it is part of (codes x breakdowns, -1 for none)."""

    code: Numbers
    cells: Numbers


@dataclass(frozen=True)
class Cells:
    """The cells of several breakdowns, counted through."""

    by: tuple[tuple[str, ...], ...]
    crossings: tuple[Crossing, ...]

    @classmethod
    def of(cls, design: SurveyDesign, breakdowns: Sequence[Names]) -> "Cells":
        """() is everyone. Raises BadInput T040."""
        by = tuple(as_names(one) for one in breakdowns)
        everyone = Crossing(np.zeros(design.n, dtype=np.int64), ((),))
        return cls(by, tuple(crossing(design, one) if one else everyone for one in by))

    @property
    def first(self) -> Numbers:
        """Number of each breakdown's first cell."""
        sizes = [len(one.labels) for one in self.crossings]
        return np.cumsum([0, *sizes])[:-1]

    @property
    def count(self) -> int:
        return sum(len(one.labels) for one in self.crossings)

    @property
    def keys(self) -> list[tuple[str, str]]:
        """Of each cell its breakdown and its labels, both joined by ':'."""
        pairs = zip(self.by, self.crossings, strict=True)
        return [(":".join(by), ":".join(label)) for by, one in pairs for label in one.labels]

    def rows(self, cell: int) -> Numbers:
        """Rows of a cell."""
        place = int(np.searchsorted(self.first, cell, side="right")) - 1
        return np.flatnonzero(self.crossings[place].code == cell - self.first[place])

    def sums(self, answers: YesNo, pieces: Iterable[Piece], weights: int) -> Cube:
        """Sums of weights x answers in every cell (cells x weights x columns of `answers.numbers`)."""
        unions = self._unions()
        own = [place for place in range(len(self.by)) if place not in unions]
        result = grouped_sums(self._groupings(own), answers, pieces, (self.count, weights))
        first = self.first
        for place, (finer, cells) in unions.items():
            for part, cell in enumerate(cells):
                result[first[place] + cell] += result[first[finer] + part]
        return result

    def _unions(self) -> dict[int, tuple[int, list[int]]]:
        """Breakdowns made up of another's cells: which other, and of each of its cells the one it goes to."""
        known = [int((one.code >= 0).sum()) for one in self.crossings]
        finest_first = sorted(range(len(self.by)), key=lambda place: -len(self.by[place]))
        own: list[int] = []
        unions = {}
        for place in finest_first:
            names = self.by[place]
            for other in own:
                if set(names) <= set(self.by[other]) and known[place] == known[other]:
                    number = {label: cell for cell, label in enumerate(self.crossings[place].labels)}
                    at = [self.by[other].index(name) for name in names]
                    unions[place] = (
                        other,
                        [number[tuple(label[one] for one in at)] for label in self.crossings[other].labels],
                    )
                    break
            else:
                own.append(place)
        return unions

    def _groupings(self, places: Sequence[int]) -> list[Grouping]:
        first = self.first
        groupings: list[Grouping] = []
        for place in places:
            one, size = self.crossings[place], len(self.crossings[place].labels)
            cells = np.append(np.arange(size), -1 - first[place])[:, None] + first[place]  # the last: in no cell
            code = np.where(one.code < 0, size, one.code) if (one.code < 0).any() else one.code
            room = min(len(code), ROWS_AT_ONCE) // ROWS_A_RUN
            if groupings and len(groupings[-1].cells) * (size + 1) <= room:
                last = groupings.pop()
                both = [np.repeat(last.cells, size + 1, axis=0), np.tile(cells, (len(last.cells), 1))]
                groupings.append(Grouping(last.code * (size + 1) + code, np.hstack(both)))
            else:
                groupings.append(Grouping(code, cells))
        return groupings


def grouped_sums(
    groupings: Sequence[Grouping], answers: YesNo, pieces: Iterable[Piece], shape: tuple[int, int]
) -> Cube:
    """Sums of weights x answers (cells x weights x columns); `shape`: numbers of cells and of weights."""
    result = np.zeros((*shape, answers.width))
    for piece in pieces:
        here = answers.take(piece.rows)
        codes = [one.code[piece.rows] for one in groupings]
        for start in range(0, len(piece.rows), ROWS_AT_ONCE):
            rows = slice(start, start + ROWS_AT_ONCE)
            given, weights = here.numbers(rows), piece.weights[:, rows]
            for one, code in zip(groupings, codes, strict=True):
                _add(result[:, piece.columns], one, code[rows], weights, given)
    return result


def _add(result: Cube, grouping: Grouping, code: Numbers, weights: Matrix, given: Matrix) -> None:
    ends = np.flatnonzero(np.diff(code)) + 1
    if len(ends) * ROWS_A_RUN > len(code) and (np.diff(code) < 0).any():
        order = sorting(code)
        code, weights, given = code[order], weights.take(order, axis=1), given.take(order, axis=1)
        ends = np.flatnonzero(np.diff(code)) + 1
    start = 0
    for end in [*ends.tolist(), len(code)]:
        if code[start] >= 0:
            found = weights[:, start:end] @ given[:, start:end].T
            for cell in grouping.cells[code[start]].tolist():
                if cell >= 0:
                    result[cell] += found
        start = end
