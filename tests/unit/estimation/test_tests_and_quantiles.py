"""t-tests, Rao–Scott tests, adjusted p-values and quantiles: what they do where programs differ or go wrong."""

import math

import numpy as np
import polars as pl
import pytest

from barometer.estimation import (
    SurveyDesign,
    adjusted,
    mean,
    one_sample_t_test,
    paired_t_test,
    quantiles,
    rao_scott,
    regression,
    survey_design,
    t_tests,
)
from barometer.estimation._weighted_quantiles import RULES, Ordered
from barometer.problems import BadInput


def two_stages() -> pl.DataFrame:
    """Schools of districts: 4 districts of 12, in each 3 schools of 5 to 8; a few answers missing."""
    rng = np.random.default_rng(11)
    district = np.repeat(np.arange(4), 3)
    return pl.DataFrame(
        {
            "district": district,
            "school": np.arange(12),
            "districts": np.full(12, 12),
            "schools": (district + 5),
            "w": 12 / 4 * (district + 5) / 3,
            "kind": np.array(["primary", "secondary"])[rng.integers(0, 2, 12)],
            "score": rng.normal(50, 8, 12).round(),
            "passed": rng.integers(0, 2, 12),
        }
    ).with_columns(pl.when(pl.int_range(12) == 5).then(None).otherwise("passed").alias("passed"))


def design(data: pl.DataFrame, both: bool = True) -> SurveyDesign:
    if both:
        return survey_design(data, weights="w", psu=["district", "school"], fpc=["districts", "schools"])
    return survey_design(data, weights="w", psu=["district"], fpc=["districts"])


def test_the_second_stage_counts_in_tests_and_models() -> None:
    """Known to go wrong elsewhere: errors that leave out the sampling of schools within districts."""
    data = two_stages()
    whole, first = design(data), design(data, both=False)
    for value in (
        lambda one: regression(one, "score", ["kind"]).se[1],
        lambda one: t_tests(one, ["score"], "kind")[0].se,
        lambda one: 1 / rao_scott(one, "passed", "kind")[0].statistic,
    ):
        assert value(whole) > value(first) * 1.01
    model = regression(whole, "score", [])
    assert math.isclose(model.se[0], mean(whole, "score").table["se"][0], rel_tol=1e-12)
    test = t_tests(whole, ["score"], "kind")[0]
    assert math.isclose(test.se, regression(whole, "score", ["kind"]).se[1], rel_tol=1e-12)
    assert test.df == 2


def test_missing_answers_are_a_domain_in_tests() -> None:
    """Known to go wrong elsewhere: rows without an answer dropped from the design, with their units and strata."""
    data = two_stages().with_columns(
        passed=pl.when(pl.col("district") == 3).then(None).otherwise("passed")
    )  # a whole district without answers
    kept = design(data)
    dropped = survey_design(data.drop_nulls(), weights="w", psu=["district", "school"], fpc=["districts", "schools"])
    assert rao_scott(kept, "passed", "kind")[0].n == 8
    assert not math.isclose(
        rao_scott(kept, "passed", "kind")[0].statistic, rao_scott(dropped, "passed", "kind")[0].statistic, rel_tol=1e-3
    )
    asked = rao_scott(design(two_stages()), "passed", "kind", domain=data["passed"].is_not_null().to_numpy())[0]
    assert asked == rao_scott(kept, "passed", "kind")[0]


def test_items_are_tested_each_on_its_own_cases() -> None:
    """Known to go wrong elsewhere: several items at once on the cases that have all of them."""
    data = two_stages().with_columns(other=pl.when(pl.col("kind") == "primary").then(pl.col("score")))
    both = t_tests(design(data.with_columns(group=pl.col("school") % 2)), ["score", "other"], "group")
    assert both[0] == t_tests(design(data.with_columns(group=pl.col("school") % 2)), ["score"], "group")[0]
    assert both[1].n < both[0].n == 12


