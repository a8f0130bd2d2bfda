"""Replicates of an edition's weights have been through everything the weights have been through."""

import numpy as np
import polars as pl
import pytest

from barometer.estimation import estimate
from barometer.model import Calibration, Design, Margin, Measure, Selection, Survey, Weighting
from barometer.problems import BadInput
from barometer.sampling import draw_sample
from barometer.tables import Replicates, Sample, Weights
from barometer.weighting import propensity_weights, response_propensities, weigh, weigh_replicates
from made_survey import Programmer, made_frame, made_survey, number

RNG = np.random.default_rng(9)
FRAME = pl.DataFrame(
    {
        "unit_id": [f"u{number:03d}" for number in range(300)],
        "kind": ["a"] * 180 + ["b"] * 120,
        "size": RNG.choice(["s", "m", "l"], 300),
        "employees": RNG.integers(1, 60, 300),
    }
)
DESIGN = Design(Selection.STRATIFIED, ("kind",), "kind", {"a": 0.4, "b": 0.6})
CALIBRATED = Weighting(
    response_classes=("kind",), calibration=Calibration.RAKING, margins=(Margin(("size",)), Margin(("employees",)))
)


def weighed(weighting: Weighting, cases_each: int = 1) -> tuple[Survey, Sample, Weights]:
    survey = made_survey(made_frame(FRAME), design=DESIGN, weighting=weighting)
    sample = draw_sample(survey, np.random.default_rng(5))
    answering = sample.units["unit_id"].gather_every(2)
    ids = [unit for unit in answering for _ in range(cases_each)][::-1]
    answers = pl.DataFrame({"case_id": [f"c{place}" for place in range(len(ids))], "unit_id": ids})
    return survey, sample, weigh(survey, sample, answers)


def of_a_question(weighting: Weighting) -> tuple[Survey, Sample, pl.DataFrame]:
    """A survey with the total of a number, and the answers of half of those asked."""
    frame = made_frame(FRAME)
    build = Programmer(frame, [number("value")])
    build.number("IT", "value", Measure.TOTAL, question="value")
    build.by_column("kind")
    build.by_column("size")
    survey = made_survey(
        frame, design=DESIGN, weighting=weighting, questions=[number("value")], programme=build.programme()
    )
    sample = draw_sample(survey, np.random.default_rng(5))
    answers = sample.units.gather_every(2).select(pl.concat_str(pl.lit("c"), "unit_id").alias("case_id"), "unit_id")
    return survey, sample, answers.with_columns(value=pl.Series(RNG.normal(5, 2, answers.height)))


def replicated(weighting: Weighting, **how: object) -> tuple[pl.DataFrame, Replicates]:
    survey, sample, weights = weighed(weighting)
    made = weigh_replicates(survey, sample, weights, rng=np.random.default_rng(1), count=30, **how)  # type: ignore[arg-type]
    return weights.cases.join(FRAME, on="unit_id", how="left", maintain_order="left"), made


@pytest.mark.parametrize("kind", ["RaoWuYue", "JKn", "mrbbootstrap", "Fay", "subbootstrap"])
def test_every_replicate_meets_the_margins(kind: str) -> None:
    cases, made = replicated(CALIBRATED, type=kind, rho=0.5)
    assert made.base == pytest.approx(cases["weight"].to_numpy())
    employees = cases["employees"].to_numpy() @ made.weights
    assert employees == pytest.approx(np.full(made.count, FRAME["employees"].sum()))
    small = (cases["size"] == "s").to_numpy() @ made.weights
    assert small == pytest.approx(np.full(made.count, (FRAME["size"] == "s").sum()))


def test_every_replicate_stands_for_all_who_were_asked() -> None:
    cases, made = replicated(Weighting(response_classes=("kind",)))
    for kind, total in (("a", 180), ("b", 120)):
        sums = (cases["kind"] == kind).to_numpy() @ made.weights
        assert sums == pytest.approx(np.full(30, total))
    assert made.weights.std(axis=1).min() > 0


