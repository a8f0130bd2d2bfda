"""figures.csv: figures published elsewhere, to compare with those of the edition."""

import csv
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from barometer.edition._entries import Report
from barometer.edition._toml import decode
from barometer.model import ALL, TOTAL, Programme, Survey
from barometer.problems import Place, raise_errors, suggestion

COLUMNS = (
    "survey",
    "indicator",
    "breakdown",
    "cell",
    "value_pct",
    "n",
    "approximate",
    "label",
    "source",
    "remark",
)


@dataclass(frozen=True)
class Figure:
    """A published figure: `value_pct` in per cent for shares, else in the indicator's unit; `n` None when not
    published; `approximate` '' or why it is not a digit printed, so that it is listed and not compared."""

    survey: str
    indicator: str
    breakdown: str
    cell: str
    value_pct: float
    n: int | None = None
    approximate: str = ""
    label: str = ""
    source: str = ""
    remark: str = ""

    @property
    def rounding(self) -> float:
        """How far the unrounded value may be from the figure: 0.5 for 86, 0.05 for 86.5."""
        exponent = Decimal(repr(self.value_pct)).normalize().as_tuple().exponent
        return 0.5 * 10.0 ** min(0, int(exponent))

    def __str__(self) -> str:
        where = "" if self.breakdown == TOTAL else f" {self.breakdown}/{self.cell}"
        return f"{self.indicator}{where} {self.value_pct:g}"


def read_figures(name: str, content: bytes, surveys: Sequence[Survey]) -> tuple[Figure, ...]:
    """The figures of a CSV file with the columns COLUMNS, in its order.

    Raises BadInput (E027, E016) with every row that is no number or names something the surveys do not have.
    """
    report = Report()
    figures = check_figures(name, content, {survey.id: survey.programme for survey in surveys}, report)
    raise_errors(report)
    return figures


def check_figures(
    name: str, content: bytes, programmes: Mapping[str, Programme] | None, report: Report
) -> tuple[Figure, ...]:
    """The readable figures; names are not checked without programmes, by survey, to check them against."""
    text = decode(name, content, report)
    if text is None:
        return ()
    rows = csv.reader(io.StringIO(text, newline=""))
    header = [column.strip() for column in next(rows, [])]
    missing = [column for column in COLUMNS if column not in header]
    if missing or len(set(header)) != len(header):
        found = "the columns " + ", ".join(header) if header else "an empty file"
        way_out = "Correct the header; columns that are empty are there all the same."
        report.error("E027", Place(name, row=1), found, "the columns " + ", ".join(COLUMNS), way_out)
        return ()
    figures = []
    for number, values in enumerate(rows, 2):
        if not any(values):
            continue
        if len(values) != len(header):
            way_out = "Put quotation marks around values with commas."
            report.error("E027", Place(name, row=number), f"{len(values)} values", f"{len(header)} values", way_out)
            continue
        row = {column: value.strip() for column, value in zip(header, values, strict=True)}
        figure = _figure(Place(name, row=number), row, report)
        if programmes is not None:
            _check_names(Place(name, row=number), row, programmes, report)
        if figure:
            figures.append(figure)
    return tuple(figures)


def _figure(place: Place, row: Mapping[str, str], report: Report) -> Figure | None:
    value, n = read_decimal(row["value_pct"]), read_decimal(row["n"]) if row["n"] else None
    wrong = [] if value is not None else ["value_pct"]
    if row["n"] and (n is None or n != int(n) or n < 0):
        wrong.append("n")
    for column in wrong:
        report.error(
            "E027",
            Place(place.file, row=place.row, column=column),
            f"'{row[column]}'",
            "a number with a point as decimal mark" if column == "value_pct" else "a whole number, or nothing",
            "Correct the number, without signs such as % or blanks.",
        )
    if wrong or value is None:
        return None
    texts = {column: row[column] for column in COLUMNS if column not in ("value_pct", "n")}
    return Figure(value_pct=value, n=None if n is None else int(n), **texts)


def read_decimal(text: str) -> float | None:
    """A finite number with a point as decimal mark, or None."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and "_" not in text else None


def _check_names(place: Place, row: Mapping[str, str], programmes: Mapping[str, Programme], report: Report) -> None:
    """Report the first of survey, indicator, breakdown and cell that the edition does not have."""
    programme = programmes.get(row["survey"])
    steps: list[tuple[str, list[str]]] = [("survey", list(programmes))]
    if programme is not None:
        breakdowns = {one.id: [category.code for category in one.categories] for one in programme.breakdowns}
        breakdowns[TOTAL] = [ALL]
        steps.append(("indicator", [one.id for one in programme.indicators]))
        steps.append(("breakdown", list(breakdowns)))
        steps.append(("cell", breakdowns.get(row["breakdown"], [])))
    for column, names in steps:
        if row[column] not in names:
            where = Place(place.file, row=place.row, column=column)
            what = f"a {column} of this edition"
            report.error("E027", where, f"{column} '{row[column]}'", what, suggestion(row[column], names))
            return
