"""What weights come out."""

import numpy as np
import polars as pl
import pytest

from barometer.model import Calibration, Design, Margin, Selection, Weighting
from barometer.sampling import draw_sample
from barometer.tables import Weights
from barometer.weighting import weigh
from made_survey import CENSUS, Programmer, made_frame, made_survey

FRAME = pl.DataFrame(
    {
        "unit_id": [f"u{number:02d}" for number in range(20)],
        "kind": ["a"] * 12 + ["b"] * 8,
        "size": ["s", "m", "l", "s"] * 5,
        "employees": [3 * number % 11 + 1 for number in range(20)],
    }
)
HALF = Design(Selection.STRATIFIED, ("kind",), "kind", {"a": 0.5, "b": 1.0})


def weighed(weighting: Weighting, respondents: list[int], design: Design = HALF, cases_each: int = 1) -> Weights:
    """Answers of the sampled units at these places of the sample."""
    frame = made_frame(FRAME, categories={"size": ("s", "m", "l")})
    make = Programmer(frame)
    make.by_column("kind")
    make.by_column("size")
    make.by_crossing("kind_size", "kind", "size")
    survey = made_survey(frame, design=design, weighting=weighting, programme=make.programme())
    sample = draw_sample(survey, np.random.default_rng(5))
    ids = [sample.units["unit_id"][place] for place in respondents for _ in range(cases_each)]
    answers = pl.DataFrame({"case_id": [f"c{place}" for place in range(len(ids))], "unit_id": ids})
    return weigh(survey, sample, answers)


def statistic(weights: Weights, name: str) -> float:
    return float(weights.diagnostics.row(by_predicate=pl.col("statistic") == name, named=True)["value"])


def test_respondents_stand_for_their_response_class() -> None:
    weights = weighed(Weighting(response_classes=("kind",)), [0, 1, 2, 6, 7, 8, 9]).cases
    of_a = weights.filter(pl.col("stratum") == "a")
    assert of_a["design_weight"].to_list() == [2.0] * 3
    assert of_a["base_weight"].to_list() == [4.0] * 3  # six were asked, three answered
    assert weights.filter(pl.col("stratum") == "b")["weight"].to_list() == [2.0] * 4


def test_without_classes_everyone_stands_for_all() -> None:
    weights = weighed(Weighting(), [0, 1, 6, 7]).cases
    assert weights["weight"].to_list() == pytest.approx([20 / 6 * 2] * 2 + [20 / 6] * 2)


@pytest.mark.parametrize("method", [Calibration.LINEAR, Calibration.RAKING])
def test_calibrated_weights_add_up_to_the_register(method: Calibration) -> None:
    margins = (Margin(("kind",)), Margin(("size",)), Margin(("employees",)))
    weighting = Weighting(calibration=method, margins=margins, lower=0.2, upper=5)
    weights = weighed(weighting, list(range(13)))
    cases = weights.cases.join(FRAME, on="unit_id")
    for name in ("kind", "size"):
        sums = dict(cases.group_by(name).agg(pl.col("weight").sum()).iter_rows())
        assert sums == pytest.approx(dict(FRAME.group_by(name).len().iter_rows()))
    assert (cases["weight"] * cases["employees"]).sum() == pytest.approx(FRAME["employees"].sum())
    assert weights.auxiliaries.shape == (13, 5)  # of six cells one follows from the others
    assert statistic(weights, "margins") == 6
    assert statistic(weights, "margin_error") < 1e-10


def test_logit_weights_stay_between_their_bounds() -> None:
    margins = (Margin(("kind",)), Margin(("employees",)))
    weighting = Weighting(calibration=Calibration.LOGIT, margins=margins, lower=0.5, upper=2)
    weights = weighed(weighting, list(range(13)))
    assert statistic(weights, "margin_error") < 1e-10
    assert 0.5 < statistic(weights, "g_low") < statistic(weights, "g_high") < 2


def test_propensities_of_one_column_are_response_classes() -> None:
    in_classes = weighed(Weighting(response_classes=("kind",)), [9, 0, 1, 2, 6, 7, 8]).cases
    by_model = weighed(Weighting(propensity=("kind",)), [9, 0, 1, 2, 6, 7, 8]).cases
    assert by_model["weight"].to_list() == pytest.approx(in_classes["weight"].to_list())


def test_cases_of_a_unit_share_its_weight() -> None:
    weights = weighed(Weighting(response_classes=("kind",)), [0, 1, 6, 7], cases_each=3).cases
    assert weights.height == 12
    assert weights["weight"].to_list() == [6.0] * 6 + [4.0] * 6
    assert weights["psu"].to_list() == weights["unit_id"].to_list()
    assert set(weights["population_psus"]) == {12.0, 8.0}


def test_an_unweighted_census_keeps_the_finite_population() -> None:
    weights = weighed(Weighting(weighted=False), [0, 3, 4], CENSUS).cases
    assert weights["weight"].to_list() == [1.0] * 3
    assert weights["population_psus"].to_list() == [20.0] * 3


def test_reports_have_weight_1_and_no_finite_population() -> None:
    weights = weighed(Weighting(weighted=False), [0, 3, 4], Design(Selection.REPORTED)).cases
    assert weights["weight"].to_list() == [1.0] * 3
    assert weights["population_psus"].null_count() == 3
    assert weights["stratum"].n_unique() == 1


def test_weights_come_in_the_order_of_the_answers() -> None:
    weights = weighed(Weighting(), [9, 0, 4]).cases
    assert weights["case_id"].to_list() == ["c0", "c1", "c2"]
    assert weights["unit_id"].is_sorted() is False


def test_response_is_counted_by_every_register_breakdown() -> None:
    response = weighed(Weighting(), [0, 1, 6, 7, 8], cases_each=2).response
    total = response.row(0, named=True)
    assert total == {
        "survey": "made",
        "breakdown": "total",
        "cell": "all",
        "frame": 20,
        "sampled": 14,
        "responded": 5,
        "cases": 10,
    }
    for breakdown in ("kind", "size", "kind_size"):
        cells = response.filter(pl.col("breakdown") == breakdown)
        for column in ("frame", "sampled", "responded", "cases"):
            assert cells[column].sum() == total[column]
    assert response.filter(pl.col("breakdown") == "kind_size")["cell"].to_list() == [
        "a:s", "a:m", "a:l", "b:s", "b:m", "b:l",
    ]  # fmt: skip
