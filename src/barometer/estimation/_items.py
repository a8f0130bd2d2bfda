"""What is estimated and for whom: columns of a table as numbers to sum, and domains of any crossing."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from barometer.estimation._design import Names, SurveyDesign
from barometer.estimation._domain_means import check_columns, coded, is_number, is_spoilt, not_numeric, numbers_of
from barometer.problems import raise_errors

Matrix = NDArray[np.float64]
Numbers = NDArray[np.int64]

MOST_CELLS = 10_000
"""Crossings with more cells than this come without their empty ones."""


@dataclass(frozen=True)
class Items:
    """Columns of numbers (n x k), NaN where missing, each of a variable and perhaps one of its categories."""

    variables: tuple[str, ...]
    categories: tuple[str | None, ...]
    values: Matrix


@dataclass(frozen=True)
class Domains:
    """Cells of a crossing: their labels, one a column of `by`, and their rows (rising)."""

    by: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]
    rows: tuple[Numbers, ...]


def as_names(given: Names) -> tuple[str, ...]:
    """One name or several, as several."""
    return (given,) if isinstance(given, str) else tuple(given)


def numeric(design: SurveyDesign, names: Sequence[str]) -> Items:
    """Numeric columns as they are. Raises BadInput T040, T041."""
    return Items(tuple(names), (None,) * len(names), numbers_of(design, names))


def mixed(design: SurveyDesign, names: Sequence[str]) -> Items:
    """Numeric and Boolean columns as they are, all others by category. Raises BadInput T040, and T041 for numbers among
    which there are some texts."""
    raise_errors(check_columns(design, names))
    raise_errors(not_numeric(design.data[name]) for name in dict.fromkeys(names) if is_spoilt(design.data[name]))
    schema = design.data.schema
    numbers = [name for name in dict.fromkeys(names) if is_number(schema[name])]
    values = dict(zip(numbers, numbers_of(design, numbers).T, strict=True))
    parts = [
        Items((name,), (None,), values[name][:, None]) if name in values else by_category(design, [name])
        for name in names
    ]
    return _joined(design, parts)


def by_category(design: SurveyDesign, names: Sequence[str]) -> Items:
    """A column of 0 and 1 for each category of each variable, as found in the whole table. Raises BadInput T040."""
    raise_errors(check_columns(design, names))
    parts = []
    for name in names:
        codes, labels = coded(design, name)
        values = np.where(codes[:, None] < 0, np.nan, codes[:, None] == np.arange(len(labels)))
        parts.append(Items((name,) * len(labels), labels, values))
    return _joined(design, parts)


def domains(design: SurveyDesign, by: Names) -> Domains:
    """Cells of the crossing of the `by` columns; everyone without any.

    All combinations of the categories found, in order, empty ones included. A row with a blank in one of the columns
    is in no cell. Raises BadInput T040.
    """
    names = as_names(by)
    if not names:
        return Domains((), ((),), (np.arange(design.n),))
    cells = crossing(design, names)
    order = np.argsort(cells.code, kind="stable")
    order = order[int((cells.code < 0).sum()) :]
    filled, start = np.unique(cells.code[order], return_index=True)
    rows = dict(zip(filled.tolist(), np.split(order, start[1:]), strict=bool(len(filled))))
    nobody = np.empty(0, dtype=np.int64)
    return Domains(names, cells.labels, tuple(rows.get(place, nobody) for place in range(len(cells.labels))))


@dataclass(frozen=True)
class Crossing:
    """Number of each row's cell, -1 where it is in none, and the labels of the cells."""

    code: Numbers
    labels: tuple[tuple[str, ...], ...]


def crossing(design: SurveyDesign, names: Sequence[str]) -> Crossing:
    """Cells of the crossing of one or more columns, in order; empty ones too, but in a crossing of very many.
    Raises BadInput T040."""
    raise_errors(check_columns(design, names))
    coded_names = [coded(design, name) for name in names]
    sizes = [len(labels) for _, labels in coded_names]
    cell = np.zeros(design.n, dtype=np.int64)
    known = np.ones(design.n, dtype=bool)
    for (codes, _), size in zip(coded_names, sizes, strict=True):
        cell = cell * size + codes
        known &= codes >= 0
    cell = np.where(known, cell, -1)
    if math.prod(sizes) <= MOST_CELLS:
        return Crossing(cell, tuple(product(*(labels for _, labels in coded_names))))
    filled = np.unique(cell[known])
    places = np.unravel_index(filled, sizes)
    found = zip(*([coded_names[one][1][place] for place in places[one]] for one in range(len(names))), strict=True)
    return Crossing(np.where(known, np.searchsorted(filled, cell), -1), tuple(found))


def _joined(design: SurveyDesign, parts: Sequence[Items]) -> Items:
    values = np.hstack([part.values for part in parts]) if parts else np.empty((design.n, 0))
    variables = tuple(name for part in parts for name in part.variables)
    return Items(variables, tuple(name for part in parts for name in part.categories), values)
