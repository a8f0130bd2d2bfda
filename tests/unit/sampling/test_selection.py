"""Selection from any table: numbers drawn, inclusion probabilities by simulation, and frames left alone."""

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from barometer.problems import BadInput
from barometer.sampling import (
    inclusion_probabilities,
    select_poisson,
    select_pps,
    select_srs,
    select_systematic,
    strata_table,
)

UNITS = pl.DataFrame(
    {
        "unit_id": [f"u{number:02d}" for number in range(14)],
        "stratum": ["b"] * 5 + ["a"] * 9,
        "size": [40.0, 1, 2, 3, 4, 1, 1, 2, 2, 3, 3, 4, 4, 30],
        "sort": list(range(14, 0, -1)),
        "number": (np.arange(14) * 0.618034 % 1).tolist(),
    }
)
STRATA = strata_table(UNITS).with_columns(sampled=pl.Series([4, 3]))
Draw = Callable[[np.random.Generator], pl.DataFrame]


TIMES = 400


def copies(table: pl.DataFrame, stratum: str = "stratum") -> pl.DataFrame:
    """The table as many times as samples are to be drawn, each time with strata of its own: one call draws them all."""
    times = pl.DataFrame({"copy": np.arange(TIMES)})
    return times.join(table, how="cross").with_columns(pl.format("{}:{}", "copy", stratum).alias(stratum))


MANY, MANY_STRATA = copies(UNITS), copies(STRATA)


def frequencies(sample: pl.DataFrame) -> np.ndarray:
    """How often each unit is drawn, of `TIMES`."""
    places = sample["unit_id"].str.slice(1).cast(pl.Int64).to_numpy()
    return np.bincount(places, minlength=UNITS.height) / TIMES


def assert_near(found: np.ndarray, expected: np.ndarray, slack: float = 0.0) -> None:
    """Within 4.5 standard errors: a false alarm in one of 10,000 runs; the seed is fixed besides."""
    allowed = 4.5 * np.sqrt(expected * (1 - expected) / TIMES) + 1e-12 + slack
    assert (np.abs(found - expected) <= allowed).all(), np.abs(found - expected) / allowed


EQUAL = np.array([3 / 5] * 5 + [4 / 9] * 9)
PROPORTIONAL = inclusion_probabilities(UNITS, STRATA, "size").to_numpy()


def test_units_that_would_pass_1_are_certain_and_the_rest_is_spread_again() -> None:
    assert PROPORTIONAL[0] == 1.0
    assert PROPORTIONAL[13] == 1.0
    np.testing.assert_allclose(PROPORTIONAL[1:5], np.array([1, 2, 3, 4]) * 2 / 10)
    np.testing.assert_allclose(PROPORTIONAL[5:13], np.array([1, 1, 2, 2, 3, 3, 4, 4]) * 3 / 20)
    again = UNITS.with_columns(size=pl.Series([100.0, 30, 10, 1, 1] + [1.0] * 9))  # 30 passes 1 once 100 is certain
    found = inclusion_probabilities(again, STRATA, "size").to_numpy()
    np.testing.assert_allclose(found, [1, 1, 10 / 12, 1 / 12, 1 / 12] + [4 / 9] * 9)


@pytest.mark.parametrize(
    ("draw", "expected"),
    [
        (lambda rng: select_srs(MANY, MANY_STRATA, rng), EQUAL),
        (lambda rng: select_srs(MANY, MANY_STRATA, rng, start=0.7), EQUAL),
        (lambda rng: select_systematic(MANY, MANY_STRATA, rng, sort=["sort"]), EQUAL),
        (lambda rng: select_pps(MANY, MANY_STRATA, rng, size="size"), PROPORTIONAL),
        (lambda rng: select_pps(MANY, MANY_STRATA, rng, size="size", sort=["sort"]), PROPORTIONAL),
        (lambda rng: select_pps(MANY, MANY_STRATA, rng, size="size", method="sampford"), PROPORTIONAL),
        (lambda rng: select_pps(MANY, MANY_STRATA, rng, size="size", method="poisson"), PROPORTIONAL),
    ],
    ids=["srs", "srs from 0.7", "systematic", "systematic pps", "sorted pps", "sampford", "poisson"],
)
def test_units_are_drawn_as_often_as_their_probabilities_say(draw: Draw, expected: np.ndarray) -> None:
    assert_near(frequencies(draw(np.random.default_rng(14))), expected)


