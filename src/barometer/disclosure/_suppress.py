"""Secondary suppression: hide as little more as lets every need be met, over all tables of a family at once.

The unknowns are moves away from the truth, atom by atom. A need is met when some move within the bounds changes
the cell by the amount needed and leaves every published cell as it is. Which cells a move may change is what it
costs; minimising that cost is a linear programme (cf. Fischetti and Salazar 1999 for the flow formulation of
cell suppression). Moves once found serve other needs too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from barometer.disclosure._evidence import COUNT, WEIGHTED, Cell
from barometer.disclosure._linear import Linear
from barometer.disclosure._relations import Family, neighbourhoods, restricted
from barometer.disclosure._rules import FEWEST, Need
from barometer.model import TOTAL

Vector = NDArray[np.float64]
TINY = 1e-6
TRIFLE = 1e-3
LAST_RESORT = 1e4
"""How much dearer than other cells the country's totals are, where nothing else will do."""
TIDYING = 400
"""Programmes spent per family on publishing again what turned out not to be needed."""


@dataclass
class Plan:
    """What a family needs hidden: rows, the needs that can be met, and those that definitions settle anyway."""

    rows: set[int]
    needs: list[Need] = field(default_factory=list)
    settled: list[Need] = field(default_factory=list)
    moves: list[tuple[int, Vector]] = field(default_factory=list)  # measure and the moves that meet the needs


def suppress(
    family: Family, needs: Sequence[Need], hidden: set[int], costs: Mapping[int, float], weighted: bool
) -> Plan:
    """Rows to hide besides `hidden` so that `needs` are met; costs by row. Deterministic.

    A need is tried with its own indicator alone first, everything else left as it is, and only then together with
    more of the family: most can be met alone, and small programmes are fast.
    """
    plan = Plan(set(hidden), list(needs))
    amounts = weighted or any(item.amount for item in family.items)
    hopeless: set[int] = set()
    for measure in (COUNT, WEIGHTED) if amounts else (COUNT,):
        unmet = {place for place, need in enumerate(plan.needs) if need.amount[measure] > TINY} - hopeless
        parts = {item: list(neighbourhoods(family, item)) for item in {plan.needs[place].item for place in unmet}}
        for size in range(3):
            tasks: dict[tuple[int, ...], list[int]] = {}
            for place in sorted(unmet):
                around = parts[plan.needs[place].item]
                if size < len(around):
                    tasks.setdefault(around[size], []).append(place)
            for part, places in tasks.items():
                last = len(part) == len(family.items)
                unmet -= _protect_part(family, part, places, plan, measure, costs, last)
        hopeless |= unmet
    if hopeless:
        # The definitions leave no alternative, whatever is published: then nothing of the family is.
        plan.rows.update(row for item in family.items for cell in item.cells for row in cell.carriers)
    plan.settled = [need for place, need in enumerate(plan.needs) if place in hopeless]
    plan.needs = [need for place, need in enumerate(plan.needs) if place not in hopeless]
    return plan


def _protect_part(
    family: Family,
    part: tuple[int, ...],
    places: Sequence[int],
    plan: Plan,
    measure: int,
    costs: Mapping[int, float],
    last: bool,
) -> set[int]:
    """Meet needs by moving one part of the family only; gives those that were met."""
    new = {old: position for position, old in enumerate(part)}
    needs = {place: replace(plan.needs[place], item=new[plan.needs[place].item]) for place in places}
    protector = _Protector(restricted(family, part), measure, plan.rows, costs)
    met = protector.run(needs, last)
    for place in met:
        plan.needs[place] = replace(protector.needs[place], item=plan.needs[place].item)
    starts = np.cumsum([0, *(item.size for item in family.items)])
    atoms = np.concatenate([np.arange(starts[place], starts[place + 1]) for place in part])
    for move in protector.distinct_moves():
        whole = np.zeros(int(starts[-1]))
        whole[atoms] = move
        plan.moves.append((measure, whole))
    return met


def follow(family: Family, measure: int, rows: set[int], costs: Mapping[int, float]) -> Vector | None:
    """How a family whose bounds have been `shifted` can go along with that, changing as little of what is published
    as possible: the move, or None if there is none. Adds to `rows` what has to be hidden for it."""
    protector = _Protector(family, measure, rows, costs)
    broken = protector.misfits()
    if not broken:
        return np.zeros(protector.atoms)
    part = tuple(sorted({place for item in broken for place in next(neighbourhoods(family, item))}))
    starts = protector.starts
    move = _Protector(restricted(family, part), measure, rows, costs).adapt()
    if move is None:
        return protector.adapt()
    whole = np.zeros(protector.atoms)
    whole[np.concatenate([np.arange(starts[place], starts[place + 1]) for place in part])] = move
    return whole


