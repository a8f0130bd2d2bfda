"""Strata with one respondent join a neighbour, by a rule anyone can follow."""

import polars as pl
import pytest

from barometer.model import Design, Selection
from barometer.weighting._collapse import VarianceStrata, variance_strata
from made_survey import made_frame, made_survey

KINDS, SIZES = ("a", "b"), ("s", "m", "l", "x")


def strata(
    *respondents: tuple[str, str], silent: tuple[tuple[str, str], ...] = (), population: int = 10
) -> VarianceStrata:
    asked = (*respondents, *silent)
    rows = [{"unit_id": f"u{place}", "kind": kind, "size": size} for place, (kind, size) in enumerate(asked)]
    units = pl.DataFrame(rows).with_columns(
        stratum=pl.concat_str("kind", "size", separator=":"), population=pl.lit(population, pl.Int64)
    )
    frame = made_frame(units.drop("stratum", "population"), categories={"kind": KINDS, "size": SIZES})
    survey = made_survey(frame, design=Design(Selection.STRATIFIED, ("kind", "size"), sample_size=4))
    responded = pl.Series([True] * len(respondents) + [False] * len(silent))
    return variance_strata(survey, units, responded)


def test_strata_with_two_respondents_stay() -> None:
    result = strata(("a", "s"), ("a", "s"), ("b", "s"), ("b", "s"))
    assert result.stratum.to_list() == ["a:s", "a:s", "b:s", "b:s"]
    assert (result.population.to_list(), result.collapsed) == ([10.0] * 4, 0)


def test_a_lone_one_joins_the_nearest_category_of_the_last_column() -> None:
    result = strata(("a", "s"), ("a", "s"), ("a", "l"), ("a", "l"), ("a", "x"), ("b", "x"), ("b", "x"))
    assert set(result.stratum) == {"a:s", "a:l+a:x", "b:x"}
    assert result.population.to_list() == [10.0, 10.0, 20.0, 20.0, 20.0, 10.0, 10.0]


def test_the_earlier_of_two_equally_near() -> None:
    assert set(strata(("a", "s"), ("a", "s"), ("a", "m"), ("a", "l"), ("a", "l")).stratum) == {"a:s+a:m", "a:l"}


def test_two_lone_neighbours_join_each_other() -> None:
    result = strata(("a", "s"), ("a", "m"), ("b", "l"), ("b", "l"))
    assert set(result.stratum) == {"a:s+a:m", "b:l"}
    assert result.collapsed == 2


def test_a_lone_one_may_join_a_group() -> None:
    assert set(strata(("a", "s"), ("a", "m"), ("a", "l")).stratum) == {"a:s+a:m+a:l"}


def test_without_a_neighbour_in_the_same_first_column_it_goes_further() -> None:
    assert set(strata(("a", "s"), ("b", "l"), ("b", "l")).stratum) == {"a:s+b:l"}


def test_the_only_respondent_stays_alone() -> None:
    result = strata(("a", "s"))
    assert (result.stratum.to_list(), result.collapsed) == (["a:s"], 0)


@pytest.mark.parametrize("others", [2, 3])
def test_a_stratum_of_one_unit_that_answered_is_no_mystery(others: int) -> None:
    result = strata(("a", "s"), *[("b", "l")] * others, population=1)
    assert set(result.stratum) == {"a:s", "b:l"}


def test_a_stratum_where_nobody_answered_joins_one_where_some_did() -> None:
    result = strata(("a", "s"), ("a", "s"), ("b", "l"), ("b", "l"), silent=(("a", "m"), ("a", "l")))
    assert set(result.stratum) == {"a:s+a:m+a:l", "b:l"}
    assert (result.population[0], result.collapsed) == (30.0, 2)


def test_those_who_did_not_answer_are_in_the_stratum_of_those_who_did() -> None:
    result = strata(("a", "s"), ("a", "s"), silent=(("a", "s"),))
    assert result.stratum.to_list() == ["a:s"] * 3
