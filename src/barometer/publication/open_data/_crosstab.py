"""Tables as crosstabs, the way PxWeb writes them: the stub down the side, the heading across the top.

The released CSV and XLSX files have a row a cell; the API writes these, since that is what its clients know. Layout of
CSV after `CsvSerializer` of PxTools' PCAxis.Serializers.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import product

import polars as pl

from barometer.model import Language
from barometer.publication._language import language as catalogue
from barometer.publication.open_data._cube import DataCube, Dimension, say
from barometer.publication.open_data._px import plain_number, symbol
from barometer.publication.open_data._workbook import Sheet, workbook
from barometer.publication.open_data._xlsx import notes_sheet


class Labels(Enum):
    """What stands for variables and values."""

    CODES = "UseCodes"
    TEXTS = "UseTexts"
    BOTH = "UseCodesAndTexts"


@dataclass(frozen=True)
class Output:
    """How a file is written, as far as a format leaves room. `labels` None: the format's own."""

    labels: Labels | None = None
    title: bool = False
    separator: str = ","


@dataclass(frozen=True)
class Crosstab:
    """`heads` over the stub's columns, `columns` over those of numbers, and rows of labels and cells: numbers with all
    their decimals, dots where there is none."""

    heads: tuple[str, ...]
    columns: tuple[str, ...]
    rows: Iterator[tuple[tuple[str, ...], list[str]]]


def crosstab(cube: DataCube, language: Language, labels: Labels, between: str = " ") -> Crosstab:
    """The table as rows of texts; `between` code and text where both are asked for."""

    def told(code: str, text: str) -> str:
        return code if labels is Labels.CODES else text if labels is Labels.TEXTS else f"{code}{between}{text}"

    def values(one: Dimension) -> list[str]:
        return [told(category.code, say(category.label, language)) for category in one.categories]

    heads = tuple(told(one.id, say(one.label, language)) for one in cube.stub)
    over = product(*map(values, cube.heading))
    columns = tuple(" ".join(words) for words in over) if cube.heading else (say(cube.title, language),)
    return Crosstab(heads, columns, zip(product(*map(values, cube.stub)), _cells(cube, len(columns)), strict=True))


def _cells(cube: DataCube, width: int) -> Iterator[list[str]]:
    words = [
        symbol(mark) if value is None else plain_number(value)
        for value, mark in zip(cube.values, cube.marks, strict=True)
    ]
    return (words[start : start + width] for start in range(0, len(words), width))


def write_crosstab_csv(cube: DataCube, language: Language, output: Output) -> bytes:
    """Labels in quotation marks, numbers and dots without; codes unless texts are asked for. UTF-8, CRLF."""
    told = crosstab(cube, language, output.labels or Labels.CODES, " - ")
    between = output.separator
    lines = [_quoted(". ".join(headline(cube, language)))] if output.title else []
    lines.append(between.join(["" if not told.heads else between.join(map(_quoted, told.heads)), *_all(told.columns)]))
    lines += (between.join([between.join(map(_quoted, labels)), *cells]) for labels, cells in told.rows)
    return ("\r\n".join(lines) + "\r\n").encode()


def _all(words: tuple[str, ...]) -> list[str]:
    return [_quoted(word) for word in words]


def _quoted(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'


def headline(cube: DataCube, language: Language) -> list[str]:
    """The title, and that answers are made up where they are."""
    return [say(cube.title, language)] + ([say(cube.notes[0], language)] if cube.synthetic else [])


def write_crosstab_xlsx(cube: DataCube, language: Language, output: Output) -> bytes:
    """The crosstab on one sheet, on another what readers must know about it; texts unless codes are asked for."""
    told = crosstab(cube, language, output.labels or Labels.TEXTS)
    rows = list(told.rows)
    heads = {f"s{place}": head for place, head in enumerate(told.heads or ("",))}
    stub = [labels or ("",) for labels, _ in rows]
    sheet = Sheet(
        pl.DataFrame(stub, schema=dict.fromkeys(heads, pl.String), orient="row"),
        title=tuple(headline(cube, language)[0 if output.title else 1 :]),
        heads=heads,
        widths=dict.fromkeys(heads, 32.0),
        over=told.columns,
        beside=[cell for _, cells in rows for cell in cells],
    )
    one = catalogue(language)
    return workbook({one.say("cube.sheet_table"): sheet, one.say("cube.sheet_notes"): notes_sheet((cube,), language)})
