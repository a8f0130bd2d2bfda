"""Calibrated weights agree with R's `calibrate`, `rake` and `postStratify`; the jackknife with linearisation."""

import gzip
import json
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from barometer.weighting import CalibrationPlan, KnownTotals, calibrate_margins, replicate_weights

GOLDEN = Path(__file__).parent / "golden"
TOTALS = json.loads((GOLDEN / "margins.json").read_text())
MARGINS = tuple(
    KnownTotals.of_cells([name], {(code,): total for code, total in TOTALS["margins"][name].items()})
    for name in ("sector", "type", "size", "region")
)
WITH_EMPLOYEES = (*MARGINS, KnownTotals.of_number("emp", TOTALS["emp_total"]))
PLANS = {
    "rake_calib": CalibrationPlan("raking", MARGINS),
    "rake_ipf": CalibrationPlan("rake", MARGINS, tolerance=1e-9),
    "greg": CalibrationPlan("linear", WITH_EMPLOYEES),
    "greg_bounded": CalibrationPlan("linear", WITH_EMPLOYEES, (0.9, 1.1)),
    "logit_bounded": CalibrationPlan("logit", WITH_EMPLOYEES, (0.8, 1.25)),
    "raking_emp": CalibrationPlan("raking", WITH_EMPLOYEES),
    "poststrat": CalibrationPlan("poststratify", MARGINS[1:2]),
}


@cache
def golden(name: str) -> pl.DataFrame:
    return pl.read_csv(gzip.decompress((GOLDEN / f"{name}.csv.gz").read_bytes()), infer_schema_length=None)


@pytest.mark.parametrize("name", PLANS)
def test_weights(name: str) -> None:
    sample, expected = golden("sample"), golden("w2_weights")
    assert sample["id"].to_list() == expected["id"].to_list()
    found = calibrate_margins(sample["w"], sample, PLANS[name])
    assert np.max(np.abs(found.weights / expected[name].to_numpy() - 1)) < 1e-12
    lower, upper = PLANS[name].bounds
    assert lower - 1e-12 <= found.g.min()
    assert found.g.max() <= upper + 1e-12


def test_raking_stops_where_it_is_told_to() -> None:
    """R's default epsilon 1e-7 leaves weights as far off as a step before the last."""
    sample = golden("sample")
    exact = calibrate_margins(sample["w"], sample, PLANS["raking_emp"])
    early = calibrate_margins(sample["w"], sample, CalibrationPlan("raking", WITH_EMPLOYEES, tolerance=1e-7))
    assert early.steps < exact.steps
    assert exact.margin_error < 1e-13 < early.margin_error < 1e-7


def test_the_jackknife_of_a_total_is_its_linearised_error() -> None:
    sample = golden("sample")
    jackknife = replicate_weights(sample, weights="w", strata="stratum", fpc="N_h", type="JKn")
    totals = np.concatenate([block.T @ sample["q01"].to_numpy() for block in jackknife.blocks()])
    centre = totals[jackknife.rscales > 0].mean()
    variance = jackknife.scale * (jackknife.rscales @ (totals - centre) ** 2)
    shares = golden("w1_prop").filter((pl.col("var") == "q01") & (pl.col("by") == "overall"))
    assert np.sqrt(variance) == pytest.approx(shares["se_total"][0], rel=1e-9)