def test_nothing_that_varies_and_empty_groups_are_not_tested() -> None:
    data = two_stages().with_columns(same=pl.lit(0.1), only=pl.when(pl.col("kind") == "primary").then(pl.col("score")))
    for test in t_tests(design(data), ["same", "only"], "kind"):
        assert math.isnan(test.p)
        assert math.isnan(test.se)
    nobody = np.zeros(12, dtype=bool)
    assert one_sample_t_test(design(data), "score", domain=nobody).n == 0
    assert math.isnan(t_tests(design(data), ["score"], "kind", domain=nobody)[0].difference)


def test_paired_and_one_sample_tests() -> None:
    data = two_stages().with_columns(later=pl.col("score") + pl.col("school") % 3)
    pair = paired_t_test(design(data), "score", "later")
    change = one_sample_t_test(design(data.with_columns(change=pl.col("later") - pl.col("score"))), "change")
    assert (pair.difference, pair.se, pair.p) == (change.difference, change.se, change.p)
    assert pair.df == 4 - 1 - 1
    centred = one_sample_t_test(design(data), "score", against=50)
    assert math.isclose(centred.difference + 50, mean(design(data), "score").table["estimate"][0], rel_tol=1e-12)


def test_groups_that_are_not_there_are_named() -> None:
    for pairs, found in (((("primary", "tertiary"),), "tertiary"), (None, "1 group")):
        data = two_stages() if pairs else two_stages().with_columns(kind=pl.lit("primary"))
        with pytest.raises(BadInput) as error:
            t_tests(design(data), ["score"], "kind", pairs=pairs)
        assert error.value.problems[0].code == "T044"
        assert found in error.value.problems[0].found


def test_tables_that_cannot_be_tested_are_refused_all_at_once() -> None:
    data = two_stages().with_columns(same=pl.lit("x"))
    with pytest.raises(BadInput) as error:
        rao_scott(design(data), ["same", "passed", "same"], "kind")
    assert [problem.code for problem in error.value.problems] == ["T046", "T046"]
    diagonal = pl.DataFrame({"w": [1.0] * 6, "a": [0, 0, 1, 1, 2, 2], "b": [0, 0, 1, 1, 2, 2]})
    with pytest.raises(BadInput) as error:
        rao_scott(survey_design(diagonal, weights="w"), "a", "b", statistic="Wald")
    assert error.value.problems[0].code == "T046"


def test_text_where_numbers_are_needed_names_the_cases() -> None:
    data = two_stages().with_columns(score=pl.Series(["51", "fifty", *["50"] * 9, "n/a"]))
    with pytest.raises(BadInput) as error:
        quantiles(design(data), "score", [0.5])
    problem = error.value.problems[0]
    assert (problem.code, problem.found) == ("T041", "text, such as 'fifty' in rows 3, 13")


def test_replicates_test_means_anew() -> None:
    """Jackknife of 12 units without strata: variances of differences from the replicate differences."""
    from barometer.estimation import ReplicateColumns

    data = two_stages()
    names = [f"r{place}" for place in range(12)]
    wide = data.with_columns(
        pl.when(pl.int_range(12) == place).then(0.0).otherwise(pl.col("w") * 12 / 11).alias(name)
        for place, name in enumerate(names)
    )
    how = ReplicateColumns(tuple(names), type="JK1", scale=11 / 12)
    replicated = survey_design(wide, weights="w", replicates=how)
    test = t_tests(replicated, ["score"], "kind")[0]
    differences = []
    for name in names:
        sums = wide.group_by("kind").agg(value=(pl.col("score") * pl.col(name)).sum() / pl.col(name).sum()).sort("kind")
        differences.append(sums["value"][1] - sums["value"][0])
    spread = np.array(differences) - np.mean(differences)
    assert math.isclose(test.se**2, 11 / 12 * (spread @ spread), rel_tol=1e-10)
    plain = survey_design(data, weights="w")
    for statistic in ("F", "Wald", "saddlepoint"):
        ours, theirs = (rao_scott(one, "passed", "kind", statistic=statistic)[0] for one in (replicated, plain))
        assert 0.5 < ours.statistic / theirs.statistic < 2
        assert 0 < ours.p < 1
    near = zip(quantiles(replicated, "score", [0.5])[:1], quantiles(plain, "score", [0.5])[:1], strict=True)
    assert all(one.estimate == other.estimate and one.se > 0 for one, other in near)
    medians = [quantiles(survey_design(wide, weights=name), "score", [0.5])[0].estimate for name in names]
    apart = np.array(medians) - np.mean(medians)
    anew = quantiles(replicated, "score", [0.5], interval="quantile")[0]
    assert math.isclose(anew.se**2, 11 / 12 * (apart @ apart), rel_tol=1e-12)
    assert math.isclose(anew.ci_high - anew.estimate, anew.estimate - anew.ci_low, rel_tol=1e-12)


