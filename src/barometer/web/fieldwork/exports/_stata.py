"""Stata files with labels and extended missing values (format 118 and 119; Stata manual, 'dta file format')."""

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
import pyreadstat
from numpy.typing import NDArray

from barometer.questionnaire import MISSING_STATES, Variable
from barometer.web.fieldwork.exports._labels import NUMBERS, column_labels, value_labels

LONGEST_LABEL = 80
"""Characters."""
STATA_MISSING = dict(zip(MISSING_STATES, "abcdefghij", strict=True))
_DOUBLE = 65526
_WIDTHS = {32768: 8, 65526: 8, 65527: 4, 65528: 4, 65529: 2, 65530: 1}
"""Bytes of the types that are no texts of fixed length."""
_NAME_AND_PADDING = 129 + 3


def dta(table: pl.DataFrame, variables: tuple[Variable, ...], language: str, title: str) -> bytes:
    """`table`: see `numbered`. Missing codes become .a, .b … with labels."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.dta"
        pyreadstat.write_dta(
            table,
            str(path),
            file_label=title[:80],
            column_labels=column_labels(table, variables, language, _cut),
            variable_value_labels={
                one.name: value_labels(one, language, str) for one in variables if one.measure in NUMBERS
            },
        )
        content = bytearray(path.read_bytes())
    _letters_in_cells(content, table, variables)
    _letters_in_labels(content)
    stamp = re.search(rb"<timestamp>\x11.{17}</timestamp>", content[:2000])
    if stamp:
        content[stamp.start() + 12 : stamp.start() + 29] = b"01 Jan 1970 00:00"
    return bytes(content)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_LABEL else text[: LONGEST_LABEL - 1] + "…"


def _letters_in_cells(content: bytearray, table: pl.DataFrame, variables: tuple[Variable, ...]) -> None:
    """Turn the missing codes of the numbers into .a, .b … in place.

    The writer takes letters only from columns of Python objects, which is slow and large for 20,000 cases. A row is
    as wide as its variables' types together; a number is a double, '.' is 2^1023, and each letter a step of 2^40 in
    its bits further.
    """
    start = content.index(b"<variable_types>") + len(b"<variable_types>")
    types = [int(one) for one in np.frombuffer(bytes(content[start : start + 2 * table.width]), "<u2")]
    widths = [_WIDTHS.get(one, one) for one in types]
    offsets = np.cumsum([0, *widths])
    first = content.index(b"<data>") + len(b"<data>")
    rows = np.frombuffer(content, np.uint8, table.height * sum(widths), first).reshape(table.height, sum(widths))
    for one in variables:
        column = table.columns.index(one.name)
        if one.measure not in NUMBERS or types[column] != _DOUBLE:
            continue
        cells = rows[:, offsets[column] : offsets[column] + 8]
        numbers = cells.copy().view("<f8").ravel()
        bits = numbers.view("<u8").copy()
        for step, state in enumerate(MISSING_STATES, 1):
            bits[numbers == one.missing_number(state)] = 0x7FE0000000000000 + (step << 40)
        cells[:] = bits.view(np.uint8).reshape(-1, 8)


def _letters_in_labels(content: bytearray) -> None:
    """The same for the values that have labels, whole numbers of four bytes here; they stand in ascending order."""
    steps = range(len(MISSING_STATES))
    letters = {-(base + 81 + step): 0x7FFFFFE6 + step for base in (0, 999_999_900) for step in steps}
    for place in _label_tables(content):
        count = int.from_bytes(content[place : place + 4], "little")
        offsets = _whole(content, place + 8, count)
        values = _whole(content, place + 8 + 4 * count, count)
        values = np.array([letters.get(int(one), int(one)) for one in values], dtype="<i4")
        order = np.argsort(values, kind="stable")
        content[place + 8 : place + 8 + 8 * count] = offsets[order].tobytes() + values[order].tobytes()


def _label_tables(content: bytearray) -> Iterator[int]:
    """Where each table of labels has the number of its values."""
    place = content.index(b"<value_labels>") + len(b"<value_labels>")
    while content[place : place + 5] == b"<lbl>":
        size = int.from_bytes(content[place + 5 : place + 9], "little")
        start = place + 9 + _NAME_AND_PADDING
        yield start
        place = start + size + len(b"</lbl>")


def _whole(content: bytearray, start: int, count: int) -> NDArray[np.int32]:
    return np.frombuffer(bytes(content[start : start + 4 * count]), "<i4")
