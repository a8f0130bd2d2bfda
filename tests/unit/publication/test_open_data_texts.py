"""Texts and codes that formats have trouble with come through all of them."""

import csv
import io
import json
import re
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyaxis import pyaxis
from pysdmx.io import read_sdmx

from barometer.publication.open_data import (
    DataCube,
    check_files,
    cubes,
    read_px,
    sdmx_id,
    time_period,
    write_csv,
    write_jsonstat,
    write_px,
    write_sdmx_structure,
    write_xlsx,
)
from published_example import edition, release

AWKWARD = ('say "yes"; or', "a,b", "=1+1", "<b>&amp;", "Ærø; Åbo", "same", "same", "line\nbreak")


@cache
def awkward() -> DataCube:
    """A table whose first labels are as awkward as labels get."""
    cube = next(one for one in cubes(release(), edition()) if one.id == "workplaces-sector")
    first = cube.dimensions[0]
    labels = [dict.fromkeys(cube.languages, words) for words in AWKWARD]
    changed = [replace(one, label=label) for one, label in zip(first.categories, labels, strict=False)]
    categories = (*changed, *first.categories[len(changed) :])
    return replace(cube, dimensions=(replace(first, categories=categories), *cube.dimensions[1:]))


def test_px_keeps_numbers_and_tells_labels_apart(tmp_path: Path) -> None:
    content = write_px(awkward())
    assert check_files(awkward(), {}, content) == ()
    path = tmp_path / "awkward.px"
    path.write_bytes(content)
    labels = pyaxis.parse(str(path), encoding="utf-8", lang="da")["METADATA"]["VALUES(Indikator)"]
    assert len(set(labels)) == len(awkward().dimensions[0].categories)
    assert labels[0] == "say ”yes”; or"
    assert labels[5].startswith("same [")


def test_csv_json_and_workbook_have_the_labels_as_they_are() -> None:
    labels = [" ".join(words.split()) for words in AWKWARD]
    rows = list(csv.DictReader(io.StringIO(write_csv(awkward(), "en").decode())))
    assert [row["indicator_label"] for row in rows[:: len(awkward().dimensions[1].categories)]][: len(labels)] == labels
    told = json.loads(write_jsonstat(awkward(), "en"))["dimension"]["indicator"]["category"]["label"]
    assert list(told.values())[: len(labels)] == labels
    sheet = openpyxl.load_workbook(io.BytesIO(write_xlsx(awkward(), "en"))).worksheets[0]
    assert {sheet.cell(row, 1).data_type for row in range(5, 30)} == {"s"}
    assert "=1+1" in {sheet.cell(row, 1).value for row in range(5, 30)}


def test_sdmx_structures_take_awkward_labels(tmp_path: Path) -> None:
    path = tmp_path / "structure.xml"
    path.write_bytes(write_sdmx_structure((awkward(),)))
    (indicators,) = [one for one in read_sdmx(path, validate=True).get_codelists() if one.id.endswith("INDICATOR")]
    assert [one.name for one in indicators.items][2:5] == ["=1+1", "<b>&amp;", "Ærø; Åbo"]


def test_a_long_id_gets_a_short_px_name_of_its_own() -> None:
    names = {}
    for end in ("one", "two"):
        cube = replace(awkward(), id=f"administrations-kind-mean-{end}")
        line = next(one for one in write_px(cube).decode().splitlines() if one.startswith("MATRIX="))
        names[end] = line.removeprefix("MATRIX=").strip('";')
    assert all(len(name) <= 20 for name in names.values())
    assert names["one"] != names["two"]


@pytest.mark.parametrize(
    ("code", "written"),
    [("state:health", "state@health"), ("NOV_LEVEL=copy", "NOV_LEVEL$3Dcopy"), ("50+", "50$2B"), ("1-9", "1-9")],
)
def test_codes_are_written_in_the_letters_of_sdmx(code: str, written: str) -> None:
    assert sdmx_id(code) == written


@given(st.text(min_size=1, max_size=8))
def test_codes_can_be_read_back_from_sdmx(code: str) -> None:
    written = sdmx_id(code)
    assert re.fullmatch(r"[A-Za-z0-9_@$-]+", written)
    parts = re.split(r"((?:\$[0-9A-F]{2})+)", written.replace("@", ":"))
    back = [bytes.fromhex(part.replace("$", "")).decode() if part.startswith("$") else part for part in parts]
    assert "".join(back) == code


@pytest.mark.parametrize(
    ("start", "end", "written"),
    [
        (date(2014, 1, 1), date(2014, 12, 31), "2014"),
        (date(2013, 1, 1), date(2014, 12, 31), "2013-01-01/P2Y"),
        (date(2021, 4, 1), date(2021, 4, 30), "2021-04-01/P30D"),
    ],
)
def test_periods_are_written_as_sdmx_writes_time(start: date, end: date, written: str) -> None:
    assert time_period(start, end) == written


@given(
    st.lists(
        st.one_of(st.none(), st.integers(0, 10**6), st.integers(-(10**9), 10**9).map(lambda one: one / 10_000)),
        min_size=6,
        max_size=6,
    )
)
def test_any_numbers_come_back_from_px(values: list[float | None]) -> None:
    cube = awkward()
    parts = (
        replace(cube.dimensions[0], categories=cube.dimensions[0].categories[:3]),
        replace(cube.dimensions[1], categories=cube.dimensions[1].categories[:1]),
        cube.dimensions[2],
        replace(cube.dimensions[3], categories=cube.dimensions[3].categories[:2]),
    )
    marks = tuple("c" if value is None else "" for value in values)
    small = replace(cube, dimensions=parts, values=tuple(values), marks=marks, legend={"c": {"da": "skjult"}})
    numbers, dots = read_px(write_px(small))
    assert numbers == tuple(values)
    assert dots == tuple(".." if value is None else "" for value in values)
