"""What disclosure control has to know: units behind each cell, and counts by the smallest register cells."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from barometer.estimation._cases import Cases
from barometer.estimation._domains import Domain
from barometer.estimation._linearise import Linearised
from barometer.model import TOTAL, Programme

Vector = NDArray[np.float64]
Numbers = NDArray[np.int64]
Domains = Mapping[str, tuple[Domain, ...]]
Part = dict[str, NDArray[Any]]


def unit_evidence(cases: Cases, domain: Domain, linearised: Linearised) -> dict[str, Vector]:
    """Different units behind the base, inside and outside the numerator; and the shares of the two largest, of
    cases (share) or of absolute values (mean, total), unweighted. NaN shares without a base, 0 if all values are."""
    base, value = cases.base[domain.rows], cases.value[domain.rows]
    inside = np.where(cases.shares, value, base)
    starts = np.flatnonzero(np.diff(cases.unit[domain.rows], prepend=-1))
    part = np.where(cases.shares, base, np.abs(value))
    outside = base - inside
    if len(starts) < len(base):
        base, inside, outside, part = (np.add.reduceat(one, starts, axis=0) for one in (base, inside, outside, part))
    first, second = _two_largest(part)
    whole = part.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        largest, next_largest = (
            np.where(linearised.n == 0, np.nan, np.where(whole > 0, one / whole, 0.0)) for one in (first, second)
        )
    return {
        "units": (base > 0).sum(axis=0).astype(np.float64),
        "units_yes": (inside > 0).sum(axis=0).astype(np.float64),
        "units_no": (outside > 0).sum(axis=0).astype(np.float64),
        "largest": largest,
        "second": next_largest,
    }


def _two_largest(part: NDArray[np.float64]) -> tuple[Vector, Vector]:
    padded = np.vstack([part, np.zeros((max(0, 2 - len(part)), part.shape[1]))])
    top = np.partition(padded, len(padded) - 2, axis=0)[-2:]
    return top[1], top[0]


def leaf_numbers(programme: Programme, table: pl.DataFrame) -> Numbers:
    """Leaf of each case: the crossing of all register columns the breakdowns use, numbered from 0 by code."""
    names = [name for breakdown in programme.breakdowns for name in programme.register_columns(breakdown)]
    if not names:
        return np.zeros(table.height, dtype=np.int64)
    crossing = [pl.col(name).cast(pl.String).fill_null("") for name in dict.fromkeys(names)]
    return table.select(pl.struct(crossing).rank("dense").cast(pl.Int64) - 1).to_series().to_numpy()


def leaves(programme: Programme, domains: Domains, leaf: Numbers) -> list[Part]:
    """LEAVES without survey: the leaves of every cell of the total and of the register breakdowns."""
    register = [one.id for one in programme.breakdowns if programme.register_columns(one)]
    parts = []
    for domain in (domain for breakdown in (TOTAL, *register) for domain in domains[breakdown]):
        numbers = np.unique(leaf[domain.rows])
        parts.append(
            {
                "leaf": numbers,
                "breakdown": np.full(len(numbers), domain.breakdown, dtype=object),
                "cell": np.full(len(numbers), domain.cell, dtype=object),
            }
        )
    return parts


def counts(programme: Programme, cases: Cases, domains: Domains, leaf: Numbers) -> list[Part]:
    """COUNTS without survey: universes and indicators by leaf, then by leaf and cell of each breakdown by answers
    that the indicator is broken down by. Rows with n = 0 are left out."""
    everyone = domains[TOTAL][0].rows
    ids = [indicator.id for indicator in programme.indicators]
    yes = cases.yes
    parts = [
        _universe_counts(programme, cases, leaf),
        _counts(ids, "", everyone, leaf, cases.weight, (cases.base, yes, cases.value)),
    ]
    for breakdown in programme.breakdowns:
        if programme.register_columns(breakdown):
            continue
        columns = [place for place, one in enumerate(ids) if breakdown.id in programme.by.get(one, ())]
        for domain in domains[breakdown.id] if columns else ():
            group = f"{breakdown.id}/{domain.cell}"
            arrays = (cases.base[:, columns], yes[:, columns], cases.value[:, columns])
            parts.append(_counts([ids[one] for one in columns], group, domain.rows, leaf, cases.weight, arrays))
    return parts


def _universe_counts(programme: Programme, cases: Cases, leaf: Numbers) -> Part:
    conditional = [place for place, one in enumerate(programme.universes) if one.condition is not None]
    members = cases.members[:, conditional].astype(np.float64)
    ids = [f"universe:{programme.universes[place].id}" for place in conditional]
    rows = np.arange(len(leaf), dtype=np.int64)
    return _counts(ids, "", rows, leaf, cases.weight, (np.ones_like(members), members, members))


def _counts(
    ids: Sequence[str],
    group: str,
    rows: Numbers,
    leaf: Numbers,
    weight: Vector,
    arrays: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]],
) -> Part:
    """Sums of base, numerator and value by leaf, unweighted and weighted; one row a leaf and indicator."""
    order = rows[np.argsort(leaf[rows], kind="stable")]
    starts = np.flatnonzero(np.diff(leaf[order], prepend=-1))
    base, yes, value = (one[order] for one in arrays)
    weights = weight[order][:, None]
    measures = {"n": base, "n_yes": yes, "weighted_base": weights * base, "weighted_yes": weights * value}
    sums = {
        name: (np.add.reduceat(one, starts, axis=0) if len(order) else one).ravel() for name, one in measures.items()
    }
    part: Part = {
        "leaf": np.repeat(leaf[order][starts], len(ids)),
        "indicator": np.tile(np.array(ids, dtype=object), len(starts)),
        "group": np.full(len(starts) * len(ids), group, dtype=object),
        **sums,
    }
    some = sums["n"] > 0
    return {name: values[some] for name, values in part.items()}