class _Protector:
    """`rows` are those hidden, and grow."""

    def __init__(self, family: Family, measure: int, rows: set[int], costs: Mapping[int, float]) -> None:
        self.family, self.measure, self.rows, self.costs = family, measure, rows, costs
        self.cells: list[Cell] = [cell for item in family.items for cell in item.cells]
        starts = np.cumsum([0, *(item.size for item in family.items)])
        self.atoms, self.starts = int(starts[-1]), starts
        self.first = np.cumsum([0, *(len(item.cells) for item in family.items)])
        self.sums = _sums(family, starts)
        whole = np.concatenate([item.truth[measure] for item in family.items])
        self.low = np.concatenate([item.floor[measure] for item in family.items]) - whole
        self.high = np.concatenate([item.ceiling[measure] for item in family.items]) - whole
        self.scale = 1.0 if measure == COUNT else max(float(np.abs(whole).sum()) / max(1, self.atoms), TINY)
        self.low, self.high = self.low / self.scale, self.high / self.scale
        self.moves: list[Vector] = []
        self.used: dict[int, Vector] = {}  # place of a need -> the move that meets it
        self.needs: dict[int, Need] = {}

    def run(self, needs: Mapping[int, Need], last: bool) -> set[int]:
        """Meet as many needs as can be, the largest first. Means of last resort are kept for the `last` attempt."""
        self.needs = dict(needs)
        before = set(self.rows)
        self.linear = self._programme()
        order = sorted(needs, key=lambda place: (-needs[place].amount[self.measure], place))
        met = {place for place in order if self._meet(place, last)}
        self._tidy(before)
        return met

    def distinct_moves(self) -> list[Vector]:
        return [move * self.scale for move in {move.tobytes(): move for move in self.used.values()}.values()]

    def adapt(self) -> Vector | None:
        """The cheapest move there is at all, where the truth itself is none."""
        self.linear = self._programme(exact=True)
        found = self._cheapest(None) or self._cheapest(None, totals=True)
        if found is None:
            return None
        self._keep(-1, found[0])
        return found[0] * self.scale

    def misfits(self) -> set[int]:
        """Items whose truth breaks a bound or a relation."""
        found = set()
        outside = (self.low > TINY) | (self.high < -TINY)
        for place, (start, stop) in enumerate(pairwise(self.starts)):
            if outside[start:stop].any():
                found.add(place)
        for relation in self.family.relations:
            total: Vector = np.zeros(relation.low.shape[1])
            for place, sign in zip(relation.items, relation.signs, strict=True):
                truth = self.family.items[place].truth[self.measure]
                total = total + sign * (truth.sum(keepdims=True) if relation.summed else truth)
            slack = TINY * (1 + np.abs(total))
            low, high = relation.low[self.measure] - slack, relation.high[self.measure] + slack
            if ((total < low) | (total > high)).any():
                found.update(relation.items)
        return found

    def _programme(self, *, exact: bool = False) -> Linear:
        """Columns: rises and falls of atoms, then rises and falls of cells. Rows: cells, then relations."""
        count = len(self.cells)
        link = sparse.hstack([self.sums, -self.sums, -sparse.eye_array(count), sparse.eye_array(count)])
        ties, low, high = relation_rows(self.family, self.starts, self.measure)
        truth = np.concatenate([item.truth[self.measure] for item in self.family.items])
        offset = ties @ truth
        matrix = sparse.vstack([link, sparse.hstack([ties, -ties, sparse.csr_array((ties.shape[0], 2 * count))])])
        low, high = (low - offset) / self.scale, (high - offset) / self.scale
        if not exact:  # rounding must not turn the truth itself infeasible
            low, high = np.minimum(low, 0.0), np.maximum(high, 0.0)
        nothing = np.zeros(count)
        upper = np.full(2 * count, np.inf)
        self.shut = np.array([cell.breakdown == TOTAL and not self._hidden(cell) for cell in self.cells])
        upper[np.tile(self.shut, 2)] = 0.0
        return Linear(
            sparse.csr_array(matrix),
            np.concatenate([nothing, low]),
            np.concatenate([nothing, high]),
            np.concatenate([np.maximum(self.low, 0.0), np.maximum(-self.high, 0.0), np.zeros(2 * count)]),
            np.concatenate([np.maximum(self.high, 0.0), np.maximum(-self.low, 0.0), upper]),
        )

    def _hidden(self, cell: Cell) -> bool:
        return self.rows.issuperset(cell.carriers)

    def _meet(self, place: int, last: bool) -> bool:
        """Find a move for a need and hide what it changes."""
        need = self.needs[place]
        for known in self.moves:
            if self._meets(known, need):
                self.used[place] = known
                return True
        move = self._cheapest(need)
        if move is None and last:
            move = self._nearest(place) or self._cheapest(need, totals=True)
        if move is None:
            return False
        self._keep(place, move[0])
        return True

    def _nearest(self, place: int) -> tuple[Vector] | None:
        """Where the country's published totals do not leave room for the whole amount: as much as they leave,
        provided it is enough for an alternative that not even one of the respondents can rule out."""
        need = self.needs[place]
        wanted = need.amount[self.measure]
        least = wanted * min(1.0, FEWEST / max(need.amount[COUNT], 1.0))
        reach = self._reach(need) * self.scale
        reach = float(np.floor(reach + TINY)) if self.measure == COUNT else reach * (1 - TINY)
        if not least <= reach < wanted:
            return None
        amount = (reach, need.amount[WEIGHTED]) if self.measure == COUNT else (need.amount[COUNT], reach)
        reduced = replace(need, amount=amount)
        move = self._cheapest(reduced)
        if move is not None:
            self.needs[place] = reduced
        return move

    def _reach(self, need: Need) -> float:
        """How far the cell can move when everything but the country's totals is hidden."""
        count = len(self.cells)
        cell = int(self.first[need.item]) + need.cell
        rise, fall = (cell, count + cell) if need.sense > 0 else (count + cell, cell)
        closed = self.shut & np.array([not self._hidden(one) for one in self.cells])
        high = np.tile(np.where(closed, 0.0, np.inf), 2)
        high[rise], high[fall] = need.amount[self.measure] / self.scale, 0.0
        self.linear.bounds(2 * self.atoms + np.arange(2 * count), np.zeros(2 * count), high)
        self._restrain(need)
        cost = np.zeros(2 * (self.atoms + count))
        cost[2 * self.atoms + rise] = -1.0
        self.linear.costs(cost)
        found = self.linear.solve()
        self._restrain(need, release=True)
        return 0.0 if found is None else float(found[2 * self.atoms + rise])

    def _keep(self, place: int, move: Vector) -> None:
        self.moves.append(move)
        self.used[place] = move
        for cell, changed in zip(self.cells, np.abs(self.sums @ move) > TINY, strict=True):
            if changed:
                self.rows.update(cell.carriers)

    def _meets(self, move: Vector, need: Need) -> bool:
        start = int(self.starts[need.item])
        against = need.sense * move[start + need.pinned]
        change = need.sense * float((self.sums @ move)[self.first[need.item] + need.cell])
        return bool(
            change >= need.amount[self.measure] / self.scale - TINY
            and (against >= -TINY).all()
            and (np.abs(move[start + need.known]) <= TINY).all()
        )

    def _cheapest(
        self, need: Need | None, *, totals: bool = False, only: NDArray[np.bool_] | None = None
    ) -> tuple[Vector] | None:
        """The move that meets a need, or is merely possible, and changes least; with `only`, no cells but these."""
        cost = np.array([sum(self.costs[row] for row in cell.carriers if row not in self.rows) for cell in self.cells])
        closed = self.shut & np.array([not self._hidden(cell) for cell in self.cells])
        if totals:
            cost = np.where(closed, LAST_RESORT * (1 + cost), cost)
            closed = np.zeros_like(closed)
        if only is not None:
            closed = ~only
        upper = np.where(closed, 0.0, np.inf)
        count = len(self.cells)
        places = 2 * self.atoms + np.arange(2 * count)
        low = np.zeros(2 * count)
        high = np.tile(upper, 2)
        if need is not None:
            cell = int(self.first[need.item]) + need.cell
            rise, fall = (cell, count + cell) if need.sense > 0 else (count + cell, cell)
            low[rise], high[rise], high[fall] = need.amount[self.measure] / self.scale, np.inf, 0.0
            self._restrain(need)
        self.linear.bounds(places, low, high)
        # A trifle on the moves themselves keeps them from wandering where it costs nothing, and so, mostly, whole.
        price = np.concatenate([np.full(2 * self.atoms, TRIFLE), np.tile(cost, 2)])
        self.linear.costs(price)
        found = self.linear.solve()
        if found is not None and self.measure == COUNT and _broken(self._move(found)):
            found = self._whole(found, places, low, high, price)
        if need is not None:
            self._restrain(need, release=True)
        if found is None:
            return None
        move = self._move(found)
        return (np.round(move) if self.measure == COUNT else move,)

    def _whole(
        self, found: Vector, places: NDArray[np.int64], low: Vector, high: Vector, price: Vector
    ) -> Vector | None:
        """A move in whole numbers: first among the cells the move in fractions changes, then the cheapest at all."""
        every = np.arange(2 * self.atoms)
        still = np.tile(np.abs(self.sums @ self._move(found)) <= TINY, 2)
        shown = price[2 * self.atoms :] > 0
        self.linear.bounds(places, low, np.where(still & shown, low, high))
        whole = self.linear.solve(whole=every)
        if whole is None:
            self.linear.bounds(places, low, high)
            whole = self.linear.solve(whole=every)
        return whole

    def _move(self, found: Vector) -> Vector:
        move: Vector = found[: self.atoms] - found[self.atoms : 2 * self.atoms]
        return move

    def _restrain(self, need: Need, *, release: bool = False) -> None:
        start = int(self.starts[need.item])
        for places, frozen in ((start + need.pinned, False), (start + need.known, True)):
            nothing = np.zeros(len(places))
            rise, fall = self.high[places], -self.low[places]
            if not release:
                rise = nothing if frozen or need.sense < 0 else rise
                fall = nothing if frozen or need.sense > 0 else fall
            self.linear.bounds(places, nothing, rise)
            self.linear.bounds(self.atoms + places, nothing, fall)

    def _tidy(self, before: set[int]) -> None:
        """Publish again, dearest first, what the needs can do without."""
        budget = self.linear.solved + TIDYING
        extra = {row for cell in self.cells for row in cell.carriers if row in self.rows - before}
        moved = [
            place
            for place, cell in enumerate(self.cells)
            if extra.issuperset(set(cell.carriers) - before) and set(cell.carriers) & extra
        ]
        for place in sorted(moved, key=lambda one: -sum(self.costs[row] for row in self.cells[one].carriers)):
            rows = set(self.cells[place].carriers) - before
            shown = np.array([not rows.isdisjoint(cell.carriers) for cell in self.cells])
            users = [one for one, move in self.used.items() if (np.abs(self.sums @ move)[shown] > TINY).any()]
            allowed = np.array([self._hidden(cell) for cell in self.cells]) & ~shown
            fresh: dict[int, Vector] = {}
            for one in users:
                if self.linear.solved >= budget:
                    return
                found = self._cheapest(self.needs[one], only=allowed)
                if found is None:
                    break
                fresh[one] = found[0]
            if len(fresh) == len(users):
                self.used.update(fresh)
                self.rows -= rows


