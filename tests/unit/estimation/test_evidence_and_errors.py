"""When there is no error to give, what stands behind a cell, and which cells are compared."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from barometer.estimation import estimate
from barometer.model import Design, Measure, Selection, Weighting
from barometer.problems import BadInput
from barometer.sampling import draw_sample
from barometer.tables import Estimates
from barometer.weighting import weigh
from made_survey import Programmer, made_frame, made_survey, number

KINDS = "aaabbc"
UNITS = pl.DataFrame({"unit_id": [f"u{place}" for place in range(6)], "kind": list(KINDS)})
REPORTS = Design(Selection.REPORTED)
# One report a letter: unit u0 reports four times, u1 twice, the others once.
REPORTERS = ["u0", "u0", "u0", "u0", "u1", "u1", "u2", "u3", "u4", "u5"]


def reports(values: list[float | None], measure: Measure = Measure.SHARE) -> Estimates:
    frame = made_frame(UNITS, categories={"kind": ("a", "b", "c", "d")})
    build = Programmer(frame, [number("value")])
    if measure is Measure.SHARE:
        build.share("IT", "value == 1", question="value")
    else:
        build.number("IT", "value", measure, question="value")
    build.by_column("kind")
    survey = made_survey(
        frame,
        design=REPORTS,
        weighting=Weighting(weighted=False),
        questions=[number("value")],
        programme=build.programme(),
    )
    sample = draw_sample(survey, np.random.default_rng(0))
    answers = pl.DataFrame(
        {"case_id": [f"c{place}" for place in range(len(values))], "unit_id": REPORTERS, "value": values}
    )
    return estimate(survey, sample, answers, weigh(survey, sample, answers))


def cell(estimates: Estimates, code: str) -> dict[str, object]:
    return estimates.cells.row(by_predicate=pl.col("cell") == code, named=True)


MIXED = [1.0, 1, 1, 0, 0, 1, 0, 1, 0, 1]


def test_units_behind_a_cell() -> None:
    found = cell(reports(MIXED), "a")
    assert [found[name] for name in ("n", "n_yes", "units", "units_yes", "units_no")] == [7, 4, 3, 2, 3]
    assert (found["largest"], found["second"]) == (pytest.approx(4 / 7), pytest.approx(2 / 7))


def test_units_of_a_mean_go_by_value() -> None:
    found = cell(reports([10.0, 10, 10, 10, 30, 0, 30, 1, 1, 1], Measure.MEAN), "a")
    assert (found["largest"], found["second"]) == (pytest.approx(0.4), pytest.approx(0.3))


def test_reports_of_one_unit_are_one_cluster() -> None:
    """Variance between three units of totals 1.71, -0.14 and -0.57 (y minus 4/7), over 7 reports."""
    found = cell(reports(MIXED), "a")
    totals = np.array([3 - 4 * 4 / 7, 1 - 2 * 4 / 7, 0 - 4 / 7]) / 7
    all_six = np.concatenate([totals, np.zeros(3)])
    assert found["se"] == pytest.approx(np.sqrt(6 / 5 * ((all_six - all_six.mean()) ** 2).sum()))
    assert found["df"] == 2


@pytest.mark.parametrize(
    ("code", "values", "reason"),
    [
        ("d", MIXED, "no_respondents"),
        ("c", MIXED, "one_unit"),
        ("a", [1.0, 1, 1, 1, 1, 1, 1, 0, 0, 0], "no_variation"),
        ("a", [0.0, 0, 0, 0, 0, 0, 0, 1, 1, 1], "no_variation"),
        ("a", [1.0, 0, 0, 1, None, None, None, 0, 0, 0], "one_unit"),
        ("c", [*[1.0] * 9, None], "no_respondents"),
        ("a", MIXED, ""),
    ],
)
def test_why_there_is_no_error(code: str, values: list[float | None], reason: str) -> None:
    found = cell(reports(values), code)
    assert found["reason"] == reason
    assert (found["se"] is None) == (reason != "")
    assert (found["value"] is None) == (reason == "no_respondents")
    assert (found["ci_low"] is None) == (reason in ("no_respondents", "one_unit"))


def test_a_share_of_none_or_all_has_a_one_sided_interval() -> None:
    """Effective units (4 + 2 + 1)² / (16 + 4 + 1) = 2.33, reduced for 2 instead of 1.33 degrees of freedom: not at
    all, since t(1.33) is larger."""
    none = cell(reports([0.0] * 7 + [1, 1, 1]), "a")
    every = cell(reports([1.0] * 7 + [0, 0, 0]), "a")
    reach = 1 - 0.025 ** (1 / (49 / 21))
    assert (none["ci_low"], none["ci_high"]) == (0.0, pytest.approx(reach))
    assert (every["ci_low"], every["ci_high"]) == (pytest.approx(1 - reach), 1.0)


def test_pairs_without_an_error_are_kept_without_a_test() -> None:
    contrasts = reports(MIXED).contrasts
    assert contrasts.height == 6  # four kinds
    tested = contrasts.filter(pl.col("p").is_not_null())
    assert tested.select("cell_a", "cell_b").rows() == [("a", "b")]
    assert tested["p_holm"].to_list() == tested["p"].to_list()
    with_nobody = contrasts.filter(pl.col("cell_b") == "d")
    assert with_nobody["difference"].null_count() == 3


def test_large_crossings_are_compared_along_one_part() -> None:
    units = pl.DataFrame(
        {
            "unit_id": [f"u{place:02d}" for place in range(60)],
            "kind": [f"k{place % 3}" for place in range(60)],
            "size": [f"s{place % 5}" for place in range(60)],
        }
    )
    frame = made_frame(units)
    build = Programmer(frame, [number("value")])
    build.share("IT", "value == 1", question="value")
    build.by_column("kind")
    build.by_column("size")
    build.by_crossing("both", "kind", "size")
    survey = made_survey(frame, questions=[number("value")], programme=build.programme())
    sample = draw_sample(survey, np.random.default_rng(0))
    answers = units.select(
        case_id="unit_id", unit_id="unit_id", value=pl.Series([float(place % 2) for place in range(60)])
    )[:50]
    contrasts = estimate(survey, sample, answers, weigh(survey, sample, answers)).contrasts
    pairs = contrasts.filter(pl.col("breakdown") == "both").select("cell_a", "cell_b").rows()
    assert len(pairs) == 3 * 10 + 5 * 3
    assert all(set(a.split(":")) & set(b.split(":")) for a, b in pairs)
    assert contrasts.filter(pl.col("breakdown") == "size").height == 10


def test_definitions_that_do_not_fit_the_data_are_all_told() -> None:
    frame = made_frame(UNITS)
    build = Programmer(frame, [number("value"), number("hours")])
    build.universe("BUSY", "hours > 10")
    build.share("IT", "value == 1", universe="BUSY", question="value")
    build.share("kind", "value == 2")
    build.share("NOTHING", "value == 3")
    build.by_answers("busy", yes="hours > 10", no="hours <= 10")
    programme = build.programme()
    nothing = replace(programme.indicators[2], numerator=None)
    programme = replace(programme, indicators=(*programme.indicators[:2], nothing))
    survey = made_survey(
        frame, design=REPORTS, weighting=Weighting(weighted=False), questions=build.questions, programme=programme
    )
    sample = draw_sample(survey, np.random.default_rng(0))
    answers = pl.DataFrame({"case_id": ["c1", "c2"], "unit_id": ["u0", "u1"], "value": [1.0, 2.0]})
    weights = weigh(survey, sample, answers)
    with pytest.raises(BadInput) as raised:
        estimate(survey, sample, answers, weights)
    found = [(problem.code, problem.place.field) for problem in raised.value.problems]
    assert found == [("T003", "kind"), ("T002", "NOTHING"), ("T001", "BUSY"), ("T001", "busy")]


def test_weights_of_other_answers_are_refused() -> None:
    frame = made_frame(UNITS)
    survey = made_survey(frame)
    sample = draw_sample(survey, np.random.default_rng(0))
    answers = pl.DataFrame({"case_id": ["c1", "c2", "c3"], "unit_id": ["u0", "u1", "u2"]})
    weights = weigh(survey, sample, answers)
    with pytest.raises(ValueError, match="same cases"):
        estimate(survey, sample, answers[::-1], weights)
