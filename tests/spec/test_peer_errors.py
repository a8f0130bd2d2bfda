"""Where survey packages go wrong without a word, and what Barometer answers; at most ten rows each.

Errors found in packages of R and Python, measured side by side. `ELSEWHERE` says where the others of the list are
tested.
"""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from barometer.estimation import (
    differences,
    mean,
    one_sample_t_test,
    proportion,
    rao_scott,
    regression,
    survey_design,
    total,
    variance,
)
from barometer.weighting import CalibrationPlan, KnownTotals, calibrate_margins

TESTS = Path(__file__).parent.parent
ELSEWHERE = {
    "selection changes the frame it draws from": (
        "unit/sampling/test_selection.py::test_drawing_leaves_the_frame_alone_so_that_a_second_sample_stands_for_all_of_it"
    ),
    "an item nobody was asked removes the rows of all other items (listwise deletion)": (
        "unit/estimation/test_survey_design.py::test_a_missing_item_is_a_domain_and_leaves_other_items_alone"
    ),
    "empty domains and domains of one unit have mean 0 or error 0": (
        "unit/estimation/test_survey_design.py::test_empty_and_one_unit_domains_say_why"
    ),
    "no interval, or one without width, for shares of 0 and 1": (
        "unit/estimation/test_survey_design.py::test_shares_of_0_and_1_have_an_interval"
    ),
    "the bootstrap forgets finite populations": "unit/weighting/test_replicates.py::test_designs_replicates_do_not_fit",
    "Neyman allocation goes below its floors": (
        "unit/sampling/test_allocations.py::test_floors_hold_when_neyman_would_go_below_them"
    ),
    "calibrated weights below zero": (
        "unit/weighting/test_calibration.py::test_weights_below_zero_are_refused_or_asked_for"
    ),
    "margins that disagree on the size of the population": (
        "unit/weighting/test_calibration.py::test_margins_that_disagree"
    ),
    "raking that has not converged": "unit/weighting/test_calibration.py::test_rounds_that_run_out",
    "totals matched by place, not by name": ("unit/weighting/test_calibration.py::test_totals_go_by_name_not_by_place"),
    "digits lost on auxiliaries of very different sizes": (
        "unit/weighting/test_calibration.py::test_ill_scaled_auxiliaries_lose_no_digits"
    ),
    "a model whose terms separate the outcome": "unit/estimation/test_models.py::test_separation_is_refused",
}
STRATA = pl.DataFrame(
    {
        "h": ["a", "a", "a", "a", "b", "b", "b", "b"],
        "N": [8] * 4 + [16] * 4,
        "w": [2.0] * 4 + [4.0] * 4,
        "y": [1.0, 2.0, None, None, 3.0, 5.0, 8.0, None],
        "x": [1.0, 4.0, 2.0, 2.0, 3.0, 5.0, 8.0, 1.0],
        "side": ["l", "r", "l", "r", "l", "r", "l", "l"],
        "kind": ["p", "p", None, None, "q", "p", "q", None],
    }
)
TWO_STAGES = pl.DataFrame(
    {
        "i": [1, 1, 2, 2, 3, 3, 4, 4],
        "j": [1, 2, 1, 2, 1, 2, 1, 2],
        "N": [20.0] * 8,
        "M": [4.0, 4.0, 10.0, 10.0, 4.0, 4.0, 6.0, 6.0],
        "y": [1.0, 7.0, 4.0, 2.0, 9.0, 3.0, 5.0, 8.0],
        "side": ["l", "r", "l", "l", "r", "r", "l", "r"],
    }
)


def two_stages():  # type: ignore[no-untyped-def]
    return survey_design(TWO_STAGES, psu=["i", "j"], fpc=["N", "M"])


def first_stage():  # type: ignore[no-untyped-def]
    """The same weights, the second stage forgotten."""
    weighted = TWO_STAGES.with_columns(w=5 * pl.col("M") / 2)
    return survey_design(weighted, weights="w", psu="i", fpc="N")


def figure(table: pl.DataFrame, column: str) -> float:
    return float(table[column][0])


@pytest.mark.parametrize("error", ELSEWHERE)
def test_the_others_are_tested_where_it_says(error: str) -> None:
    file, _, name = ELSEWHERE[error].partition("::")
    assert f"def {name}(" in (TESTS / file).read_text()


def test_missing_answers_are_a_domain_and_not_rows_less() -> None:
    """The error of a mean over four answers of stratum sizes 2 of 4 and 3 of 4, by the textbook's formula for domains:
    the four strata totals of w (y - mean) with zeros for the rows without an answer."""
    found = mean(survey_design(STRATA, weights="w", strata="h", fpc="N"), "y").table
    values = STRATA["y"].fill_null(0).to_numpy()
    seen = STRATA["y"].is_not_null().to_numpy()
    w = STRATA["w"].to_numpy()
    average = (w * values).sum() / w[seen].sum()
    z = np.where(seen, w * (values - average) / w[seen].sum(), 0.0)
    by_hand = sum((1 - 4 / N) * 4 / 3 * ((part - part.mean()) ** 2).sum() for part, N in ((z[:4], 8), (z[4:], 16)))
    assert figure(found, "estimate") == pytest.approx(average)
    assert figure(found, "se") == pytest.approx(np.sqrt(by_hand))
    fewer = mean(survey_design(STRATA.drop_nulls("y"), weights="w", strata="h"), "y").table
    assert figure(fewer, "se") != pytest.approx(figure(found, "se"))


def test_shares_of_two_categories_err_alike_only_without_missing_answers() -> None:
    """With missing answers as rows less both errors are equal and too large; here they are those of the domain."""
    shares = proportion(survey_design(STRATA, weights="w", strata="h", fpc="N"), "kind").table
    assert shares["estimate"].sum() == pytest.approx(1)
    assert shares["se"][0] == pytest.approx(shares["se"][1])
    assert shares["n"].to_list() == [5, 5]