def test_adjusted_p_values() -> None:
    p = np.array([0.02, 0.01, np.nan, 0.03, 0.05, 0.04])
    assert np.allclose(adjusted(p, "holm"), [0.08, 0.05, np.nan, 0.09, 0.09, 0.09], equal_nan=True)
    assert np.allclose(adjusted(p, "bh"), [0.05, 0.05, np.nan, 0.05, 0.05, 0.05], equal_nan=True)
    assert np.allclose(adjusted(p, "bonferroni"), [0.1, 0.05, np.nan, 0.15, 0.25, 0.2], equal_nan=True)
    steep = np.array([0.0001, 0.02, 0.5, 0.9])
    assert np.allclose(adjusted(steep, "bh"), [0.0004, 0.04, 2 / 3, 0.9])
    assert np.array_equal(adjusted(p, "none"), p, equal_nan=True)


NUMPY = {
    "math": "inverted_cdf",
    "hf1": "inverted_cdf",
    "school": "averaged_inverted_cdf",
    "hf2": "averaged_inverted_cdf",
    "hf4": "interpolated_inverted_cdf",
    "hf5": "hazen",
    "hf6": "weibull",
    "hf7": "linear",
    "hf8": "median_unbiased",
    "hf9": "normal_unbiased",
}


@pytest.mark.parametrize("rule", NUMPY)
def test_with_equal_weights_the_rules_are_those_of_hyndman_and_fan(rule: str) -> None:
    values = np.array([3.0, 1.0, 4.0, 1.5, 9.0, 2.6, 5.0, 3.5])
    ordered = Ordered.of(values, np.full(8, 2.5))
    for share in (0.0, 0.05, 0.125, 0.3, 0.5, 0.51, 0.75, 0.99, 1.0):
        expected = np.quantile(values, share, method=NUMPY[rule])
        assert math.isclose(ordered.quantile(share, rule), expected, rel_tol=1e-12), share


def test_the_smallest_share_gives_the_smallest_value() -> None:
    """Known to go wrong elsewhere: below the first weight the second smallest value, or one outside the data."""
    for rule in set(RULES) - {"hf7"}:  # which starts to rise at 0
        assert Ordered.of(np.array([5.0, 1.0, 3.0]), np.array([1.0, 4.0, 1.0])).quantile(0.001, rule) == 1.0


def test_a_median_has_the_error_of_the_design() -> None:
    """Known to go wrong elsewhere: medians with the error of a mean. Woodruff by hand for 8 equal weights."""
    data = pl.DataFrame({"w": [1.0] * 8, "y": [1.0, 2, 3, 4, 5, 6, 7, 8]})
    found = quantiles(survey_design(data, weights="w"), "y", [0.5])[0]
    reach = 2.364624251592785 * math.sqrt(0.25 / 7)
    ends = [math.ceil(8 * (0.5 + sign * reach)) for sign in (-1, 1)]
    assert (found.estimate, found.ci_low, found.ci_high) == (4.0, *map(float, ends))
    assert math.isclose(found.se, (ends[1] - ends[0]) / (2 * 2.364624251592785), rel_tol=1e-12)


def test_quantiles_of_nobody_and_of_one() -> None:
    plain = design(two_stages())
    nobody = quantiles(plain, "score", [0.25, 0.5], domain=np.zeros(12, dtype=bool))
    assert all(one.n == 0 and math.isnan(one.estimate) and math.isnan(one.se) for one in nobody)
    single = quantiles(plain, "score", [0.5], domain=np.arange(12) == 4)[0]
    assert single.n == 1
    assert single.estimate == two_stages()["score"][4]
    assert math.isnan(single.se)
