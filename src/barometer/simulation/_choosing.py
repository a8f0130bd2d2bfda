"""One candidate a respondent, drawn by chance and then exchanged until every sum lies in its window."""

import numpy as np
from numpy.typing import NDArray

from barometer.simulation._targets import Targets

Matrix = NDArray[np.float32]
Rows = NDArray[np.int64]

ROUNDS = 2000
"""Steps at most; some hundred are enough where windows are not narrow."""
PATIENCE = 400
"""Steps after which windows that are only wished for no longer keep the search going."""
HOPELESS = 500
"""Steps without coming nearer after which a search is given up."""
STARTS = 6
"""Searches from another draw at most, where figures are still missed."""
BLOCKS = 8
"""Parts of the respondents; each step looks at one of them."""
INSISTENCE = 2.0
"""What the importance of a missed window is multiplied by when no exchange helps; to begin with, each has 1."""
UTMOST = 1e4
"""The most a window can matter more than it did to begin with."""


def choose(targets: Targets, chances: NDArray[np.float64], rng: np.random.Generator) -> Rows:
    """Rows of the chosen candidates, one a respondent: those of the search that comes nearest to the windows."""
    searches: list[_Search] = []
    for _ in range(STARTS):
        searches.append(_Search(targets, chances, _draw(chances, rng)))
        searches[-1].run()
        if searches[-1].lowest[0] == 0:
            break
    return min(searches, key=lambda search: search.lowest).best


def _draw(chances: NDArray[np.float64], rng: np.random.Generator) -> Rows:
    """A candidate for each respondent, by its chance."""
    respondents, each = chances.shape
    limits = np.cumsum(chances, axis=1)
    drawn = (rng.uniform(size=(respondents, 1)) * limits[:, -1:] > limits).sum(axis=1)
    return np.asarray(np.arange(respondents) * each + np.minimum(drawn, each - 1))


class _Search:
    """Descent over single exchanges on the squared distances outside the windows.

    Distances are counted in half-widths or, where one exchange can do more than those, in such exchanges. Where
    no exchange helps, windows that are missed gain importance, so that the search leaves the place ("breakout": Morris
    1993).
    """

    def __init__(self, targets: Targets, chances: NDArray[np.float64], chosen: Rows) -> None:
        self.targets = targets
        self.chosen = chosen.copy()
        self.best = chosen.copy()
        self.lowest = (np.inf, np.inf)  # squared misses of the best: of firm windows, of all
        self.importance = np.ones(len(targets.names), dtype=np.float32)
        excess = targets.excess
        largest = np.maximum(np.abs(excess).max(axis=0, initial=0), 1e-12)
        self.unit = np.maximum(targets.half * targets.below[chosen].sum(axis=0), largest)
        self.excess = (excess / self.unit).astype(np.float32).reshape(*chances.shape, -1)
        self.impossible = chances <= 1e-9
        each = chances.shape[1]
        self.sum = self.excess[chosen // each, chosen % each].sum(axis=0, dtype=np.float64)  # kept up to date
        self.base = targets.below[chosen].sum(axis=0)

    def run(self) -> None:
        stuck = last = 0
        for step in range(ROUNDS):
            at, half = self._position()
            misses = _outside(at, half)
            firm = float(misses[self.targets.firm].sum())
            if (firm, float(misses.sum())) < self.lowest:
                self.lowest, self.best, last = (firm, float(misses.sum())), self.chosen.copy(), step
            if step >= PATIENCE and self._as_printed(at, half):
                self.lowest, self.best = (0.0, float(misses.sum())), self.chosen.copy()
            if self.lowest[1] == 0 or (self.lowest[0] == 0 and step >= PATIENCE) or step - last > HOPELESS:
                return
            stuck = 0 if self._exchange(step % BLOCKS, at, half, misses) else stuck + 1
            if stuck == BLOCKS:
                stuck = 0
                self.importance[(misses > 0) & self.targets.firm] *= INSISTENCE
                np.minimum(self.importance, UTMOST, out=self.importance)

    def _as_printed(self, at: Matrix, half: Matrix) -> bool:
        """Whether every figure would be printed as it was; windows are a little narrower than that."""
        firm = self.targets.firm
        return bool((np.abs(at[firm]) <= (half * self.targets.slack)[firm]).all())

    def _exchange(self, block: int, at: Matrix, half: Matrix, misses: Matrix) -> bool:
        """Make the best exchange for one respondent of the block, if any helps."""
        each = self.excess.shape[1]
        current = self.chosen[block::BLOCKS] % each
        excess = self.excess[block::BLOCKS]
        base = at - np.take_along_axis(excess, current[:, None, None], axis=1)
        after = _outside(excess + base, half) @ self.importance
        after[self.impossible[block::BLOCKS]] = np.inf
        place, candidate = divmod(int(after.argmin()), each)
        if not len(current) or after[place, candidate] >= misses @ self.importance * (1 - 1e-4):
            return False
        respondent = block + place * BLOCKS
        old, new = self.chosen[respondent], respondent * each + candidate
        self.sum += self.excess[respondent, candidate].astype(np.float64) - self.excess[respondent, old % each]
        self.base += self.targets.below[new] - self.targets.below[old]
        self.chosen[respondent] = new
        return True

    def _position(self) -> tuple[Matrix, Matrix]:
        """Sums of the excess and half-widths of the windows, both in the unit of each target."""
        return self.sum.astype(np.float32), (self.targets.half * self.base / self.unit).astype(np.float32)


def _outside(position: Matrix, half: Matrix) -> Matrix:
    distance = np.abs(position)
    distance -= half
    np.maximum(distance, 0, out=distance)
    distance *= distance
    return distance
