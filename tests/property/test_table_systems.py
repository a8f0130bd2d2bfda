"""The search and its attacker on random small table systems, against a plain attacker who tries every table."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import sparse

from barometer.disclosure._around import Around
from barometer.disclosure._attack import attack
from barometer.disclosure._search import QUICK, THOROUGH, Effort, Search
from barometer.disclosure._systems import Demand, System, nesting, table_system
from barometer.disclosure._tidying import tidy

Vector = NDArray[np.float64]
SEEDS = range(12)


def every_table(system: System) -> Vector:
    """All moves that bounds and ties allow: tables x leaves."""
    ranges = [range(int(low), int(high) + 1) for low, high in zip(system.low, system.high, strict=True)]
    tables = np.array(list(product(*ranges)), dtype=float)
    tied = tables @ system.ties.T.toarray()
    allowed: Vector = tables[((tied >= system.tie_low) & (tied <= system.tie_high)).all(axis=1)]
    return allowed


def reach(system: System, hidden: NDArray[np.bool_], demands: Sequence[Demand]) -> list[tuple[float, float]]:
    """How low and high the row of each demand can be, given all printed rows and what an insider knows."""
    tables = every_table(system)
    sums = tables @ system.rows.T.toarray()
    printed = ((system.carriers @ (~hidden).astype(float)) > 0) | system.fixed
    possible = (sums[:, printed] == 0).all(axis=1)
    found = []
    for demand in demands:
        mine = possible & (tables[:, demand.known] == 0).all(axis=1)
        up = mine & (tables[:, demand.pinned] >= 0).all(axis=1)
        down = mine & (tables[:, demand.pinned] <= 0).all(axis=1)
        found.append((float(sums[down, demand.row].min()), float(sums[up, demand.row].max())))
    return found


def is_met(demand: Demand, low: float, high: float) -> bool:
    return high >= demand.up and -low >= demand.down and high - low >= demand.width


def searched(system: System, demands: Sequence[Demand], effort: Effort = THOROUGH) -> tuple[Search, set[int]]:
    carriers = system.carriers.shape[1]
    hidden = np.zeros(carriers, dtype=bool)
    for demand in demands:
        hidden[system.carriers[[demand.row]].indices] = True
    price: Vector = (1.0 + np.arange(carriers) % 7).astype(np.float64)
    search = Search(system, demands, price, hidden, effort=effort)
    hopeless = search.meet(range(len(demands)))
    tidy(search, effort.tidying)
    return search, hopeless


def domains(rng: np.random.Generator, leaves: int, many: int) -> sparse.csr_array:
    """Overlapping domains: any sets of leaves, the first of them everything."""
    rows = (rng.random((many, leaves)) < 0.5).astype(float)
    rows[0] = 1.0
    rows[rows.sum(axis=1) == 0, 0] = 1.0
    return sparse.csr_array(rows)


def of_extremes(truth: Vector, base: Vector, rows: sparse.csr_array) -> list[Demand]:
    yes, size = rows @ truth, rows @ base
    extreme = [row for row in range(1, len(yes)) if yes[row] in (0, size[row])]
    return [Demand(row, up=float(yes[row] == 0), down=float(yes[row] > 0)) for row in extreme]


def overlapping(seed: int) -> tuple[System, list[Demand]]:
    rng = np.random.default_rng([1, seed])
    base = rng.integers(1, 4, 6).astype(float)
    truth = np.minimum(base, rng.integers(0, 4, 6))
    rows = domains(rng, 6, 9)
    demands = of_extremes(truth, base, rows)
    width = [Demand(row, width=2, pinned=np.array([0])) for row in (1, 2) if rows[[row]].toarray()[0, 0]]
    known = [Demand(row, down=1, known=np.array([1])) for row in (3, 4) if (rows @ truth)[row] > 1]
    return table_system(truth, base, rows), [*demands, *width, *known]


def hierarchical(seed: int) -> tuple[System, list[Demand]]:
    rng = np.random.default_rng([2, seed])
    base = rng.integers(1, 4, 8).astype(float)
    truth = np.minimum(base, rng.integers(0, 3, 8))
    tree = [
        [0, 1, 2, 3, 4, 5, 6, 7],
        [0, 1, 2, 3],
        [4, 5, 6, 7],
        [0, 1],
        [2, 3],
        [4, 5],
        [6, 7],
        [0, 4],
        [1, 5, 2],
        [3, 6, 7],
    ]
    rows = np.zeros((len(tree) + 8, 8))
    for row, leaves in enumerate([*tree, *([one] for one in range(8))]):
        rows[row, leaves] = 1.0
    table = sparse.csr_array(rows)
    return table_system(truth, base, table), of_extremes(truth, base, table)


def unions(seed: int) -> tuple[System, list[Demand]]:
    """Two answers and their union in two groups: the union is at least each and at most both together; a row of the
    union and one of the first answer are printed or hidden together."""
    rng = np.random.default_rng([3, seed])
    base = np.tile(rng.integers(1, 4, 2), 3).astype(float)
    first, second = np.minimum(base[:2], rng.integers(0, 4, 2)), np.minimum(base[:2], rng.integers(0, 4, 2))
    union = np.array(
        [rng.integers(max(a, b), min(a + b, c) + 1) for a, b, c in zip(first, second, base[:2], strict=True)]
    )
    truth = np.concatenate([first, second, union])
    group = np.array([[1, 1], [1, 0], [0, 1]])
    plain = table_system(truth, base, sparse.csr_array(sparse.block_diag([group] * 3)))
    eye, zero = np.eye(2), np.zeros((2, 2))
    ties = sparse.csr_array(np.block([[-eye, zero, eye], [zero, -eye, eye], [-eye, -eye, eye]]))
    low = np.concatenate([np.zeros(4), np.full(2, -np.inf)]) - ties @ truth
    high = np.concatenate([np.full(4, np.inf), np.zeros(2)]) - ties @ truth
    carriers = np.eye(9)
    carriers[7, 1] = 1.0
    fixed = np.zeros(9, dtype=bool)
    fixed[3] = bool(rng.integers(2))
    system = System(
        plain.low, plain.high, plain.rows, sparse.csr_array(carriers), ties, low, high, plain.closed, fixed, True
    )
    demands = of_extremes(truth, base, plain.rows)
    return system, [one for one in demands if not fixed[one.row]]


def releases(seed: int) -> tuple[System, list[Demand]]:
    """Four groups, then the same with two late respondents: the first release stays printed; the late answers and what
    the second release adds must not be known."""
    rng = np.random.default_rng([4, seed])
    base = np.concatenate([rng.integers(2, 4, 4), [1, 1]]).astype(float)
    truth = np.minimum(base, rng.integers(0, 3, 6))
    group = np.array([[1, 1, 1, 1], [1, 1, 0, 0], [0, 0, 1, 1], [1, 0, 1, 0], [0, 1, 0, 1], *np.eye(4)])
    late = group[:, [0, 3]]
    rows = sparse.csr_array(np.block([[group, np.zeros((9, 2))], [group, late], [np.zeros((2, 4)), np.eye(2)]]))
    system = table_system(truth, base, rows)
    printed = np.zeros(20, dtype=bool)
    printed[:9] = True
    system = replace(system, fixed=printed)
    return system, [Demand(row, up=float(truth[row - 14] == 0), down=float(truth[row - 14] == 1)) for row in (18, 19)]


MADE = {"overlapping": overlapping, "hierarchical": hierarchical, "unions": unions, "releases": releases}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", MADE)
def test_no_table_lets_an_attacker_inside_a_demand(kind: str, seed: int) -> None:
    system, demands = MADE[kind](seed)
    search, hopeless = searched(system, demands)
    everything = np.ones(len(search.hidden), dtype=bool)
    best = reach(system, everything, demands)
    for place, (low, high) in enumerate(reach(system, search.hidden, demands)):
        if place in hopeless:  # then nothing could be done whatever is hidden
            assert not is_met(demands[place], *best[place])
        else:
            assert is_met(demands[place], low, high)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", MADE)
def test_the_audit_judges_as_the_attacker_who_tries_every_table(kind: str, seed: int) -> None:
    system, demands = MADE[kind](seed)
    hidden = np.random.default_rng(seed).random(system.carriers.shape[1]) < 0.6
    judged = attack(system, demands, hidden).met
    reached = reach(system, hidden, demands)
    assert judged.tolist() == [is_met(one, *found) for one, found in zip(demands, reached, strict=True)]


@pytest.mark.parametrize("seed", SEEDS)
def test_proposals_are_believed_only_where_they_agree_with_what_is_printed(seed: int) -> None:
    system, demands = hierarchical(seed)
    search, _ = searched(system, demands)
    hidden = np.zeros(len(search.hidden), dtype=bool)
    hidden[[one.row for one in demands]] = True
    told, alone = attack(system, demands, hidden, proposals=search.proposals()), attack(system, demands, hidden)
    assert told.met.tolist() == alone.met.tolist()


@pytest.mark.parametrize("seed", SEEDS)
def test_meeting_demands_together_is_as_safe(seed: int) -> None:
    system, demands = hierarchical(seed)
    search, hopeless = searched(system, demands, QUICK)
    reached = reach(system, search.hidden, demands)
    assert all(is_met(demands[place], *reached[place]) for place in range(len(demands)) if place not in hopeless)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", MADE)
def test_looking_near_a_row_first_is_as_safe_and_finds_what_can_be_met(kind: str, seed: int) -> None:
    system, demands = MADE[kind](seed)
    search, hopeless = searched(system, demands, Effort(near=3, tidying=20))
    assert hopeless == searched(system, demands)[1]
    reached = reach(system, search.hidden, demands)
    assert all(is_met(demands[place], *reached[place]) for place in range(len(demands)) if place not in hopeless)


def crossed() -> sparse.csr_array:
    """Every node of one dimension by every node of the other: four leaves, two groups of two, the total."""
    tree = [*np.eye(4), *np.kron(np.eye(2), np.ones((1, 2))), np.ones(4)]
    return sparse.csr_array(np.array([np.kron(one, other) for one in tree for other in tree]))


def test_around_a_cell_of_a_crossed_hierarchy_lies_the_cross_of_its_siblings() -> None:
    corner = [0, 1, 4, 5]
    assert [one.tolist() for one in Around(crossed(), 2).parts(0)][:1] == [corner]


def test_the_part_around_a_row_widens_along_each_dimension_and_then_along_all() -> None:
    half, other = [0, 1, 4, 5, 8, 9, 12, 13], [0, 1, 2, 3, 4, 5, 6, 7]
    assert [one.tolist() for one in Around(crossed(), 5).parts(0)] == [other, half]


def test_a_row_within_no_other_has_nothing_around_it() -> None:
    assert Around(crossed(), 1).parts(48) == []


@pytest.mark.parametrize("kind", MADE)
def test_the_same_system_gives_the_same_pattern(kind: str) -> None:
    first, second = (searched(*MADE[kind](1))[0].hidden for _ in range(2))
    assert first.tolist() == second.tolist()


@pytest.mark.parametrize("seed", SEEDS)
def test_tidying_never_hides_more(seed: int) -> None:
    system, demands = hierarchical(seed)
    tidied, plain = searched(system, demands)[0], searched(system, demands, Effort(tidying=0))[0]
    assert tidied.cost <= plain.cost


@pytest.mark.parametrize("seed", SEEDS)
def test_extremetold_through_one_another_are_the_sums_of_their_leaves(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows, leaves = domains(rng, 9, 14), rng.integers(-9, 9, 9).astype(float)
    assert not (nesting(rows).sums @ np.concatenate([leaves, rows @ leaves])).any()