def test_propensities_are_fitted_again_in_every_replicate() -> None:
    """The jackknife without one unit is what the whole procedure gives without it."""
    survey, sample, weights = weighed(Weighting(propensity=("kind", "size")))
    made = weigh_replicates(survey, sample, weights, type="JKn")
    asked = weights.asked
    without = 3
    place = asked.select((pl.col("stratum") == asked["stratum"][without]).cum_sum())["stratum"][without]
    before = (asked["stratum"] < asked["stratum"][without]).sum()
    design = asked.with_columns(
        design_weight=pl.when(pl.int_range(pl.len()) == without)
        .then(0.0)
        .when(pl.col("stratum") == asked["stratum"][without])
        .then(pl.col("design_weight") * (pl.len().over("stratum") / (pl.len().over("stratum") - 1)))
        .otherwise("design_weight")
    )["design_weight"]
    columns = asked.select("unit_id").join(FRAME, on="unit_id", how="left", maintain_order="left")
    answered = asked["unit_id"].is_in(weights.cases["unit_id"].implode()).cast(pl.Float64).to_numpy()
    model = response_propensities(columns, answered, ("kind", "size"), weights=design)
    expected = dict(
        zip(asked["unit_id"].filter(answered == 1), propensity_weights(design, model, answered), strict=True)
    )
    ours = dict(zip(weights.cases["unit_id"], made.weights[:, before + place - 1], strict=True))
    assert ours == pytest.approx(expected)


def test_bootstrap_and_linearisation_agree_where_classes_cut_across_strata() -> None:
    survey, sample, answers = of_a_question(Weighting(response_classes=("size",)))
    weights = weigh(survey, sample, answers)
    cells = estimate(survey, sample, answers, weights).cells.filter(pl.col("cell") != "all")
    made = weigh_replicates(survey, sample, weights, count=1500, rng=np.random.default_rng(2))
    joined = (
        weights.cases.select("case_id").join(answers, on="case_id", maintain_order="left").join(FRAME, on="unit_id")
    )
    for cell in cells.iter_rows(named=True):
        totals = (joined["value"] * (joined[cell["breakdown"]] == cell["cell"])).to_numpy() @ made.weights
        spread = np.sqrt(made.scale * (made.rscales * (totals - totals.mean()) ** 2).sum())
        assert spread == pytest.approx(cell["se"], rel=0.08), cell


@pytest.mark.parametrize("kind", ["JKn", "subbootstrap"])
def test_other_replicates_err_upwards(kind: str) -> None:
    survey, sample, answers = of_a_question(Weighting(response_classes=("kind",)))
    weights = weigh(survey, sample, answers)
    made = weigh_replicates(survey, sample, weights, type=kind, count=800, rng=np.random.default_rng(3))
    total = answers.sort("case_id")["value"].to_numpy() @ made.weights[weights.cases["case_id"].arg_sort().to_numpy()]
    spread = np.sqrt(made.scale * (made.rscales * (total - total.mean()) ** 2).sum())
    (se,) = estimate(survey, sample, answers, weights).cells.filter(pl.col("cell") == "all")["se"]
    assert 0.97 * se < spread < (1.03 if kind == "JKn" else 1.6) * se


def test_cases_of_a_unit_share_its_replicate_weights() -> None:
    survey, sample, weights = weighed(CALIBRATED, cases_each=2)
    made = weigh_replicates(survey, sample, weights, rng=np.random.default_rng(1), count=5)
    assert (made.weights[::2] == made.weights[1::2]).all()


def test_a_replicate_that_cannot_be_adjusted_is_named() -> None:
    units = FRAME.head(40).with_columns(size=pl.Series(["x", *["s", "l"] * 19, "s"]))
    weighting = Weighting(calibration=Calibration.RAKING, margins=(Margin(("size",)),))
    survey = made_survey(made_frame(units), weighting=weighting)
    sample = draw_sample(survey, np.random.default_rng(5))
    ids = units["unit_id"].head(20)
    answers = pl.DataFrame({"case_id": [f"c{place}" for place in range(20)], "unit_id": ids})
    weights = weigh(survey, sample, answers)
    made = weigh_replicates(survey, sample, weights, type="JKn")
    with pytest.raises(BadInput) as raised:
        _ = made.weights
    (problem,) = raised.value.problems
    assert problem.code == "W021"
    assert problem.found.startswith("replicate 1: W010 size=x: weights reach 0, the total is 1")
