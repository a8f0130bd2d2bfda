"""A whole programme of shares in one pass over the data: many yes/no items by many breakdowns.

Where every row is its own unit and weights are not calibrated, all that the estimates and their errors need are, for
each stratum and cell, the sums of w y, w o, w² y and w² o, with o = 1 where the item y (0 or 1) was answered: with
T = sum w (y - p o) and S = sum w² (y - p o)² over a stratum's rows in the cell,

    V(p) = sum over strata (1 - f) m / (m - 1) (S - T² / m) / (sum w o)².

Any other design is estimated cell by cell, with the same result.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from barometer.estimation._design import Names, SurveyDesign
from barometer.estimation._domain_means import is_number, numbers_of
from barometer.estimation._domain_statistics import Options, Statistic, estimated
from barometer.estimation._items import Crossing, Items, as_names, crossing, domains
from barometer.estimation._proportions import proportion_interval
from barometer.estimation._stages import runs
from barometer.problems import BadInput, Place, Problem

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
Numbers = NDArray[np.int64]

NEARLY_NOTHING = 1e-6
"""Variances below this part of the sums they are differences of are computed anew, row by row."""
FIGURES = ("estimate", "se", "ci_low", "ci_high", "deff", "df")


@dataclass(frozen=True)
class Sums:
    """Sums over groups of rows (G x k, or G x 1 where an item has no missing values)."""

    yes: Matrix  # w y
    base: Matrix  # w o
    yes_squared: Matrix  # w² y
    base_squared: Matrix  # w² o
    n: Matrix  # o
    rows: Vector  # rows with a weight

    def over(self, groups: csr_matrix) -> "Sums":
        """Sums of these over larger groups (rows of the matrix)."""
        return Sums(
            *(groups @ one for one in (self.yes, self.base, self.yes_squared, self.base_squared, self.n, self.rows))
        )


def share_programme(
    design: SurveyDesign,
    variables: Names,
    breakdowns: Sequence[Names] = ((),),
    *,
    ci: str = "logit",
    level: float = 0.95,
) -> pl.DataFrame:
    """Shares of many 0/1 or Boolean columns by many breakdowns, () being everyone.

    One row a breakdown, cell and variable, in this order: `breakdown` and `cell` (names and labels joined by ':';
    "" for everyone), `variable`, and the figures of `proportion` for the answer 1. Raises BadInput T040, T041, and
    T024 for columns with other values.
    """
    names = as_names(variables)
    schema = design.data.schema
    if not all(name in schema and is_number(schema[name]) for name in names):
        numbers_of(design, names)  # raises
    by = [as_names(one) for one in breakdowns]
    if not _one_pass(design):
        values = np.column_stack([_column(design, name) for name in names])
        _check(names, values)
        options = Options("without", "domain", level, ci)
        return pl.concat([_cell_by_cell(design, names, values, one, options) for one in by])
    cells = [crossing(design, one) if one else Crossing(np.zeros(design.n, dtype=np.int64), (("",),)) for one in by]
    atoms = _Atoms.of(design, cells)
    sums = _sums(design, names, atoms)
    moments = _together([_moments(design, atoms, sums, place, cell) for place, cell in enumerate(cells)])
    keys = [(":".join(one), ":".join(label)) for one, cell in zip(by, cells, strict=True) for label in cell.labels]
    members = [(cell.code, number) for cell in cells for number in range(len(cell.labels))]
    return _table(_exact_where_delicate(design, names, moments, members), names, keys, ci, level)


def _column(design: SurveyDesign, name: str) -> Vector:
    """A numeric or Boolean column, NaN where missing."""
    return design.data.get_column(name).cast(pl.Float64).to_numpy()


def _check(names: tuple[str, ...], values: Matrix) -> None:
    wrong = ~((values == 0) | (values == 1) | np.isnan(values))
    if wrong.any():
        columns = np.flatnonzero(wrong.any(axis=0))
        raise BadInput(tuple(_not_yes_or_no(names[column], values[:, column], wrong[:, column]) for column in columns))


def _one_pass(design: SurveyDesign) -> bool:
    """Whether sums by stratum tell everything: one stage, rows as units, no calibration, no rule that needs means."""
    if len(design.stages) != 1 or design.projection is not None or design.pairs is not None:
        return False
    stage = design.stages[0]
    constant = np.ptp(stage.scale - stage.scale[stage.first][stage.stratum]) == 0
    return bool(len(stage.stratum) == design.n and constant and not design.tells_domains_apart)


@dataclass(frozen=True)
class _Atoms:
    """Groups of rows of one stratum that are in the same cell of every breakdown."""

    order: Numbers  # rows by atom
    start: Numbers  # of each atom in `order`
    stratum: Numbers  # of each atom
    cell: Numbers  # of each atom in each breakdown (breakdowns x A)

    @classmethod
    def of(cls, design: SurveyDesign, cells: Sequence[Crossing]) -> "_Atoms":
        stage, order = design.stages[0], design.order
        atom = stage.stratum
        for one in cells:
            code = one.code[order]
            first = code[stage.first]
            if (code != first[stage.stratum]).any():  # the breakdown cuts across strata
                atom = np.unique(atom * (len(one.labels) + 1) + code + 1, return_inverse=True)[1].astype(np.int64)
        if atom is not stage.stratum:
            again = np.argsort(atom, kind="stable")
            order, atom = order[again], atom[again]
        start = runs(atom)[1]
        cell = np.array([one.code[order[start]] for one in cells])
        return cls(order, start, design.strata[order[start]], cell)


@dataclass(frozen=True)
class Moments:
    """Of each cell: sums, variances of the shares (cells x k), the sums they are differences of, degrees of freedom,
    and whether everyone of its strata was drawn."""

    sums: Sums
    variance: Matrix
    scope: Matrix
    df: Vector
    certain: NDArray[np.bool_]

    @property
    def share(self) -> Matrix:
        """NaN without a base; exactly 1 where everyone said yes."""
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.where(self.sums.n > 0, self.sums.yes / self.sums.base, np.nan)
        return np.where((self.sums.yes == self.sums.base) & (self.sums.n > 0), 1.0, share)


def _sums(design: SurveyDesign, names: tuple[str, ...], atoms: _Atoms) -> Sums:
    """A column at a time, which stays in the processor's cache."""
    in_order = bool((np.diff(atoms.order) > 0).all())
    weight = design.weights if in_order else design.weights[atoms.order]
    counted = (weight != 0).astype(np.float64)
    whole = [np.add.reduceat(one, atoms.start) for one in (weight, weight**2, counted)]
    columns: list[list[Vector]] = []
    wrong = []
    for name in names:
        values = _column(design, name) if in_order else _column(design, name)[atoms.order]
        squares = values * values - values
        if squares.any():  # something missing, or neither 0 nor 1
            missing = np.isnan(values)
            if (squares[~missing] != 0).any():
                wrong.append(name)
                continue
            values = np.where(missing, 0.0, values)
            kept = np.where(missing, 0.0, weight)
            bases = [kept, kept * weight, np.where(missing, 0.0, counted)]
            base = [np.add.reduceat(one, atoms.start) for one in bases]
        else:
            base = whole
        weighted = values * weight
        columns.append([np.add.reduceat(weighted, atoms.start), np.add.reduceat(weighted * weight, atoms.start), *base])
    if wrong:
        _check(tuple(wrong), np.column_stack([_column(design, name) for name in wrong]))
    yes, yes_squared, base_sums, base_squared, n = (np.stack(one, axis=1) for one in zip(*columns, strict=True))
    return Sums(yes, base_sums, yes_squared, base_squared, n, whole[2])