def _broken(move: Vector) -> bool:
    return bool(np.abs(move - np.round(move)).max(initial=0.0) > TINY)


def _sums(family: Family, starts: NDArray[np.int64]) -> sparse.csr_array:
    """Cells x atoms: which atoms each cell sums."""
    columns = [start + cell.atoms for item, start in zip(family.items, starts, strict=False) for cell in item.cells]
    pointers = np.cumsum([0, *(len(one) for one in columns)])
    places = np.concatenate(columns) if columns else np.zeros(0, dtype=np.int64)
    return sparse.csr_array((np.ones(len(places)), places, pointers), shape=(len(columns), int(starts[-1])))


def relation_rows(family: Family, starts: NDArray[np.int64], measure: int) -> tuple[sparse.csr_array, Vector, Vector]:
    """Relations as rows over atoms, with their bounds."""
    blocks, low, high = [], [np.zeros(0)], [np.zeros(0)]
    for relation in family.relations:
        height = relation.low.shape[1]
        parts = []
        for place, sign in zip(relation.items, relation.signs, strict=True):
            size = family.items[place].size
            rows = np.zeros(size, dtype=np.int64) if relation.summed else np.arange(size)
            parts.append((rows, starts[place] + np.arange(size), np.full(size, sign)))
        rows, columns, values = (np.concatenate([part[axis] for part in parts]) for axis in range(3))
        blocks.append(sparse.coo_array((values, (rows, columns)), shape=(height, int(starts[-1]))))
        low.append(relation.low[measure])
        high.append(relation.high[measure])
    if not blocks:
        return sparse.csr_array((0, int(starts[-1]))), low[0], high[0]
    return sparse.csr_array(sparse.vstack(blocks)), np.concatenate(low), np.concatenate(high)
