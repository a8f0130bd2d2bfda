"""Allocations of tables of strata: limits, costs, power, margins by domain, and what is refused."""

from collections.abc import Callable, Mapping
from itertools import product

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from barometer.problems import BadInput
from barometer.sampling import (
    allocate_margins,
    allocate_neyman,
    allocate_optimal,
    allocate_power,
    allocate_proportional,
    strata_table,
)
from examples import examples

STRATA = pl.DataFrame(
    {
        "stratum": ["a:1", "a:2", "b:1", "b:2"],
        "sector": ["a", "a", "b", "b"],
        "size": ["1", "2", "1", "2"],
        "population": [1000, 200, 400, 10],
        "deviation": [0.5, 2.0, 0.3, 4.0],
        "mean": [5.0, 50.0, 4.0, 80.0],
        "total": [5000.0, 10000.0, 1600.0, 800.0],
        "cost": [1.0, 4.0, 1.0, 10.0],
        "cap": [500, 150, 400, 8],
        "everyone": [False, False, False, True],
    }
)


def sampled(table: pl.DataFrame) -> list[int]:
    return table["sampled"].to_list()


def test_proportional_allocation_is_one_fraction_for_all() -> None:
    assert sampled(allocate_proportional(STRATA, 161)) == [99, 20, 40, 2]  # the minimum of 2 comes first
    assert sampled(allocate_proportional(STRATA, 160, minimum=1)) == [99, 20, 40, 1]


def test_neyman_puts_units_where_many_differ() -> None:
    """N S is 500, 400, 120 and 40."""
    assert sampled(allocate_neyman(STRATA, 106, minimum=1)) == [50, 40, 12, 4]


def test_floors_hold_when_neyman_would_go_below_them() -> None:
    """An allocation that ends below its floors, or with empty strata, is the mistake to avoid."""
    rng = np.random.default_rng(5)
    strata = pl.DataFrame({"population": rng.integers(20, 2000, 270), "deviation": rng.gamma(0.3, size=270)})
    found = allocate_neyman(strata, 5000, minimum=5)["sampled"]
    assert found.sum() == 5000
    assert found.min() == 5
    assert (found <= strata["population"]).all()


def test_census_strata_ask_everyone_and_caps_hold() -> None:
    assert sampled(allocate_neyman(STRATA, 106, census="everyone"))[3] == 10
    found = allocate_neyman(STRATA, 1050, maximum="cap")
    assert (found["sampled"] <= found["cap"]).all()
    assert found["sampled"].sum() == 1050


def test_optimal_allocation_spends_where_units_are_cheap() -> None:
    """n is in proportion to N S / sqrt(c): 500, 200, 120 and 12.6; and the budget is kept."""
    found = np.array(sampled(allocate_optimal(STRATA, 600.0, minimum=1, maximum=None)))
    assert found @ STRATA["cost"].to_numpy() <= 600
    np.testing.assert_allclose(found[:3] / found[0], [1, 0.4, 0.24], atol=0.01)


def test_power_1_is_neyman_and_power_0_levels_the_coefficients_of_variation() -> None:
    neyman = sampled(allocate_neyman(STRATA, 300, minimum=1))
    assert sampled(allocate_power(STRATA, 300, power=1.0, minimum=1)) == neyman
    level = np.array(sampled(allocate_power(STRATA, 50, power=0.0, minimum=1)))
    variation = (STRATA["deviation"] / STRATA["mean"]).to_numpy() ** 2 / level
    assert variation.max() / variation.min() < (variation * level).max() / (variation * level).min()
    np.testing.assert_allclose(level / 50, [0.1, 0.04, 0.075, 0.05] / np.sum([0.1, 0.04, 0.075, 0.05]), atol=0.02)


def test_tables_handed_in_are_not_changed() -> None:
    before = STRATA.clone()
    allocate_neyman(STRATA, 106)
    allocate_margins(STRATA, {"sector": 0.1})
    assert before.equals(STRATA)


def margin(table: pl.DataFrame, n: np.ndarray, members: np.ndarray, response: float) -> float:
    """By the textbook: half the width of the interval for a share of one half in a domain of whole strata."""
    population = table["population"].to_numpy().astype(float)
    weight = population[members] / population[members].sum()
    spread = 0.25 * population[members] / np.maximum(population[members] - 1, 1)
    variance = (weight**2 * spread * (1 / (response * n[members]) - 1 / population[members])).sum()
    return float(norm.ppf(0.975) * np.sqrt(max(variance, 0)))


def test_margins_are_met_in_every_domain_with_response_below_1() -> None:
    found = np.array(sampled(allocate_margins(STRATA, {"sector": {"a": 0.05, "b": 0.07}}, response=0.6)))
    sector = STRATA["sector"].to_numpy()
    assert margin(STRATA, found, sector == "a", 0.6) <= 0.05
    assert margin(STRATA, found, sector == "b", 0.6) <= 0.07
    assert margin(STRATA, found - (sector == "a"), sector == "a", 0.6) > 0.05


