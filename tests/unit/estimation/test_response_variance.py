"""What non-response adds to errors, against the formula written out in plain loops (docs/methods/estimation.md)."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from barometer.estimation import estimate
from barometer.model import Calibration, Design, Margin, Measure, Selection, Survey, Weighting
from barometer.sampling import draw_sample
from barometer.tables import ASKED, Sample, Weights, empty
from barometer.weighting import weigh
from made_survey import Programmer, made_frame, made_survey, number

RNG = np.random.default_rng(3)
UNITS = 400
FRAME = pl.DataFrame(
    {
        "unit_id": [f"u{unit:03d}" for unit in range(UNITS)],
        "kind": RNG.choice(["a", "b", "c"], UNITS, p=[0.5, 0.3, 0.2]),
        "size": RNG.choice(["s", "m"], UNITS),
        "employees": RNG.integers(1, 50, UNITS),
        "value": np.round(RNG.gamma(2, 3, UNITS), 2),
    }
)
DRAWN = Design(Selection.STRATIFIED, ("kind",), "kind", {"a": 0.3, "b": 0.5, "c": 1.0})
CENSUS = Design(Selection.CENSUS, ("kind",))
CLASSES = Weighting(response_classes=("size",))
LINEAR = replace(CLASSES, calibration=Calibration.LINEAR, margins=(Margin(("kind",)), Margin(("employees",))))
Survey3 = tuple[Survey, Sample, pl.DataFrame]


def asked(weighting: Weighting, design: Design = DRAWN, silent: str = "size == 's'", part: float = 0.5) -> Survey3:
    """Of the units for which `silent` holds, and a few others, some do not answer."""
    frame = made_frame(FRAME.drop("value"), categories={"size": ("s", "m")})
    build = Programmer(frame, [number("value")])
    build.number("TOTAL", "value", Measure.TOTAL, question="value")
    build.number("MEAN", "value", Measure.MEAN, question="value")
    build.by_column("kind")
    build.by_column("size")
    survey = made_survey(
        frame, design=design, weighting=weighting, questions=[number("value")], programme=build.programme()
    )
    sample = draw_sample(survey, np.random.default_rng(5))
    missing = pl.Series(np.random.default_rng(6).random(sample.units.height)) < part
    answering = sample.units.filter(~(missing & sample.units.select(pl.sql_expr(silent)).to_series()))
    answers = answering.select(case_id="unit_id", unit_id="unit_id").join(
        FRAME.select("unit_id", "value"), on="unit_id"
    )
    return survey, sample, answers


def errors(survey: Survey, sample: Sample, answers: pl.DataFrame, weights: Weights) -> dict[tuple[str, str], float]:
    cells = estimate(survey, sample, answers, weights).cells
    return {(row["indicator"], row["cell"]): row["se"] for row in cells.iter_rows(named=True)}


def by_hand(survey: Survey, sample: Sample, answers: pl.DataFrame, weights: Weights, kind: str) -> float:
    """Standard error of the total of `kind` with response classes by size."""
    units = sample.units.sort("unit_id").rows(named=True)
    values = dict(answers.select("unit_id", "value").iter_rows())
    of_case = {row["unit_id"]: row for row in weights.cases.iter_rows(named=True)}
    position = {unit: row for row, unit in enumerate(weights.cases["unit_id"])}
    answered = [unit for unit in units if unit["unit_id"] in values]
    y = {u["unit_id"]: values[u["unit_id"]] * (u["kind"] == kind) for u in answered}
    if weights.auxiliaries.width:
        x = np.array([weights.auxiliaries.row(position[u["unit_id"]]) for u in answered])
        b = np.array([of_case[u["unit_id"]]["base_weight"] for u in answered])
        target = np.array([y[u["unit_id"]] for u in answered])
        slopes = np.linalg.solve((x * b[:, None]).T @ x, x.T @ (b * target))
        y = {u["unit_id"]: float(e) for u, e in zip(answered, target - x @ slopes, strict=True)}
    mean, rate, stretch = {}, {}, {}
    for size in ("s", "m"):
        inside = [u for u in answered if u["size"] == size]
        everyone = sum(u["design_weight"] for u in units if u["size"] == size)
        design = sum(u["design_weight"] for u in inside)
        mean[size] = sum(u["design_weight"] * y[u["unit_id"]] for u in inside) / design
        rate[size] = design / everyone
        for u in inside:
            part = u["design_weight"] / design if rate[size] < 1 else 0.0
            stretch[u["unit_id"]] = 1 / np.sqrt(1 - part)
    variance = 0.0
    for stratum in ("a", "b", "c"):
        z = []
        for u in (u for u in units if u["kind"] == stratum):
            z.append(u["design_weight"] * mean[u["size"]])
            if u["unit_id"] in values:
                left = (y[u["unit_id"]] - mean[u["size"]]) * of_case[u["unit_id"]]["weight"] * stretch[u["unit_id"]]
                z[-1] += left
                variance += (1 - rate[u["size"]]) / u["design_weight"] * left**2
        fraction = len(z) / (FRAME["kind"] == stratum).sum()
        variance += (1 - fraction) * len(z) / (len(z) - 1) * sum((one - sum(z) / len(z)) ** 2 for one in z)
    return float(np.sqrt(variance))


@pytest.mark.parametrize("weighting", [CLASSES, LINEAR], ids=["classes", "calibrated"])
@pytest.mark.parametrize("silent", ["size == 's'", "kind <> 'z'"])
def test_totals_have_the_error_of_draw_and_answers(weighting: Weighting, silent: str) -> None:
    survey, sample, answers = asked(weighting, silent=silent)
    weights = weigh(survey, sample, answers)
    ours = errors(survey, sample, answers, weights)
    for kind in ("a", "b", "c"):
        expected = by_hand(survey, sample, answers, weights, kind)
        assert ours["TOTAL", kind] == pytest.approx(expected, rel=2e-3 if silent == "size == 's'" else 1e-9)


def test_classes_as_fine_as_the_strata_give_the_error_of_the_answers_as_a_sample() -> None:
    survey, sample, answers = asked(Weighting(response_classes=("kind",)), silent="kind <> 'z'")
    weights = weigh(survey, sample, answers)
    ours = errors(survey, sample, answers, weights)
    plain = errors(survey, sample, answers, replace(weights, asked=empty(ASKED)))
    for key, se in plain.items():
        if key[1] in ("a", "b", "c", "all"):
            assert ours[key] == pytest.approx(se, rel=0.01), key


def test_a_model_of_one_column_gives_the_error_of_its_classes() -> None:
    in_classes, by_model = (
        errors(*made, weigh(*made))
        for made in (asked(CLASSES, silent="kind <> 'z'"), asked(Weighting(propensity=("size",)), silent="kind <> 'z'"))
    )
    assert by_model == pytest.approx(in_classes, rel=1e-6)


def test_where_everyone_was_asked_and_answered_there_is_no_error() -> None:
    made = asked(Weighting(response_classes=("kind",)), CENSUS, "kind = 'a'")
    ours = errors(*made, weigh(*made))
    assert ours["TOTAL", "b"] == ours["MEAN", "c"] == 0
    assert ours["TOTAL", "a"] > 0
    assert ours["TOTAL", "all"] == pytest.approx(ours["TOTAL", "a"])


def test_an_answering_region_in_a_class_that_did_not_answer_fully_keeps_an_error() -> None:
    made = asked(CLASSES, CENSUS, "kind = 'a'")
    ours = errors(*made, weigh(*made))
    assert ours["TOTAL", "b"] > 0


def test_calibration_leaves_a_region_alone_in_which_all_were_asked_and_answered() -> None:
    weighting = replace(LINEAR, response_classes=("kind",))
    survey, sample, answers = asked(weighting, silent="kind = 'a'")
    weights = weigh(survey, sample, answers)
    of_region = weights.cases.filter(pl.col("stratum") == "c")
    assert of_region["weight"].to_list() == [1.0] * (FRAME["kind"] == "c").sum()
    employees = weights.cases.join(FRAME, on="unit_id").select((pl.col("weight") * pl.col("employees")).sum()).item()
    assert employees == pytest.approx(FRAME["employees"].sum())
    ours = errors(survey, sample, answers, weights)
    assert ours["TOTAL", "c"] == ours["MEAN", "c"] == 0
    assert min(ours["TOTAL", "a"], ours["TOTAL", "b"]) > 0
