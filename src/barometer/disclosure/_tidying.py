"""Publishing again what turned out not to be needed."""

import numpy as np

from barometer.disclosure._search import Search

EPSILON = 1e-9


def prune(search: Search) -> None:
    """Give up moves that the demands can do without, dearest first."""
    for number in sorted(search.moves, key=lambda one: (-_own_cost(search, one), one)):
        if _dispensable(search, number):
            search.drop(number)


def tidy(search: Search, programmes: int) -> None:
    """Try to publish each thing hidden besides, dearest first, by finding other moves for the demands that used it;
    spends at most about that many linear programmes."""
    prune(search)
    stop = search.solved + programmes
    failed: dict[int, float] = {}  # carrier -> cost of all when publishing it did not pay
    while search.solved < stop:
        extra = np.flatnonzero((search.used > 0) & ~search.before & (search.price > 0))
        left = [one for one in extra.tolist() if failed.get(one) != search.cost]
        if not left:
            return
        carrier = min(left, key=lambda one: (one in failed, -search.price[one], one))
        if not _published_again(search, carrier):
            failed[carrier] = search.cost


def _published_again(search: Search, carrier: int) -> bool:
    """Do without hiding this, if that is possible and cheaper."""
    state, cost = search.state(), search.cost
    users = [number for number, move in search.moves.items() if carrier in move.carriers]
    met = {place for one in users for place in search.served(search.moves[one]) if not search.lacking(place)}
    for number in users:
        search.drop(number)
    hopeless = search.meet(sorted(met), shut=np.array([carrier]))
    if not hopeless:
        prune(search)
    if hopeless or search.cost >= cost - EPSILON * (1 + cost):
        search.restore(state)
        return False
    return True


def _own_cost(search: Search, number: int) -> float:
    carriers = search.moves[number].carriers
    return float(search.price[carriers[search.used[carriers] == 1]].sum())


def _dispensable(search: Search, number: int) -> bool:
    served = set(search.served(search.moves[number]))
    return all(search.lacking(place) or not search.lacking(place, without=number) for place in served)
