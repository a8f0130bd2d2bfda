"""Estimators of any survey file agree with R's survey package (see golden/README.md)."""

import gzip
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from barometer.estimation import (
    ReplicateColumns,
    Result,
    SurveyDesign,
    differences,
    mean,
    proportion,
    share_programme,
    survey_design,
    total,
)
from barometer.weighting import CalibrationPlan, KnownTotals, calibrate_margins

GOLDEN = Path(__file__).parent / "golden"
DOMAINS = {
    "overall": (),
    "sector": ("sector",),
    "type": ("type",),
    "size": ("size",),
    "region": ("region",),
    "sector_size": ("sector", "size"),
}
LIKELIHOOD = {"q01": 1e-6, "q02": 1e-6, "q20": 1e-4, "q21": 1e-6, "q51": 1e-5}
"""R finds the ends by interpolating a profile, the coarser the further the share from 1/2; ours are exact."""


@cache
def golden(name: str) -> pl.DataFrame:
    return pl.read_csv(gzip.decompress((GOLDEN / f"{name}.csv.gz").read_bytes()), infer_schema_length=None)


@cache
def plain() -> SurveyDesign:
    return survey_design(golden("sample"), weights="w", strata="stratum", fpc="N_h")


@cache
def calibrated(name: str) -> SurveyDesign:
    known = json.loads((GOLDEN / "margins.json").read_text())
    margins = [
        KnownTotals.of_cells([column], {(code,): count for code, count in counts.items()})
        for column, counts in known["margins"].items()
    ]
    employees = KnownTotals.of_number("emp", known["emp_total"])
    plan = {
        "rake_calib": CalibrationPlan("raking", tuple(margins)),
        "greg": CalibrationPlan("linear", (*margins, employees)),
        "greg_bounded": CalibrationPlan("linear", (*margins, employees), bounds=(0.9, 1.1)),
        "raking_emp": CalibrationPlan("raking", (*margins, employees)),
    }[name]
    made = calibrate_margins(golden("sample")["w"].to_numpy(), golden("sample"), plan)
    return survey_design(golden("sample"), strata="stratum", fpc="N_h", calibration=made)


def programme(
    estimator: Callable[..., Result], design: SurveyDesign, variables: list[str], **options: str
) -> pl.DataFrame:
    """All variables by all domains, keyed as R's files are."""
    parts = []
    for name, by in DOMAINS.items():
        result = estimator(design, variables, by=by, **options)
        label = pl.concat_str(result.by, separator="|") if by else pl.lit("all")
        parts.append(result.table.with_columns(by=pl.lit(name), dom=label).drop(result.by))
    return pl.concat(parts)


def agree(expected: pl.DataFrame, ours: pl.DataFrame, columns: dict[str, str], tolerance: float = 1e-9) -> None:
    """Our columns (keys) are R's (values), relatively, in every row of `expected`."""
    both = expected.join(
        ours.select("by", "dom", var="variable", **{f"our_{name}": name for name in columns}),
        on=["by", "dom", "var"],
        how="left",
    )
    assert both.height == expected.height > 0
    for name, other in columns.items():
        assert both[f"our_{name}"].null_count() == 0, name
        difference = (both[f"our_{name}"] - both[other]).abs() / both[other].abs().clip(lower_bound=1e-12)
        assert difference.max() < tolerance, (name, both.sort(difference)[-1].to_dicts())


def varying(name: str) -> pl.DataFrame:
    return golden(name).filter(pl.col("est").is_between(0, 1, closed="none"))


@pytest.mark.parametrize("name", ["none", "rake_calib", "greg", "greg_bounded", "raking_emp"])
def test_proportions_totals_and_design_effects(name: str) -> None:
    file = "w1_prop" if name == "none" else f"w2_{name}_prop"
    design = plain() if name == "none" else calibrated(name)
    variables = golden(file)["var"].unique(maintain_order=True).to_list()
    shares = programme(proportion, design, variables).filter(pl.col("category") == "1")
    agree(golden(file), shares, {"estimate": "est", "n": "n", "df": "df_domain"})
    agree(varying(file), shares, {"se": "se", "deff": "deff", "ci_low": "lo_domain", "ci_high": "hi_domain"})
    agree(varying(file), programme(total, design, variables), {"estimate": "total", "se": "se_total"})
    with_replacement = programme(mean, design, variables, deff="with")
    if "deff_wr" in golden(file).columns:
        agree(varying(file), with_replacement, {"deff": "deff_wr"})


@pytest.mark.parametrize("name", ["none", "rake_calib", "greg", "greg_bounded", "raking_emp"])
def test_means(name: str) -> None:
    file = "w1_mean" if name == "none" else f"w2_{name}_mean"
    design = plain() if name == "none" else calibrated(name)
    variables = golden(file)["var"].unique(maintain_order=True).to_list()
    columns = {"estimate": "est", "se": "se", "deff": "deff", "n": "n", "ci_low": "lo_domain", "ci_high": "hi_domain"}
    agree(golden(file), programme(mean, design, variables), columns)


