"""Surveys too large for memory: files of many row groups, columns of every type, and what is refused."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import narwhals as nw
import polars as pl
import pytest

from barometer.estimation import ReplicateColumns, large_estimates, large_survey, mean, proportion, survey_design
from barometer.estimation import _lazy_estimates as lazy_estimates
from barometer.estimation import _lazy_frame as lazy_frame
from barometer.estimation import _lazy_items as lazy_items
from barometer.problems import BadInput, Problem
from made_large_survey import CLUSTERED, REPLICATES, STRATIFIED, assert_same, made

DATA = made()


def problems(act: Callable[[], Any]) -> dict[str, Problem]:
    with pytest.raises(BadInput) as caught:
        act()
    return {problem.code: problem for problem in caught.value.problems}


def means(data: Any, variables: Any = "pay", by: Any = (), **design: Any) -> pl.DataFrame:
    return large_estimates(large_survey(data, weights="w", **design), "mean", variables, by=by).table


def test_a_file_of_many_row_groups_is_read_in_a_stream(tmp_path: Path) -> None:
    path = tmp_path / "answers.parquet"
    made(n=2000).write_parquet(path, row_group_size=64)
    expected = mean(survey_design(made(n=2000), weights="w", **STRATIFIED), ["pay", "law"], by="kind").table
    assert_same(means(pl.scan_parquet(path), ["pay", "law"], "kind", **STRATIFIED), expected)


def test_what_comes_back_has_a_row_a_group_and_none_a_respondent() -> None:
    found = large_estimates(large_survey(DATA.lazy(), weights="w", **STRATIFIED), "mean", "pay", by="alone")
    assert found.rows == 200
    assert found.weighted == pytest.approx(DATA["w"].sum())
    assert found.design.n <= 4 * 2 * 2  # strata, domains, with and without a weight
    assert found.method == "linearisation, 1 stage, 4 strata, 200 primary units"


def test_tables_in_memory_will_do_too() -> None:
    assert_same(means(nw.from_native(DATA)), means(DATA.lazy()))
    assert_same(means(DATA.to_arrow(), ["pay", "law"]), means(DATA.lazy(), ["pay", "law"]))


def test_categories_of_every_type() -> None:
    data = DATA.with_columns(
        ordered=pl.col("kind").cast(pl.Enum(["z", "c", "b", "a"])),
        coded=pl.col("kind").cast(pl.Categorical),
        day=pl.date(2020, 1, pl.col("size")),
        half=pl.col("size") / 2,
    )
    names = ["ordered", "coded", "day", "half"]
    design = survey_design(data, weights="w", **STRATIFIED)
    survey = large_survey(data.lazy(), weights="w", **STRATIFIED)
    assert_same(large_estimates(survey, "proportion", names).table, proportion(design, names).table)
    for name in names:
        assert_same(large_estimates(survey, "mean", "pay", by=name).table, mean(design, "pay", by=name).table)
    assert data["day"][0] >= date(2020, 1, 1)


def test_where_everyone_was_drawn_there_is_no_error() -> None:
    data = DATA.with_columns(N=pl.len().over("h"))
    found = means(data.lazy(), "hours", "alone", strata="h", fpc="N")
    assert found["se"].to_list() == [0.0, 0.0]


def test_sums_of_many_passes_are_put_together(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = means(DATA.lazy(), ["pay", "law"], "kind", **STRATIFIED)
    monkeypatch.setattr(lazy_frame, "MOST_SUMS", 3)
    assert_same(means(DATA.lazy(), ["pay", "law"], "kind", **STRATIFIED), expected)


def test_names_that_are_no_columns() -> None:
    design = {"strata": "hh", "psu": "ii", "fpc": "law", "replicates": ReplicateColumns(["rep_0", "rep_x"])}
    found = problems(lambda: large_survey(DATA.lazy(), weights="ww", **design))
    assert set(found) == {"T010", "T011"}
    assert problems(lambda: large_survey(DATA.lazy(), weights="w", replicates=ReplicateColumns(["rep_0"]))).keys() == {
        "T019"
    }
    assert problems(lambda: means(DATA.lazy(), "payy")).keys() == {"T040"}
    assert problems(lambda: means(DATA.lazy(), by="payy")).keys() == {"T040"}
    survey = large_survey(DATA.lazy(), weights="w")
    assert problems(lambda: large_estimates(survey, "ratio", "law", denominator="pay")).keys() == {"T041"}


def test_wrong_weights_are_counted() -> None:
    wrong = DATA.with_columns(
        w=pl.when(pl.int_range(200) < 3).then(pl.Series([None, -1.0, float("nan")] + [1.0] * 197))
    )
    wrong = wrong.with_columns(w=pl.when(pl.int_range(200) < 3).then("w").otherwise(1.0))
    assert problems(lambda: means(wrong.lazy()))["T012"].found == "3 negative, missing or infinite weights"
    nothing = problems(lambda: means(DATA.with_columns(w=pl.lit(0.0)).lazy()))["T012"]
    assert nothing.place.column == "w"


@pytest.mark.parametrize(
    ("change", "design", "code", "found"),
    [
        ({"h": pl.when(pl.col("i") > 0).then("h")}, STRATIFIED, "T013", "blanks, first where h = None"),
        ({"N": pl.lit(20.0)}, STRATIFIED, "T014", "20 units with 50 drawn, first where h = s0"),
        ({"N": pl.lit(0.0)}, STRATIFIED, "T015", "missing, zero or negative values, first where h = s0"),
        ({"N": pl.col("N") + pl.col("j")}, STRATIFIED, "T016", "another population than in the stratum's first row"),
        ({"i": pl.col("i") % 10}, CLUSTERED, "T017", "4 PSUs with another stratum"),
        ({"h": pl.when(pl.int_range(200) == 7).then(pl.lit("x")).otherwise("h")}, {"strata": "h"}, "T018", "1 strata"),
        ({"rep_0": pl.lit(None, dtype=pl.Float64)}, {"replicates": ReplicateColumns(REPLICATES)}, "T013", "200 blanks"),
    ],
)
def test_a_wrong_design_is_told_with_the_first_group_concerned(
    change: dict[str, pl.Expr], design: dict[str, Any], code: str, found: str
) -> None:
    problem = problems(lambda: means(DATA.with_columns(**change).lazy(), **design))[code]
    assert problem.found.startswith(found)
    assert problem.place.row == 0


def test_an_empty_table_is_refused() -> None:
    assert problems(lambda: means(DATA.head(0).lazy())).keys() == {"T021"}


def test_groups_of_single_respondents_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lazy_frame, "MOST_NUMBERS", 1000)
    data = DATA.with_columns(person=pl.int_range(200))
    assert "groups by h, person" in problems(lambda: means(data.lazy(), strata="h", psu="person"))["T025"].found
    monkeypatch.setattr(lazy_items, "MOST_CATEGORIES", 50)
    survey = large_survey(data.lazy(), weights="w")
    assert problems(lambda: large_estimates(survey, "proportion", "person"))["T025"].place.column == "person"


def test_degrees_of_freedom_of_very_many_replicates_have_to_be_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lazy_estimates, "MOST_REPLICATES", 5)
    survey = large_survey(DATA.lazy(), weights="w", replicates=ReplicateColumns(REPLICATES))
    assert problems(lambda: large_estimates(survey, "mean", "pay")).keys() == {"T025"}
    assert large_estimates(survey, "mean", "pay", df="normal").table["df"].to_list() == [float("inf")]
    assert large_estimates(survey, "mean", "pay", df=30.0).table["df"].to_list() == [30.0]
    given = ReplicateColumns(REPLICATES, degf=7)
    with_degf = large_survey(DATA.lazy(), weights="w", replicates=given)
    assert large_estimates(with_degf, "mean", "pay", by="size", df="full").table["df"].to_list() == [7.0] * 3
