"""Files of open data, read by programs of others: every number of a cell is the same in all of them."""

import csv
import hashlib
import io
import json
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import polars as pl
import pytest
from csvw import CSVW
from jsonstat_validator import validate_jsonstat
from lxml import etree
from pyaxis import pyaxis
from pyjstat import pyjstat
from pysdmx.io import get_datasets, read_sdmx

from barometer.publication._cube import index
from barometer.publication._downloads import common_files, language_files
from barometer.publication._language import language
from barometer.publication.open_data import DataCube, check_jsonstat, cubes, open_data_files, published, read_px
from published_example import edition, release

Numbers = dict[tuple[str, ...], float | None]
MEASURES = ("value", "ci_low", "ci_high", "n", "n_dont_know", "n_missing")


@cache
def files() -> dict[str, bytes]:
    return {path.removeprefix("open-data/"): content for path, content in open_data_files(release(), edition()).items()}


@cache
def tables() -> tuple[DataCube, ...]:
    return cubes(release(), edition())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("open-data")
    for path, content in files().items():
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_bytes(content)
    return root


def expected(cube: DataCube) -> Numbers:
    return dict(zip(cube.keys(), cube.values, strict=True))


def number(value: Any) -> float | None:
    return None if value is None or pd.isna(value) or value == "" else float(value)


def of_rows(cube: DataCube, rows: list[dict[str, Any]]) -> Numbers:
    """Numbers of a table with a column a measure."""
    names = [one.id for one in cube.dimensions[:-1]]
    codes = cube.dimension("measure").codes
    return {(*(str(row[name]) for name in names), code): number(row[code]) for row in rows for code in codes}


# --- The same number everywhere ----------------------------------------------------------------------


def read_json(cube: DataCube, code: str) -> Numbers:
    told = json.loads(files()[f"{code}/{cube.id}.json"])
    indexes = [told["dimension"][name]["category"]["index"] for name in told["id"]]
    found: Numbers = {}
    for place, value in enumerate(told["value"]):
        key: list[str] = []
        for places in reversed(indexes):
            place, here = divmod(place, len(places))
            key.insert(0, next(name for name, own in places.items() if own == here))
        found[tuple(key)] = value
    return found


def read_xlsx(cube: DataCube, code: str) -> Numbers:
    book = openpyxl.load_workbook(io.BytesIO(files()[f"{code}/{cube.id}.xlsx"]), read_only=True)
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    start = 3 if cube.synthetic else 2
    others = len(cube.dimensions) - 1
    codes = cube.dimension("measure").codes
    return {
        (*map(str, row[-others:]), measure): number(row[others + place])
        for row in rows[start + 1 :]
        for place, measure in enumerate(codes)
    }


def read_pyaxis(cube: DataCube, folder: Path, spoken: str) -> Numbers:
    read = pyaxis.parse(str(folder / f"{cube.id}.px"), encoding="utf-8", lang=spoken, sd_values=r'^"\.+"$')
    table, labels = read["DATA"], []
    for place, dimension in enumerate(cube.dimensions):
        names = dict(zip(read["METADATA"][f"VALUES({table.columns[place]})"], dimension.codes, strict=True))
        labels.append([names[label] for label in table.iloc[:, place]])
    return dict(zip(zip(*labels, strict=True), map(number, table["DATA"]), strict=True))


@cache
def observations(cube_id: str) -> Any:
    """A table's rows as pysdmx gives them."""
    (data,) = read_sdmx(io.BytesIO(files()[f"{cube_id}.sdmx.csv"])).data
    return data.data


def read_sdmx_csv(cube: DataCube) -> Numbers:
    rows = observations(cube.id)
    assert len(rows) == len(cube.values)
    return {key: number(value) for key, value in zip(cube.keys(), rows["OBS_VALUE"], strict=True)}


