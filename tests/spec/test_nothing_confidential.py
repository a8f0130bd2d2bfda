"""What must never stand in anything published: weights, sampling fractions, counts below the floor."""

import io
import json
import re

import polars as pl
import pytest

from barometer.disclosure import release_files
from barometer.model import Selection
from published_example import edition, release, site

CONFIDENTIAL = re.compile(
    r"weight_|_weight\b|\bweighted_|inclusion|propensity|\bdeff\b|\bunit_id\b|\bcase_id\b|\bstratum\b|population_psus|\bprn\b"
)


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    """Every file of a release, as it lies in its folder."""
    published = {f"site/{name}": one for name, one in site().items()}
    return published | {f"data/{name}": one for name, one in release_files(release()).items()}


def tables(files: dict[str, bytes]) -> dict[str, pl.DataFrame]:
    found = {name: pl.read_parquet(io.BytesIO(one)) for name, one in files.items() if name.endswith(".parquet")}
    csv = {name: pl.read_csv(one, infer_schema_length=None) for name, one in files.items() if name.endswith(".csv")}
    return found | csv


def test_no_table_has_a_column_of_weights_units_or_strata(files: dict[str, bytes]) -> None:
    found = tables(files)
    assert len(found) > 10
    assert not {name: bad for name, one in found.items() if (bad := [c for c in one.columns if CONFIDENTIAL.search(c)])}


def test_no_file_of_data_speaks_of_them_either(files: dict[str, bytes]) -> None:
    told = {
        name: one.decode("utf-8", "replace") for name, one in files.items() if name.endswith((".json", ".csv", ".px"))
    }
    assert not {
        name: hit[0]
        for name, text in told.items()
        if (hit := re.search(r'"(design_|base_)?weight"|unit_id|case_id', text))
    }


def test_no_n_is_below_the_floor(files: dict[str, bytes]) -> None:
    floor = edition().rules.minimum_units
    for name, one in tables(files).items():
        for column in {"n", "n_dont_know", "n_missing", "sampled", "responded", "cases"} & set(one.columns):
            assert one.filter(pl.col(column).cast(pl.Float64).is_between(1, floor - 1)).is_empty(), (name, column)


def test_no_sampling_fraction_of_a_stratum_can_be_reckoned(files: dict[str, bytes]) -> None:
    response = pl.read_parquet(io.BytesIO(files["data/response.parquet"]))
    drawn = [one for one in edition().surveys if one.design.selection is Selection.STRATIFIED]
    assert drawn
    for survey in drawn:
        fine = {
            one.id
            for one in survey.programme.breakdowns
            for columns in (set(survey.design.strata), {survey.design.fraction_by} - {""})
            if columns and columns <= set(survey.programme.register_columns(one))
        }
        assert fine
        rows = response.filter(pl.col("survey") == survey.id, pl.col("breakdown").is_in(sorted(fine)))
        assert rows.height
        assert rows["sampled"].is_null().all()


def test_the_audit_tells_no_exact_count_of_cells_hidden_for_their_own_sake(files: dict[str, bytes]) -> None:
    told = json.loads(files["data/audit.json"])["sensitive"]
    assert all(count % 5 == 0 for count in told.values())
