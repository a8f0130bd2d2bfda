"""Quantiles, tests and regressions agree with R's survey package (see golden/README.md)."""

import gzip
import math
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from barometer.estimation import SurveyDesign, quantiles, rao_scott, regression, survey_design, t_tests
from barometer.tables import Calibrated

GOLDEN = Path(__file__).parent / "golden"
MARGINS = ("sector", "type", "size", "region")


@cache
def golden(name: str) -> pl.DataFrame:
    """A file of R's; empty fields are missing."""
    content = gzip.decompress((GOLDEN / f"{name}.csv.gz").read_bytes())
    return pl.read_csv(content, infer_schema_length=None, null_values=[""])


@cache
def design(kind: str = "taylor") -> SurveyDesign:
    data = golden("sample").with_columns(lemp=pl.col("emp").log())
    calibration = None
    if kind == "greg":
        dummies = [data[name].to_dummies(drop_first=True).to_numpy() for name in MARGINS]
        auxiliaries = np.hstack([np.ones((data.height, 1)), *dummies, data["emp"].to_numpy()[:, None]])
        weights, names = golden("w2_weights")["greg"].to_numpy(), tuple(map(str, range(auxiliaries.shape[1])))
        calibration = Calibrated("linear", weights, data["w"].to_numpy(), auxiliaries, names, pl.DataFrame())
    return survey_design(data, weights="w", strata="stratum", fpc="N_h", calibration=calibration)


def same(ours: float, theirs: float | None, digits: float = 1e-9) -> bool:
    if theirs is None or math.isnan(theirs):
        return math.isnan(ours)
    return math.isclose(ours, theirs, rel_tol=digits, abs_tol=1e-300)


@pytest.mark.parametrize("interval", ["mean", "beta", "xlogit", "asin", "score"])
def test_quantiles(interval: str) -> None:
    expected = golden("w1_quantile").filter(pl.col("interval") == interval)
    assert expected.height >= 20
    for (variable, rule), rows in expected.group_by("var", "qrule"):
        found = quantiles(design(), variable, rows["p"].to_list(), interval=interval, rule=rule)
        for one, row in zip(found, rows.iter_rows(named=True), strict=True):
            assert same(one.estimate, row["est"]), (one, row)
            assert same(one.ci_low, row["lo"]), (one, row)
            assert same(one.ci_high, row["hi"]), (one, row)
            assert same(one.se, row["se"]), (one, row)


@pytest.mark.parametrize("statistic", ["F", "Chisq", "Wald", "adjWald", "lincom", "saddlepoint"])
def test_tables(statistic: str) -> None:
    expected = golden("w4_chisq").filter(pl.col("statistic_type") == statistic)
    assert expected.height == 60
    found = rao_scott(design(), expected["var"].to_list(), "sector", statistic=statistic)
    for one, row in zip(found, expected.iter_rows(named=True), strict=True):
        assert one.n == row["n"]
        for ours, theirs in ((one.statistic, "statistic"), (one.ndf, "ndf"), (one.ddf, "ddf"), (one.p, "p")):
            assert same(ours, row[theirs]), (one, row)


@pytest.mark.parametrize("kind", ["taylor", "greg"])
def test_t_tests(kind: str) -> None:
    expected = golden("w4_ttest").filter(pl.col("design") == kind, pl.col("var").is_in(golden("sample").columns))
    outcomes = expected["var"].unique(maintain_order=True).to_list()
    found = {(one.outcome, one.a, one.b): one for one in t_tests(design(kind), outcomes, "sector")}
    assert len(found) == expected.height >= 180
    for row in expected.iter_rows(named=True):
        one = found[row["var"], row["a"], row["b"]]
        for ours, theirs in ((one.difference, "diff"), (one.se, "se"), (one.t, "t"), (one.df, "df"), (one.p, "p")):
            assert same(ours, row[theirs]), (one, row)


FAMILIES = {"quasibinomial": "logit", "gaussian": "gaussian", "quasipoisson": "poisson"}


@pytest.mark.parametrize("kind", ["taylor", "greg"])
def test_regressions(kind: str) -> None:
    """P-values magnify the last digits of an error, the more the farther out they are."""
    expected = golden("w5_glm").filter(pl.col("design") == kind)
    for (outcome, family), rows in expected.group_by("y", "family"):
        terms = [*MARGINS, "lemp"] if family == "quasibinomial" else ["sector", "size", "lemp"]
        model = regression(design(kind), outcome, terms, FAMILIES[family])
        assert list(model.names) == rows["term"].to_list()
        table = model.table()
        assert np.allclose(table["estimate"], rows["est"], rtol=1e-9, atol=0)
        assert np.allclose(table["se"], rows["se"], rtol=1e-12 if family == "gaussian" else 1e-9, atol=0)
        assert np.allclose(table["p"], rows["p"], rtol=1e-8, atol=0)
        assert model.df == rows["df"][0]
        if family == "quasibinomial":
            test = model.term_test("type")
            assert same(test.F, rows["type_wald_F"][0])
            assert same(test.p, rows["type_wald_p"][0])
