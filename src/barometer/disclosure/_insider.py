"""What an insider can work out of one family: everything that is known for certain, as one linear programme.

Counts are whole numbers: where the programme ends on fractions, an integer programme must confirm the alternative.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from barometer.disclosure._evidence import COUNT, WEIGHTED, Cell, Item
from barometer.disclosure._families import Family
from barometer.disclosure._linear import Linear
from barometer.disclosure._rules import Need

Vector = NDArray[np.float64]

SLACK = 1e-6
LARGE = 1000
"""Atoms from which on an alternative near the truth is looked for before the farthest one."""


class Insider:
    """What is known for certain about a family in one measure, and the tables that agree with it and with a need."""

    def __init__(self, family: Family, measure: int, published: set[int], needs: Sequence[Need]) -> None:
        self.family, self.measure = family, measure
        self.truth = np.concatenate([item.truth[measure] for item in family.items])
        self.scale = 1.0 if measure == COUNT else max(float(np.abs(self.truth).max()), 1.0)
        self.low = np.concatenate([item.floor[measure] for item in family.items]) / self.scale
        self.high = np.concatenate([item.ceiling[measure] for item in family.items]) / self.scale
        self.start = np.cumsum([0, *(item.size for item in family.items)])
        matrix, low, high = self._knowledge(published)
        # One more row a hidden cell, free until an integer programme has to hold it to the requirement.
        cells = list(dict.fromkeys((need.item, need.cell) for need in needs))
        self.row_of = {key: len(low) + place for place, key in enumerate(cells)}
        sums = [self._line(*key) for key in cells]
        matrix = sparse.csr_array(sparse.vstack([matrix, *sums]))
        low = np.concatenate([low, np.full(len(sums), -np.inf)])
        high = np.concatenate([high, np.full(len(sums), np.inf)])
        self.known = matrix, low, high
        self.near: Linear | None = None
        self.linear = Linear(matrix, low / self.scale, high / self.scale, self.low, self.high)

    def findings(self, needs: Sequence[Need]) -> list[tuple[object, ...]]:
        """Rows of FINDINGS without the survey."""
        reach = {place: self._sum(need, self.truth) for place, need in enumerate(needs)}
        best = {place: [value, value] for place, value in reach.items()}
        done: set[int] = set()
        for place, need in enumerate(needs):
            if place in done:
                continue
            for table in self._alternatives(need):
                for other, candidate in enumerate(needs):
                    if other not in done and self._agrees(table, candidate):
                        value = self._sum(candidate, table)
                        best[other] = [min(best[other][0], value), max(best[other][1], value)]
                        if candidate.sense * (value - self._required(candidate)) >= -self._slack(candidate):
                            done.add(other)
        return [
            (
                (item := self.family.items[need.item]).name,
                (cell := item.cells[need.cell]).breakdown,
                cell.cell,
                need.rule,
                ("count", "weighted")[self.measure],
                reach[place],
                *(float(one) for one in best[place]),
                self._required(need),
                place in done,
            )
            for place, need in enumerate(needs)
        ]

    def _knowledge(self, published: set[int]) -> tuple[sparse.csr_array, Vector, Vector]:
        """What is known for certain, as rows over atoms: published cells as equations, then relations."""
        rows, columns, values = [np.zeros(0, int)], [np.zeros(0, int)], [np.zeros(0)]
        low, high = [np.zeros(0)], [np.zeros(0)]
        height = 0
        for item, start in zip(self.family.items, self.start, strict=False):
            for cell in item.cells:
                if published.intersection(cell.carriers):
                    places = start + cell.atoms
                    rows.append(np.full(len(places), height))
                    columns.append(places)
                    values.append(np.ones(len(places)))
                    low.append(self.truth[places].sum(keepdims=True))
                    high.append(low[-1])
                    height += 1
        for relation in self.family.relations:
            lines = relation.low.shape[1]
            total: Vector = np.zeros(lines)
            for place, sign in zip(relation.items, relation.signs, strict=True):
                atoms = self.start[place] + np.arange(self.family.items[place].size)
                rows.append(np.full(len(atoms), height) if relation.summed else height + np.arange(lines))
                columns.append(atoms)
                values.append(np.full(len(atoms), sign))
                total = total + sign * (self.truth[atoms].sum() if relation.summed else self.truth[atoms])
            low.append(np.minimum(relation.low[self.measure], total))
            high.append(np.maximum(relation.high[self.measure], total))
            height += lines
        where = (np.concatenate(rows), np.concatenate(columns))
        matrix = sparse.csr_array((np.concatenate(values), where), shape=(height, len(self.truth)))
        return matrix, np.concatenate(low), np.concatenate(high)

    def _alternatives(self, need: Need) -> list[Vector]:
        """Tables that agree with all that is known and go as far as possible in the direction needed."""
        low, high = self._beliefs(need)
        if self.measure == COUNT and len(low) > LARGE:
            table = self._whole(need, low, high)
            if table is not None:
                return [np.round(table)]
        if self.measure == WEIGHTED:
            # Amounts have no ceiling; ten times everything is far enough.
            limit = 10 * (1 + np.abs(self.truth).sum()) / self.scale
            low, high = np.maximum(low, -limit), np.minimum(high, limit)
        self.linear.bounds(np.arange(len(low)), low, high)
        cost = np.zeros(len(low))
        cost[int(self.start[need.item]) + self._cell(need).atoms] = -need.sense
        self.linear.costs(cost)
        table = self.linear.solve()
        if table is None or self.measure == WEIGHTED:
            return [] if table is None else [table * self.scale]
        if np.abs(table - np.round(table)).max() > SLACK:
            far = need.sense * (self._sum(need, table) - self._required(need))
            table = None if far < -SLACK else self._whole(need, low, high)
        return [] if table is None else [np.round(table)]

    def _beliefs(self, need: Need) -> tuple[Vector, Vector]:
        """Bounds of atoms for the attacker the need is about: with what an insider knows of himself."""
        start = int(self.start[need.item])
        truth = self.truth / self.scale
        pinned, known = start + need.pinned, start + need.known
        low, high = self.low.copy(), self.high.copy()
        if need.sense > 0:
            low[pinned] = truth[pinned]
        else:
            high[pinned] = truth[pinned]
        low[known] = high[known] = truth[known]
        return low, high

    def _whole(self, need: Need, low: Vector, high: Vector) -> Vector | None:
        """A table of whole numbers that meets the need, as near the truth as there is one: near tables are the
        easiest to find whole. Columns: atoms, then how far each lies above and below the truth."""
        size = len(low)
        if self.near is None:
            matrix, least, most = self.known
            unit = sparse.eye_array(size)
            wide = sparse.hstack([matrix, sparse.csr_array((matrix.shape[0], 2 * size))])
            both = sparse.csr_array(sparse.vstack([wide, sparse.hstack([unit, -unit, unit])]))
            every = np.concatenate([self.low, np.zeros(2 * size)])
            above = np.concatenate([self.high, np.full(2 * size, np.inf)])
            self.near = Linear(
                both, np.concatenate([least, self.truth]), np.concatenate([most, self.truth]), every, above
            )
            self.near.costs(np.concatenate([np.zeros(size), np.ones(2 * size)]))
        self.near.bounds(np.arange(size), low, high)
        row, required = self.row_of[need.item, need.cell], self._required(need)
        self.near.row_bounds(row, *((required, np.inf) if need.sense > 0 else (-np.inf, required)))
        table = self.near.solve(whole=np.arange(size))
        self.near.row_bounds(row, -np.inf, np.inf)
        return None if table is None else table[:size]

    def _agrees(self, table: Vector, need: Need) -> bool:
        """Whether a table, found with another insider's knowledge, is also one for this need."""
        start = int(self.start[need.item])
        change = table - self.truth
        tolerance = SLACK * self.scale
        return bool(
            (need.sense * change[start + need.pinned] >= -tolerance).all()
            and (np.abs(change[start + need.known]) <= tolerance).all()
        )

    def _line(self, item: int, cell: int) -> sparse.csr_array:
        places = self.start[item] + self.family.items[item].cells[cell].atoms
        return sparse.csr_array((np.ones(len(places)), ([0] * len(places), places)), shape=(1, len(self.truth)))

    def _item(self, need: Need) -> Item:
        return self.family.items[need.item]

    def _cell(self, need: Need) -> Cell:
        return self._item(need).cells[need.cell]

    def _sum(self, need: Need, table: Vector) -> float:
        return float(table[int(self.start[need.item]) + self._cell(need).atoms].sum())

    def _required(self, need: Need) -> float:
        return self._sum(need, self.truth) + need.sense * need.amount[self.measure]

    def _slack(self, need: Need) -> float:
        return SLACK if self.measure == COUNT else 1e-3 * need.amount[WEIGHTED]
