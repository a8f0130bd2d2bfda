"""Moves away from the truth: what they change, how many times they are possible, and how far they take a demand."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from barometer.disclosure._programme import TINY
from barometer.disclosure._systems import Demand, Places, Sums, System, Vector


@dataclass(frozen=True)
class Goal:
    """One direction of a demand."""

    demand: int
    sense: int
    amount: float


@dataclass(frozen=True)
class Move:
    """Leaves and by how much they change, the rows that changes, and what of theirs must not be printed. The move is
    possible up to `most` times forwards and `least` times backwards."""

    leaves: Places
    change: Vector
    rows: Places
    shift: Vector
    carriers: Places
    most: float
    least: float

    def of_row(self, row: int) -> float:
        place = int(np.searchsorted(self.rows, row))
        return float(self.shift[place]) if place < len(self.rows) and self.rows[place] == row else 0.0

    def of_leaves(self, leaves: Places) -> Vector:
        places = np.minimum(np.searchsorted(self.leaves, leaves), len(self.leaves) - 1)
        return np.where(self.leaves[places] == leaves, self.change[places], 0.0)


class Reach:
    """Moves within one system, and how far they go towards its demands; `hidden`, by carrier: what costs nothing."""

    def __init__(
        self, system: System, demands: Sequence[Demand], hidden: NDArray[np.bool_], scale: float = 1.0
    ) -> None:
        self.system, self.demands, self.hidden, self.slack = system, demands, hidden, TINY * scale
        self.sums, self.ties = system.nest.touching, Sums(system.ties)
        self._one_carrier = bool((np.diff(system.carriers.indptr) == 1).all())  # in every row

    def move(self, leaves: Places, change: Vector) -> Move:
        """The move that a change of leaves makes; what is smaller than rounding is left out."""
        moved = np.abs(change) > self.slack
        leaves, change = leaves[moved], change[moved]
        sums = self.sums.of(leaves, change)
        rows = np.flatnonzero(np.abs(sums) > self.slack)
        mine = self.system.carriers
        found = (mine.indices[rows] if self._one_carrier else mine[rows].indices).astype(np.int64)
        carriers = np.unique(found)
        carriers = carriers[~self.hidden[carriers]]
        most, least = self._times(leaves, change)
        return Move(leaves, change, rows, sums[rows], carriers, most, least)

    def multiple(self, move: Move, goal: Goal) -> tuple[float, float]:
        """How many times a move must be made to meet a goal, or as nearly as possible, and how far that goes."""
        demand = self.demands[goal.demand]
        here = goal.sense * move.of_row(demand.row)
        if not here or (len(demand.known) and (np.abs(move.of_leaves(demand.known)) > self.slack).any()):
            return 0.0, 0.0
        times = min(goal.amount / abs(here), move.most if here > 0 else move.least)
        if self.system.whole:
            times = float(np.ceil(times - TINY))
        times = times if here > 0 else -times
        against = goal.sense * times * move.of_leaves(demand.pinned) if len(demand.pinned) else np.zeros(1)
        if (against < -self.slack).any():
            return 0.0, 0.0
        return times, max(times * here, 0.0)

    def meets(self, move: Move, times: float, goal: Goal) -> bool:
        """Whether the move, made so many times, meets the goal."""
        wanted, far = self.multiple(move, goal)
        return bool(far >= goal.amount - self.slack and times * wanted > 0 and abs(times) >= abs(wanted) - TINY)

    def _times(self, leaves: Places, change: Vector) -> tuple[float, float]:
        """How many times a move is possible forwards and backwards."""
        low, high = self.system.low[leaves], self.system.high[leaves]
        if self.system.ties.shape[0]:
            tied = self.ties.of(leaves, change)
            rows = np.flatnonzero(np.abs(tied) > self.slack)
            change = np.concatenate([change, tied[rows]])
            low = np.concatenate([low, np.minimum(self.system.tie_low[rows], 0.0)])
            high = np.concatenate([high, np.maximum(self.system.tie_high[rows], 0.0)])
        if not len(change):
            return 1.0, 0.0
        forwards = float((np.where(change > 0, high, low) / change).min())
        backwards = float((-np.where(change > 0, low, high) / change).min())
        if self.system.whole:
            forwards, backwards = np.floor(forwards + TINY), np.floor(backwards + TINY)
        return max(1.0, min(forwards, 1e6)), max(0.0, min(backwards, 1e6))
