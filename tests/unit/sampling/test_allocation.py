"""How many units each stratum gets."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from barometer.sampling._allocation import allocate
from examples import examples


def numbers(*values: float) -> np.ndarray:
    return np.array(values)


def test_fractions_are_rounded_halves_upwards() -> None:
    assert allocate(numbers(10, 9, 100), numbers(0.25, 0.5, 0.333), 1, None).tolist() == [3, 5, 33]


def test_every_stratum_gets_the_minimum_or_all_it_has() -> None:
    assert allocate(numbers(1, 5, 100), numbers(0.1, 0.1, 0.1), 2, None).tolist() == [1, 2, 10]


def test_a_sample_size_goes_to_the_largest_remainders() -> None:
    assert allocate(numbers(10, 10, 10), numbers(1, 1, 1), 1, 10).tolist() == [4, 3, 3]
    assert allocate(numbers(100, 60, 40), numbers(1, 1, 1), 1, 11).tolist() == [6, 3, 2]


def test_what_a_full_stratum_cannot_take_goes_to_the_others() -> None:
    assert allocate(numbers(5, 100), numbers(1, 0.1), 1, 55).tolist() == [5, 50]


def test_what_minimums_take_is_taken_from_the_others() -> None:
    assert allocate(numbers(10, 10, 1000), numbers(0.1, 0.1, 0.1), 4, 30).tolist() == [4, 4, 22]


@pytest.mark.parametrize("size", [6, 7, 500, 1210])
def test_both_ends_can_be_reached(size: int) -> None:
    drawn = allocate(numbers(200, 10, 1000), numbers(0.3, 0.9, 0.01), 2, size)
    assert drawn.sum() == size


@given(
    strata=st.lists(st.tuples(st.integers(1, 500), st.floats(0.01, 1)), min_size=1, max_size=30),
    minimum=st.integers(1, 5),
    place=st.floats(0, 1),
)
@examples(100)
def test_any_size_between_the_limits_is_met_within_them(
    strata: list[tuple[int, float]], minimum: int, place: float
) -> None:
    population = np.array([count for count, _ in strata])
    fractions = np.array([fraction for _, fraction in strata])
    lowest = np.minimum(minimum, population)
    size = int(lowest.sum() + place * (population.sum() - lowest.sum()))
    drawn = allocate(population, fractions, minimum, size)
    assert drawn.sum() == size
    assert (drawn >= lowest).all()
    assert (drawn <= population).all()
    free = (drawn > lowest) & (drawn < population)
    if free.sum() > 1:  # strata at no limit are drawn in proportion to what was asked for, but for rounding
        factor = drawn[free] / (fractions * population)[free]
        room = 1 / (fractions * population)[free]
        assert (factor - room).max() <= (factor + room).min() + 1e-9
