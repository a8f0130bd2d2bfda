"""Any survey file as a table: delimited text, Parquet, SPSS and Stata."""

from io import BytesIO
from pathlib import Path

import polars as pl
import pyreadstat

from barometer.problems import BadInput, Place, Problem

MISSING = ["", "NA"]
"""Written so in delimited text, unquoted, a value is missing: by spreadsheets and by R."""
STATISTICAL = {".sav": "read_sav", ".zsav": "read_sav", ".por": "read_por", ".dta": "read_dta"}
DELIMITED = {".csv", ".tsv", ".txt"}


def read_survey_file(path: Path, *, decimal_comma: bool = False) -> pl.DataFrame:
    """Read a file by the ending of its name.

    Text is UTF-8 with a header line; commas, semicolons or tabs separate, whichever the header has most. Raises
    BadInput T021 (no rows), T022 (unreadable).
    """
    ending = path.suffix.lower()
    if ending not in {*DELIMITED, ".parquet", *STATISTICAL}:
        raise BadInput((_unreadable(path, f"a file ending in '{ending}'"),))
    if ending in STATISTICAL:
        frame = _statistical(path, STATISTICAL[ending])
    else:
        try:
            content = path.read_bytes()
            frame = pl.read_parquet(BytesIO(content)) if ending == ".parquet" else _text(content, decimal_comma)
        except (OSError, UnicodeDecodeError, pl.exceptions.PolarsError) as error:
            found = getattr(error, "strerror", None) or str(error).splitlines()[0]
            raise BadInput((_unreadable(path, found),)) from error
    if frame.height == 0:
        way_out = "Check which file was written."
        raise BadInput((Problem("T021", Place(str(path)), "a table without rows", "at least one row", way_out),))
    return frame


def _text(content: bytes, decimal_comma: bool) -> pl.DataFrame:
    header = content.decode("utf-8-sig").partition("\n")[0]
    separator = max(",;\t", key=header.count)
    return pl.read_csv(
        content,
        separator=separator,
        null_values=MISSING,
        infer_schema_length=None,
        decimal_comma=decimal_comma,
    )


def _statistical(path: Path, reader: str) -> pl.DataFrame:
    try:
        columns, _ = getattr(pyreadstat, reader)(str(path), output_format="dict")
    except (OSError, pyreadstat.ReadstatError, pyreadstat.PyreadstatError) as error:
        raise BadInput((_unreadable(path, str(error)),)) from error
    return pl.DataFrame(columns, strict=False, nan_to_null=True)


def _unreadable(path: Path, found: str) -> Problem:
    return Problem(
        "T022",
        Place(str(path)),
        found,
        "a table as .csv, .tsv, .parquet, .sav, .zsav, .por or .dta; text in UTF-8",
        "Check the path, or write the file anew in one of these formats.",
    )