@pytest.mark.parametrize("cube", tables(), ids=lambda cube: cube.id)
def test_every_number_is_the_same_in_all_formats(cube: DataCube, folder: Path) -> None:
    wanted = expected(cube)
    assert dict(zip(cube.keys(), read_px(files()[f"{cube.id}.px"])[0], strict=True)) == wanted
    assert of_rows(cube, pl.read_parquet(folder / f"{cube.id}.parquet").to_dicts()) == wanted
    assert read_sdmx_csv(cube) == wanted
    for code in edition().languages:
        assert read_json(cube, code) == wanted
        text = files()[f"{code}/{cube.id}.csv"].decode()
        assert of_rows(cube, list(csv.DictReader(io.StringIO(text)))) == wanted
        assert read_xlsx(cube, code) == wanted


@pytest.mark.parametrize("spoken", ["da", "en"])
def test_pyaxis_reads_the_same_numbers_and_labels_from_px(spoken: str, folder: Path) -> None:
    for cube in tables():
        assert read_pyaxis(cube, folder, spoken) == expected(cube)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of its own calls
def test_pyjstat_reads_the_same_numbers_from_json_stat() -> None:
    for cube in tables():
        table = pyjstat.Dataset.read(files()[f"sv/{cube.id}.json"].decode()).write("dataframe", naming="id")
        assert tuple(number(value) for value in table["value"]) == cube.values
        assert list(zip(*(table[one.id] for one in cube.dimensions), strict=True)) == list(cube.keys())


def test_the_site_s_own_downloads_have_the_same_numbers() -> None:
    figures = index(release(), edition())
    site = common_files(figures) | language_files(figures, language("da"))
    wanted: dict[tuple[str, ...], float | None] = {}
    for cube in tables():
        for key, value in expected(cube).items():
            group = key[1] if len(key) == 4 else "all"
            breakdown = "total" if group == "all" else cube.breakdown
            wanted[cube.survey, key[0], breakdown, group, key[-1]] = value
    for path in ("data/example-2024.csv", "data/inc_any.csv"):
        rows = list(csv.DictReader(io.StringIO(site[path].decode("utf-8-sig"))))
        for row in rows:
            for measure in MEASURES:
                place = (row["survey"], row["indicator"], row["breakdown"], row["cell"], measure)
                if place in wanted:
                    assert number(row[measure]) == wanted[place], place
        assert len(rows) > 3
    kinds = {one.id: one for one in edition().indicators}
    table = pl.read_parquet(io.BytesIO(site["data/example-2024.parquet"]))
    for row, own in zip(table.iter_rows(named=True), release().cells.iter_rows(named=True), strict=True):
        assert all(row[name] == published(own[name], name, kinds[row["indicator"]]) for name in MEASURES)


# --- What each format asks for ---------------------------------------------------------------------


def test_json_stat_is_valid_for_its_validator_and_for_ours() -> None:
    found = [path for path in files() if path.endswith(".json") and "metadata" not in path]
    for path in found:
        assert validate_jsonstat(json.loads(files()[path]))
        assert path.endswith("example-2024.json") or check_jsonstat(files()[path]) == ()
    assert len(found) == len(edition().languages) * (len(tables()) + 1)


def test_json_stat_tells_marks_units_and_what_px_clients_look_for() -> None:
    told = json.loads(files()["nb/workplaces-sector.json"])
    sector = next(cube for cube in tables() if cube.id == "workplaces-sector")
    marks = {str(place): mark for place, mark in enumerate(sector.marks) if mark}
    assert told["status"] == marks
    assert told["dimension"]["measure"]["category"]["unit"]["value"] == {"base": "prosent", "decimals": 1}
    everyone = {"elimination": True, "eliminationValueCode": "all", "show": "value"}
    assert told["dimension"]["sector"]["extension"] == everyone
    assert told["extension"]["px"]["stub"] + told["extension"]["px"]["heading"] == told["id"]
    assert set(told["extension"]["status"]["label"]) == set(marks.values())


