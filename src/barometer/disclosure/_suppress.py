"""Secondary suppression of a family: hide as little more as lets every need be met, over all its tables at once.

The family becomes a table system; `Search` finds what to hide.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from scipy import sparse

from barometer.disclosure._evidence import COUNT, WEIGHTED
from barometer.disclosure._families import Family, neighbourhoods, restricted
from barometer.disclosure._moves import Goal
from barometer.disclosure._rules import Need
from barometer.disclosure._search import THOROUGH, Effort, Search
from barometer.disclosure._systems import Demand, Places, System, Vector
from barometer.disclosure._tidying import tidy
from barometer.model import TOTAL

TINY = 1e-6
EASY = 10_000
"""Cells times needs up to which a family is tidied thoroughly."""
WIDE, NEAR = 20_000, 1000
"""Cells from which moves are looked for nearby first, and among how many leaves at least."""


@dataclass
class Plan:
    """What a family needs hidden: rows, the needs that can be met, and those that definitions settle anyway."""

    rows: set[int]
    needs: list[Need] = field(default_factory=list)
    settled: list[Need] = field(default_factory=list)
    moves: list[tuple[int, Vector]] = field(default_factory=list)  # measure and the moves that meet the needs


def suppress(
    family: Family,
    needs: Sequence[Need],
    hidden: set[int],
    costs: Mapping[int, float],
    weighted: bool,
    effort: Effort | None = None,
) -> Plan:
    """Rows to hide besides `hidden` so that `needs` are met; costs by row. Deterministic.

    A need is tried with its own indicator alone first, everything else left as it is, and only then together with
    more of the family: most can be met alone, and small programmes are fast.
    """
    effort = effort or _effort(family, needs)
    plan = Plan(set(hidden), list(needs))
    amounts = weighted or any(item.amount for item in family.items)
    hopeless: set[int] = set()
    for measure in (COUNT, WEIGHTED) if amounts else (COUNT,):
        places = [place for place, need in enumerate(needs) if need.amount[measure] > TINY and place not in hopeless]
        if places:
            hopeless |= _protect(family, measure, places, plan, costs, effort)
    if hopeless:
        # The definitions leave no alternative, whatever is published: then nothing of the family is.
        plan.rows.update(row for item in family.items for cell in item.cells for row in cell.carriers)
    plan.settled = [need for place, need in enumerate(plan.needs) if place in hopeless]
    plan.needs = [need for place, need in enumerate(plan.needs) if place not in hopeless]
    return plan


def _effort(family: Family, needs: Sequence[Need]) -> Effort:
    """Large families are tidied less: there every programme takes longer, and there are more of them."""
    cells = sum(len(item.cells) for item in family.items)
    effort = THOROUGH if len(needs) * cells <= EASY else replace(THOROUGH, tidying=THOROUGH.tidying // 10)
    return effort if cells <= WIDE else replace(effort, near=NEAR)


def _protect(
    family: Family, measure: int, places: Sequence[int], plan: Plan, costs: Mapping[int, float], effort: Effort
) -> set[int]:
    """Meet the needs at these places of the plan in one measure; gives those that cannot be met."""
    table = _Table(family, measure, costs)
    search = table.search(plan.rows, [table.demand(plan.needs[place], measure) for place in places], effort)
    turns = list(range(len(places)))
    hopeless = set()
    for turn in sorted(search.meet(turns)):
        nearest = _nearest(search, turn, plan.needs[places[turn]], measure)
        if nearest is not None:
            plan.needs[places[turn]] = nearest
        elif (move := search.cheapest([_goal(turn, plan.needs[places[turn]], measure)], last=True)) is not None:
            search.keep(move)
        else:
            hopeless.add(turn)
    tidy(search, effort.tidying)
    plan.rows |= table.shown(search)
    plan.moves += [(measure, move) for move in search.worlds([turn for turn in turns if turn not in hopeless])]
    return {places[turn] for turn in hopeless}


def _goal(turn: int, need: Need, measure: int) -> Goal:
    return Goal(turn, need.sense, need.amount[measure])


def _nearest(search: Search, turn: int, need: Need, measure: int) -> Need | None:
    """Where the country's published totals do not leave room for the whole amount: as much as they leave, provided
    it is enough for an alternative that no coalition of respondents can rule out."""
    wanted = need.amount[measure]
    least = wanted * min(1.0, need.least / max(need.amount[COUNT], 1.0))
    reach = search.farthest(_goal(turn, need, measure))
    reach = float(np.floor(reach + TINY)) if measure == COUNT else reach * (1 - TINY)
    if not least <= reach < wanted:
        return None
    reduced = replace(need, amount=(reach, need.amount[WEIGHTED]) if measure == COUNT else (need.amount[COUNT], reach))
    move = search.cheapest([_goal(turn, reduced, measure)])
    if move is None:
        return None
    demand = search.demands[turn]
    search.demands[turn] = replace(demand, up=min(demand.up, reach), down=min(demand.down, reach))
    search.keep(move)
    return reduced


def follow(family: Family, measure: int, rows: set[int], costs: Mapping[int, float]) -> Vector | None:
    """How a family whose bounds have been `shifted` can go along with that, changing as little of what is published
    as possible: the move, or None if there is none. Adds to `rows` what has to be hidden for it."""
    broken = _misfits(family, measure)
    starts = np.cumsum([0, *(item.size for item in family.items)])
    whole = np.zeros(int(starts[-1]))
    if not broken:
        return whole
    part = tuple(sorted({place for item in broken for place in next(neighbourhoods(family, item))}))
    atoms = np.concatenate([np.arange(starts[place], starts[place + 1]) for place in part])
    for some, where in ((restricted(family, part), atoms), (family, np.arange(len(whole)))):
        table = _Table(some, measure, costs, exact=True)
        search = table.search(rows, [], THOROUGH)
        move = search.cheapest([]) or search.cheapest([], last=True)
        if move is not None:
            search.keep(move)
            rows |= table.shown(search)
            whole[where[move.leaves]] = move.change
            return whole
    return None


def _misfits(family: Family, measure: int) -> set[int]:
    """Items whose truth breaks a bound or a relation."""
    found = set()
    for place, item in enumerate(family.items):
        truth, slack = item.truth[measure], TINY * (1 + np.abs(item.truth[measure]))
        if (truth < item.floor[measure] - slack).any() or (truth > item.ceiling[measure] + slack).any():
            found.add(place)
    for relation in family.relations:
        total: Vector = np.zeros(relation.low.shape[1])
        for place, sign in zip(relation.items, relation.signs, strict=True):
            truth = family.items[place].truth[measure]
            total = total + sign * (truth.sum(keepdims=True) if relation.summed else truth)
        slack = TINY * (1 + np.abs(total))
        if ((total < relation.low[measure] - slack) | (total > relation.high[measure] + slack)).any():
            found.update(relation.items)
    return found


class _Table:
    """A family in one measure as a table system. With `exact`, the truth itself may be outside the bounds."""

    def __init__(self, family: Family, measure: int, costs: Mapping[int, float], *, exact: bool = False) -> None:
        self.family = family
        self.starts = np.cumsum([0, *(item.size for item in family.items)])
        self.first = np.cumsum([0, *(len(item.cells) for item in family.items)])
        cells = [cell for item in family.items for cell in item.cells]
        self.outputs = sorted({row for cell in cells for row in cell.carriers})
        place_of = {row: place for place, row in enumerate(self.outputs)}
        self.price = np.array([costs[row] for row in self.outputs])
        truth = np.concatenate([item.truth[measure] for item in family.items])
        self.scale = 1.0 if measure == COUNT else max(float(np.abs(truth).sum()) / max(1, len(truth)), TINY)
        ties, low, high = relation_rows(family, self.starts, measure)
        low, high = low - ties @ truth, high - ties @ truth
        if not exact:  # rounding must not turn the truth itself infeasible
            low, high = np.minimum(low, 0.0), np.maximum(high, 0.0)
        atoms = [
            start + cell.atoms for item, start in zip(family.items, self.starts, strict=False) for cell in item.cells
        ]
        self.system = System(
            np.concatenate([item.floor[measure] for item in family.items]) - truth,
            np.concatenate([item.ceiling[measure] for item in family.items]) - truth,
            _ones(atoms, len(truth)),
            _ones([np.array([place_of[row] for row in dict.fromkeys(cell.carriers)]) for cell in cells], len(place_of)),
            *(ties, low, high),
            np.array([cell.breakdown == TOTAL for cell in cells], dtype=np.bool_),
            np.array([cell.fixed for cell in cells], dtype=np.bool_),
            measure == COUNT,
        )
        self._parts: dict[int, list[Places | None]] = {}

    def demand(self, need: Need, measure: int) -> Demand:
        start = int(self.starts[need.item])
        amount = {1: "up", -1: "down"}[need.sense]
        row = int(self.first[need.item]) + need.cell
        return Demand(row, **{amount: need.amount[measure]}, pinned=start + need.pinned, known=start + need.known)

    def search(self, hidden: set[int], demands: Sequence[Demand], effort: Effort) -> Search:
        away = np.array([row in hidden for row in self.outputs], dtype=np.bool_)
        return Search(self.system, demands, self.price, away, parts=self._part, effort=effort, scale=self.scale)

    def shown(self, search: Search) -> set[int]:
        """Rows of the estimates that the search wants hidden."""
        return {self.outputs[place] for place in np.flatnonzero(search.hidden)}

    def _part(self, row: int) -> list[Places | None]:
        item = int(np.searchsorted(self.first, row, side="right")) - 1
        if item not in self._parts:
            self._parts[item] = [
                None
                if len(part) == len(self.family.items)
                else np.concatenate([np.arange(self.starts[place], self.starts[place + 1]) for place in part])
                for part in neighbourhoods(self.family, item)
            ]
        return self._parts[item]


def _ones(lines: Sequence[Places], width: int) -> sparse.csr_array:
    pointers = np.cumsum([0, *(len(one) for one in lines)])
    places = np.concatenate([np.zeros(0, dtype=np.int64), *lines]).astype(np.int64)
    return sparse.csr_array((np.ones(len(places)), places, pointers), shape=(len(lines), width))


def relation_rows(family: Family, starts: Places, measure: int) -> tuple[sparse.csr_array, Vector, Vector]:
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
