"""Who is drawn."""

import numpy as np
import polars as pl

from barometer.model import Design, Selection
from barometer.sampling import draw_sample
from barometer.tables import SAMPLE
from made_survey import CENSUS, made_frame, made_survey

UNITS = pl.DataFrame(
    {
        "unit_id": [f"u{number:02d}" for number in range(12)],
        "kind": ["a"] * 8 + ["b"] * 4,
        "employees": range(1, 13),
        "number": [0.5, 0.1, 0.9, 0.3, 0.2, 0.2, 0.8, 0.7, 0.6, 0.4, 0.05, 0.95],
    }
)
DESIGN = Design(Selection.STRATIFIED, ("kind",), "kind", {"a": 0.25, "b": 0.5})


def drawn(design: Design, units: pl.DataFrame = UNITS, prn: str = "number", seed: int = 1) -> pl.DataFrame:
    survey = made_survey(made_frame(units, prn_column=prn), design=design)
    return draw_sample(survey, np.random.default_rng(seed)).units


def test_the_smallest_permanent_random_numbers_of_each_stratum_are_drawn() -> None:
    sample = drawn(DESIGN)
    assert sample["unit_id"].to_list() == ["u01", "u04", "u09", "u10"]  # u04 and u05 tie: the first id


def test_the_sample_tells_stratum_probability_and_weight_then_the_register() -> None:
    sample = drawn(DESIGN)
    assert sample.columns == [*(column.name for column in SAMPLE), "kind", "employees", "number"]
    first = sample.row(0, named=True)
    assert (first["stratum"], first["population"], first["sampled"]) == ("a", 8, 2)
    assert (first["inclusion_probability"], first["design_weight"], first["prn"]) == (0.25, 4.0, 0.1)
    assert sample["design_weight"].sum() == UNITS.height


def test_a_larger_sample_contains_the_smaller_one() -> None:
    larger = drawn(Design(Selection.STRATIFIED, ("kind",), "kind", {"a": 0.5, "b": 0.75}))
    assert set(drawn(DESIGN)["unit_id"]) < set(larger["unit_id"])


def test_units_without_a_number_get_one_from_the_generator() -> None:
    units = UNITS.with_columns(number=pl.when(pl.col("employees") > 6).then("number"))
    sample = drawn(CENSUS, units)
    known = sample.filter(pl.col("employees") > 6)
    new = sample.filter(pl.col("employees") <= 6)
    assert known["prn"].to_list() == UNITS["number"][6:].to_list()
    assert new["prn"].to_list() == np.random.default_rng(1).random(6).tolist()


def test_the_order_of_the_register_is_irrelevant() -> None:
    shuffled = UNITS.drop("number").sample(fraction=1, shuffle=True, seed=3)
    first, second = (drawn(DESIGN, units, prn="") for units in (UNITS.drop("number"), shuffled))
    assert first.equals(second)


def test_a_census_asks_everyone() -> None:
    sample = drawn(Design(Selection.CENSUS, ("kind",)))
    assert sample.height == UNITS.height
    assert set(sample["design_weight"]) == {1.0}
    assert set(zip(sample["stratum"], sample["population"], strict=True)) == {("a", 8), ("b", 4)}


def test_where_reports_are_handed_in_every_unit_could_report() -> None:
    sample = drawn(Design(Selection.REPORTED))
    assert sample.height == UNITS.height
    assert set(sample["inclusion_probability"]) == {1.0}
    assert set(sample["stratum"]) == {"all"}


def test_everyone_is_asked_where_the_census_says_so_beside_fractions() -> None:
    units = pl.DataFrame({"unit_id": [f"u{one:02d}" for one in range(40)], "kind": ["a"] * 30 + ["b"] * 10})
    fractions = {"a": 0.2, "b": 0.2}
    for size in (None, 16):
        design = Design(Selection.STRATIFIED, ("kind",), "kind", fractions, sample_size=size, census={"kind": ("b",)})
        drawn = draw_sample(made_survey(made_frame(units), design=design), np.random.default_rng(1)).units
        assert dict(drawn.group_by("kind").len().iter_rows()) == {"a": 6, "b": 10}