def test_pareto_comes_near_its_probabilities() -> None:
    """Rosén's probabilities hold up to a small error, which is largest in samples as small as this."""
    sample = select_pps(MANY, MANY_STRATA, np.random.default_rng(14), size="size", method="pareto")
    assert_near(frequencies(sample), PROPORTIONAL, slack=0.02)


@pytest.mark.parametrize("method", ["systematic", "sampford", "pareto"])
def test_fixed_size_designs_draw_their_numbers_and_give_totals_back(method: str) -> None:
    sample = select_pps(UNITS, STRATA, np.random.default_rng(1), size="size", method=method)  # type: ignore[arg-type]
    assert sample.group_by("stratum").len().sort("stratum")["len"].to_list() == [4, 3]
    weighted = sample.group_by("stratum").agg((pl.col("size") * pl.col("design_weight")).sum()).sort("stratum")
    sizes = {"a": 20 + 30, "b": 10 + 40}  # sizes in proportion: every sample gives the totals exactly
    assert weighted["size"].to_list() == pytest.approx(list(sizes.values()))


def test_sampford_pairs_follow_its_probability_function() -> None:
    """p(s) is in proportion to the product of π / (1 - π) over s times the sum of 1 - π (Sampford 1967)."""
    units = pl.DataFrame({"unit_id": ["u0", "u1", "u2", "u3"], "stratum": "a", "size": [1.0, 2.0, 3.0, 4.0]})
    strata = strata_table(units).with_columns(sampled=pl.lit(2))
    chance = inclusion_probabilities(units, strata, "size").to_numpy()
    pairs = [(i, j) for i in range(4) for j in range(i + 1, 4)]
    odds = chance / (1 - chance)
    weight = np.array([odds[i] * odds[j] * (2 - chance[i] - chance[j]) for i, j in pairs])
    expected = weight / weight.sum()
    inside = np.array([[i in pair for pair in pairs] for i in range(4)])
    np.testing.assert_allclose(inside @ expected, chance)
    sample = select_pps(copies(units), copies(strata), np.random.default_rng(3), size="size", method="sampford")
    drawn = sample.group_by("stratum").agg(pl.col("unit_id").sort().str.slice(1).cast(pl.Int64))["unit_id"].to_list()
    found = np.array([drawn.count(list(pair)) for pair in pairs])
    assert_near(found / TIMES, expected)


def test_simple_random_samples_take_the_next_numbers_behind_the_start() -> None:
    sample = select_srs(UNITS, STRATA, np.random.default_rng(1), prn="number", start=0.9)
    for code, size in (("a", 4), ("b", 3)):
        stratum = UNITS.filter(pl.col("stratum") == code).with_columns(behind=(pl.col("number") - 0.9) % 1)
        assert set(sample.filter(pl.col("stratum") == code)["unit_id"]) == set(stratum.sort("behind")["unit_id"][:size])


def test_systematic_samples_are_spread_along_the_sort_column() -> None:
    sample = select_systematic(UNITS, STRATA, np.random.default_rng(5), sort=["sort"])
    for code in ("a", "b"):
        places = (
            UNITS.filter(pl.col("stratum") == code)
            .sort("sort")["unit_id"]
            .to_frame()
            .with_row_index()
            .join(sample.select("unit_id"), on="unit_id")["index"]
            .sort()
        )
        gaps = np.diff(places.to_numpy())
        assert gaps.max() - gaps.min() <= 1


@pytest.mark.parametrize("limit", [1, 5, 60, 500])
def test_a_sample_from_many_numbers_is_what_sorting_all_of_them_gives(limit: int) -> None:
    """Numbers bunched at one end defeat the limit below which they are sorted; the stratum is then looked through."""
    rng = np.random.default_rng(limit)
    numbers = np.concatenate([rng.random(500), 0.999 + rng.random(500) / 1001])
    units = pl.DataFrame({"id": np.arange(1000), "stratum": [1, 2] * 250 + [3] * 500, "number": numbers})
    strata = strata_table(units).with_columns(sampled=pl.Series([min(limit, 250), min(limit, 250), limit]))
    sample = select_srs(units, strata, rng, prn="number")
    whole = units.sort("number").with_columns(rank=pl.int_range(pl.len()).over("stratum"))
    expected = whole.join(strata, on="stratum").filter(pl.col("rank") < pl.col("sampled"))["id"].sort()
    assert sample["id"].to_list() == expected.to_list()


