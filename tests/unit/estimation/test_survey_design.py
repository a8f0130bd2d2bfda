"""Designs of any survey file: textbook figures, edges, and everything that can be wrong with the columns."""

import math

import numpy as np
import polars as pl
import pytest

from barometer.estimation import (
    JointProbabilities,
    ReplicateColumns,
    contrast,
    differences,
    mean,
    proportion,
    ratio,
    share_programme,
    survey_design,
    total,
    variance,
)
from barometer.problems import BadInput

SMALL = pl.DataFrame(
    {
        "stratid": [1, 1, 1, 1, 1, 2, 2, 2],
        "psuid": [1, 2, 3, 4, 5, 1, 2, 3],
        "weight": [3, 3, 3, 3, 3, 4, 4, 4],
        "Nh": [15, 15, 15, 15, 15, 12, 12, 12],
        "x": [2.8, 4.1, 6.8, 6.8, 9.2, 3.7, 6.6, 4.2],
        "kind": ["a", "a", "b", "b", "b", "a", "a", None],
    }
)
"""The small example with finite populations of R's survey package (`data(fpc)`), and a column of our own."""


def small(**options: object):  # type: ignore[no-untyped-def]
    chosen = {"weights": "weight", "strata": "stratid", "psu": "psuid", "nest": True} | options
    return survey_design(SMALL, **chosen)  # type: ignore[arg-type]


def problems(data: pl.DataFrame, **options: object) -> dict[str, str]:
    """Codes of all problems, with what was found."""
    with pytest.raises(BadInput) as caught:
        survey_design(data, **options)  # type: ignore[arg-type]
    return {one.code: f"{one.place}: {one.found}" for one in caught.value.problems}


def test_figures_of_the_manual_with_and_without_finite_populations() -> None:
    without, within = mean(small(), "x").table, mean(small(fpc="Nh"), "x").table
    assert without["estimate"][0] == pytest.approx(5.448148, abs=1e-6)
    assert without["se"][0] == pytest.approx(0.7412683, abs=1e-6)
    assert within["se"][0] == pytest.approx(0.616, abs=1e-3)
    assert within["df"][0] == 6


def test_fractions_and_populations_say_the_same() -> None:
    fractions = SMALL.with_columns(f=pl.Series([5 / 15] * 5 + [3 / 12] * 3))
    design = survey_design(fractions, strata="stratid", psu="psuid", nest=True, fpc="f")
    assert design.weights.tolist() == pytest.approx(SMALL["weight"].to_list())
    assert mean(design, "x").table["se"][0] == pytest.approx(mean(small(fpc="Nh"), "x").table["se"][0], rel=1e-12)


def test_a_stratum_drawn_as_a_whole_has_no_variance_and_needs_no_second_unit() -> None:
    data = pl.DataFrame({"h": ["a", "b", "b"], "N": [1, 5, 5], "w": [1.0, 2.5, 2.5], "y": [3.0, 1.0, 2.0]})
    design = survey_design(data, weights="w", strata="h", fpc="N")
    assert total(design, "y").table["se"][0] == pytest.approx(math.sqrt((1 - 2 / 5) * 2 * 2 * (1.25**2)), rel=1e-9)
    everyone = survey_design(data.with_columns(N=pl.len().over("h"), w=1.0), weights="w", strata="h", fpc="N")
    assert mean(everyone, "y").table.row(0, named=True) | {"df": 1.0} == {
        "variable": "y",
        "category": None,
        "estimate": 2.0,
        "se": 0.0,
        "ci_low": 2.0,
        "ci_high": 2.0,
        "deff": None,
        "df": 1.0,
        "n": 3,
        "reason": "",
    }


FIGURES = ["estimate", "se", "ci_low", "ci_high", "deff", "df", "n"]


def test_a_missing_item_is_a_domain_and_leaves_other_items_alone() -> None:
    data = SMALL.with_columns(x2=pl.when(pl.col("kind") == "a").then("x"))
    both = mean(survey_design(data, weights="weight", strata="stratid"), ["x", "x2"]).table
    assert both["n"].to_list() == [8, 4]
    alone = mean(survey_design(data, weights="weight", strata="stratid"), "x").table
    assert both.select(FIGURES).row(0) == pytest.approx(alone.select(FIGURES).row(0))
    rest = data.filter(pl.col("x2").is_not_null())
    listwise = mean(survey_design(rest, weights="weight", strata="stratid"), "x2").table
    assert both["estimate"][1] == pytest.approx(listwise["estimate"][0])
    assert both["se"][1] != pytest.approx(listwise["se"][0], rel=1e-3)


