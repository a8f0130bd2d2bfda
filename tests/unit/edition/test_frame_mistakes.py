"""Mistakes in registers: which rows, what is wrong, and how to mend it."""

import io
from dataclasses import dataclass

import polars as pl
import pytest

from barometer.edition import check_edition, read_edition, starter
from barometer.model import Frame

SETTINGS = 'prn = "prn"\nname = "name"\nunit_id = "unit_id"'
ROWS = (
    "unit_id,sector,size,employees,prn,name\n"
    "0001,state,1-9,3,0.25,Ørsted\n"
    "0002,region,10-49,12,0.5,\n"
    '0003,municipality,50+,60,0.75,"Nord, Øst"\n'
)


def edition(register: bytes, file: str = "frame.csv") -> dict[str, bytes]:
    """The starter edition with another register, which has names and random numbers too."""
    folder = {"simulation.toml": b"", **starter()}
    folder["frame.toml"] = (
        folder["frame.toml"]
        .replace(b'unit_id = "unit_id"', SETTINGS.encode())
        .replace(b'"frame.csv"', f'"{file}"'.encode())
    )
    return {**folder, file: register}


def frame(register: bytes, file: str = "frame.csv") -> Frame:
    return read_edition(edition(register, file)).surveys[0].frame


def told(register: bytes, file: str = "frame.csv") -> str:
    return "\n".join(str(problem) for problem in check_edition(edition(register, file)))


def parquet(**changes: pl.Series) -> bytes:
    table = pl.read_csv(ROWS.encode(), schema_overrides={"unit_id": pl.String}).with_columns(**changes)
    stored = io.BytesIO()
    table.write_parquet(stored)
    return stored.getvalue()


def test_a_register_is_read_with_its_types_and_leading_zeros() -> None:
    units = frame(ROWS.encode()).units

    assert units.schema == {
        "unit_id": pl.String,
        "sector": pl.String,
        "size": pl.String,
        "employees": pl.Int64,
        "name": pl.String,
        "prn": pl.Float64,
    }
    assert units.row(0) == ("0001", "state", "1-9", 3, "Ørsted", 0.25)
    assert units["name"].to_list() == ["Ørsted", None, "Nord, Øst"]


def test_csv_with_a_byte_order_mark_and_parquet_give_the_same_units() -> None:
    plain = frame(ROWS.encode()).units

    assert frame(ROWS.replace("\n", "\r\n").encode("utf-8-sig")).units.equals(plain)
    assert frame(parquet(), "frame.parquet").units.equals(plain)


def test_excluded_units_are_counted() -> None:
    read = frame(ROWS.replace(",3,", ",0,").encode())

    assert (read.units.height, read.excluded) == (2, 1)


@dataclass(frozen=True)
class Mistake:
    name: str
    old: str
    new: str
    says: tuple[str, ...]


MISTAKES = [
    Mistake("no rows", ROWS.split("\n", 1)[1], "", ("F012", "0 units in the register")),
    Mistake("double id", "0003,", "0001,", ("F005 frame.csv, row 2, column 'unit_id'", "rows 2, 4", "('0001')")),
    Mistake("blank id", "0003,", " ,", ("F006 frame.csv, row 4", "Give these units an id")),
    Mistake("unknown category", "region", "regin", ("F007", "row 3, column 'sector'", "Did you mean 'region'?")),
    Mistake("blank category", "region", "", ("F008", "row 3, column 'sector'", "required = false")),
    Mistake("blank size", ",12,", ",,", ("F008", "row 3, column 'employees'")),
    Mistake("decimal comma", ",12,", ',"12,5",', ("F009", "'12,5'", "a point as decimal mark")),
    Mistake("thousands separator", ",12,", ",1 200,", ("F009", "'1 200'")),
    Mistake("decimals of a whole number", ",12,", ",12.5,", ("F009", "a whole number")),
    Mistake("random number of one", "0.5", "1.0", ("F010", "row 3, column 'prn'", "below 1")),
    Mistake("random number twice", "0.5", "0.25", ("F011", "rows 2, 3", "ten decimals")),
    Mistake("blank random number", "0.5", "", ("F008", "row 3, column 'prn'")),
    Mistake("random number with a comma", "0.5", '"0,5"', ("F009", "column 'prn'", "'0,5'")),
    Mistake("missing column", "employees", "staff", ("F003", "column 'employees'", "F004", "'staff'")),
    Mistake(
        "comma without quotation marks", '"Nord, Øst"', "Nord, Øst", ("F013 frame.csv, row 4", "the 6 of the header")
    ),
    Mistake("too few values", "0.5,", "0.5", ("F013 frame.csv, row 3",)),
    Mistake("header twice", "name\n", "size\n", ("F014", "two columns 'size'")),
    Mistake("open quotation mark", '"Nord, Øst"', '"Nord, Øst', ("F002", "quotation marks")),
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_a_mistake_in_a_register_is_told_with_its_rows(mistake: Mistake) -> None:
    assert mistake.old in ROWS

    shown = told(ROWS.replace(mistake.old, mistake.new, 1).encode())

    assert all(words in shown for words in mistake.says), shown


def test_other_encodings_and_separators_are_named() -> None:
    assert "F001 frame.csv, line 2" in told(ROWS.encode("latin-1"))
    assert "CSV UTF-8" in told(ROWS.encode("latin-1"))
    assert "separated by semicolons" in told(ROWS.replace(",", ";").encode())
    assert "an empty file" in told(b"")


def test_a_register_without_units_after_the_exclusions_is_refused() -> None:
    rows = ROWS.replace(",3,", ",0,").replace(",12,", ",0,").replace(",60,", ",0,")

    shown = told(rows.encode())

    assert "F012" in shown
    assert "none after the exclusions" in shown


def test_many_wrong_rows_are_one_problem_with_five_rows_and_a_count() -> None:
    rows = ROWS + "".join(f"1{i:03d},state,1-9,5,0.{i + 100},\n" for i in range(20)).replace("state", "stat")

    shown = told(rows.encode())

    assert "'stat' in rows 5, 6, 7, 8, 9 and 15 more" in shown
    assert shown.count("F007") == 1


def test_parquet_columns_of_the_wrong_type_are_named() -> None:
    numbers = told(parquet(unit_id=pl.Series([1, 2, 3])), "frame.parquet")
    words = told(parquet(sector=pl.Series([1.5, 2.5, 3.5])), "frame.parquet")

    assert "F015 frame.parquet, column 'unit_id'" in numbers
    assert "F015 frame.parquet, column 'sector'" in words
    assert "F002" in told(b"PAR1 no", "frame.parquet")