def _moments(design: SurveyDesign, atoms: _Atoms, sums: Sums, place: int, cells: Crossing) -> Moments:
    """Of the cells of one breakdown."""
    stage, width = design.stages[0], len(cells.labels)
    inside = np.flatnonzero(atoms.cell[place] >= 0)
    key = atoms.stratum[inside] * width + atoms.cell[place][inside]
    groups, group = np.unique(key, return_inverse=True)
    parts = sums
    if len(groups) < len(atoms.stratum) or (np.diff(key) < 0).any():
        parts = sums.over(csr_matrix((np.ones(len(inside)), (group, inside)), shape=(len(groups), len(atoms.stratum))))
    stratum, cell = np.divmod(groups, width)
    together = csr_matrix((np.ones(len(groups)), (cell, np.arange(len(groups)))), shape=(width, len(groups)))
    whole = parts.over(together)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = np.nan_to_num(whole.yes / whole.base)[cell]
    scale = np.where(stage.lonely, 0.0, stage.scale[stage.first])[stratum][:, None]
    squares = parts.yes_squared * (1 - 2 * p) + p * p * parts.base_squared
    total = parts.yes - p * parts.base
    variance = np.asarray(together @ (scale * (squares - total**2 / stage.size[stratum][:, None])))
    scope = np.asarray(together @ (scale * (parts.yes_squared + parts.base_squared)))
    strata = np.bincount(cell[parts.rows > 0], minlength=width)
    uncertain = np.bincount(cell[scale[:, 0] > 0], minlength=width)
    with np.errstate(divide="ignore", invalid="ignore"):
        return Moments(whole, variance / whole.base**2, scope / whole.base**2, whole.rows - strata, uncertain == 0)


