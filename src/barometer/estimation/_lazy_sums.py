"""The two readings of a large survey: sums that give the estimates, then sums that give their errors.

Deviations are taken from estimates that are known by then, so that no digits are lost by subtracting large numbers;
each engine's variance within a group is centred too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from barometer.estimation._large_survey import LargeSurvey, design_sums
from barometer.estimation._lazy_frame import Aggregate, Lazy, attached
from barometer.estimation._lazy_items import LazyItems, number

Matrix = NDArray[np.float64]
Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Sums:
    """Sums over the rows observed, a row a group: k columns for items, b for their bases."""

    groups: pl.DataFrame  # keys, and what the design needs
    above: Matrix  # G x k: w y
    low: Matrix  # G x k: smallest value, NaN without any
    high: Matrix
    below: Matrix  # G x b: w, of ratios w x
    n: Matrix  # G x b: rows
    size: Matrix  # G x b: w
    squares: Matrix  # G x b: w²
    replicates: tuple[Matrix, Matrix]  # R x G x k and R x G x b: above and below with each replicate's weights


@dataclass(frozen=True)
class Deviations:
    """Sums of z = w (y - e x) over the rows observed, e the estimate of the row's domain (of totals z = w y), and of
    d = y - centre (G x k)."""

    total: Matrix  # z
    absolute: Matrix  # |z|
    within: Matrix  # variance of z around its mean, over n; where rows are units
    squares: Matrix  # w d²


def sums(survey: LargeSurvey, items: LazyItems, by: Sequence[str]) -> Sums:
    """The first reading. Raises BadInput T025 for too many groups."""
    weight = survey.weight
    aggregates = design_sums(survey)
    for place, base in enumerate(items.bases):
        aggregates += [
            Aggregate(f"__n{place}", "count", base.weight),
            Aggregate(f"__size{place}", "sum", base.weight),
            Aggregate(f"__squares{place}", "sum", base.weight * base.weight),
            Aggregate(f"__below{place}", "sum", base.below(weight)),
        ]
    for place, item in enumerate(items.items):
        aggregates += [
            Aggregate(f"__above{place}", "sum", weight * item.value),
            Aggregate(f"__low{place}", "min", item.value),
            Aggregate(f"__high{place}", "max", item.value),
        ]
    repeats = replicate_weights(survey)
    for one, repeat in enumerate(repeats):
        aggregates += [
            *(Aggregate(f"__above{one}_{place}", "sum", repeat * each.value) for place, each in enumerate(items.items)),
            *(Aggregate(f"__below{one}_{place}", "sum", each.below(repeat)) for place, each in enumerate(items.bases)),
        ]
    table = survey.sums(by, aggregates)
    k, b = len(items.items), len(items.bases)
    return Sums(
        table,
        above=_matrix(table, "__above", k),
        low=_matrix(table, "__low", k),
        high=_matrix(table, "__high", k),
        below=_matrix(table, "__below", b),
        n=_matrix(table, "__n", b),
        size=_matrix(table, "__size", b),
        squares=_matrix(table, "__squares", b),
        replicates=(
            np.array([_matrix(table, f"__above{one}_", k) for one in range(len(repeats))]),
            np.array([_matrix(table, f"__below{one}_", b) for one in range(len(repeats))]),
        ),
    )


def replicate_weights(survey: LargeSurvey) -> list[nw.Expr]:
    """Weights for analysis of each replicate; none of a design without."""
    if survey.replicates is None:
        return []
    columns = [number(nw.col(name)) for name in survey.replicates.columns]
    return columns if survey.replicates.combined else [column * survey.weight for column in columns]


def deviations(
    survey: LargeSurvey,
    items: LazyItems,
    by: Sequence[str],
    domain: pl.DataFrame,
    centre: Matrix,
    *,
    linear: bool,
    simple: bool,
) -> Deviations:
    """The second reading. `domain` has the domains' values of `by`, `centre` (D x k) what values are compared with in
    each: the estimate; of totals the mean. `linear`: of totals. `simple`: with squares of d, for design effects."""
    weight = survey.weight
    frame, centres = _with_centres(survey.frame, by, domain, centre)
    aggregates = []
    wanted = ["total", "absolute", *(["within"] if survey.elements else []), *(["squares"] if simple else [])]
    for place, (item, middle) in enumerate(zip(items.items, centres, strict=True)):
        denominator = items.bases[item.base].denominator
        deviation = item.value - (middle if denominator is None else middle * denominator)
        z = weight * (item.value if linear else deviation)
        made = {
            "total": ("sum", z),
            "absolute": ("sum", z.abs()),
            "within": ("var", z),
            "squares": ("sum", weight * deviation * deviation),
        }
        aggregates += [Aggregate(f"__{name}{place}", *made[name]) for name in wanted]
    table = survey.sums(by, aggregates, frame)
    found = {name: np.nan_to_num(_matrix(table, f"__{name}", len(items.items))) for name in wanted}
    nothing = np.zeros((table.height, len(items.items)))
    return Deviations(*(found.get(name, nothing) for name in ("total", "absolute", "within", "squares")))


def products(survey: LargeSurvey, by: Sequence[str]) -> Matrix:
    """Sums of products of the weights of each two replicates in each group (G x R x R)."""
    columns = replicate_weights(survey)
    pairs = list(combinations_with_replacement(range(len(columns)), 2))
    aggregates = [
        Aggregate(f"__p{place}", "sum", columns[first] * columns[last]) for place, (first, last) in enumerate(pairs)
    ]
    sums_of_pairs = _matrix(survey.sums(by, aggregates), "__p", len(pairs))
    result = np.zeros((len(sums_of_pairs), len(columns), len(columns)))
    first, last = np.array(pairs).T
    result[:, first, last] = result[:, last, first] = sums_of_pairs
    return result


def _with_centres(frame: Lazy, by: Sequence[str], domain: pl.DataFrame, centre: Matrix) -> tuple[Lazy, list[nw.Expr]]:
    """The frame with a column for each item's centre; blank in rows of no domain."""
    if not by:
        return frame, [nw.lit(float(one)) for one in centre[0]]
    names = [f"__centre{place}" for place in range(centre.shape[1])]
    small = domain.with_columns(pl.Series(name, values) for name, values in zip(names, centre.T, strict=True))
    return attached(frame, small, by), [nw.col(name) for name in names]


def _matrix(table: pl.DataFrame, prefix: str, width: int) -> Matrix:
    """Columns of sums (G x width), NaN where there is none."""
    if not width:
        return np.empty((table.height, 0))
    columns = [table[f"{prefix}{place}"].cast(pl.Float64).to_numpy() for place in range(width)]
    return np.column_stack(columns)