def test_empty_and_one_unit_domains_say_why() -> None:
    data = SMALL.with_columns(one=pl.Series(["u", *["v"] * 7]), side=pl.Series(["l", *["r"] * 7]))
    table = mean(survey_design(data, weights="weight", strata="stratid"), "x", by=["one", "side"]).table
    assert table.select("one", "side", "n", "reason").rows() == [
        ("u", "l", 1, "one_unit"),
        ("u", "r", 0, "no_respondents"),
        ("v", "l", 0, "no_respondents"),
        ("v", "r", 7, ""),
    ]
    assert table["estimate"].to_list()[:3] == [2.8, None, None]
    assert table.head(3)["se"].null_count() == table.head(3)["ci_low"].null_count() == 3
    blank = mean(small(), "x", by="kind").table
    assert blank["n"].to_list() == [4, 3]


def test_an_item_nobody_answered() -> None:
    data = SMALL.with_columns(y=pl.lit(None, pl.Float64))
    for estimator in (mean, total, variance):
        row = estimator(survey_design(data, weights="weight"), "y").table.row(0, named=True)
        assert (row["estimate"], row["se"], row["n"], row["reason"]) == (None, None, 0, "no_respondents")


@pytest.mark.parametrize("ci", ["logit", "wald", "wilson", "beta", "asin", "likelihood", "xlogit", "mean"])
def test_shares_of_0_and_1_have_an_interval(ci: str) -> None:
    data = SMALL.with_columns(yes=pl.lit(1), no=pl.Series([0] * 7 + [1]), side=pl.Series(["l"] * 5 + ["r"] * 3))
    table = proportion(survey_design(data, weights="weight"), "no", by="side", ci=ci).table
    never = table.filter((pl.col("side") == "l") & (pl.col("category") == "1")).row(0, named=True)
    always = table.filter((pl.col("side") == "l") & (pl.col("category") == "0")).row(0, named=True)
    assert (never["estimate"], never["se"], never["ci_low"], never["reason"]) == (0, 0, 0, "no_variation")
    assert 0.3 < never["ci_high"] < 0.7
    assert always["ci_low"] == pytest.approx(1 - never["ci_high"])
    assert always["ci_high"] == 1


def test_wilson_interval_is_wilsons_at_the_effective_size() -> None:
    data = pl.DataFrame({"w": [1.0] * 40, "y": [1] * 12 + [0] * 28})
    row = proportion(survey_design(data, weights="w"), "y", ci="wilson", df="normal").table.row(1, named=True)
    p, n, z = 0.3, 39, 1.959963984540054
    middle, reach = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    assert row["ci_low"] == pytest.approx((middle - reach) / (1 + z * z / n), rel=1e-9)
    assert row["ci_high"] == pytest.approx((middle + reach) / (1 + z * z / n), rel=1e-9)


def test_arcsine_interval_stays_inside() -> None:
    data = pl.DataFrame({"w": [1.0] * 30, "y": [1] + [0] * 29})
    low = proportion(survey_design(data, weights="w"), "y", ci="asin").table["ci_low"][1]
    assert low == 0.0


def test_contrasts_take_the_covariance_in() -> None:
    result = mean(small(), "x", by="stratid")
    both = contrast(result, {0: 1.0, 1: -1.0}).row(0, named=True)
    assert both["se"] == pytest.approx(math.hypot(*result.table["se"].to_list()), rel=1e-12)  # strata are independent
    assert both["df"] == 6
    assert differences(result)["estimate"][0] == both["estimate"]
    overlapping = total(small(), "x", by="kind")
    together = contrast(overlapping, [[1.0, -1.0], [1.0, 0.0]])
    assert together["se"][1] == pytest.approx(overlapping.table["se"][0], rel=1e-12)
    assert together["se"][0] != pytest.approx(math.hypot(*overlapping.table["se"].to_list()), rel=1e-3)
    with pytest.raises(ValueError, match="one a row"):
        contrast(result, [1.0])


def test_contrast_of_a_missing_estimate_is_missing() -> None:
    data = SMALL.with_columns(x=pl.when(pl.col("stratid") == 1).then("x"))
    result = mean(survey_design(data, weights="weight", strata="stratid"), "x", by="stratid")
    assert contrast(result, [1.0, -1.0]).row(0)[:2] == (None, None)
    assert contrast(result, [1.0, 0.0])["estimate"][0] is not None


def test_ratios_need_as_many_denominators() -> None:
    assert ratio(small(), ["x", "weight"], "weight").table["variable"].to_list() == ["x/weight", "weight/weight"]
    with pytest.raises(ValueError, match="one denominator"):
        ratio(small(), ["x", "weight", "Nh"], ["x", "weight"])


