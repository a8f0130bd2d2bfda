"""Calibration of any table: right by hand, and never silent when it cannot be right."""

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from barometer.problems import BadInput, Problem
from barometer.weighting import (
    CalibrationPlan,
    KnownTotals,
    calibrate_margins,
    calibrate_weights,
    diagnose,
    kish,
    poststratify,
    rake,
    trim,
)

DATA = pl.DataFrame(
    {
        "kind": ["a", "a", "a", "b", "b", "b"],
        "size": ["s", "l", "s", "l", "s", "l"],
        "house": ["h1", "h1", "h2", "h2", "h3", "h3"],
        "staff": [1, 2, 3, 4, 5, 9],
    }
)
BASE = [2.0, 2.0, 2.0, 3.0, 3.0, 3.0]
KIND = KnownTotals.of_cells(["kind"], {("a",): 8, ("b",): 7})
SIZE = KnownTotals.of_cells(["size"], {("s",): 7, ("l",): 8})
STAFF = KnownTotals.of_number("staff", 66)


def problems(of: Callable[[], object]) -> tuple[Problem, ...]:
    with pytest.raises(BadInput) as raised:
        of()
    return raised.value.problems


def codes(of: Callable[[], object]) -> list[str]:
    return [problem.code for problem in problems(of)]


def calibrated(method: str, *margins: KnownTotals, **settings: object) -> object:
    return calibrate_margins(BASE, DATA, CalibrationPlan(method, margins, **settings))  # type: ignore[arg-type]


def test_poststratification_scales_each_cell() -> None:
    found = poststratify(BASE, DATA, KIND)
    assert found.weights == pytest.approx([8 / 3] * 3 + [7 / 3] * 3)
    assert found.margins["after"].to_list() == pytest.approx([8, 7])
    assert found.margins["before"].to_list() == pytest.approx([6, 9])


def test_a_crossing_is_one_margin() -> None:
    cells = {("a", "s"): 5.0, ("a", "l"): 3.0, ("b", "s"): 2.0, ("b", "l"): 5.0}
    found = poststratify(BASE, DATA, KnownTotals.of_cells(["kind", "size"], cells))
    assert found.weights == pytest.approx([2.5, 3, 2.5, 2.5, 2, 2.5])


def test_proportional_fitting_and_newton_rake_alike() -> None:
    by_fitting = rake(BASE, DATA, [KIND, SIZE])
    by_newton = calibrate_margins(BASE, DATA, CalibrationPlan("raking", (KIND, SIZE)))
    assert by_fitting.weights == pytest.approx(by_newton.weights, rel=1e-9)
    assert len(by_newton.names) == 3  # one of four cells follows from the others


def test_linear_calibration_is_the_regression_estimator() -> None:
    x = np.column_stack([np.ones(6), DATA["staff"].to_numpy()])
    base = np.array(BASE)
    slope = np.linalg.solve(x.T @ (x * base[:, None]), [16 - base.sum(), 75 - base @ x[:, 1]])
    table = pl.DataFrame({"one": np.ones(6), "staff": DATA["staff"]})
    found = calibrate_weights(BASE, table, {"staff": 75, "one": 16})
    assert found.weights == pytest.approx(base * (1 + x @ slope))
    assert found.steps == 1


def test_a_model_variance_gives_the_ratio_estimator() -> None:
    """One auxiliary with variance proportional to it: all weights change by the same factor."""
    table = DATA.select("staff")
    found = calibrate_weights(BASE, table, {"staff": 75}, variance=DATA["staff"].cast(pl.Float64))
    assert found.g == pytest.approx(np.full(6, 75 / float(np.dot(BASE, DATA["staff"]))))


def test_units_of_a_cluster_get_one_weight() -> None:
    base = [2.0, 2.0, 3.0, 3.0, 4.0, 4.0]
    plan = CalibrationPlan("linear", (KnownTotals.count(18), KnownTotals.of_number("staff", 90)), cluster="house")
    found = calibrate_margins(base, DATA, plan)
    assert found.weights[::2] == pytest.approx(found.weights[1::2])
    assert found.weights @ DATA["staff"].to_numpy() == pytest.approx(90)
    assert found.weights.sum() == pytest.approx(18)


def test_ill_scaled_auxiliaries_lose_no_digits() -> None:
    rng = np.random.default_rng(1)
    x = pl.DataFrame({"one": np.ones(200), "turnover": 1e9 + 1e5 * rng.random(200), "part": 1e-6 * rng.random(200)})
    base = rng.uniform(1, 3, 200)
    wished = base * rng.uniform(0.8, 1.2, 200)
    totals = {name: float(wished @ x[name].to_numpy()) for name in x.columns}
    found = calibrate_weights(base, x, totals, method="raking")
    for name, total in totals.items():
        assert found.weights @ x[name].to_numpy() == pytest.approx(total, rel=1e-12)
    centred = x.with_columns(pl.col("turnover") - 1e9)
    same = calibrate_weights(base, centred, totals | {"turnover": totals["turnover"] - 1e9 * totals["one"]},
                             method="raking")  # fmt: skip
    assert found.weights == pytest.approx(same.weights, rel=1e-6)


