"""Weights, estimates, errors, intervals and tests agree with R's survey package (see golden/README.md)."""

import gzip
import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from barometer.estimation import estimate
from barometer.model import Calibration, Design, Margin, Measure, Selection, Survey, Weighting
from barometer.tables import ASKED, Estimates, Sample, Weights, empty
from barometer.weighting import weigh
from made_survey import Programmer, made_frame, made_survey, number

GOLDEN = Path(__file__).parent / "golden"
STRATA = ("sector", "type", "size", "region")
SHARES = [f"q{item:02d}" for item in range(1, 61)]
MEANS = ["l1", "x1", "x2"]
MARGINS = tuple(Margin((name,)) for name in STRATA)
WITH_EMPLOYEES = (*MARGINS, Margin(("emp",)))
CALIBRATIONS = {
    "none": Weighting(response_classes=("sector", "size")),
    "rake_calib": Weighting(response_classes=("sector", "size"), calibration=Calibration.RAKING, margins=MARGINS),
    "greg": Weighting(response_classes=("sector", "size"), calibration=Calibration.LINEAR, margins=WITH_EMPLOYEES),
    "greg_bounded": Weighting(
        response_classes=("sector", "size"),
        calibration=Calibration.LINEAR,
        margins=WITH_EMPLOYEES,
        lower=0.9,
        upper=1.1,
    ),
    "raking_emp": Weighting(
        response_classes=("sector", "size"), calibration=Calibration.RAKING, margins=WITH_EMPLOYEES
    ),
}


@cache
def golden(name: str) -> pl.DataFrame:
    return pl.read_csv(gzip.decompress((GOLDEN / f"{name}.csv.gz").read_bytes()), infer_schema_length=None)


@cache
def respondents() -> pl.DataFrame:
    return golden("sample").with_columns(unit_id=pl.format("r{}", "id"), case_id=pl.format("c{}", "id"))


@cache
def register() -> pl.DataFrame:
    """The frame: the respondents, and others to make up the counts of every stratum and the employees."""
    strata = respondents().group_by("stratum", *STRATA).agg(
        pl.col("N_h", "n_h").first(), m_h=pl.len()
    ).sort("stratum")  # fmt: skip
    known = respondents().select("unit_id", *STRATA, "emp", asked=True)

    def others(mark: str, count: pl.Expr, asked: bool) -> pl.DataFrame:
        missing = strata.select("stratum", *STRATA, count=count).filter(pl.col("count") > 0)
        rows = missing.with_columns(serial=pl.int_ranges(0, "count")).explode("serial", empty_as_null=True)
        unit = pl.format(f"{mark}{{}}-{{}}", "stratum", "serial")
        return rows.select(unit.alias("unit_id"), *STRATA, emp=pl.lit(1, pl.Int64), asked=asked)

    silent = others("s", pl.col("n_h") - pl.col("m_h"), True)
    unasked = others("u", pl.col("N_h") - pl.col("n_h"), False)
    units = pl.concat([known, silent, unasked])
    gap = json.loads((GOLDEN / "margins.json").read_text())["emp_total"] - units["emp"].sum()
    last = pl.int_range(pl.len()) == pl.len() - 1
    return units.with_columns(emp=pl.when(last).then(pl.col("emp") + gap).otherwise("emp"))


@cache
def survey_and_sample(calibration: str) -> tuple[Survey, Sample, pl.DataFrame]:
    units = register()
    frame = made_frame(units.drop("asked"))
    questions = [number(name) for name in (*SHARES, *MEANS)]
    make = Programmer(frame, questions)
    for name in SHARES:
        make.share(name.upper(), f"{name} == 1", question=name)
    for name in MEANS:
        make.number(name.upper(), name, Measure.MEAN, question=name)
        make.number(f"TOTAL_{name.upper()}", name, Measure.TOTAL, question=name)
    make.by_column("sector")
    make.by_column("type")
    make.by_column("size")
    make.by_column("region")
    make.by_crossing("sector_size", "sector", "size")
    survey = made_survey(
        frame,
        design=Design(Selection.STRATIFIED, STRATA, sample_size=int(units["asked"].sum())),
        weighting=CALIBRATIONS[calibration],
        questions=questions,
        programme=make.programme(),
    )
    drawn = (
        units.with_columns(stratum=pl.concat_str(STRATA, separator=":"))
        .with_columns(
            population=pl.len().over("stratum").cast(pl.Int64),
            sampled=pl.col("asked").sum().over("stratum").cast(pl.Int64),
            prn=pl.lit(0.5),
        )
        .filter("asked")
        .with_columns(inclusion_probability=pl.col("sampled") / pl.col("population"))
        .with_columns(design_weight=1 / pl.col("inclusion_probability"))
    )
    answers = respondents().select("case_id", "unit_id", *SHARES, *MEANS)
    return survey, Sample("made", drawn, units.height), answers


