"""The columns of a model: numbers as they are, categories as indicators against the first, and their products.

Coding, names and order are those of R's `model.matrix` with treatment contrasts: main terms before interactions, the
first factor of an interaction fastest, `sectorregion` for category region of sector. A factor of an interaction is
coded in full where the term without it is not in the model.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from barometer.estimation._design import SurveyDesign
from barometer.estimation._domain_means import MISSING, check_columns, coded, is_number
from barometer.problems import BadInput

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
Flags = NDArray[np.bool_]

INTERCEPT = "(Intercept)"


@dataclass(frozen=True)
class Factor:
    """A column as it enters a model: a number a row, or categories. The first of `labels` is the reference."""

    name: str  # as in the terms: 'size' or 'factor(size)'
    values: Vector  # NaN where missing; of categories the codes
    labels: tuple[str, ...]  # none for numbers

    @property
    def present(self) -> Flags:
        present: Flags = ~np.isnan(self.values)
        return present

    def columns(self, full: bool) -> tuple[Matrix, tuple[str, ...]]:
        """Columns (n x 1 or one a category) and their names; without the reference unless in `full`."""
        if not self.labels:
            return self.values[:, None], (self.name,)
        start = 0 if full else 1
        codes = np.arange(start, len(self.labels))
        return (self.values[:, None] == codes).astype(np.float64), tuple(
            f"{self.name}{label}" for label in self.labels[start:]
        )


@dataclass(frozen=True)
class ModelTerms:
    """Terms in R's order, and their factors by name. `matrix` builds the columns for all rows."""

    terms: tuple[tuple[str, ...], ...]  # factors of each term
    factors: Mapping[str, Factor]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(":".join(term) for term in self.terms)

    @property
    def present(self) -> Flags:
        """Rows without a missing factor."""
        present: Flags = np.logical_and.reduce([factor.present for factor in self.factors.values()])
        return present

    def with_values(self, name: str, values: Vector) -> "ModelTerms":
        """The same terms with other values (or codes) of one factor, as for predictions."""
        return replace(self, factors={**self.factors, name: replace(self.factors[name], values=values)})

    def within(self, rows: Flags) -> "ModelTerms":
        """The same terms for some rows; categories that do not occur there are left out."""
        return replace(self, factors={name: _within(factor, rows) for name, factor in self.factors.items()})

    def matrix(self) -> tuple[Matrix, tuple[str, ...], tuple[int, ...]]:
        """Columns (n x p, intercept first), their names, and of each the number of its term (0: intercept)."""
        size = len(next(iter(self.factors.values())).values) if self.factors else 0
        blocks: list[Matrix] = [np.ones((size, 1))]
        names, owner = [INTERCEPT], [0]
        margins = {frozenset[str]()} | {frozenset(term) for term in self.terms}
        for number, term in enumerate(self.terms, start=1):
            block, labels = np.ones((size, 1)), [""]
            for name in term:
                part, part_labels = self.factors[name].columns(frozenset(term) - {name} not in margins)
                block = (part[:, :, None] * block[:, None, :]).reshape(size, -1)
                labels = [f"{old}:{new}" if old else new for new in part_labels for old in labels]
            blocks.append(block)
            names += labels
            owner += [number] * len(labels)
        return np.hstack(blocks), tuple(names), tuple(owner)


def model_terms(design: SurveyDesign, terms: Sequence[str]) -> ModelTerms:
    """Terms as text: a column, `factor(column)` for a number that names categories, `a:b` for an interaction,
    `a*b` for both columns and their interaction. Raises BadInput T040 for what is not in the data."""
    parsed = [tuple(dict.fromkeys(part.strip() for part in one.split(":"))) for term in terms for one in _starred(term)]
    parsed = sorted(dict.fromkeys(parsed), key=len)
    seen: dict[frozenset[str], tuple[str, ...]] = {}
    for term in parsed:
        seen.setdefault(frozenset(term), term)
    names = list(dict.fromkeys(name for term in seen.values() for name in term))
    problems = check_columns(design, [_column(name) for name in names])
    if problems:
        raise BadInput(tuple(problems))
    return ModelTerms(tuple(seen.values()), {name: _factor(design, name) for name in names})


def _starred(term: str) -> list[str]:
    parts = [part.strip() for part in term.split("*")]
    return [*parts, ":".join(parts)] if len(parts) > 1 else parts


def _column(name: str) -> str:
    wrapped = re.fullmatch(r"factor\((.+)\)", name)
    return wrapped[1].strip() if wrapped else name


def _factor(design: SurveyDesign, name: str) -> Factor:
    column = design.data[_column(name)]
    if is_number(column.dtype) and column.dtype != pl.Boolean and not name.startswith("factor("):
        values = column.cast(pl.Float64).to_numpy()  # NaN where missing
        return Factor(name, np.where(np.isfinite(values), values, np.nan), ())
    codes, labels = coded(design, _column(name))
    return Factor(name, np.where(codes == MISSING, np.nan, codes.astype(np.float64)), labels)


def _within(factor: Factor, rows: Flags) -> Factor:
    values = factor.values[rows]
    if not factor.labels:
        return replace(factor, values=values)
    codes = values[~np.isnan(values)].astype(np.int64)
    used = np.bincount(codes, minlength=len(factor.labels)) > 0
    renumbered = np.where(used, np.cumsum(used) - 1.0, np.nan)
    place = np.where(np.isnan(values), 0, values).astype(np.int64)
    kept = tuple(label for label, one in zip(factor.labels, used, strict=True) if one)
    return replace(factor, values=np.where(np.isnan(values), np.nan, renumbered[place]), labels=kept)