def test_totals_go_by_name_not_by_place() -> None:
    table = pl.DataFrame({"staff": DATA["staff"], "one": np.ones(6)})
    assert calibrate_weights(BASE, table, {"one": 16, "staff": 75}).weights == pytest.approx(
        calibrate_weights(BASE, table, {"staff": 75, "one": 16}).weights
    )
    assert codes(lambda: calibrate_weights(BASE, table, {"stafff": 66})) == ["W025"]


@pytest.mark.parametrize("weight", [None, -1.0, float("nan"), float("inf")])
def test_weights_that_cannot_be_used(weight: float | None) -> None:
    (problem,) = problems(lambda: poststratify([2.0, weight, 2, 3, 3, 3], DATA, KIND))  # type: ignore[list-item]
    assert problem.code == "W012"
    assert "row 3" in problem.found


def test_weights_of_zero_count_nothing_and_stay_zero() -> None:
    found = calibrate_margins([0.0, 2, 2, 3, 3, 3], DATA, CalibrationPlan("raking", (KIND, SIZE)))
    assert found.weights[0] == 0
    assert codes(lambda: poststratify([0.0] * 6, DATA, KIND)) == ["W012"]


@pytest.mark.parametrize("method", ["rake", "raking", "linear"])
def test_margins_that_disagree(method: str) -> None:
    other = KnownTotals.of_cells(["size"], {("s",): 8, ("l",): 8})
    (problem,) = problems(lambda: calibrated(method, KIND, other))
    assert problem.code == "W013"
    assert problem.found == "[kind] adds up to 15; [size] adds up to 16"


def test_margins_that_follow_from_others() -> None:
    table = DATA.with_columns(twice=pl.col("staff") * 2, sort=pl.col("kind"))
    same = KnownTotals.of_cells(["sort"], {("a",): 8, ("b",): 7})
    twice = KnownTotals.of_number("twice", 132)
    plan = CalibrationPlan("linear", (KIND, STAFF, twice, same))
    found = problems(lambda: calibrate_margins(BASE, table, plan))
    assert [problem.code for problem in found] == ["W014", "W014"]
    assert [problem.found for problem in found] == [
        "[sort] follows from the other margins",
        "[twice] follows from the other margins",
    ]


def test_a_margin_inside_another_is_no_problem() -> None:
    cells = {("a", "s"): 5.0, ("a", "l"): 3.0, ("b", "s"): 2.0, ("b", "l"): 5.0}
    crossed = KnownTotals.of_cells(["kind", "size"], cells)
    found = calibrate_margins(BASE, DATA, CalibrationPlan("raking", (KIND, crossed)))
    assert found.weights == pytest.approx([2.5, 3, 2.5, 2.5, 2, 2.5])


def test_a_dependent_margin_with_other_totals_cannot_be_met() -> None:
    table = DATA.with_columns(twice=pl.col("staff") * 2)
    plan = CalibrationPlan("linear", (KIND, STAFF, KnownTotals.of_number("twice", 100)))
    assert set(codes(lambda: calibrate_margins(BASE, table, plan))) == {"W010"}


def test_cells_out_of_reach_are_named() -> None:
    (problem,) = problems(lambda: calibrated("logit", KIND, bounds=(0.8, 1.2)))[:1]
    assert problem.code == "W010"
    assert problem.found == "kind=a: weights reach 7.2, the total is 8 (3 respondents with base weights of 6)"


def test_cells_that_only_together_cannot_be_met_are_named() -> None:
    """Small units of kind a and large ones of b, and nobody else: kind and size are one, their totals are not."""
    table = pl.DataFrame({"kind": ["a", "a", "b", "b"], "size": ["s", "s", "l", "l"]})
    margins = (KIND, KnownTotals.of_cells(["size"], {("s",): 6, ("l",): 9}))
    for method in ("raking", "rake", "linear"):
        found = problems(lambda m=method: calibrate_margins([4.0] * 4, table, CalibrationPlan(m, margins)))  # type: ignore[misc]
        assert {problem.code for problem in found} == {"W010"}
        assert "the total is" in found[0].found


def test_fitting_goes_on_until_small_cells_are_met_too() -> None:
    """A cell of 3 in a population of a million is met as well as the others, though it moves little."""
    table = pl.DataFrame({"kind": list("aabbab"), "size": list("slslls")})
    margins = [
        KnownTotals.of_cells(["kind"], {("a",): 3.0, ("b",): 1e6}),
        KnownTotals.of_cells(["size"], {("s",): 10.0, ("l",): 999_993.0}),
    ]
    found = rake([1.0] * 6, table, margins)
    assert found.margins["after"].to_list() == pytest.approx([3, 1e6, 10, 999_993], rel=1e-10)


def test_rounds_that_run_out() -> None:
    found = problems(lambda: rake(BASE, DATA, [KIND, SIZE], maximum_rounds=1))
    assert [problem.code for problem in found] == ["W015"]
    table = DATA.select("staff").with_columns(one=1.0)
    assert codes(
        lambda: calibrate_weights(BASE, table, {"one": 15, "staff": 80}, method="raking", maximum_steps=1)
    ) == ["W015"]