def test_results_and_designs_show_themselves() -> None:
    design = small(fpc="Nh")
    assert "2 strata, 8 primary units" in repr(design)
    assert "<b>Survey design</b>" in design._repr_html_()
    result = proportion(design, "kind")
    assert "proportion" in repr(result)
    assert "<table" in result._repr_html_()


def test_columns_called_like_those_of_the_result_keep_apart() -> None:
    data = SMALL.with_columns(n=pl.col("stratid"))
    table = mean(survey_design(data, weights="weight"), "x", by="n").table
    assert table["by_n"].to_list() == ["1", "2"]


def test_all_kinds_of_tables_are_read() -> None:
    assert survey_design(SMALL.to_dict(as_series=False), weights="weight").n == 8


def test_texts_and_blanks_and_unknown_columns_come_all_at_once() -> None:
    bad = SMALL.with_columns(weight=pl.Series(["3", "3", "x", *["3"] * 5]), stratid=pl.Series([None, *[1] * 7]))
    found = problems(bad, weights="weight", strata="stratid", psu="psu", fpc="Nh")
    assert found.keys() == {"T010", "T011", "T013"}
    assert "'x' in row 4" in found["T011"]
    assert found["T013"].startswith("row 2")


@pytest.mark.parametrize(
    ("value", "found"), [(-1.0, "negative weights in rows 3, 5"), (None, "missing or infinite weights in rows 3, 5")]
)
def test_weights_below_zero_or_missing(value: float | None, found: str) -> None:
    bad = SMALL.with_columns(weight=pl.when(pl.int_range(8).is_in([1, 3])).then(value).otherwise("weight"))
    assert found in problems(bad, weights="weight")["T012"]


def test_weights_that_are_all_zero() -> None:
    assert "all 0" in problems(SMALL.with_columns(weight=0), weights="weight")["T012"]


def test_no_weights_at_all() -> None:
    assert problems(SMALL, strata="stratid").keys() == {"T020"}


def test_no_rows_at_all() -> None:
    assert problems(SMALL.clear(), weights="weight").keys() == {"T021"}


def test_populations_below_the_sample() -> None:
    assert (
        "4 units with 5 drawn"
        in problems(SMALL.with_columns(Nh=4), weights="weight", strata="stratid", fpc="Nh")["T014"]
    )
    low = SMALL.with_columns(Nh=pl.lit(1.0))
    design = survey_design(low, weights="weight", strata="stratid", fpc="Nh")
    assert not design.variance(np.ones((8, 1))).any()  # fractions of 1: all of it


@pytest.mark.parametrize("value", [0.0, -3.0, None])
def test_populations_that_are_none(value: float | None) -> None:
    bad = SMALL.with_columns(Nh=pl.when(pl.col("psuid") == 2).then(value).otherwise("Nh"))
    assert "rows 3, 8" in problems(bad, weights="weight", strata="stratid", fpc="Nh")["T015"]


def test_populations_and_fractions_mixed() -> None:
    bad = SMALL.with_columns(Nh=pl.when(pl.col("stratid") == 2).then(0.25).otherwise("Nh"))
    assert "rows 7, 8, 9" in problems(bad, weights="weight", strata="stratid", fpc="Nh")["T015"]


def test_populations_that_vary_within_a_stratum() -> None:
    bad = SMALL.with_columns(Nh=pl.when(pl.col("psuid") == 3).then(20).otherwise("Nh"))
    assert "rows 4, 9" in problems(bad, weights="weight", strata="stratid", fpc="Nh")["T016"]


def test_units_in_several_strata() -> None:
    found = problems(SMALL, weights="weight", strata="stratid", psu="psuid")
    assert "3 PSUs with another stratum in rows 7, 8, 9" in found["T017"]


def test_a_stratum_with_one_unit() -> None:
    lonely = SMALL.filter((pl.col("stratid") == 1) | (pl.col("psuid") == 1))
    assert "1 strata with one unit at stage 1, in row 7" in problems(lonely, weights="weight", strata="stratid")["T018"]
    removed, adjusted = (
        total(survey_design(lonely, weights="weight", strata="stratid", lonely=rule), "x").table["se"][0]
        for rule in ("remove", "adjust")
    )
    parts = (lonely["weight"] * lonely["x"]).to_numpy()
    within = 5 / 4 * ((parts[:5] - parts[:5].mean()) ** 2).sum()
    assert removed**2 == pytest.approx(within, rel=1e-12)
    assert adjusted**2 == pytest.approx(within + (parts[5] - parts.mean()) ** 2, rel=1e-12)