@cache
def weighed(calibration: str) -> Weights:
    """Without those asked who did not answer: R's figures take the answers for the sample."""
    return replace(weigh(*survey_and_sample(calibration)), asked=empty(ASKED))


@cache
def estimated(calibration: str) -> Estimates:
    return estimate(*survey_and_sample(calibration), weighed(calibration))


def compare(ours: pl.DataFrame, expected: pl.DataFrame, columns: dict[str, str], tolerance: float = 1e-9) -> None:
    """Join on indicator, breakdown and cell, and compare our columns with R's."""
    joined = expected.join(ours, on=["indicator", "breakdown", "cell"], how="left", suffix="_ours")
    assert joined.height == expected.height > 0
    for name, other in columns.items():
        name = f"{name}_ours" if name in expected.columns else name
        assert joined[name].null_count() == 0, name
        difference = (joined[name] - joined[other]).abs() / joined[other].abs().clip(lower_bound=1e-12)
        assert difference.max() < tolerance, (name, joined.sort(difference)[-1].to_dicts())


def in_our_terms(name: str) -> pl.DataFrame:
    return golden(name).with_columns(
        indicator=pl.col("var").str.to_uppercase(),
        breakdown=pl.col("by").replace("overall", "total"),
        cell=pl.col("dom").str.replace("|", ":", literal=True),
    )


def test_base_weights() -> None:
    base = weighed("none").cases.join(respondents(), on="case_id")
    assert ((base["base_weight"] - base["w"]).abs() / base["w"]).max() < 1e-12


@pytest.mark.parametrize("calibration", [name for name in CALIBRATIONS if name != "none"])
def test_calibrated_weights(calibration: str) -> None:
    expected = golden("w2_weights").select(pl.format("c{}", "id").alias("case_id"), r=calibration)
    both = weighed(calibration).cases.join(expected, on="case_id")
    assert both.height == 2400
    assert ((both["weight"] - both["r"]).abs() / both["r"]).max() < 1e-9


@pytest.mark.parametrize(
    ("calibration", "file"),
    [("none", "w1_prop"), *((name, f"w2_{name}_prop") for name in CALIBRATIONS if name != "none")],
)
def test_shares(calibration: str, file: str) -> None:
    cells = estimated(calibration).cells
    expected = in_our_terms(file)
    compare(cells, expected, {"value": "est", "n": "n", "df": "df_domain"})
    varying = expected.filter(pl.col("est").is_between(0, 1, closed="none"))
    assert varying.height > 80
    columns = {"se": "se", "deff": "deff", "ci_low": "lo_domain", "ci_high": "hi_domain"}
    compare(cells, varying, columns)


def test_shares_of_0_or_1_have_no_error_but_an_interval() -> None:
    extreme = in_our_terms("w1_prop").filter(~pl.col("est").is_between(0, 1, closed="none"))
    cells = estimated("none").cells.join(extreme, on=["indicator", "breakdown", "cell"])
    assert cells.height == extreme.height > 0
    assert cells["se"].null_count() == cells.height
    assert set(cells["reason"]) == {"no_variation"}
    assert ((cells["ci_high"] - cells["ci_low"]) > 0).all()


@pytest.mark.parametrize(
    ("calibration", "file"),
    [("none", "w1_mean"), *((name, f"w2_{name}_mean") for name in CALIBRATIONS if name != "none")],
)
def test_means_and_totals(calibration: str, file: str) -> None:
    cells = estimated(calibration).cells
    expected = in_our_terms(file)
    columns = {"value": "est", "se": "se", "deff": "deff", "n": "n", "ci_low": "lo_domain", "ci_high": "hi_domain"}
    compare(cells, expected, columns)
    totals = expected.with_columns(indicator=pl.format("TOTAL_{}", "indicator"))
    compare(cells, totals, {"value": "total", "se": "se_total", "df": "df_domain"})


@pytest.mark.parametrize(("calibration", "design"), [("none", "taylor"), ("greg", "greg")])
def test_differences_between_sectors(calibration: str, design: str) -> None:
    expected = golden("w4_ttest").filter(pl.col("design") == design).with_columns(pl.col("var").str.to_uppercase())
    ours = estimated(calibration).contrasts.filter(pl.col("breakdown") == "sector")
    joined = expected.join(ours, left_on=["var", "a", "b"], right_on=["indicator", "cell_a", "cell_b"], suffix="_ours")
    assert joined.height == 62 * 3  # 60 shares, l1 and x2
    both = joined.filter(pl.col("se_ours").is_not_null())
    assert both.height >= joined.height - 3  # q20 is too rare for some pairs
    assert ((both["difference"] + both["diff"]).abs() / both["diff"].abs()).max() < 1e-8
    assert ((both["se_ours"] - both["se"]).abs() / both["se"]).max() < 1e-9
    complete = both.filter(~pl.col("var").is_in([f"Q{item}" for item in range(21, 61)] + ["X2"]))
    assert complete.height > 55
    assert (complete["df_ours"] == complete["df"] + 1).all()  # R's regression leaves missing values out
