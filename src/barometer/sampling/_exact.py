"""Exact whole-number optima of separable allocation problems: the sum of a_h / n_h, made small by choosing n_h.

Raising n_h from k to k + 1 lowers the sum by a_h / (k (k + 1)), less each time; so taking the best single step,
again and again, is optimal at every total (Gross 1956; Fox 1966; Wright 2012, The equivalence of Neyman optimum
allocation for sampling and equal proportions for apportioning the U.S. House of Representatives; Wright 2017,
Exact optimal sample allocation: more efficient than Neyman). The steps are not taken one by one: a price per unit
is found by halving at which all steps worth more are taken at once, and only the last few are picked singly.
"""

import heapq
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

Numbers = NDArray[np.float64]
Counts = NDArray[np.int64]
PRECISION = 1e-6
"""Of an optimum under a budget: how much smaller, relatively, the sum could at most be."""


def least_sum(terms: Numbers, total: int, low: Counts, high: Counts) -> Counts:
    """The n with sum(n) = total and low <= n <= high at which sum(terms / n) is least.

    `low` is at least 1 and `total` lies between the sums of the limits. Strata whose term is 0 stay at `low` until
    all others are full; what is then left is spread over them as if their terms were high ** 2.
    """
    worth = terms > 0
    most = np.where(worth, high, low)
    if total >= most.sum():
        if worth.all():
            return high.copy()
        rest = total - int(high[worth].sum())
        most[~worth] = least_sum(high[~worth].astype(np.float64) ** 2, rest, low[~worth], high[~worth])
        return most
    taken = _at_price(terms, _price(terms, low, most, lambda n: int(n.sum()) <= total), low, most)
    for stratum in _next_steps(terms, np.ones_like(terms), taken, most):
        if taken.sum() == total:
            break
        taken[stratum] += 1
    return taken


def fewest_units(terms: Numbers, target: float, low: Counts, high: Counts) -> Counts | None:
    """The n with the least sum(n) at which sum(terms / n) <= target; None when even `high` does not reach it."""
    reached = target * (1 + 1e-12)
    if float((terms / high).sum()) > reached:
        return None
    if float((terms / low).sum()) <= reached:
        return low.copy()
    taken = _at_price(terms, _price(terms, low, high, lambda n: float((terms / n).sum()) > reached), low, high)
    for stratum in _next_steps(terms, np.ones_like(terms), taken, high):
        if float((terms / taken).sum()) <= reached:
            break
        taken[stratum] += 1
    return taken


def least_sum_within(terms: Numbers, costs: Numbers, budget: float, low: Counts, high: Counts) -> Counts:
    """The n with sum(costs * n) <= budget and low <= n <= high at which sum(terms / n) is least.

    Steps of different costs make a knapsack problem. Steps much better or much worse than the best price per unit
    of money are settled by the bound of Dantzig (1957); the few others are chosen by a mixed-integer programme,
    to a relative difference of the sum of at most `PRECISION`. `budget` is at least sum(costs * low).
    """
    allowed = budget * (1 + 1e-12)
    most = np.where(terms > 0, high, low)
    if float(costs @ most) <= allowed:
        return most
    price = _price(terms / costs, low, most, lambda n: float(costs @ n) <= allowed)
    base = _at_price(terms / costs, price, low, most)
    filled = base.copy()
    for stratum in _next_steps(terms, costs, filled, most):
        if float(costs @ filled) + costs[stratum] <= allowed:
            filled[stratum] += 1
        elif allowed - float(costs @ filled) < costs.min():
            break
    bound = float((terms / base).sum()) - price * (allowed - float(costs @ base))
    if not np.all(costs == costs[0]):
        filled = _swapped(terms, costs, allowed, low, most, filled)
    gap = float((terms / filled).sum()) - bound
    if np.all(costs == costs[0]) or gap <= PRECISION * bound:
        return filled
    return _settled(terms, costs, allowed, low, most, price, gap, filled)