def test_empty_cells_and_unknown_categories() -> None:
    third = KnownTotals.of_cells(["kind"], {("a",): 8, ("b",): 6, ("c",): 1})
    assert codes(lambda: calibrated("raking", third)) == ["W008"]
    assert codes(lambda: calibrated("poststratify", third)) == ["W008"]
    assert codes(lambda: calibrated("rake", third)) == ["W008"]
    (problem,) = problems(lambda: calibrated("raking", KnownTotals.of_cells(["kind"], {("a",): 15})))
    assert problem.code == "W017"
    assert problem.found == "3 respondents with kind 'b', rows 5, 6, 7"


def test_a_cell_empty_here_and_there_is_left_out() -> None:
    none = KnownTotals.of_cells(["kind"], {("a",): 8, ("b",): 7, ("c",): 0})
    assert calibrate_margins(BASE, DATA, CalibrationPlan("linear", (none,))).weights.sum() == pytest.approx(15)


def test_weights_below_zero_are_refused_or_asked_for() -> None:
    far = KnownTotals.of_number("staff", 25)
    assert codes(lambda: calibrated("linear", KIND, far)) == ["W011"]
    plan = CalibrationPlan("linear", (KIND, far), negative=True)
    found = calibrate_margins(BASE, DATA, plan)
    assert found.weights.min() < 0
    figures = dict(diagnose(found).iter_rows())
    assert figures["not_positive"] > 0


def test_clusters_with_several_base_weights() -> None:
    (problem,) = problems(lambda: calibrated("linear", KIND, cluster="house"))
    assert problem.code == "W018"
    assert "rows 4, 5" in problem.found
    assert codes(lambda: calibrated("linear", KIND, cluster="home")) == ["W025"]


@pytest.mark.parametrize(
    ("method", "bounds"),
    [("logit", (-np.inf, np.inf)), ("logit", (-0.5, 2.0)), ("linear", (1.1, 2.0)), ("raking", (0.2, 0.9))],
)
def test_bounds_that_cannot_be_used(method: str, bounds: tuple[float, float]) -> None:
    assert codes(lambda: calibrated(method, KIND, bounds=bounds)) == ["W019"]


def test_values_that_are_no_numbers() -> None:
    table = DATA.with_columns(staff=pl.Series(["1", "2", "x", None, "5", "6"]))
    (problem,) = problems(lambda: calibrate_margins(BASE, table, CalibrationPlan("linear", (STAFF,))))
    assert problem.code == "W020"
    assert problem.found == "2 values of 'staff' that are no numbers, rows 4, 5"
    assert codes(lambda: calibrate_weights(BASE, table.select("staff"), {"staff": 3})) == ["W020"]
    zero = [1.0, 0.0, 1.0, 1.0, 1.0, 1.0]
    assert codes(lambda: calibrate_weights(BASE, DATA.select("staff"), {"staff": 66}, variance=zero)) == ["W020"]


def test_diagnostics_of_a_calibration() -> None:
    figures = dict(diagnose(poststratify(BASE, DATA, KIND)).iter_rows())
    assert figures["g_0"] == pytest.approx(7 / 9)
    assert figures["g_1"] == pytest.approx(8 / 6)
    assert figures["deff_after"] == pytest.approx(kish(np.array([8 / 3] * 3 + [7 / 3] * 3)))
    assert figures["effective_size"] == pytest.approx(6 / figures["deff_after"])
    assert figures["margin_error"] < 1e-15


def test_trimming_keeps_the_sum_and_says_what_it_costs() -> None:
    weights = [1.0, 1, 2, 2, 4, 20]
    once = trim(weights, upper=6, strict=False)  # 14 are spread over five units
    assert once.weights == pytest.approx([3.8, 3.8, 4.8, 4.8, 6.8, 6])
    strict = trim(weights, upper=6)
    assert strict.weights.sum() == pytest.approx(30)
    assert strict.weights.max() == pytest.approx(6)
    assert (strict.trimmed, strict.moved) == (2, pytest.approx(14 / 30))
    assert strict.deff_after < strict.deff_before == pytest.approx(kish(np.array(weights)))
    share = trim(weights, upper=10, spread="proportional")
    assert share.weights == pytest.approx([2, 2, 4, 4, 8, 10])


def test_trimming_tells_which_margins_it_broke() -> None:
    found = poststratify(BASE, DATA, KIND)
    errors = trim(found.weights, upper=2.6).margin_errors(found)
    assert errors["kind=a"] == pytest.approx(-0.2 / 8)
    assert errors["kind=b"] == pytest.approx(0.2 / 7)


def test_limits_no_weights_can_keep() -> None:
    assert codes(lambda: trim(BASE, upper=2)) == ["W024"]
    assert codes(lambda: trim(BASE, lower=3)) == ["W024"]
    assert codes(lambda: trim(BASE, lower=4, upper=2)) == ["W024"]