def test_px_declares_its_code_page_and_symbols_and_has_no_stray_quotation_marks() -> None:
    for cube in tables():
        lines = files()[f"{cube.id}.px"].decode("utf-8").split("\r\n")
        assert lines[:3] == ['CHARSET="ANSI";', 'AXIS-VERSION="2013";', 'CODEPAGE="utf-8";']
        head = lines[: lines.index("DATA=")]
        for line in head:
            assert line.endswith(";")
            assert line.count('"') % 2 == 0
        symbols = {line.split("=")[0].split("[")[0] for line in head if line.startswith("DATASYMBOL")}
        dots = {len(word) for word in read_px(files()[f"{cube.id}.px"])[1] if word}
        assert symbols == {f"DATASYMBOL{length}" for length in dots}
        keys = [line.partition("=")[0] for line in head]
        assert len(set(keys)) == len(keys)
        mandatory = {
            "DECIMALS",
            "MATRIX",
            "SUBJECT-CODE",
            "SUBJECT-AREA",
            "TITLE",
            "CONTENTS",
            "UNITS",
            "STUB",
            "HEADING",
        }
        assert mandatory <= set(keys)
        for code in edition().languages[1:]:
            assert {f"{key}[{code}]" for key in ("TITLE", "CONTENTS", "UNITS", "STUB", "HEADING")} <= set(keys)


def test_sdmx_structures_are_valid_and_know_every_code_of_the_data(folder: Path) -> None:
    message = read_sdmx(folder / "structure.xml", validate=True)
    structures = {one.id: one for one in message.get_data_structure_definitions()}
    assert [one.id for one in message.get_dataflows()] == list(structures) == [cube.id for cube in tables()]
    for cube in tables():
        rows = observations(cube.id)
        for component in structures[cube.id].components:
            assert component.id in rows.columns
            if component.enumeration is not None:
                known = {code.id for code in component.enumeration}
                assert set(rows[component.id]) <= known, (cube.id, component.id)


def test_pysdmx_joins_data_and_structure(folder: Path) -> None:
    (data,) = get_datasets(folder / "workplaces-sector.sdmx.csv", folder / "structure.xml")
    sector = next(one for one in data.structure.components if one.id == "SECTOR")
    assert [code.name for code in sector.enumeration][:2] == ["Everyone", "Municipality"]


def test_sdmx_marks_hidden_cells_as_confidential_and_all_alike(folder: Path) -> None:
    for cube in tables():
        rows = list(csv.DictReader(io.StringIO(files()[f"{cube.id}.sdmx.csv"].decode())))
        for row, mark in zip(rows, cube.marks, strict=True):
            assert (row["CONF_STATUS"] == "C") == (mark == "c")
            assert mark != "c" or (row["OBS_VALUE"], row["OBS_STATUS"]) == ("", "Q")


def test_csv_fits_its_metadata_for_csvw(folder: Path) -> None:
    for cube in tables():
        for spoken in ("da", "en"):
            read = CSVW(str(folder / spoken / f"{cube.id}.csv"), validate=True)
            assert read.is_valid
            assert not read.warnings
            (table,) = read.tables
            assert of_rows(cube, [dict(row) for row in table]) == expected(cube)
            assert [column.name for column in table.tableSchema.columns] == list(dict(next(iter(table))))


def test_workbooks_have_notes_and_numbers_with_formats_and_no_formulas() -> None:
    for path in ("sv/workplaces-sector.xlsx", "sv/example-2024.xlsx"):
        book = openpyxl.load_workbook(io.BytesIO(files()[path]))
        assert "Noter" in book.sheetnames
        assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)
        sheet = book["workplaces-sector" if "example" in path else "Tabell"]
        formats = {cell.number_format for row in sheet.iter_rows(min_row=5, min_col=4, max_col=7) for cell in row}
        assert formats >= {"0.0", "#,##0"}
        assert sheet.freeze_panes == "A5"
        assert any("fiktiva" in str(row[1]) for row in book["Noter"].iter_rows(values_only=True))
    whole = openpyxl.load_workbook(io.BytesIO(files()["da/example-2024.xlsx"]), read_only=True)
    assert len(whole.sheetnames) == len(tables()) + 1


def test_every_file_says_that_answers_are_made_up() -> None:
    for cube in tables():
        assert "fiktiva" in files()[f"sv/{cube.id}.json"].decode()
        assert "NOTEX" in files()[f"{cube.id}.px"].decode()
        assert pl.read_parquet(io.BytesIO(files()[f"{cube.id}.parquet"]))["synthetic"].all()
        assert set(pl.read_csv(files()[f"en/{cube.id}.csv"])["synthetic"]) == {True}