def _swapped(terms: Numbers, costs: Numbers, allowed: float, low: Counts, high: Counts, start: Counts) -> Counts:
    """Move one unit between two strata, or add one, as long as that helps and can be paid."""
    n = start.copy()
    extra = costs[None, :] - costs[:, None]  # of taking one unit from the row's stratum for the column's
    while True:
        loss = np.where(n > low, terms / (n * np.maximum(n - 1.0, 1.0)), np.inf)
        gain = np.where(n < high, terms / (n * (n + 1.0)), 0.0)
        slack = allowed - float(costs @ n)
        better = np.where(extra <= slack, gain[None, :] - loss[:, None], 0.0)
        taken, given = np.unravel_index(int(better.argmax()), better.shape)
        if better[taken, given] <= 1e-15 * terms.max():
            return n
        n[taken] -= 1
        n[given] += 1
        for stratum in np.argsort(-gain / costs):
            if n[stratum] < high[stratum] and gain[stratum] > 0 and float(costs @ n) + costs[stratum] <= allowed:
                n[stratum] += 1


def _settled(
    terms: Numbers, costs: Numbers, allowed: float, low: Counts, high: Counts, price: float, gap: float, filled: Counts
) -> Counts:
    """Choose among the steps whose worth is within `gap` of their price; all others are settled."""
    certain = _at_price_above(terms, price * costs + gap, low, high)
    possible = _at_price_above(terms, np.maximum(price * costs - gap, 0), low, high)
    room = allowed - float(costs @ certain)
    possible = np.minimum(possible, certain + np.floor(room / costs).astype(np.int64))
    owner = np.repeat(np.arange(len(terms)), possible - certain)
    if not len(owner):
        return filled
    first = np.concatenate([[0], np.cumsum(possible - certain)])[owner]
    level = certain[owner] + (np.arange(len(owner)) - first)
    gain = terms[owner] / (level * (level + 1.0))
    scale = float((terms / filled).sum()) / 1000  # the solver stops at an absolute difference of 1e-6
    found = milp(
        -gain / scale,
        integrality=np.ones(len(owner), dtype=np.int64),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint((costs[owner] / room)[None, :], -np.inf, 1.0),
        options={"mip_rel_gap": 0.0},
    )
    best = certain.copy()
    if found.x is not None:
        np.add.at(best, owner, np.round(found.x).astype(np.int64))
    affordable = float(costs @ best) <= allowed * (1 + 1e-9)
    return best if affordable and float((terms / best).sum()) < float((terms / filled).sum()) else filled


def _at_price(terms: Numbers, price: float, low: Counts, high: Counts) -> Counts:
    return _at_price_above(terms, np.full(len(terms), price), low, high)


def _at_price_above(terms: Numbers, price: Numbers, low: Counts, high: Counts) -> Counts:
    """n after every step worth at least its stratum's price: a / (k (k + 1)) >= price."""
    with np.errstate(divide="ignore", invalid="ignore"):
        steps = np.floor((np.sqrt(1 + 4 * terms / price) - 1) / 2) + 1
    steps = np.where(terms > 0, steps, 0)
    return np.asarray(np.clip(steps, low, high), dtype=np.int64)


def _price(terms: Numbers, low: Counts, high: Counts, affordable: Callable[[Counts], bool]) -> float:
    """The lowest price, to the precision of the machine, at which what is taken is still `affordable`."""
    worth = terms > 0
    least, most = low[worth].astype(np.float64), high[worth].astype(np.float64)
    above = 2 * float((terms[worth] / (least * (least + 1))).max())
    below = 0.5 * float((terms[worth] / (most * (most + 1))).min())
    while above / below > 1 + 1e-14:
        middle = float(np.sqrt(above) * np.sqrt(below))
        if not below < middle < above:
            break
        if affordable(_at_price(terms, middle, low, high)):
            above = middle
        else:
            below = middle
    return above


def _next_steps(terms: Numbers, costs: Numbers, start: Counts, high: Counts) -> Iterator[int]:
    """Strata in the order of their next step's worth per cost, from `start` on; the first stratum when equal."""
    heap = [
        (-terms[h] / (costs[h] * start[h] * (start[h] + 1.0)), h, int(start[h]))
        for h in np.flatnonzero((terms > 0) & (start < high)).tolist()
    ]
    heapq.heapify(heap)
    while heap:
        _, stratum, level = heapq.heappop(heap)
        yield stratum
        if level + 1 < high[stratum]:
            worth = terms[stratum] / (costs[stratum] * (level + 1.0) * (level + 2.0))
            heapq.heappush(heap, (-worth, stratum, level + 1))