def test_lonely_units_of_a_domain() -> None:
    data = SMALL.with_columns(d=pl.Series([1, 1, 1, 1, 1, 1, 0, 0]))
    arguments = {"weights": "weight", "strata": "stratid", "lonely": "adjust"}
    plain = total(survey_design(data, **arguments), "x", by="d").table["se"][1]  # type: ignore[arg-type]
    careful = total(survey_design(data, lonely_domains=True, **arguments), "x", by="d").table["se"][1]  # type: ignore[arg-type]
    parts = (data["weight"] * data["x"]).to_numpy()[:6]
    first = 5 / 4 * ((parts[:5] - parts[:5].mean()) ** 2).sum()
    assert plain**2 == pytest.approx(first + 3 / 2 * (parts[5] ** 2 - parts[5] ** 2 / 3), rel=1e-12)
    grand = parts.sum() / 8
    assert careful**2 == pytest.approx(first + 3 / 2 * ((parts[5] - grand) ** 2 + 2 * grand**2), rel=1e-12)


def test_replicates_that_do_not_say_how_they_were_made() -> None:
    data = SMALL.with_columns(r1=pl.col("weight"), r2=pl.col("weight"))
    for how, found in (
        (ReplicateColumns(["r1", "r2"], type="JK1"), "JK1 weights without scale"),
        (ReplicateColumns(["r1", "r2"], type="JKn"), "JKn weights without rscales"),
        (ReplicateColumns(["r1"], type="BRR"), "1 replicate columns"),
        (ReplicateColumns(["r1", "r2"], type="Fay"), "rho 0"),
        (ReplicateColumns(["r1", "r2"], type="Fey", rho=0.3), "type 'Fey'"),
        (ReplicateColumns(["r1", "r2"], rscales=[1.0]), "1 rscales for 2 replicates"),
    ):
        assert found in problems(data, weights="weight", replicates=how)["T019"]
    missing = ReplicateColumns(["r1", "r9"], type="BRR")
    assert "'r9'" in problems(data, weights="weight", replicates=missing)["T010"]
    blank = data.with_columns(r2=None)
    assert "blanks" in problems(blank, weights="weight", replicates=ReplicateColumns(["r1", "r2"], type="BRR"))["T013"]


@pytest.mark.parametrize(
    ("how", "scale"),
    [
        ({"type": "BRR"}, 1 / 4),
        ({"type": "Fay", "rho": 0.5}, 1 / (4 * 0.25)),
        ({"type": "bootstrap"}, 1 / 3),
        ({"type": "ACS"}, 1.0),
        ({"type": "JK2"}, 1.0),
        ({"type": "JK1", "combined": False}, 3 / 4),
    ],
)
def test_scales_by_type(how: dict[str, object], scale: float) -> None:
    columns = {f"r{place}": pl.Series(np.where(np.arange(8) % 4 == place, 0, 4 / 3)) for place in range(4)}
    described = ReplicateColumns(list(columns), **how)  # type: ignore[arg-type]
    design = survey_design(SMALL.with_columns(**columns), weights="weight", replicates=described)
    assert design.replicates is not None
    assert design.replicates.drawn.scale == pytest.approx(scale)
    assert design.degf() == 3


def test_joint_probabilities_of_another_size_are_refused() -> None:
    data = pl.DataFrame({"p": [0.2, 0.3], "y": [1.0, 2.0]})
    with pytest.raises(ValueError, match="2 x 2"):
        survey_design(data, fpc="p", pps=JointProbabilities(np.eye(3)))


def test_unknown_rules_are_mistakes_of_the_programmer() -> None:
    with pytest.raises(ValueError, match="lonely is one of"):
        small(lonely="ignore")
    with pytest.raises(ValueError, match="ci is one of"):
        proportion(small(), "kind", ci="exact")


@pytest.mark.parametrize("lonely", ["fail", "adjust"])
def test_a_programme_of_shares_refuses_what_is_not_yes_or_no(lonely: str) -> None:
    design = survey_design(SMALL, weights="weight", strata="stratid", lonely=lonely)
    with pytest.raises(BadInput) as caught:
        share_programme(design, ["x", "stratid"], ["kind"])
    assert [(one.code, one.place.column, one.place.row) for one in caught.value.problems] == [
        ("T024", "x", 2),
        ("T024", "stratid", 7),
    ]
    with pytest.raises(BadInput, match="T041"):
        share_programme(design, ["kind"])


def test_a_likelihood_interval_that_holds_everything() -> None:
    data = pl.DataFrame({"w": [1.0, 30.0], "y": [1, 0]})
    row = proportion(survey_design(data, weights="w"), "y", ci="likelihood", level=0.999).table.row(1, named=True)
    assert row["ci_low"] < 1e-100
    assert row["ci_high"] == 1.0
