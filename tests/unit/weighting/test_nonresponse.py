"""Non-response: propensities, weights made with them, and the report on bias."""

from collections.abc import Callable, Sequence
from datetime import date

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from barometer.problems import BadInput
from barometer.weighting import bias_report, early_and_late, propensity_weights, response_propensities

# kind a: 4 of 8 responded, b: 3 of 12; within kind, small units responded as often as large ones
ASKED = pl.DataFrame(
    {"kind": ["a"] * 8 + ["b"] * 12, "size": (["s", "l"] * 10), "staff": np.arange(20) % 7 + 1},
)
RESPONDED = np.array([1, 1, 1, 1, 0, 0, 0, 0] + [1, 1, 1] + [0] * 9, dtype=float)


def code(of: Callable[[], object]) -> str:
    with pytest.raises(BadInput) as raised:
        of()
    return raised.value.problems[0].code


def test_one_variable_gives_the_rates_of_its_groups() -> None:
    model = response_propensities(ASKED, RESPONDED, ["kind"])
    assert model.propensity == pytest.approx([0.5] * 8 + [0.25] * 12)
    assert model.names == ("(intercept)", "kind=b")
    assert model.coefficients == pytest.approx([0.0, np.log(1 / 3)], abs=1e-12)


def test_the_likelihood_is_at_its_top() -> None:
    """The equations of weighted logistic regression hold: observed and fitted agree in every column."""
    weights = 1 + np.arange(20) / 10
    model = response_propensities(ASKED, RESPONDED, ["kind", "size", "staff"], weights=weights)
    gap = weights * (RESPONDED - model.propensity)
    for column in (np.ones(20), (ASKED["kind"] == "b").to_numpy(), (ASKED["size"] == "s").to_numpy(), ASKED["staff"]):
        assert float(np.dot(gap, column)) == pytest.approx(0, abs=1e-10)


def test_columns_that_repeat_others_are_left_out_of_the_model() -> None:
    table = ASKED.with_columns(sort=pl.col("kind"))
    model = response_propensities(table, RESPONDED, ["kind", "sort"])
    assert model.propensity == pytest.approx([0.5] * 8 + [0.25] * 12)
    assert len(model.names) == 2


def test_respondents_stand_for_those_like_them() -> None:
    model = response_propensities(ASKED, RESPONDED, ["kind"])
    design = np.repeat([2.0, 5.0], [8, 12])
    weights = propensity_weights(design, model, RESPONDED)
    assert weights == pytest.approx([4.0] * 4 + [20.0] * 3)
    assert weights.sum() == pytest.approx(design.sum())
    in_classes = propensity_weights(design, model, RESPONDED, classes=2)
    assert in_classes == pytest.approx([4.0] * 4 + [20.0] * 3)


def test_a_propensity_class_without_respondents() -> None:
    model = response_propensities(ASKED, RESPONDED, ["staff"])
    assert code(lambda: propensity_weights(np.ones(20), model, RESPONDED, classes=7)) == "W007"


@pytest.mark.parametrize(
    "responded", [np.ones(20), np.zeros(20), np.repeat([1.0, 0.0], [8, 12]), np.repeat([0.0, 1, 0], [8, 3, 9])]
)
def test_response_that_is_fully_explained(responded: NDArray[np.float64]) -> None:
    assert code(lambda: response_propensities(ASKED, responded, ["kind"])) == "W023"


def test_blanks_and_unknown_columns() -> None:
    blank = ASKED.with_columns(pl.when(pl.col("staff") > 6).then(None).otherwise("staff").alias("staff"))
    assert code(lambda: response_propensities(blank, RESPONDED, ["staff"])) == "W020"
    assert code(lambda: response_propensities(ASKED, RESPONDED, ["staf"])) == "W025"
    with pytest.raises(ValueError, match="0 or 1"):
        response_propensities(ASKED, RESPONDED * 2, ["kind"])


def test_representativity() -> None:
    report = bias_report(ASKED, RESPONDED, ["kind"])
    mean = 7 / 20
    spread = np.sqrt((8 * (0.5 - mean) ** 2 + 12 * (0.25 - mean) ** 2) / 19)
    assert report.rate == pytest.approx(mean)
    assert report.r_indicator == pytest.approx(1 - 2 * spread)
    assert report.maximal_bias == pytest.approx(spread / mean)
    assert report.groups["rate"].to_list() == pytest.approx([0.5, 0.25])
    assert report.groups["asked"].to_list() == [8, 12]
    assert report.groups["responded"].to_list() == [4, 3]
    contributions = [np.sqrt(0.4) * 0.15, -np.sqrt(0.6) * 0.1]
    assert report.groups["contribution"].to_list() == pytest.approx(contributions)
    (row,) = report.partial.iter_rows(named=True)
    assert row["unconditional"] == pytest.approx(np.hypot(*contributions))
    assert row["conditional"] == pytest.approx(row["unconditional"])  # there is no other variable


def test_a_variable_that_does_not_matter_has_little_part() -> None:
    report = bias_report(ASKED, RESPONDED, ["kind", "size"])
    unconditional = dict(report.partial.select("variable", "unconditional").iter_rows())
    conditional = dict(report.partial.select("variable", "conditional").iter_rows())
    assert unconditional["size"] < unconditional["kind"] / 2
    assert conditional["size"] < conditional["kind"] / 2


def test_response_that_is_equal_everywhere_is_representative() -> None:
    responded = np.tile([1.0, 1, 0, 0], 5)
    assert bias_report(ASKED, responded, ["kind"]).r_indicator == pytest.approx(1)


def answers(values: Sequence[float | None]) -> pl.DataFrame:
    days = [date(2015, 3, day) for day in (1, 2, 2, 3, 8, 9, 10, 11)]
    return pl.DataFrame({"day": days, "done": values})


def test_late_respondents_beside_early_ones() -> None:
    (row,) = early_and_late(answers([1, 1, 1, 0, 0, 0, 1, 0]), ["done"], "day").iter_rows(named=True)
    assert (row["early"], row["late"], row["difference"]) == pytest.approx((0.75, 0.25, -0.5))
    assert row["se"] == pytest.approx(np.sqrt(2 * 0.25 / 4))
    assert 0.15 < row["p"] < 0.25
    assert (row["n_early"], row["n_late"]) == (4, 4)


def test_missing_answers_leave_the_comparison() -> None:
    (row,) = early_and_late(answers([1, None, 1, 0, None, 0, 1, 0]), ["done"], "day").iter_rows(named=True)
    assert (row["n_early"], row["n_late"]) == (3, 3)
    assert row["early"] == pytest.approx(2 / 3)


def test_answers_without_difference_have_no_test() -> None:
    (row,) = early_and_late(answers([1] * 8), ["done"], "day").iter_rows(named=True)
    assert (row["difference"], row["p"]) == (0, None)


def test_dates_that_do_not_differ() -> None:
    table = answers([1] * 8).with_columns(day=pl.lit(date(2015, 1, 1)))
    assert code(lambda: early_and_late(table, ["done"], "day")) == "W020"
    assert code(lambda: early_and_late(table, ["done"], "days")) == "W025"
