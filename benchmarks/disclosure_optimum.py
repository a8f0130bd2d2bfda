"""How far the search is from the best pattern there is: random small table systems, each solved again as one exact
integer programme (scipy's `milp`), which shares no line with the engine.

    python benchmarks/disclosure_optimum.py [systems]

The last line is JSON: `mean` and `worst`, how much more is lost than the optimum loses (0.05 is 5 %).
"""

import json
import sys
from dataclasses import dataclass
from itertools import combinations
from time import process_time

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from barometer.disclosure._search import Search
from barometer.disclosure._systems import Demand, table_system
from barometer.disclosure._tidying import tidy

Vector = NDArray[np.float64]
SYSTEMS = 200


@dataclass(frozen=True)
class Small:
    """A table of counts with all its margins up to an order: shares of a known base, or plain counts."""

    truth: Vector
    base: Vector
    rows: sparse.csr_array
    price: Vector
    demands: tuple[Demand, ...]


def small(number: int) -> Small:
    """The random system of that number."""
    rng = np.random.default_rng([20261122, number])
    shape = [(2, 3), (3, 3), (3, 4), (4, 4), (2, 2, 3), (2, 3, 3), (5, 4)][rng.integers(7)]
    places = np.indices(shape).reshape(len(shape), -1)
    base = rng.integers(1, 9, places.shape[1]).astype(float)
    shares = bool(rng.integers(2))
    truth = rng.binomial(base.astype(int), rng.beta(0.5, 0.7, len(base))).astype(float) if shares else base
    order = len(shape) - int(rng.integers(2) and len(shape) > 2)
    blocks = [sparse.csr_array(np.ones((1, len(base))))]
    for kept in (one for many in range(1, order + 1) for one in combinations(range(len(shape)), many)):
        _, cell = np.unique(places[list(kept)], axis=1, return_inverse=True)
        where = (cell.ravel(), np.arange(len(base)))
        blocks.append(sparse.csr_array((np.ones(len(base)), where), shape=(int(cell.max()) + 1, len(base))))
    rows = sparse.csr_array(sparse.vstack(blocks))
    value, size = rows @ truth, rows @ base
    demands = _of_shares(value, size) if shares else _of_counts(value)
    return Small(truth, base if shares else np.full(len(base), np.inf), rows, size, tuple(demands))


def _of_shares(yes: Vector, base: Vector) -> list[Demand]:
    """0 % must be able to be 10 % and at least one case, 100 % likewise; not the total."""
    width = np.maximum(1, np.ceil(0.1 * base))
    found = []
    for row in range(1, len(yes)):
        if yes[row] == 0:
            found.append(Demand(row, up=width[row]))
        elif yes[row] == base[row]:
            found.append(Demand(row, down=width[row]))
    return found


def _of_counts(value: Vector) -> list[Demand]:
    return [Demand(row, up=max(5 - value[row], 0), down=1, width=3) for row in range(1, len(value)) if value[row] <= 3]


def found(system: Small) -> float:
    """What the engine hides besides; infinite where it finds no way."""
    hidden = np.zeros(len(system.price), dtype=bool)
    hidden[[one.row for one in system.demands]] = True
    table = table_system(system.truth, system.base, system.rows)
    search = Search(table, system.demands, system.price, hidden)
    hopeless = search.meet(range(len(system.demands)))
    tidy(search, search.effort.tidying)
    return float("inf") if hopeless else search.cost


def optimum(system: Small, seconds: float = 60.0) -> float:
    """The least that has to be hidden besides; infinite where there is no way; NaN where it takes too long."""
    goals = [(one.row, sense, one.up if sense > 0 else one.down) for one in system.demands for sense in (1, -1)]
    goals += [(one.row, 0, one.width) for one in system.demands if one.width > one.up + one.down]
    goals = [goal for goal in goals if goal[2] > 0]
    rows, leaves = system.rows.shape
    tables = [2 if sense == 0 else 1 for _, sense, _ in goals]
    count = sum(tables) * leaves
    top = np.minimum(system.base, system.truth + 12)
    lower = np.concatenate([np.tile(-system.truth, sum(tables)), np.zeros(rows)])
    upper = np.concatenate([np.tile(top - system.truth, sum(tables)), np.ones(rows)])
    upper[count + np.array([one.row for one in system.demands], dtype=int)] = 1.0
    price = system.price.copy()
    price[[one.row for one in system.demands]] = 0.0
    limits, bounds_low, bounds_high = [], [], []
    reach_up, reach_down = system.rows @ (top - system.truth), system.rows @ system.truth
    turn = 0
    for (row, sense, amount), many in zip(goals, tables, strict=True):
        for one in range(many):
            block = [sparse.csr_array((rows, leaves))] * sum(tables)
            block[turn + one] = system.rows
            moves = sparse.hstack(block)
            limits += [sparse.hstack([moves, -sparse.diags_array(reach_up)])]
            limits += [sparse.hstack([moves, sparse.diags_array(reach_down)])]
            bounds_low += [np.full(rows, -np.inf), np.zeros(rows)]
            bounds_high += [np.zeros(rows), np.full(rows, np.inf)]
        line = np.zeros(count + rows)
        line[turn * leaves : (turn + 1) * leaves] = system.rows[[row]].toarray().ravel() * (sense or 1)
        if many == 2:
            line[(turn + 1) * leaves : (turn + 2) * leaves] = -system.rows[[row]].toarray().ravel()
        limits.append(sparse.csr_array(line[None, :]))
        bounds_low.append(np.array([amount]))
        bounds_high.append(np.array([np.inf]))
        turn += many
    if not goals:
        return 0.0
    together = sparse.csr_array(sparse.vstack(limits))
    solved = milp(
        np.concatenate([np.zeros(count), price]),
        integrality=np.ones(count + rows, dtype=np.int64),
        bounds=Bounds(lower, upper),
        constraints=LinearConstraint(together, np.concatenate(bounds_low), np.concatenate(bounds_high)),
        options={"time_limit": seconds},
    )
    if solved.status == 2:
        return float("inf")
    return float(solved.fun) if solved.status == 0 else float("nan")


def excess(numbers: range) -> list[float]:
    """By system that needs anything: how much more the engine loses (what must be hidden anyway included)."""
    more = []
    for number in numbers:
        system = small(number)
        if not system.demands:
            continue
        best, mine = optimum(system), found(system)
        if np.isnan(best):
            continue
        anyway = float(system.price[[one.row for one in system.demands]].sum())
        if np.isinf(best) or np.isinf(mine):
            assert np.isinf(best) and np.isinf(mine), f"system {number}: optimum {best}, engine {mine}"
            continue
        more.append((mine + anyway) / (best + anyway) - 1)
    return more


def main() -> None:
    many = int(sys.argv[1]) if len(sys.argv) > 1 else SYSTEMS
    started = process_time()
    more = excess(range(many))
    print(f"{len(more)} of {many} systems can be protected; CPU {process_time() - started:.0f} s")
    print(json.dumps({"systems": len(more), "mean": round(float(np.mean(more)), 4), "worst": round(max(more), 4),
                      "optimal": int(sum(one < 1e-9 for one in more))}))  # fmt: skip


if __name__ == "__main__":
    main()
