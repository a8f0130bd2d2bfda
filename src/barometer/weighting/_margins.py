"""Margins: the totals that weights must reproduce, and each respondent's part in them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from barometer.model import Calibration, Frame, Margin, Survey
from barometer.problems import Place, Problem, raise_errors, suggestion
from barometer.tables import Matrix, Vector

NUMERIC = ("integer", "number")
ROWS_SHOWN = 5
COUNT = "(count)"
"""Label of the margin without columns: the size of the population."""


@dataclass(frozen=True)
class Margins:
    """`part` (respondents x cells) is 1 where the respondent is in the cell, or the value of a numeric margin;
    `totals` are the same sums over the population; `labels` name the cells; `columns` the margin each belongs to;
    `numeric` marks the columns that are no cells."""

    part: Matrix
    totals: Vector
    labels: tuple[str, ...]
    columns: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]

    def groups(self) -> dict[tuple[str, ...], list[int]]:
        """Columns of `part` by margin, in order."""
        found: dict[tuple[str, ...], list[int]] = {}
        for place, columns in enumerate(self.columns):
            found.setdefault(columns, []).append(place)
        return found

    def without(self, certain: NDArray[np.bool_]) -> "Margins":
        """What respondents other than the `certain` ones, who count 1 each whatever happens, must add up to."""
        if not certain.any():
            return self
        part = np.where(certain[:, None], 0.0, self.part)
        return replace(self, part=part, totals=self.totals - self.part[certain].sum(axis=0))


@dataclass(frozen=True)
class KnownTotals:
    """Known totals of one margin: counts of the crossing of `columns` by cell (a code of each column), or for a
    numeric column `cells` = ((),) and its total; no columns: the size of the population."""

    columns: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]
    totals: tuple[float, ...]

    @classmethod
    def count(cls, total: float) -> "KnownTotals":
        return cls((), ((),), (float(total),))

    @classmethod
    def of_number(cls, column: str, total: float) -> "KnownTotals":
        return cls((column,), ((),), (float(total),))

    @classmethod
    def of_cells(cls, columns: Sequence[str], totals: dict[tuple[str, ...], float]) -> "KnownTotals":
        return cls(tuple(columns), tuple(totals), tuple(float(total) for total in totals.values()))

    @property
    def numeric(self) -> bool:
        return self.cells == ((),)


def margins_from(data: pl.DataFrame, known: Sequence[KnownTotals], place: Place) -> Margins:
    """Each row's part in margins with known totals.

    Codes are compared as text, so that an integer column 1, 2 has the cells "1", "2". Raises BadInput: W025 for a
    column the data do not have, W020 for a blank or text where a number is needed (with the rows), W017 for a
    respondent whose category has no total.
    """
    problems = [problem for one in known for problem in _column_problems(data, one, place)]
    raise_errors(problems)
    cells = [None if one.numeric else cells_of(data, one) for one in known]
    raise_errors(
        problem
        for one, found in zip(known, cells, strict=True)
        if found is not None
        for problem in _category_problems(data, one, found, place)
    )
    part = np.empty((data.height, sum(len(one.totals) for one in known)), order="F")  # all go through it by column
    totals: list[float] = []
    labels: list[str] = []
    columns: list[tuple[str, ...]] = []
    numeric: list[bool] = []
    for one, found in zip(known, cells, strict=True):
        _fill(part[:, len(totals) : len(totals) + len(one.totals)], data, one, found)
        totals += one.totals
        labels += [cell_label(one.columns, cell) for cell in one.cells]
        columns += [one.columns] * len(one.totals)
        numeric += [one.numeric and bool(one.columns)] * len(one.totals)
    return Margins(part, np.array(totals, dtype=np.float64), tuple(labels), tuple(columns), tuple(numeric))


def cell_label(columns: Sequence[str], cell: Sequence[str]) -> str:
    """How messages name a cell of a margin: 'sector:size=state:small'."""
    head = ":".join(columns) or COUNT
    return f"{head}={':'.join(cell)}" if cell else head


def cell_key(columns: Sequence[str]) -> pl.Expr:
    """The cell of a row, codes joined by ':'; a blank is the code ''."""
    return pl.concat_str([pl.col(name).cast(pl.String).fill_null("") for name in columns], separator=":")


def margins_of(survey: Survey, units: pl.DataFrame) -> Margins:
    """Margins of a survey from its frame: cells in their order, within a margin by code; none if not calibrated.

    Only cells with units in the frame count. `units` are the responding units, one row each.
    """
    weighting = survey.weighting
    known: list[KnownTotals] = []
    if weighting.weighted and weighting.calibration is not Calibration.NONE:
        known = [_known(survey.frame, margin) for margin in weighting.margins]
    return margins_from(units, known, Place(file="weighting.toml", field=f"{survey.id}.margins"))


def is_numeric(frame: Frame, margin: Margin) -> bool:
    """Whether the margin is the total of a number, not of units in cells."""
    return len(margin.columns) == 1 and frame.column(margin.columns[0]).kind in NUMERIC


def _known(frame: Frame, margin: Margin) -> KnownTotals:
    columns = list(margin.columns)
    if is_numeric(frame, margin):
        return KnownTotals.of_number(columns[0], float(frame.units[columns[0]].sum()))
    texts = [pl.col(name).cast(pl.String).fill_null("") for name in columns]
    counts = frame.units.group_by(texts).len().sort(cell_key(columns))
    return KnownTotals.of_cells(columns, {tuple(row[:-1]): row[-1] for row in counts.iter_rows()})


def _fill(part: Matrix, data: pl.DataFrame, known: KnownTotals, cells: NDArray[np.int64] | None) -> None:
    """Of one margin: 1 in the respondent's cell; or the number, 1 for the size of the population."""
    if cells is None:
        part[:, 0] = data[known.columns[0]].cast(pl.Float64).to_numpy() if known.columns else 1.0
        return
    for cell in range(part.shape[1]):
        np.equal(cells, cell, out=part[:, cell])