@given(
    population=st.lists(st.integers(2, 6), min_size=4, max_size=4),
    wanted=st.tuples(*[st.floats(0.1, 0.6)] * 3),
)
@examples(25)
def test_no_smaller_sample_meets_margins_of_domains_that_cross(
    population: list[int], wanted: tuple[float, float, float]
) -> None:
    table = pl.DataFrame({"sector": ["a", "a", "b", "b"], "size": ["1", "2", "1", "2"], "population": population})
    margins: Mapping[str, float] = {"sector": wanted[0], "size": wanted[1], "": wanted[2]}
    found = np.array(sampled(allocate_margins(table, margins, minimum=1)))
    domains = [(table[name] == code).to_numpy() for name in ("sector", "size") for code in table[name].unique()]
    limits = [wanted[0]] * 2 + [wanted[1]] * 2 + [wanted[2]]
    domains.append(np.ones(4, dtype=bool))

    def meets(n: np.ndarray) -> bool:
        pairs = zip(domains, limits, strict=True)
        return all(margin(table, n, members, 1.0) <= limit * (1 + 1e-7) for members, limit in pairs)

    assert meets(found)
    smaller = (np.array(n) for n in product(*(range(1, size + 1) for size in population)) if sum(n) < found.sum())
    assert not any(margin_ok for margin_ok in map(meets, smaller))


def test_a_table_of_strata_knows_mean_total_and_deviation() -> None:
    units = pl.DataFrame(
        {"s": ["x", "x", "x", "y", "z", "z"], "v": [1.0, 2.0, 6.0, 5.0, None, None], "k": list("ppptqq")}
    )
    table = strata_table(units, "s", variable="v", keep=["k"])
    assert table["population"].to_list() == [3, 1, 2]
    assert table["k"].to_list() == ["p", "t", "q"]
    assert table["mean"].to_list() == [3.0, 5.0, None]
    assert table["total"].to_list() == [9.0, 5.0, None]
    assert table["deviation"].to_list() == [pytest.approx(7**0.5), 0.0, None]


def with_(**columns: object) -> pl.DataFrame:
    return STRATA.with_columns(**{name: pl.Series(values) for name, values in columns.items()})  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("code", "job"),
    [
        ("S001", lambda: allocate_neyman(STRATA.clear(), 10)),
        ("S001", lambda: allocate_neyman(with_(population=[0, 5, 5, 5]), 10)),
        ("S004", lambda: allocate_neyman(STRATA.drop("deviation"), 100)),
        ("S004", lambda: allocate_proportional(STRATA, 100, maximum="roof")),
        ("S008", lambda: allocate_proportional(STRATA, 1611)),
        ("S009", lambda: allocate_neyman(STRATA, 19, minimum=5)),
        ("S010", lambda: allocate_neyman(STRATA, 19, minimum=0)),
        ("S013", lambda: allocate_neyman(with_(deviation=[1.0, None, 1.0, 1.0]), 100)),
        ("S013", lambda: allocate_neyman(with_(deviation=[1.0, -1.0, 1.0, 1.0]), 100)),
        ("S013", lambda: allocate_optimal(with_(cost=[1.0, 0.0, 1.0, 1.0]), 100)),
        ("S013", lambda: allocate_power(with_(mean=[1.0, 0.0, 1.0, 1.0]), 100)),
        ("S014", lambda: allocate_neyman(with_(cap=[1, 9, 9, 9]), 20, maximum="cap")),
        ("S015", lambda: allocate_margins(STRATA, {"sector": 0.01}, response=0.4)),
        ("S016", lambda: allocate_margins(STRATA, {"sector": 0.1}, response=40)),
        ("S016", lambda: allocate_margins(STRATA, {"sector": 5})),
        ("S016", lambda: allocate_margins(STRATA, {})),
        ("S016", lambda: allocate_margins(STRATA, {"sector": 0.1}, share=0)),
        ("S016", lambda: allocate_power(STRATA, 100, power=2)),
        ("S017", lambda: allocate_optimal(STRATA, 31.0)),
        ("S018", lambda: allocate_margins(STRATA, {"sector": {"c": 0.1}})),
        ("S025", lambda: allocate_neyman(with_(deviation=["1", "2", "3", "4"]), 100)),
        ("S025", lambda: allocate_neyman(with_(population=["1", "2", "3", "4"]), 100)),
    ],
)
def test_bad_input_is_named(code: str, job: Callable[[], object]) -> None:
    with pytest.raises(BadInput) as raised:
        job()
    assert {problem.code for problem in raised.value.problems} == {code}


def test_a_refusal_says_how_much_the_floors_ask_for_and_where() -> None:
    with pytest.raises(BadInput) as raised:
        allocate_neyman(STRATA, 19, minimum=5)
    text = str(raised.value)
    assert "minimums add up to 20" in text
    with pytest.raises(BadInput) as raised:
        allocate_margins(STRATA, {"sector": {"b": 0.01, "a": 0.05}}, response=0.4)
    (problem,) = raised.value.problems
    assert "sector 'b'" in problem.found
    best = float(problem.found.split()[-1])
    found = allocate_margins(STRATA, {"sector": {"b": best + 1e-4}}, response=0.4)
    assert found["sampled"].to_list()[2:] == [400, 10]
