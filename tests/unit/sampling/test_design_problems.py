"""Designs that cannot be drawn are told with everything wrong in them."""

import numpy as np
import polars as pl
import pytest

from barometer.model import Design, Selection
from barometer.problems import BadInput, Problem, Severity
from barometer.sampling import check_design, draw_sample
from made_survey import CENSUS, made_frame, made_survey

UNITS = pl.DataFrame({"unit_id": ["u1", "u2", "u3", "u4"], "kind": ["a", "a", "b", "b"], "employees": [1, 2, 3, 4]})
FRACTIONS = {"a": 0.5, "b": 0.5}


def problems(
    design: Design, units: pl.DataFrame = UNITS, prn: str = "", kinds: tuple[str, ...] = ("a", "b")
) -> tuple[Problem, ...]:
    return check_design(made_survey(made_frame(units, prn, {"kind": kinds}), design=design))


def stratified(**changes: object) -> Design:
    settings: dict[str, object] = {"strata": ("kind",), "fraction_by": "kind", "fractions": FRACTIONS}
    return Design(Selection.STRATIFIED, **(settings | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("code", "design", "units"),
    [
        ("S001", stratified(), UNITS.clear()),
        ("S002", stratified(), pl.concat([UNITS, UNITS[:1]])),
        ("S003", stratified(), UNITS.with_columns(stratum=pl.lit("x"))),
        ("S004", stratified(strata=("kind", "sice")), UNITS),
        ("S005", stratified(), UNITS.with_columns(kind=pl.Series(["a", "a", "b", None]))),
        ("S007", stratified(fraction_by=""), UNITS),
        ("S007", stratified(fraction_by="employees"), UNITS),
        ("S007", stratified(fractions={"a": 0.5}), UNITS),
        ("S007", stratified(fractions={"a": 0.5, "b": 0.5, "c": 1}), UNITS),
        ("S007", stratified(fractions={"a": 0.5, "b": 1.5}), UNITS),
        ("S007", Design(Selection.STRATIFIED, ("kind",)), UNITS),
        ("S008", stratified(sample_size=5), UNITS),
        ("S009", stratified(sample_size=3), UNITS),
        ("S010", stratified(minimum_per_stratum=0), UNITS),
    ],
)
def test_each_problem_is_found_alone(code: str, design: Design, units: pl.DataFrame) -> None:
    assert [problem.code for problem in problems(design, units)] == [code]


def test_numbers_outside_0_to_1() -> None:
    units = UNITS.with_columns(number=pl.Series([0.0, 0.5, 1.0, None]))
    (problem,) = problems(stratified(), units, prn="number")
    assert problem.code == "S011"
    assert "'u3'" in problem.found


def test_a_category_without_units_is_a_warning_and_the_sample_is_drawn() -> None:
    (problem,) = problems(stratified(), kinds=("a", "b", "c"))
    assert (problem.code, problem.severity) == ("S006", Severity.WARNING)
    survey = made_survey(made_frame(UNITS, "", {"kind": ("a", "b", "c")}), design=stratified())
    assert draw_sample(survey, np.random.default_rng(0)).units.height == 4


def test_all_problems_are_raised_at_once() -> None:
    survey = made_survey(
        made_frame(UNITS), design=stratified(fractions={"a": 0, "x": 1}, sample_size=9, minimum_per_stratum=0)
    )
    with pytest.raises(BadInput) as raised:
        draw_sample(survey, np.random.default_rng(0))
    assert {problem.code for problem in raised.value.problems} == {"S007", "S008", "S010"}
    assert all("design.toml" in str(problem.place) for problem in raised.value.problems)


def test_a_census_needs_no_fractions() -> None:
    assert problems(CENSUS) == ()