def test_drawing_leaves_the_frame_alone_so_that_a_second_sample_stands_for_all_of_it() -> None:
    before = UNITS.clone()
    rng = np.random.default_rng(2)
    for _ in range(3):
        sample = select_srs(UNITS, STRATA, rng)
        assert sample["design_weight"].sum() == pytest.approx(14)
        assert select_pps(UNITS, STRATA, rng, size="size").height == 7
        assert select_systematic(UNITS, STRATA, rng).height == 7
    assert before.equals(UNITS)


def test_drawing_from_a_sample_is_refused() -> None:
    sample = select_srs(UNITS, STRATA, np.random.default_rng(2))
    with pytest.raises(BadInput) as raised:
        select_srs(sample, STRATA, np.random.default_rng(2))
    assert {problem.code for problem in raised.value.problems} == {"S003"}
    assert {problem.place.column for problem in raised.value.problems} >= {"population", "design_weight", "prn"}


def test_rows_keep_the_order_of_the_frame_and_its_columns() -> None:
    sample = select_srs(UNITS, STRATA, np.random.default_rng(2), prn="number")
    assert sample["unit_id"].is_sorted()
    added = ["population", "sampled", "inclusion_probability", "design_weight"]
    assert sample.columns == [*UNITS.columns, *added]


@pytest.mark.parametrize("dtype", [pl.String, pl.Categorical, pl.Enum(["z", "b", "a"])])
def test_strata_may_be_text_or_categories(dtype: pl.DataType) -> None:
    units = UNITS.with_columns(pl.col("stratum").cast(dtype))
    strata = strata_table(units)
    known = dict(zip(strata["stratum"].cast(pl.String), strata["population"], strict=True))
    assert known == {"a": 9, "b": 5}
    sample = select_srs(units, STRATA, np.random.default_rng(2), prn="number")
    expected = select_srs(UNITS, STRATA, np.random.default_rng(2), prn="number")
    assert sample["unit_id"].to_list() == expected["unit_id"].to_list()


def test_poisson_samples_by_a_column_of_probabilities() -> None:
    units = UNITS.with_columns(chance=pl.col("number") / 2 + 0.1)
    sample = select_poisson(units, np.random.default_rng(0), probability="chance", prn="number")
    assert sample["unit_id"].to_list() == units.filter(pl.col("number") < pl.col("chance"))["unit_id"].to_list()
    assert (sample["design_weight"] * sample["chance"]).to_list() == pytest.approx([1.0] * sample.height)


def codes(job: Callable[[], object]) -> list[str]:
    with pytest.raises(BadInput) as raised:
        job()
    return [problem.code for problem in raised.value.problems]


RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("code", "job"),
    [
        ("S001", lambda: select_srs(UNITS.clear(), STRATA, RNG)),
        ("S004", lambda: select_srs(UNITS.drop("stratum"), STRATA, RNG)),
        ("S004", lambda: select_systematic(UNITS, STRATA, RNG, sort=["sice"])),
        ("S008", lambda: select_srs(UNITS, STRATA.with_columns(sampled=pl.lit(6)), RNG)),
        ("S012", lambda: select_pps(UNITS.with_columns(size=pl.col("size") - 1), STRATA, RNG, size="size")),
        ("S018", lambda: select_srs(UNITS[1:], STRATA, RNG)),
        ("S018", lambda: select_srs(UNITS, STRATA[:1], RNG)),
        ("S018", lambda: select_srs(UNITS.filter(pl.col("stratum") == "a"), STRATA, RNG)),
        ("S018", lambda: select_srs(UNITS, pl.concat([STRATA, STRATA[:1]]), RNG)),
        ("S019", lambda: select_poisson(UNITS, RNG, probability="size")),
        ("S020", lambda: select_srs(UNITS, STRATA, RNG, prn="number", start=1.25)),
        (
            "S024",
            lambda: select_srs(UNITS.with_columns(number=None).cast({"number": pl.Float64}), STRATA, RNG, prn="number"),
        ),
        ("S025", lambda: select_pps(UNITS.cast({"size": pl.String}), STRATA, RNG, size="size")),
        ("S025", lambda: select_srs(UNITS.cast({"number": pl.String}), STRATA, RNG, prn="number")),
        ("S011", lambda: select_srs(UNITS.with_columns(number=pl.col("number") + 0.5), STRATA, RNG, prn="number")),
    ],
)
def test_bad_input_is_named(code: str, job: Callable[[], object]) -> None:
    assert codes(job) == [code]
