"""What stops publishing: numbers that contradict each other, and files that say something else than the release."""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import polars as pl
import pytest

from barometer.disclosure import Release
from barometer.problems import BadInput
from barometer.publication.open_data import (
    DataCube,
    check_files,
    check_identities,
    check_jsonstat,
    cubes,
    open_data_files,
    write_jsonstat,
    write_px,
)
from published_example import edition, release


@cache
def cube() -> DataCube:
    return next(one for one in cubes(release(), edition()) if one.id == "workplaces-sector")


def changed(indicator: str, cell: str, **numbers: float) -> Release:
    """The release with other numbers in one cell, as only a fault of the program could make it."""
    here = (pl.col("indicator") == indicator) & (pl.col("cell") == cell)
    columns = [pl.when(here).then(pl.lit(value)).otherwise(name).alias(name) for name, value in numbers.items()]
    whole = release()
    cells = whole.cells.with_columns(columns).cast(dict(whole.cells.schema))
    broken = object.__new__(Release)
    for name, value in vars(whole).items():
        object.__setattr__(broken, name, cells if name == "cells" else value)
    return broken


def told(broken: Release) -> list[str]:
    problems = check_identities(broken, edition())
    assert all(problem.code == "P031" for problem in problems)
    return [f"{problem.place.field}: {problem.found}" for problem in problems]


# --- Identities --------------------------------------------------------------------------------------


def test_a_release_agrees_with_itself() -> None:
    assert check_identities(release(), edition()) == ()


def test_a_share_above_one_is_told() -> None:
    assert any("the share 1.2" in one for one in told(changed("INC_SERV", "state", value=1.2, ci_high=1.3)))


def test_a_figure_outside_its_interval_is_told() -> None:
    assert any("outside its interval" in one for one in told(changed("INC_SERV", "state", ci_high=0.01, ci_low=0.0)))


def test_bases_that_do_not_add_up_are_told() -> None:
    row = release().cells.row(
        by_predicate=(pl.col("indicator") == "INC_SERV") & (pl.col("cell") == "state"), named=True
    )
    found = told(changed("INC_SERV", "state", n=row["n"] + 1))
    assert any(one.startswith("INC_SERV sector: n of the groups make") for one in found)


def test_a_whole_outside_the_span_of_its_groups_is_told() -> None:
    found = told(changed("INC_SERV", "all", value=0.999, ci_low=0.9, ci_high=1.0))
    assert any("of everyone, while groups lie from" in one for one in found)


def test_a_union_below_its_largest_part_is_told() -> None:
    found = told(changed("INC_ANY", "all", value=0.001, ci_low=0.0, ci_high=0.2))
    assert any("is below its part" in one for one in found)


def test_a_union_above_the_sum_of_its_parts_is_told() -> None:
    parts = next(one for one in edition().indicators if one.id == "INC_ANY").components
    broken = changed("INC_ANY", "all")
    here = pl.col("indicator").is_in(list(parts)) & (pl.col("cell") == "all")
    cells = release().cells.with_columns(
        pl.when(here).then(0.01).otherwise("value").alias("value"),
        pl.when(here).then(0.0).otherwise("ci_low").alias("ci_low"),
    )
    object.__setattr__(broken, "cells", cells)
    assert any("is above the sum of its parts" in one for one in told(broken))


def test_a_violated_identity_stops_publishing() -> None:
    with pytest.raises(BadInput) as caught:
        open_data_files(changed("INC_SERV", "state", value=1.2, ci_high=1.3), edition())
    assert {problem.code for problem in caught.value.problems} == {"P031"}


def test_files_that_differ_from_their_table_are_told() -> None:
    json_file = {"en/table.json": write_jsonstat(cube(), "en")}
    assert check_files(cube(), json_file, write_px(cube())) == ()
    other = replace(cube(), values=(99.0, *cube().values[1:]))
    (problem,) = check_files(cube(), json_file, write_px(other))
    assert (problem.code, problem.found) == ("P032", "other numbers than the table")
    hidden = replace(cube(), values=(None, *cube().values[1:]), marks=("c", *cube().marks[1:]))
    shown = replace(hidden, marks=("z", *cube().marks[1:]), legend={**cube().legend, "z": {"en": "empty"}})
    problems = check_files(hidden, {}, write_px(shown))
    assert [problem.found for problem in problems] == ["other marks than the table"]


# --- JSON-stat: faults a schema does not see -----------------------------------------------------------


def wrong_size(told: dict[str, Any]) -> None:
    told["size"][0] += 1


def unknown_role(told: dict[str, Any]) -> None:
    told["role"]["geography"] = ["sector"]


def label_of_nothing(told: dict[str, Any]) -> None:
    told["dimension"]["sector"]["category"]["label"]["county"] = "County"


def not_version_two(told: dict[str, Any]) -> None:
    told["version"] = "1.0"


def too_few_values(told: dict[str, Any]) -> None:
    told["value"].pop()


def mark_outside(told: dict[str, Any]) -> None:
    told["status"][str(len(told["value"]))] = "c"


def gap_in_index(told: dict[str, Any]) -> None:
    told["dimension"]["sector"]["category"]["index"]["state"] = 7


def text_as_value(told: dict[str, Any]) -> None:
    told["value"][0] = "86.2"


FAULTS = (
    wrong_size,
    unknown_role,
    label_of_nothing,
    not_version_two,
    too_few_values,
    mark_outside,
    gap_in_index,
    text_as_value,
)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_all_eight_seeded_faults_are_found(fault: Callable[[dict[str, Any]], None]) -> None:
    told = json.loads(write_jsonstat(cube(), "en"))
    fault(told)
    assert check_jsonstat(json.dumps(told).encode()) != ()


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"{", "not JSON"), (b"[]", "not a JSON-stat"), (b'{"version":"2.0","class":"dataset"}', "no values")],
)
def test_what_is_no_dataset_is_told(content: bytes, words: str) -> None:
    assert any(words in fault for fault in check_jsonstat(content))


def test_values_and_marks_may_be_sparse_but_not_outside() -> None:
    told = json.loads(write_jsonstat(cube(), "en"))
    told["value"] = {"0": 1.5, "1": None}
    assert check_jsonstat(json.dumps(told).encode()) == ()
    told["value"] = {str(len(cube().values)): 1.5}
    assert check_jsonstat(json.dumps(told).encode()) != ()
