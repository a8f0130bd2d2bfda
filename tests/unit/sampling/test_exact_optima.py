"""Whole-number optima, against every possible allocation of small problems."""

from collections.abc import Iterator
from itertools import product

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from barometer.sampling._exact import fewest_units, least_sum, least_sum_within
from examples import examples

STRATUM = st.tuples(
    st.one_of(st.just(0.0), st.floats(0.01, 100)),  # term
    st.integers(1, 3),  # low
    st.integers(0, 5),  # high - low
    st.sampled_from([1.0, 1.5, 2.0, 0.7, 3.1]),  # cost
)
STRATA = st.lists(STRATUM, min_size=1, max_size=4)
Rows = list[tuple[float, int, int, float]]


def arrays(rows: Rows) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    terms, low, room, costs = (np.array(column) for column in zip(*rows, strict=True))
    return terms, low, low + room, costs


def every(low: np.ndarray, high: np.ndarray) -> Iterator[np.ndarray]:
    for one in product(*(range(a, b + 1) for a, b in zip(low, high, strict=True))):
        yield np.array(one)


@given(rows=STRATA, place=st.floats(0, 1))
@examples(60)
def test_no_other_allocation_of_the_same_size_has_a_smaller_sum(rows: Rows, place: float) -> None:
    terms, low, high, _ = arrays(rows)
    total = int(low.sum() + round(place * (high - low).sum()))
    found = least_sum(terms, total, low, high)
    assert found.sum() == total
    assert (low <= found).all()
    assert (found <= high).all()
    best = min((terms / n).sum() for n in every(low, high) if n.sum() == total)
    assert (terms / found).sum() <= best * (1 + 1e-12)


@given(rows=STRATA, place=st.floats(0, 1.2))
@examples(60)
def test_no_smaller_allocation_reaches_the_target(rows: Rows, place: float) -> None:
    terms, low, high, _ = arrays(rows)
    target = float((terms / high).sum() * (1 - place) + (terms / low).sum() * place) * 0.999
    reaching = [int(n.sum()) for n in every(low, high) if (terms / n).sum() <= target * (1 + 1e-12)]
    found = fewest_units(terms, target, low, high)
    if not reaching:
        assert found is None
        return
    assert found is not None
    assert (low <= found).all()
    assert (found <= high).all()
    assert (terms / found).sum() <= target * (1 + 1e-12)
    assert found.sum() == min(reaching)


@given(rows=STRATA, place=st.floats(0, 1))
@examples(60)
def test_no_affordable_allocation_has_a_smaller_sum(rows: Rows, place: float) -> None:
    terms, low, high, costs = arrays(rows)
    budget = float(costs @ low + place * (costs @ (high - low)))
    found = least_sum_within(terms, costs, budget, low, high)
    assert (low <= found).all()
    assert (found <= high).all()
    assert costs @ found <= budget * (1 + 1e-9)
    best = min((terms / n).sum() for n in every(low, high) if costs @ n <= budget)
    assert (terms / found).sum() <= best * (1 + 1e-6)


def test_rounding_the_continuous_optimum_is_not_the_whole_number_optimum() -> None:
    """Neyman gives 2/3, 8/3 and 5/3 of five units, by largest remainders 1, 3 and 1: a sum 4 % larger."""
    terms = np.array([2.0, 8.0, 5.0]) ** 2
    found = least_sum(terms, 5, np.ones(3, dtype=int), np.full(3, 100))
    assert found.tolist() == [1, 2, 2]
    assert (terms / found).sum() < 0.97 * (terms / np.array([1, 3, 1])).sum()


def test_many_strata_of_equal_worth_share_evenly() -> None:
    found = least_sum(np.ones(1000), 2500, np.ones(1000, dtype=int), np.full(1000, 9))
    assert found.sum() == 2500
    assert set(found) == {2, 3}


def test_strata_without_spread_wait_until_the_others_are_full() -> None:
    terms, low, high = np.array([0.0, 1.0, 0.0]), np.array([2, 2, 2]), np.array([10, 20, 30])
    assert least_sum(terms, 24, low, high).tolist() == [2, 20, 2]
    assert least_sum(terms, 44, low, high).tolist() == [6, 20, 18]
    assert least_sum(terms, 60, low, high).tolist() == [10, 20, 30]
