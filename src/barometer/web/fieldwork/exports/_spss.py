"""SPSS system files with labels and user-missing values."""

import tempfile
from pathlib import Path

import polars as pl
import pyreadstat

from barometer.questionnaire import MISSING_STATES, Variable, VariableMeasure
from barometer.web.fieldwork.exports._labels import NUMBERS, column_labels, value_labels

LONGEST_LABEL, LONGEST_VALUE_LABEL, LONGEST_TITLE = 250, 120, 64
"""Bytes."""
_MEASURES = {
    VariableMeasure.CODE: "nominal",
    VariableMeasure.MARK: "nominal",
    VariableMeasure.RANK: "ordinal",
    VariableMeasure.NUMBER: "scale",
    VariableMeasure.DATE: "scale",
    VariableMeasure.TEXT: "nominal",
}
_MOMENT = slice(92, 109)  # creation date and time in the header


def sav(table: pl.DataFrame, variables: tuple[Variable, ...], language: str, title: str) -> bytes:
    """`table`: see `numbered`. Missing codes are declared as a range of user-missing values."""
    numbers = [one for one in variables if one.measure in NUMBERS]
    last, first = MISSING_STATES[-1], MISSING_STATES[0]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.sav"
        pyreadstat.write_sav(
            table,
            str(path),
            file_label=_cut(title, LONGEST_TITLE),
            column_labels=column_labels(table, variables, language, lambda text: _cut(text, LONGEST_LABEL)),
            variable_value_labels={
                one.name: value_labels(one, language, lambda text: _cut(text, LONGEST_VALUE_LABEL)) for one in numbers
            },
            missing_ranges={
                one.name: [{"lo": one.missing_number(last), "hi": one.missing_number(first)}] for one in numbers
            },
            variable_format={
                one.name: f"F{one.width}.{one.decimals}" for one in numbers if one.measure is VariableMeasure.NUMBER
            },
            variable_measure={one.name: _MEASURES[one.measure] for one in variables},
            row_compress=True,
        )
        content = bytearray(path.read_bytes())
    content[_MOMENT] = b"01 Jan 7000:00:00"
    return bytes(content)


def _cut(text: str, size: int) -> str:
    """As many characters as fit into the bytes."""
    return text if len(text.encode()) <= size else text.encode()[: size - 3].decode(errors="ignore") + "…"
