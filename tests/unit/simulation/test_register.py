"""Synthetic registers: shares met exactly, plausible sizes, the same bytes each time, faults named."""

import io

import polars as pl
import pytest

from barometer.problems import BadInput
from barometer.simulation import make_register

PLAN = """
[register]
units = 1000
seed = 7
prefix = "U"
[[register.column]]
name = "sector"
shares = { municipality = 0.79, region = 0.055, state = 0.155 }
[[register.column]]
name = "field"
given = "sector"
shares.municipality = { education = 1, daycare = 2 }
shares.region = { health = 1 }
shares.state = { education = 1, justice = 1 }
[[register.column]]
name = "employees"
given = "field"
median = { education = 50, daycare = 17, health = 42, justice = 40 }
spread = 0.9
factors.sector = { region = 2 }
[[register.column]]
name = "size"
classes_of = "employees"
classes = { "1-9" = 1, "10-49" = 10, "50+" = 50 }
"""


def register(plan: str = PLAN) -> pl.DataFrame:
    return pl.read_csv(io.BytesIO(make_register(plan.encode())))


def test_shares_are_met_to_the_unit() -> None:
    assert dict(register().group_by("sector").len().iter_rows()) == {"municipality": 790, "region": 55, "state": 155}


def test_columns_stand_in_the_order_of_the_specification_with_id_and_random_number() -> None:
    table = register()
    assert table.columns == ["unit_id", "sector", "field", "employees", "size", "prn"]
    assert table["unit_id"].to_list()[:2] == ["U0001", "U0002"]
    assert table["prn"].is_between(0, 1, closed="left").all()
    assert table["prn"].n_unique() == 1000


def test_crossings_without_a_share_do_not_occur() -> None:
    found = set(register().select("sector", "field").unique().iter_rows())
    assert ("region", "daycare") not in found
    assert ("state", "justice") in found


def test_classes_follow_the_number_they_are_made_of() -> None:
    table = register()
    limits = table.group_by("size").agg(pl.col("employees").min().alias("low"), pl.col("employees").max().alias("high"))
    bounds = {size: (low, high) for size, low, high in limits.iter_rows()}
    assert bounds["1-9"][0] >= 1
    assert bounds["1-9"][1] <= 9
    assert bounds["10-49"][0] >= 10
    assert bounds["10-49"][1] <= 49
    assert bounds["50+"][0] >= 50


def test_large_units_are_rarer() -> None:
    employees = register()["employees"]
    assert employees.mean() > employees.median()


def test_same_seed_same_bytes_and_another_seed_others() -> None:
    assert make_register(PLAN.encode()) == make_register(PLAN.encode())
    assert make_register(PLAN.encode()) != make_register(PLAN.replace("seed = 7", "seed = 8").encode())


def test_all_faults_are_named_at_once() -> None:
    faulty = PLAN.replace("units = 1000", "units = 0").replace('given = "field"', 'given = "feild"')
    with pytest.raises(BadInput) as error:
        make_register(faulty.replace("spread = 0.9", "spred = 0.9").encode())
    assert {problem.code for problem in error.value.problems} == {"E003", "E009", "E012"}
    assert "Did you mean 'field'?" in str(error.value)
