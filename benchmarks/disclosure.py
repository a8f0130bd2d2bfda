"""Disclosure control on the benchmark that other tools were measured with.

    python benchmarks/disclosure.py [--sets W1,W2-L2,W2-L3,W2-L4,W3,W4-877,W4-8724,W4-83525] [--seeds 3] [--quick]
                                    [--together N] [--near N] [--no-attack]

Makes the tables, lets the engine behind `barometer protect` find what to hide, audits the result, and attacks it with a
program of its own (`disclosure_attacker.py`): all printed figures known, leaves not negative, and for yes/no indicators
with and without the number of respondents of every leaf known. Two knobs trade quality for time. `--together`: how many
demands are met in one programme; more is faster and hides more. `--near`: among how many leaves around a cell moves are
looked for first; fewer is faster and hides more. `--quick`: W1, and five indicators of W2-L3. The last line is
JSON: exact (one number left), inside (interval narrower than required), certain (known to be below 5, or 0 % or 100 %),
suppressed and seconds (CPU seconds of protection), summed and by set.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from time import process_time

import numpy as np
from disclosure_attacker import Wanted, intervals
from disclosure_tables import Groups, Respondents, Vector, hierarchy, margins, respondents
from numpy.typing import NDArray
from scipy import sparse

from barometer.disclosure._attack import attack
from barometer.disclosure._search import QUICK, THOROUGH, Effort, Search
from barometer.disclosure._systems import Demand, table_system
from barometer.disclosure._tidying import tidy

SETS = ("W1", "W2-L2", "W2-L3", "W2-L4", "W3", "W4-877", "W4-8724", "W4-83525")
SINGLY = replace(THOROUGH, tidying=0)
EFFORT = {"W2-L3": QUICK, "W2-L4": QUICK, "W4-8724": SINGLY, "W4-83525": Effort(tidying=0, near=1000)}
PEERS = {
    "W1": "GaussSuppression 198 hidden, 4.5 %, 15 certain; Tau-Argus OPT 179, 4.1 %, 46 certain; safe prototype 7.7 %",
    "W2-L2": "GaussSuppression 255 hidden, 0.8 %, 53 inside; safe prototype 377, 2.1 %",
    "W2-L3": "GaussSuppression 7,313 hidden, 7.2 %, 26 s, 3 exact, 370 inside; safe prototype 6,973, 11.1 %, 3.7 s",
    "W2-L4": "GaussSuppression 19,336 hidden, 12.5 %, 47 s, 12 exact, 534 inside; prototype 17,835, 17.2 %, 11.3 s",
    "W3": "GaussSuppression 232 hidden, 7.3 %, 56 inside; Tau-Argus OPT 277, 9.6 %, 183 s, 4 inside",
    "W4-877": "GaussSuppression 508 hidden, 10.0 %, 42 certain; safe prototype 541, 12.4 %",
    "W4-8724": "GaussSuppression 4,943 hidden, 5.1 %, 20.8 s, 413 certain; safe prototype 5,103, 6.4 %, 78.6 s",
    "W4-83525": "GaussSuppression not finished after 70 minutes; others not tried",
}


@dataclass
class Task:
    """One table system with its demands, and what counts as inside and certain."""

    truth: Vector
    base: Vector  # what leaves cannot exceed
    rows: sparse.csr_array
    price: Vector
    demands: Sequence[Demand]
    wanted: Wanted  # of the rows of the demands, in numbers
    certain: Callable[[Vector, Vector], NDArray[np.bool_]]
    whole: bool = True
    scale: float = 1.0


@dataclass
class Figures:
    exact: int = 0
    inside: int = 0
    certain: int = 0
    sensitive: int = 0
    suppressed: int = 0
    unmet: int = 0
    seconds: float = 0.0
    audit_seconds: float = 0.0
    attack_seconds: float = 0.0
    lost: list[float] = field(default_factory=list)  # per cent, by seed


def counts(groups: Groups) -> Task:
    """Counts of 1 to 4: 5 must be possible, one less too, and three numbers more than one."""
    truth: Vector = np.bincount(groups.leaf).astype(np.float64)
    value = groups.rows @ truth
    few = np.flatnonzero(value <= 4)
    demands = [Demand(int(row), up=5 - value[row], down=1, width=3) for row in few]
    wanted = Wanted(np.full(len(few), np.inf), np.full(len(few), 5.0), np.full(len(few), 3.0))
    endless = np.full(len(truth), np.inf)
    return Task(truth, endless, groups.rows, value, demands, wanted, lambda _, high: high < 5)


def shares(groups: Groups, yes: Vector) -> Task:
    """0 %, 100 % and groups of 1 to 4: an interval of 10 % of the respondents, at least one, and never certainty."""
    base: Vector = np.bincount(groups.leaf).astype(np.float64)
    truth: Vector = np.bincount(groups.leaf, weights=yes).astype(np.float64)
    size = groups.rows @ base
    value = groups.rows @ truth
    rows = np.flatnonzero((size <= 4) | (value == 0) | (value == size))
    width = np.maximum(1.0, np.ceil(0.1 * size - 1e-9))
    demands = [_of_share(int(row), value[row], size[row], width[row]) for row in rows]
    wanted = Wanted(np.full(len(rows), np.inf), np.full(len(rows), -np.inf), width[rows])
    whole = size[rows]
    return Task(truth, base, groups.rows, size, demands, wanted, lambda low, high: (high <= 0) | (low >= whole))


def _of_share(row: int, yes: float, size: float, width: float) -> Demand:
    if yes == 0:
        return Demand(row, up=width)
    return Demand(row, down=width) if yes == size else Demand(row, width=width)


def amounts(made: Respondents, groups: Groups) -> Task:
    """A weighted total: fewer than 5 contributors, the largest two above 80 %, or the second within 10 % of the
    largest; must be possible farther off than that margin, or 10 % of the total, in both directions."""
    value = made.weight * made.amount
    truth: Vector = np.bincount(groups.leaf, weights=value).astype(np.float64)
    total = groups.rows @ truth
    rows: list[int] = []
    needs: list[float] = []
    for row in range(groups.rows.shape[0]):
        leaves = groups.rows.indices[groups.rows.indptr[row] : groups.rows.indptr[row + 1]]
        parts = np.sort(value[np.isin(groups.leaf, leaves)])[::-1]
        first, second = [*parts[:2], 0.0][:2]
        rest = total[row] - first - second
        if len(parts) < 5 or first + second > 0.8 * total[row] or rest < 0.1 * first:
            rows.append(row)
            needs.append(max(0.1 * first - rest, 0.1 * total[row]))
    need, at = np.array(needs), np.array(rows)
    demands = [Demand(row, up=one, down=one) for row, one in zip(rows, needs, strict=True)]
    wanted = Wanted(total[at] - need, total[at] + need, np.zeros(len(at)))
    endless = np.full(len(truth), np.inf)
    never = np.zeros(len(at), dtype=bool)
    scale = float(np.median(need))
    return Task(
        truth, endless, groups.rows, total, demands, wanted, lambda _low, _high: never, whole=False, scale=scale
    )


@lru_cache(maxsize=1)
def _survey(seed: int) -> Respondents:
    return respondents(seed)


def tasks(name: str, seed: int, indicators: int) -> list[Task]:
    """What has to be protected in a set."""
    kind, _, size = name.partition("-")
    if kind == "W4":
        return [counts(hierarchy(int(size), seed))]
    made = _survey(seed)
    groups = margins(made.groups, int(size[1:]) if size else 4)
    if kind == "W2":
        return [shares(groups, made.answers[:, place].astype(np.float64)) for place in range(indicators)]
    return [counts(groups) if kind == "W1" else amounts(made, groups)]


def run(name: str, seeds: int, options: argparse.Namespace) -> Figures:
    """Protect, audit and attack a set, once a seed."""
    figures = Figures()
    effort = EFFORT.get(name, THOROUGH)
    if options.together:
        effort = Effort(beside=options.together - 1, tidying=0)
    if options.near:
        effort = Effort(tidying=0, near=options.near)
    for seed in range(seeds):
        lost = whole = 0.0
        for task in tasks(name, seed, 5 if options.quick else 60):
            hidden = _protect(task, effort, figures)
            lost, whole = lost + float(task.price[hidden].sum()), whole + float(task.price.sum())
            if not options.no_attack:
                started = process_time()
                _attack(task, hidden, figures, leaves_unknown=name.startswith("W2"))
                figures.attack_seconds += process_time() - started
        figures.lost.append(round(100 * lost / whole, 2))
    return figures


def _protect(task: Task, effort: Effort, figures: Figures) -> NDArray[np.bool_]:
    started = process_time()
    system = table_system(task.truth, task.base, task.rows, whole=task.whole)
    before = np.zeros(len(task.price), dtype=bool)
    before[[one.row for one in task.demands]] = True
    search = Search(system, task.demands, task.price, before, effort=effort, scale=task.scale)
    figures.unmet += len(search.meet(range(len(task.demands))))
    tidy(search, effort.tidying)
    proposals = search.proposals()
    figures.seconds += process_time() - started
    started = process_time()
    figures.unmet += int(
        (~attack(system, task.demands, search.hidden, scale=task.scale, proposals=proposals).met).sum()
    )
    figures.audit_seconds += process_time() - started
    figures.suppressed += int(search.hidden.sum())
    figures.sensitive += len(task.demands)
    return search.hidden


def _attack(task: Task, hidden: NDArray[np.bool_], figures: Figures, *, leaves_unknown: bool) -> None:
    rows = np.array([one.row for one in task.demands], dtype=np.int64)
    value = task.rows @ task.truth
    targets = sparse.csr_array(task.rows[rows])
    wanted = replace(task.wanted, low=np.where(np.isinf(task.wanted.low), value[rows], task.wanted.low))
    wanted = replace(wanted, high=np.where(np.isinf(wanted.high), value[rows], wanted.high))
    attackers = [(task.rows[~hidden], value[~hidden], (np.zeros(len(task.base)), task.base), targets, task.truth)]
    if leaves_unknown:  # yes and no are not negative, and only the printed numbers of respondents are known
        both = sparse.csr_array(sparse.hstack([task.rows, task.rows]))
        yes = sparse.csr_array(sparse.hstack([task.rows, sparse.csr_array(task.rows.shape)]))
        known = sparse.csr_array(sparse.vstack([yes[~hidden], both]))
        numbers = np.concatenate([value[~hidden], task.rows @ task.base])
        bounds = (np.zeros(2 * len(task.base)), np.full(2 * len(task.base), np.inf))
        attackers.append((known, numbers, bounds, yes[rows], np.concatenate([task.truth, task.base - task.truth])))
    for printed, numbers, bounds, aims, truth in attackers:
        low, high = intervals(printed, numbers, bounds, sparse.csr_array(aims), wanted, truth, whole=task.whole)
        slack = np.zeros(len(low)) if task.whole else 1e-6 * np.abs(value[rows]) + 1e-3
        figures.exact += int((high - low <= 2 * slack).sum())
        figures.inside += int(wanted.missing(low, high, slack).sum())
        figures.certain += int(task.certain(low, high).sum())


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sets", default=",".join(SETS[:-1]))
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--together", type=int, default=0)
    parser.add_argument("--near", type=int, default=0)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--no-attack", action="store_true")
    options = parser.parse_args()
    made = {}
    for name in ("W1", "W2-L3") if options.quick else options.sets.split(","):
        found = made[name] = run(name, options.seeds, options)
        print(
            f"{name}: {found.sensitive:,} sensitive, {found.suppressed:,} hidden, lost {found.lost} %; "
            f"exact {found.exact}, inside {found.inside}, certain {found.certain}, unmet {found.unmet}; "
            f"CPU {found.seconds:.1f} s, audit {found.audit_seconds:.2f} s, attack {found.attack_seconds:.1f} s\n"
            f"    peers: {PEERS[name]}",
            flush=True,
        )
    print(json.dumps(_summary(made)))


def _summary(made: dict[str, Figures]) -> dict[str, object]:
    names = ("exact", "inside", "certain", "suppressed", "unmet", "seconds", "audit_seconds", "attack_seconds")
    total = {name: round(sum(getattr(one, name) for one in made.values()), 2) for name in names}
    sets = {
        key: {name: round(getattr(one, name), 2) for name in names} | {"lost": one.lost} for key, one in made.items()
    }
    return {**total, "sets": sets}


if __name__ == "__main__":
    main()
