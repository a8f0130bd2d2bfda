"""Tables as crosstabs: where each number stands, and how files of them are written."""

import csv
import io
import zipfile
from dataclasses import replace
from functools import cache
from itertools import permutations
from pathlib import Path

import openpyxl
import pytest
from lxml import etree
from openpyxl.utils import get_column_letter
from pyaxis import pyaxis

from barometer.publication.open_data import (
    DataCube,
    Labels,
    Output,
    crosstab,
    cubes,
    pivot,
    read_px,
    select,
    symbol,
    write_crosstab_csv,
    write_crosstab_xlsx,
    write_px,
)
from published_example import edition, release

CODES = Output(labels=Labels.CODES)


@cache
def table() -> DataCube:
    """A table with hidden cells."""
    found = cubes(release(), edition())
    return next(one for one in found if one.breakdown != "total" and "c" in one.marks)


def cells(cube: DataCube) -> dict[frozenset[str], tuple[float | None, str]]:
    """Number and mark by the codes of the cell, whatever their order."""
    return dict(zip(map(frozenset, cube.keys()), zip(cube.values, cube.marks, strict=True), strict=True))


def test_any_order_of_the_dimensions_keeps_every_number_and_mark() -> None:
    names = [one.id for one in table().dimensions]
    for order in permutations(names):
        for cut in range(len(names) + 1):
            turned = pivot(table(), order[:cut], order[cut:])
            assert cells(turned) == cells(table())
            assert [one.id for one in turned.stub] == list(order[:cut])
            assert [one.id for one in turned.heading] == list(order[cut:])


def test_the_rows_of_a_crosstab_are_the_stub_s_and_its_columns_the_heading_s() -> None:
    told = crosstab(pivot(table(), ["measure"], ["period", table().breakdown, "indicator"]), "en", Labels.CODES)
    assert told.heads == ("measure",)
    indicators, groups = table().dimension("indicator").codes, table().dimension(table().breakdown).codes
    (period,) = table().dimension("period").codes
    assert told.columns == tuple(f"{period} {group} {one}" for group in groups for one in indicators)
    assert [labels for labels, _ in told.rows] == [(one,) for one in table().dimension("measure").codes]


def test_hidden_cells_are_dots_in_csv_and_text_in_xlsx() -> None:
    words = [
        symbol(mark) if value is None else value for value, mark in zip(table().values, table().marks, strict=True)
    ]
    rows = list(csv.reader(io.StringIO(write_crosstab_csv(table(), "da", CODES).decode())))
    read = [one for row in rows[1:] for one in row[2:]]
    assert [one if one.startswith(".") else float(one) for one in read] == words and ".." in read
    sheet = openpyxl.load_workbook(io.BytesIO(write_crosstab_xlsx(table(), "da", Output()))).worksheets[0]
    top = sheet.max_row - len(rows) + 1
    values = [cell.value for row in sheet.iter_rows(min_row=top + 1) for cell in row[2:]]
    assert values == words and all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


@pytest.mark.parametrize("separator", [",", ";", "\t", " "])
def test_labels_with_quotation_marks_and_separators_read_back(separator: str) -> None:
    odd = 'a "b", c; d\te'
    part = select(table(), {"measure": ["value"]})
    first = part.dimensions[0]
    categories = (replace(first.categories[0], label={"en": odd}), *first.categories[1:])
    part = replace(part, dimensions=(replace(first, categories=categories), *part.dimensions[1:]))
    content = write_crosstab_csv(part, "en", Output(Labels.TEXTS, separator=separator)).decode()
    rows = list(csv.reader(io.StringIO(content), delimiter=separator))
    assert rows[1][0] == " ".join(odd.split()) and {len(row) for row in rows} == {len(rows[0])}


def test_px_with_another_stub_and_heading_is_read_by_pyaxis(tmp_path: Path) -> None:
    turned = pivot(table(), ["measure", "indicator"], [table().breakdown, "period"])
    content = write_px(turned)
    assert read_px(content)[0] == turned.values
    (tmp_path / "turned.px").write_bytes(content)
    found = pyaxis.parse(str(tmp_path / "turned.px"), encoding="utf-8", null_values="^x$", sd_values="^y$")["DATA"]
    numbers = [None if str(one).strip('"').startswith(".") else float(one) for one in found["DATA"]]
    assert numbers == list(turned.values)


def test_px_without_a_heading_or_a_stub_leaves_the_keyword_out() -> None:
    names = [one.id for one in table().dimensions]
    assert b"HEADING" not in write_px(pivot(table(), names, [])) and b"STUB=" in write_px(pivot(table(), names, []))
    assert b"STUB" not in write_px(pivot(table(), [], names))


def test_years_are_told_as_the_time_of_a_px_file_and_other_periods_are_not(tmp_path: Path) -> None:
    period = table().dimension("period")
    for code, said in (("2024", True), ("2023-2024", False)):
        changed = replace(period, categories=(replace(period.categories[0], code=code),))
        dimensions = tuple(changed if one is period else one for one in table().dimensions)
        content = write_px(replace(table(), dimensions=dimensions))
        assert (f'=TLIST(A1),"{code}";'.encode() in content) is said
        (tmp_path / "years.px").write_bytes(content)
        found = pyaxis.parse(str(tmp_path / "years.px"), encoding="utf-8", null_values="^x$", sd_values="^y$")["DATA"]
        assert len(found) == len(table().values)


def test_every_row_and_cell_of_a_workbook_tells_where_it_stands() -> None:
    """Some readers, such as R's openxlsx, find nothing otherwise."""
    for cube in (table(), pivot(table(), [], [one.id for one in table().dimensions])):
        content = write_crosstab_xlsx(cube, "en", Output(title=True))
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            sheet = etree.fromstring(book.read("xl/worksheets/sheet1.xml"))
        rows = sheet.findall(".//{*}row")
        assert [row.get("r") for row in rows] == [str(place) for place in range(1, len(rows) + 1)]
        last = rows[-1].findall("{*}c")
        expected = [f"{get_column_letter(place)}{len(rows)}" for place in range(1, len(last) + 1)]
        assert [cell.get("r") for cell in last] == expected and len(last) > 3