def test_the_same_release_gives_the_same_bytes_and_workbooks_have_no_clock() -> None:
    again = open_data_files(release(), edition())
    assert {path.removeprefix("open-data/"): content for path, content in again.items()} == files()
    with zipfile.ZipFile(io.BytesIO(files()["da/example-2024.xlsx"])) as book:
        assert {entry.date_time[:3] for entry in book.infolist()} == {(1980, 1, 1)}


def test_checksums_are_those_of_all_other_files() -> None:
    lines = files()["SHA256SUMS"].decode().splitlines()
    told = {line.partition("  ")[2]: line.partition("  ")[0] for line in lines}
    others = {path: content for path, content in files().items() if path != "SHA256SUMS"}
    assert told == {path: hashlib.sha256(content).hexdigest() for path, content in others.items()}


def test_one_file_holds_all_tables_of_the_release() -> None:
    for code in edition().languages:
        items = json.loads(files()[f"{code}/example-2024.json"])["link"]["item"]
        assert items == [json.loads(files()[f"{code}/{cube.id}.json"]) for cube in tables()]


# --- The codebook ------------------------------------------------------------------------------------

ORDER = {
    "codeBook": ["docDscr", "stdyDscr", "fileDscr", "dataDscr", "otherMat"],
    "stdyDscr": ["citation", "studyAuthorization", "stdyInfo", "studyDevelopment", "method", "dataAccs", "othrStdyMat"],
    "citation": ["titlStmt", "rspStmt", "prodStmt", "distStmt", "serStmt", "verStmt", "biblCit", "holdings", "notes"],
    "titlStmt": ["titl", "subTitl", "altTitl", "parTitl", "IDNo"],
    "distStmt": ["distrbtr", "contact", "depositr", "depDate", "distDate"],
    "stdyInfo": ["studyBudget", "subject", "abstract", "sumDscr", "qualityStatement", "notes", "exPostEvaluation"],
    "sumDscr": ["timePrd", "collDate", "nation", "geogCover", "geogUnit", "anlyUnit", "universe", "dataKind"],
    "dataColl": [
        "timeMeth",
        "frequenc",
        "sampProc",
        "deviat",
        "collMode",
        "resInstru",
        "sources",
        "collSitu",
        "weight",
    ],
    "var": ["location", "labl", "qstn", "valrng", "invalrng", "universe", "catgry", "concept", "varFormat", "notes"],
    "catgry": ["catValu", "labl", "txt", "catStat"],
}
"""Children of elements of DDI-Codebook 2.5 in the order its schema gives them (those that may occur here)."""


def test_the_codebook_has_its_elements_in_the_order_of_ddi_codebook() -> None:
    book = etree.fromstring(files()["codebook-workplaces.xml"])
    assert book.tag == "{ddi:codebook:2_5}codeBook"
    seen = 0
    for element in book.iter():
        name = etree.QName(element).localname
        if name in ORDER:
            places = [ORDER[name].index(etree.QName(child).localname) for child in element]
            assert places == sorted(places), name
            seen += 1
    assert seen > 20
    identities = [element.get("ID") for element in book.iter() if element.get("ID")]
    assert len(set(identities)) == len(identities)


def test_the_codebook_has_questions_and_codes_in_all_languages_and_no_counts() -> None:
    book = etree.fromstring(files()["codebook-workplaces.xml"])
    names = {"d": "ddi:codebook:2_5"}
    service = book.find(".//d:var[@name='service']", names)
    question = edition().surveys[0].instrument.question("service")
    lang = "{http://www.w3.org/XML/1998/namespace}lang"
    assert {one.get(lang): one.text for one in service.findall(".//d:qstnLit", names)} == dict(question.text)
    labels = {one.get(lang) for one in service.findall("d:catgry/d:labl", names)}
    assert labels == set(edition().languages)
    assert book.find(".//d:catStat", names) is None
    assert book.find("d:fileDscr", names) is None