@pytest.mark.parametrize("rule", ["full", "observed"])
def test_degrees_of_freedom_by_rule(rule: str) -> None:
    expected = golden("w1_nofpc")
    ours = programme(mean, plain(), expected["var"].unique(maintain_order=True).to_list(), df=rule)
    agree(expected, ours, {"df": f"df_{rule}"})


def test_without_finite_population() -> None:
    expected = golden("w1_nofpc")
    design = survey_design(golden("sample"), weights="w", strata="stratum")
    ours = programme(mean, design, expected["var"].unique(maintain_order=True).to_list())
    agree(expected, ours, {"estimate": "est", "se": "se", "deff": "deff", "df": "df_domain"})
    agree(expected, programme(mean, design, ["q01", "q21", "q51", "x2"], deff="with"), {"deff": "deff_wr"})


@pytest.mark.parametrize("method", ["logit", "likelihood", "asin", "beta", "mean", "xlogit"])
def test_intervals_of_proportions(method: str) -> None:
    expected = golden("w1_ciprop").filter(pl.col("method") == method)
    ours = proportion(plain(), expected["var"].to_list(), ci=method, df="observed").table
    both = expected.join(ours.filter(pl.col("category") == "1"), left_on="var", right_on="variable", suffix="_ours")
    assert both.height == 5
    for row in both.iter_rows(named=True):
        tolerance = LIKELIHOOD[row["var"]] if method == "likelihood" else 1e-9
        assert row["estimate"] == pytest.approx(row["est"], rel=1e-9)
        assert row["se_ours"] == pytest.approx(row["se"], rel=1e-9)
        assert row["df_ours"] == row["df"]
        assert row["ci_low"] == pytest.approx(row["lo"], rel=tolerance)
        assert row["ci_high"] == pytest.approx(row["hi"], rel=tolerance)


@pytest.mark.parametrize("mse", [False, True])
def test_replicates(mse: bool) -> None:
    weights = golden("w3_repweights")
    columns = [name for name in weights.columns if name != "id"]
    data = golden("sample").join(weights, on="id")
    design = survey_design(data, weights="w", replicates=ReplicateColumns(columns, type="bootstrap", mse=mse))
    expected = golden("w3_replicate").filter(pl.col("mse").cast(pl.String).str.to_lowercase() == str(mse).lower())
    variables = ["q01", "q21", "q51", "l1", "x1", "x2"]
    parts = [
        mean(design, variables).table.with_columns(stat=pl.lit("mean"), dom=pl.lit("all")),
        total(design, variables).table.with_columns(stat=pl.lit("total"), dom=pl.lit("all")),
        mean(design, variables, by="sector").table.with_columns(stat=pl.lit("mean")).rename({"sector": "dom"}),
    ]
    both = expected.join(
        pl.concat(parts, how="diagonal"),
        left_on=["stat", "dom", "var"],
        right_on=["stat", "dom", "variable"],
        suffix="_ours",
    )
    assert both.height == expected.height == 30
    assert ((both["estimate"] - both["est"]).abs() / both["est"].abs()).max() < 1e-9
    assert ((both["se_ours"] - both["se"]).abs() / both["se"]).max() < 1e-9


@pytest.mark.parametrize("name", ["taylor", "greg"])
def test_differences_between_sectors(name: str) -> None:
    expected = golden("w4_ttest").filter(
        (pl.col("design") == name) & pl.col("var").is_in([f"q{item:02d}" for item in range(1, 21)])
    )
    design = plain() if name == "taylor" else calibrated(name)
    result = mean(design, expected["var"].unique(maintain_order=True).to_list(), by="sector")
    assert np.sqrt(np.diag(result.covariance)) == pytest.approx(result.table["se"].to_numpy(), rel=1e-9)
    both = expected.join(
        differences(result), left_on=["var", "a", "b"], right_on=["variable", "first", "second"], suffix="_ours"
    )
    both = both.filter(pl.col("se").is_finite())
    assert both.height == expected.height
    assert ((both["estimate"] + both["diff"]).abs() / both["diff"].abs()).max() < 1e-8
    assert ((both["se_ours"] - both["se"]).abs() / both["se"]).max() < 1e-8


def test_a_programme_of_shares_in_one_pass() -> None:
    expected = golden("w1_prop")
    variables = expected["var"].unique(maintain_order=True).to_list()
    table = share_programme(plain(), variables, list(DOMAINS.values()))
    ours = table.with_columns(
        by=pl.col("breakdown").replace({"": "overall", "sector:size": "sector_size"}),
        dom=pl.col("cell").str.replace(":", "|", literal=True).replace("", "all"),
    )
    assert table.height == len(variables) * 27
    agree(expected, ours, {"estimate": "est", "n": "n", "df": "df_domain"})
    agree(varying("w1_prop"), ours, {"se": "se", "deff": "deff", "ci_low": "lo_domain", "ci_high": "hi_domain"})
