"""Domains: which cases lie in each cell of a breakdown."""

from dataclasses import dataclass
from itertools import product

import numpy as np
import polars as pl
from numpy.typing import NDArray

from barometer.expressions import to_polars
from barometer.model import ALL, TOTAL, Breakdown, Survey

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Domain:
    """One cell of a breakdown and its cases: row numbers, rising. `parts` are the cells a crossing is made of."""

    breakdown: str
    cell: str
    rows: Rows
    parts: tuple[str, ...] = ()


def domains_of(survey: Survey, table: pl.DataFrame) -> dict[str, tuple[Domain, ...]]:
    """Domains of every breakdown of the survey's programme by its id, in the order of categories, and the total."""
    everyone = Domain(TOTAL, ALL, np.arange(table.height, dtype=np.int64))
    domains: dict[str, tuple[Domain, ...]] = {TOTAL: (everyone,)}
    masks: dict[str, dict[str, NDArray[np.bool_]]] = {}
    known = {breakdown.id: breakdown for breakdown in survey.programme.breakdowns}
    for breakdown in survey.programme.breakdowns:
        cells = _masks(breakdown, known, table, masks)
        parts = _parts(breakdown, known)
        domains[breakdown.id] = tuple(
            Domain(breakdown.id, category.code, np.flatnonzero(cells[category.code]), parts.get(category.code, ()))
            for category in breakdown.categories
        )
    return domains


def _masks(
    breakdown: Breakdown,
    known: dict[str, Breakdown],
    table: pl.DataFrame,
    made: dict[str, dict[str, NDArray[np.bool_]]],
) -> dict[str, NDArray[np.bool_]]:
    """For each cell of the breakdown, the cases in it."""
    if breakdown.id in made:
        return made[breakdown.id]
    if breakdown.crossing:
        crossed = [_masks(known[part], known, table, made) for part in breakdown.crossing]
        cells = {
            ":".join(codes): np.logical_and.reduce([part[code] for part, code in zip(crossed, codes, strict=True)])
            for codes in product(*crossed)
        }
    elif breakdown.merges:
        whole = _masks(known[breakdown.merges], known, table, made)
        cells = {
            category.code: np.logical_or.reduce([whole[part] for part in category.parts or (category.code,)])
            for category in breakdown.categories
        }
    elif breakdown.column:
        codes = table[breakdown.column].cast(pl.String).fill_null("").to_numpy()
        cells = {category.code: codes == category.code for category in breakdown.categories}
    else:
        conditions = {
            category.code: to_polars(category.when) for category in breakdown.categories if category.when is not None
        }
        flags = table.select(condition.alias(code) for code, condition in conditions.items())
        cells = {code: flags[code].to_numpy() for code in conditions}
    made[breakdown.id] = cells
    return cells


def _parts(breakdown: Breakdown, known: dict[str, Breakdown]) -> dict[str, tuple[str, ...]]:
    """For each cell of a crossing, the cells of its parts."""
    crossed = [[category.code for category in known[part].categories] for part in breakdown.crossing]
    return {":".join(codes): codes for codes in product(*crossed)} if crossed else {}