def cells_of(data: pl.DataFrame, known: KnownTotals) -> NDArray[np.int64]:
    """Place of each row's cell among `known.cells`; -1 where it is none of them."""
    numbers = {":".join(cell): number for number, cell in enumerate(known.cells)}
    if len(known.columns) == 1:
        codes = data[known.columns[0]]
        own = codes.unique()  # few: only these are looked up as text
        places = [numbers.get(text, -1) for text in own.cast(pl.String).fill_null("")]
        return codes.replace_strict(own, places, return_dtype=pl.Int64).to_numpy()
    keys = data.select(cell_key(known.columns)).to_series()
    found: NDArray[np.int64] = keys.replace_strict(numbers, default=-1, return_dtype=pl.Int64).to_numpy()
    return found


def _column_problems(data: pl.DataFrame, known: KnownTotals, place: Place) -> list[Problem]:
    missing = [name for name in known.columns if name not in data.columns]
    if missing:
        return [
            Problem("W025", place, f"column '{name}'", "a column of the data", suggestion(name, data.columns))
            for name in missing
        ]
    if not known.numeric or not known.columns:
        return []
    name = known.columns[0]
    values = data[name]
    numbers = values.cast(pl.Float64, strict=False)
    wrong = np.flatnonzero(~numbers.is_finite().fill_null(False).to_numpy())
    if not len(wrong):
        return []
    found = f"{len(wrong)} values of '{name}' that are no numbers, {rows_shown(wrong)}"
    way_out = "Fill in the numbers, or leave the variable out of the calibration."
    return [Problem("W020", place, found, "a number for every respondent", way_out)]


def _category_problems(data: pl.DataFrame, known: KnownTotals, found: NDArray[np.int64], place: Place) -> list[Problem]:
    strange = np.flatnonzero(found < 0)
    if not len(strange):
        return []
    cells = data[strange.tolist()].select(cell_key(known.columns)).to_series().unique().sort()
    shown = ", ".join(f"'{cell}'" for cell in cells.head(ROWS_SHOWN))
    shown_rows = f"{len(strange)} respondents with {':'.join(known.columns)} {shown}, {rows_shown(strange)}"
    way_out = "Add the cell with its total, or correct the respondents' category."
    return [Problem("W017", place, shown_rows, f"one of {len(known.cells)} cells with a total", way_out)]


def rows_shown(rows: NDArray[np.intp]) -> str:
    """'row 3' or 'rows 3, 5 …', counted as spreadsheets do: row 1 is the header."""
    shown = ", ".join(str(row + 2) for row in rows[:ROWS_SHOWN])
    return f"row{'s' if len(rows) > 1 else ''} {shown}{' …' if len(rows) > ROWS_SHOWN else ''}"