def test_the_second_stage_counts_in_models_and_tests() -> None:
    known = figure(mean(two_stages(), "y").table, "se")
    model = regression(two_stages(), "y", [])
    assert model.se[0] == pytest.approx(known)
    assert one_sample_t_test(two_stages(), "y").se == pytest.approx(known)
    assert known > 1.05 * figure(mean(first_stage(), "y").table, "se")


def test_the_second_stage_counts_in_tests_of_tables() -> None:
    grouped = TWO_STAGES.with_columns(high=pl.col("y") > 4)
    with_both = survey_design(grouped, psu=["i", "j"], fpc=["N", "M"])
    weighted = grouped.with_columns(w=5 * pl.col("M") / 2)
    without = survey_design(weighted, weights="w", psu="i", fpc="N")
    assert rao_scott(with_both, "high", "side")[0].p > 1.001 * rao_scott(without, "high", "side")[0].p


def test_a_lonely_unit_and_a_finite_population_go_together() -> None:
    """Stratum b has one unit of 16. Adjusted, it is centred at the mean of all five units' totals."""
    data = STRATA[:5].drop("y")
    w, x = data["w"].to_numpy(), data["x"].to_numpy()
    z = w * x
    inside = (1 - 4 / 8) * 4 / 3 * ((z[:4] - z[:4].mean()) ** 2).sum()
    expected = {
        "remove": inside,
        "certainty": inside,
        "average": 2 * inside,
        "adjust": inside + (1 - 1 / 16) * (z[4] - z.mean()) ** 2,
    }
    for rule, value in expected.items():
        made = survey_design(data, weights="w", strata="h", fpc="N", lonely=rule)
        assert figure(total(made, "x").table, "se") ** 2 == pytest.approx(value), rule


def test_degrees_of_freedom_are_those_of_the_domain() -> None:
    """Of eight rows in two strata; not of the whole sample, and not of the rows that happen to have an answer."""
    made = survey_design(STRATA, weights="w", strata="h", fpc="N")
    assert mean(made, "y", by="side").table["df"].to_list() == [5 - 2, 3 - 2]
    assert mean(made, "y", by="side", df="observed").table["df"].to_list() == [3 - 2, 2 - 2]
    assert figure(mean(made, "y", by="side", df="full").table, "df") == 6


def test_blanks_outside_the_domain_do_not_break_a_calibrated_design() -> None:
    plan = CalibrationPlan("linear", (KnownTotals.of_cells(["side"], {("l",): 15.0, ("r",): 9.0}),))
    made = calibrate_margins(STRATA["w"], STRATA, plan)
    design = survey_design(STRATA, strata="h", fpc="N", calibration=made)
    inside = mean(design, "y", by="h").table.row(1, named=True)
    filled = STRATA.with_columns(y=pl.when(pl.col("h") == "a").then(99.0).otherwise("y"))
    other = survey_design(filled, strata="h", fpc="N", calibration=made)
    assert inside["estimate"] == pytest.approx(mean(other, "y", by="h").table["estimate"][1])
    assert inside["se"] == pytest.approx(mean(other, "y", by="h").table["se"][1])


def test_domains_with_missing_answers_have_a_covariance() -> None:
    found = differences(mean(survey_design(STRATA, weights="w", strata="h", fpc="N"), "y", by="side"))
    model = regression(survey_design(STRATA, weights="w", strata="h", fpc="N"), "y", ["side"])
    assert figure(found, "estimate") == pytest.approx(-model.coefficients[1])
    assert figure(found, "se") == pytest.approx(model.se[1])


def test_a_table_test_counts_only_the_cases_that_have_both_variables() -> None:
    """Pearson's statistic grows with n: rows without an answer have no part in it."""
    made = survey_design(STRATA, weights="w", strata="h")
    test = rao_scott(made, "kind", "side", statistic="Chisq")[0]
    w = STRATA.filter(pl.col("kind").is_not_null()).group_by("kind", "side").agg(pl.col("w").sum())
    cells = w.pivot("side", index="kind", values="w").fill_null(0).sort("kind").select("l", "r").to_numpy()
    shares = cells / cells.sum()
    expected = np.outer(shares.sum(axis=1), shares.sum(axis=0))
    assert test.n == 5
    assert test.statistic == pytest.approx(5 * ((shares - expected) ** 2 / expected).sum())


def test_a_variance_with_missing_answers_is_that_of_the_answers() -> None:
    """The squares are those of who answered; only n / (n - 1) counts everyone in the sample, as R's svyvar has it."""
    equal = STRATA.with_columns(one=pl.lit(1.0))
    found = figure(variance(survey_design(equal, weights="one"), "y").table, "estimate")
    everyone, answered = STRATA.height, STRATA["y"].count()
    squares = STRATA["y"].var() * (answered - 1) / answered
    assert found == pytest.approx(squares * everyone / (everyone - 1))


def test_a_domain_of_an_unequal_probability_sample_keeps_the_probabilities_of_those_outside() -> None:
    """A domain's total is the total of the variable with zeros outside, and so is its error."""
    drawn = pl.DataFrame(
        {"p": [0.9, 0.5, 0.2, 0.1], "y": [9.0, 6.0, 2.0, 1.0], "side": ["l", "r", "l", "r"]}
    ).with_columns(y_left=pl.when(pl.col("side") == "l").then("y").otherwise(0.0))
    made = survey_design(drawn, fpc="p", pps="brewer")
    domain = total(made, "y", by="side").table
    assert domain["se"][0] == pytest.approx(figure(total(made, "y_left").table, "se"))