def _together(parts: Sequence[Moments]) -> Moments:
    """The cells of all breakdowns under one another."""
    names = ("yes", "base", "yes_squared", "base_squared", "n", "rows")
    sums = Sums(*(np.concatenate([getattr(part.sums, name) for part in parts]) for name in names))
    rest = (np.concatenate([getattr(part, name) for part in parts]) for name in ("variance", "scope", "df", "certain"))
    return Moments(sums, *rest)


def _exact_where_delicate(
    design: SurveyDesign, names: tuple[str, ...], moments: Moments, members: Sequence[tuple[Numbers, int]]
) -> Moments:
    """The same with variances worked out row by row where they are small differences of large sums."""
    share, variance = moments.share, moments.variance
    delicate = (moments.sums.n > 0) & (share > 0) & (share < 1) & (moments.scope > 0)
    for cell, item in np.argwhere(delicate & (variance < NEARLY_NOTHING * moments.scope)):
        code, number = members[cell]
        variance[cell, item] = _row_by_row(design, _column(design, names[item]), code == number, share[cell, item])
    return moments


def _table(
    moments: Moments, names: tuple[str, ...], keys: Sequence[tuple[str, str]], ci: str, level: float
) -> pl.DataFrame:
    sums, share, n = moments.sums, moments.share, moments.sums.n
    df = np.repeat(moments.df[:, None], len(names), axis=1)
    constant = (share == 0) | (share == 1)
    one = (n == 1) & ~moments.certain[:, None]
    variance = np.where(constant | (n == 0), 0.0, np.maximum(moments.variance, 0.0))
    se = np.where((n == 0) | one, np.nan, np.sqrt(variance))
    with np.errstate(divide="ignore", invalid="ignore"):
        kish = sums.base**2 / sums.base_squared
        simple = share * (1 - share) / (n - 1) * (1 - n / sums.base)
        deff = np.where(simple > 0, se**2 / simple, np.nan)
    flat = (share.ravel(), se.ravel(), df.ravel(), n.ravel(), kish.ravel())
    low, high = (np.where(np.isnan(flat[1]), np.nan, end) for end in proportion_interval(ci, *flat, level))
    reason = np.where(constant, "no_variation", np.where((df < 1) & (se > 0), "no_degrees_of_freedom", ""))
    reason = np.where(n == 0, "no_respondents", np.where(one, "one_unit", reason))
    figures = zip(FIGURES, (flat[0], flat[1], low, high, deff.ravel(), flat[2]), strict=True)
    return pl.DataFrame(
        {
            "breakdown": pl.Series([breakdown for breakdown, _ in keys for _ in names], dtype=pl.String),
            "cell": pl.Series([cell for _, cell in keys for _ in names], dtype=pl.String),
            "variable": pl.Series(list(names) * len(keys), dtype=pl.String),
            **{name: pl.Series(name, figure, nan_to_null=True) for name, figure in figures},
            "n": pl.Series(n.ravel()).cast(pl.Int64),
            "reason": pl.Series(reason.ravel().tolist(), dtype=pl.String),
        }
    )


def _row_by_row(design: SurveyDesign, values: Vector, cell: NDArray[np.bool_], share: float) -> float:
    rows = np.flatnonzero(cell & ~np.isnan(values))
    weight = design.weights[rows]
    return float(design.domain_variances(rows, (weight * (values[rows] - share) / weight.sum())[:, None])[0])


def _cell_by_cell(
    design: SurveyDesign, names: tuple[str, ...], values: Matrix, by: tuple[str, ...], options: Options
) -> pl.DataFrame:
    items = Items(names, ("1",) * len(names), values)
    result = estimated(design, Statistic("proportion", values), items, domains(design, by), options)
    cell = pl.concat_str(result.by, separator=":") if by else pl.lit("")
    return result.table.select(
        pl.lit(":".join(by)).alias("breakdown"), cell.alias("cell"), "variable", *FIGURES, "n", "reason"
    )


def _not_yes_or_no(name: str, values: Vector, wrong: NDArray[np.bool_]) -> Problem:
    first = int(np.flatnonzero(wrong)[0])
    return Problem(
        "T024",
        Place(row=first + 2, column=name),
        f"{values[first]:g}, and {int(wrong.sum()) - 1:,} more",
        "0 and 1, or true and false",
        "Make a column that says yes or no, or use `proportion` for all categories.",
    )
