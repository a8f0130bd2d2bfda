"""Replicates of an edition's weights have been through everything the weights have been through."""

import numpy as np
import polars as pl
import pytest

from barometer.model import Calibration, Design, Margin, Selection, Survey, Weighting
from barometer.problems import BadInput
from barometer.sampling import draw_sample
from barometer.tables import Replicates, Sample, Weights
from barometer.weighting import weigh, weigh_replicates
from made_survey import made_frame, made_survey

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


def replicated(weighting: Weighting, **how: object) -> tuple[pl.DataFrame, Replicates]:
    survey, sample, weights = weighed(weighting)
    made = weigh_replicates(survey, sample, weights, rng=np.random.default_rng(1), count=30, **how)  # type: ignore[arg-type]
    return weights.cases.join(FRAME, on="unit_id", how="left", maintain_order="left"), made


@pytest.mark.parametrize("kind", ["RaoWuYue", "JKn", "mrbbootstrap"])
def test_every_replicate_meets_the_margins(kind: str) -> None:
    cases, made = replicated(CALIBRATED, type=kind)
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


def test_propensities_are_kept_as_they_were_fitted() -> None:
    cases, made = replicated(Weighting(propensity=("kind", "size")), type="JKn")
    assert made.base == pytest.approx(cases["weight"].to_numpy())
    sizes = cases.group_by("stratum").len()["len"].to_numpy()
    factors = np.unique(np.round(made.weights / made.base[:, None], 9))
    assert factors == pytest.approx(np.unique([0, 1, *(sizes / (sizes - 1))]))


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
