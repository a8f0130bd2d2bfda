"""The search for what to hide besides: moves away from the truth that meet every demand and change little.

A demand is met when a move within the bounds changes its row by the amount needed and leaves every printed row as it
is. Which rows a move changes is what it costs; minimising that cost is a linear programme (cf. Fischetti and Salazar
1999). Moves once found, and multiples of them, serve other demands too. Every programme starts anew from the same
state, so that the same input gives the same pattern.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from barometer.disclosure._around import Around
from barometer.disclosure._moves import Goal, Move, Reach
from barometer.disclosure._programme import TINY, Bound, Programme
from barometer.disclosure._systems import Demand, Places, System, Vector

NEXT = 20
"""Demands waiting that are looked through for some to meet together."""
KEPT = 40
"""Programmes of parts of a system kept for the next demand there."""
Parts = Callable[[int], Iterable[Places | None]]
"""The leaves to look at for a row, one part after the other until a move is found; None means all."""


def everything(_row: int) -> Iterable[Places | None]:
    """No parts: all leaves at once."""
    return (None,)


@dataclass(frozen=True)
class Effort:
    """How demands are met: at most so many more together with one that lie `within` and `beside` it; the more at a
    time, the faster, and the more is hidden. `tidying`: programmes spent on publishing again what turned out not to be
    needed. `near`: look first among at least so many leaves around a row, farther off only where that does not do, and
    for one demand at a time; the fewer, the faster, and the more is hidden. 0: not."""

    within: int = 0
    beside: int = 0
    tidying: int = 400
    near: int = 0

    @property
    def joint(self) -> bool:
        return self.within + self.beside > 0


THOROUGH, QUICK = Effort(), Effort(within=4, beside=1, tidying=0)


class Search:
    """`price` and `hidden` are by carrier."""

    def __init__(
        self,
        system: System,
        demands: Sequence[Demand],
        price: Vector,
        hidden: NDArray[np.bool_],
        *,
        parts: Parts = everything,
        effort: Effort = THOROUGH,
        scale: float = 1.0,
    ) -> None:
        self.system, self.demands, self.price, self.before = system, list(demands), price, hidden.copy()
        self.parts, self.effort, self.scale, self.slack = parts, effort, scale, TINY * scale
        self.around = Around(system.rows, effort.near) if effort.near else None
        self.reach = Reach(system, self.demands, self.before, scale)
        self._sizes = np.diff(system.rows.indptr)
        self.used = np.zeros(len(price), dtype=np.int64)  # by carrier: moves that need it hidden
        self.moves: dict[int, Move] = {}
        self.serving: list[dict[int, tuple[float, float]]] = [{} for _ in self.demands]  # move -> up and down reached
        self.solved = 0
        self._next = 0
        self._programmes: dict[bytes, Programme] = {}
        self._on_row: dict[int, list[int]] = {}
        for place, demand in enumerate(self.demands):
            self._on_row.setdefault(demand.row, []).append(place)

    @property
    def hidden(self) -> NDArray[np.bool_]:
        """By carrier."""
        return self.before | (self.used > 0)

    @property
    def cost(self) -> float:
        return float(self.price[(self.used > 0) & ~self.before].sum())

    def meet(self, places: Sequence[int], *, shut: Places | None = None) -> set[int]:
        """Find moves for these demands; gives those for which there is none. Carriers in `shut` stay printed."""
        waiting = sorted(places, key=self._turn)
        hopeless: set[int] = set()
        for turn, place in enumerate(waiting):
            while place not in hopeless and self.lacking(place):
                if not self._meet(place, waiting[turn + 1 :], shut):
                    hopeless.add(place)
        return hopeless

    def lacking(self, place: int, without: int = -1) -> list[Goal]:
        """What a demand still needs: goals of which the first, or, for a width, one of two, is to be met next."""
        demand, reached = self.demands[place], self.serving[place]
        up = down = 0.0
        for one, (rise, fall) in reached.items():
            if one != without:
                up, down = max(up, rise), max(down, fall)
        if up < demand.up - self.slack:
            return [Goal(place, 1, demand.up)]
        if down < demand.down - self.slack:
            return [Goal(place, -1, demand.down)]
        if up + down < demand.width - self.slack:
            return [Goal(place, 1, demand.width - down), Goal(place, -1, demand.width - up)]
        return []

    def cheapest(
        self,
        goals: Sequence[Goal],
        leaves: Places | None = None,
        *,
        shut: Places | None = None,
        last: bool = False,
    ) -> Move | None:
        """The move that meets the goals, or, without goals, is merely possible, and changes least."""
        programme = self._programme(leaves)
        bounds = [self._bound(goal) for goal in goals]
        free = ~self.hidden
        cost = self.system.carriers @ np.where(free, self.price, 0.0)
        closed = self.system.closed & ((self.system.carriers @ free.astype(float)) > 0)
        if last:
            cost, closed = np.where(closed, 1e4 * (1 + cost), cost), np.zeros_like(closed)
        if shut is not None:
            mark = np.zeros(len(self.price))
            mark[shut] = 1.0
            closed = closed | ((self.system.carriers @ mark) > 0)
        solved = programme.linear.solved
        change = programme.cheapest(bounds, cost, closed)
        self.solved += programme.linear.solved - solved
        return None if change is None else self.reach.move(programme.leaves, change)

    def farthest(self, goal: Goal) -> float:
        """How far a row can move when everything that is not closed is hidden."""
        closed = self.system.closed & ((self.system.carriers @ (~self.hidden).astype(float)) > 0)
        return self._programme(None).farthest(self._bound(goal), closed)

    def keep(self, move: Move) -> int:
        """Hide what a move changes; gives its number."""
        number = self._next
        self._next += 1
        self.moves[number] = move
        self.used[move.carriers] += 1
        for row in move.rows:
            for place in self._on_row.get(int(row), ()):
                reach = tuple(self.reach.multiple(move, Goal(place, sense, np.inf))[1] for sense in (1, -1))
                if any(reach):
                    self.serving[place][number] = (reach[0], reach[1])
        return number

    def drop(self, number: int) -> None:
        move = self.moves.pop(number)
        self.used[move.carriers] -= 1
        for place in self.served(move):
            self.serving[place].pop(number, None)

    def state(self) -> object:
        """What has been found so far, for `restore`."""
        return dict(self.moves), self.used.copy(), [dict(one) for one in self.serving]

    def restore(self, state: object) -> None:
        self.moves, self.used, self.serving = state  # type: ignore[misc]

    def served(self, move: Move) -> Iterator[int]:
        """Demands on rows that a move changes."""
        for row in move.rows:
            yield from self._on_row.get(int(row), ())

    def worlds(self, places: Sequence[int]) -> list[Vector]:
        """Changes of all leaves, as few as meet the demands that are not hopeless."""
        found: dict[tuple[int, float], None] = {}
        for place in places:
            demand, reached = self.demands[place], self.serving[place]
            ups = sorted(reached, key=lambda one: -reached[one][0])
            downs = sorted(reached, key=lambda one: -reached[one][1])
            up = demand.up if not demand.width else max(demand.up, demand.width - demand.down)
            for sense, order, amount in ((1, ups, up), (-1, downs, demand.down)):
                wanted = min(amount, reached[order[0]][0 if sense > 0 else 1]) if order else 0.0
                goal = Goal(place, sense, wanted)
                if wanted > self.slack and not any(
                    self.reach.meets(self.moves[one], times, goal) for one, times in found
                ):
                    found[order[0], self.reach.multiple(self.moves[order[0]], goal)[0]] = None
        made = []
        for number, times in found:
            world = np.zeros(len(self.system.low))
            world[self.moves[number].leaves] = times * self.moves[number].change
            made.append(world)
        return made

    def proposals(self) -> sparse.csr_array:
        """The moves that meet the demands, for the attacker to check: moves x leaves."""
        chosen: dict[tuple[int, float], None] = {}
        for place, reached in enumerate(self.serving):
            for side, sense in ((0, 1), (1, -1)):
                best = max(reached, key=lambda one: reached[one][side], default=None)
                if best is not None and reached[best][side] > 0:
                    chosen[best, self.reach.multiple(self.moves[best], Goal(place, sense, np.inf))[0]] = None
        lines = [(self.moves[number].leaves, times * self.moves[number].change) for number, times in chosen]
        pointers = np.cumsum([0, *(len(leaves) for leaves, _ in lines)])
        leaves = np.concatenate([np.zeros(0, dtype=np.int64), *(one for one, _ in lines)])
        change = np.concatenate([np.zeros(0), *(one for _, one in lines)])
        return sparse.csr_array((change, leaves, pointers), shape=(len(lines), len(self.system.low)))

    def _turn(self, place: int) -> tuple[int, int, float, int]:
        """The largest demands first; where looked for nearby, those with the same leaves around them together."""
        demand, leaves, block = self.demands[place], len(self.system.low), -1
        if self.around is not None and (near := self.around.parts(demand.row)):
            leaves, block = len(near[0]), self.around.block(demand.row)
        return leaves, block, -max(demand.up, demand.down, demand.width), place

    def _meet(self, place: int, others: Sequence[int], shut: Places | None) -> bool:
        row = self.demands[place].row
        tried: set[bytes] = set()
        near = self.around.parts(row) if self.around is not None else []
        for leaves in (*near, *self.parts(row)):
            key = b"" if leaves is None else leaves.tobytes()
            if key in tried:
                continue
            tried.add(key)
            goals = self.lacking(place)
            joint = self.effort.joint and leaves is None and len(goals) == 1
            joined = self._joined(goals[0], others) if joint else []
            if joined and self._found([[*goals, *joined]], leaves, shut):
                return True
            if self._found([[goal] for goal in goals], leaves, shut):
                return True
            if leaves is None:
                break
        return False

    def _found(self, ways: Sequence[Sequence[Goal]], leaves: Places | None, shut: Places | None) -> bool:
        """Keep the cheapest of several moves, if there is one."""
        moves = [move for way in ways if (move := self.cheapest(way, leaves, shut=shut)) is not None]
        if moves:
            self.keep(min(moves, key=self._price))
        return bool(moves)

    def _joined(self, first: Goal, others: Sequence[int]) -> list[Goal]:
        """Goals that lie within the first one and point the same way, and some beside it: one move may meet all."""
        demand, effort = self.demands[first.demand], self.effort
        if len(demand.pinned) or len(demand.known):
            return []
        leaves = self._leaves(demand.row)
        inside = np.flatnonzero(self.reach.sums.of(leaves, np.ones(len(leaves))) == self._sizes)
        within = [place for row in inside.tolist() for place in self._on_row.get(row, ()) if row != demand.row]
        found, rows, balance = list[Goal](), {demand.row}, first.sense * first.amount
        beside = others[: NEXT * (1 + effort.beside)]
        for candidates, many in ((within, effort.within), (beside, effort.beside)):
            most = len(found) + many
            for place in candidates:
                if len(found) >= most:
                    break
                other, goals = self.demands[place], self.lacking(place)
                if not goals or len(other.pinned) or len(other.known) or other.row in rows:
                    continue
                if candidates is within:
                    goals = [goal for goal in goals if goal.sense == first.sense]
                elif len(goals) == 1 and other.up and other.down and balance > 0 and not self.serving[place]:
                    goals = [Goal(place, -1, other.down)]  # what rises here may fall there
                for goal in goals[:1]:
                    found.append(goal)
                    rows.add(other.row)
                    balance += goal.sense * goal.amount
        return found

    def _leaves(self, row: int) -> Places:
        rows = self.system.rows
        leaves: Places = rows.indices[rows.indptr[row] : rows.indptr[row + 1]].astype(np.int64)
        return leaves

    def _price(self, move: Move) -> float:
        free = move.carriers[self.used[move.carriers] == 0]
        return float(self.price[free].sum())

    def _programme(self, leaves: Places | None) -> Programme:
        key = b"" if leaves is None else leaves.tobytes()
        if key not in self._programmes:
            if len(self._programmes) >= KEPT:
                self._programmes.pop(next(one for one in self._programmes if one))
            self._programmes[key] = Programme(self.system, leaves, self.scale)
        return self._programmes[key]

    def _bound(self, goal: Goal) -> Bound:
        demand = self.demands[goal.demand]
        return Bound(demand.row, goal.sense, goal.amount, demand.pinned, demand.known)
