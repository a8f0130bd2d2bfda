"""Differences between the cells of a breakdown, with tests."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from barometer.estimation._cases import Cases
from barometer.estimation._cells import CellFigures, Part, degrees_of_freedom
from barometer.estimation._domains import Domain
from barometer.estimation._intervals import holm_by_column, t_test

MOST_CELLS = 12
"""Crossings with more cells are only compared along one of their parts: same field, another sector."""


def contrasts_of(cases: Cases, domains: Sequence[Domain], figures: Sequence[CellFigures]) -> list[Part]:
    """CONTRASTS of the cells of one breakdown, one part a pair, without survey and indicator.

    The difference is missing without two cells that have a value; error and p also where a cell rests on one unit,
    where the pair has no degrees of freedom, or where nothing varies.
    """
    pairs = _pairs(domains)
    parts = [_contrast(cases, domains[a], domains[b], figures[a], figures[b]) for a, b in pairs]
    if parts:
        adjusted = holm_by_column(np.stack([part["p"] for part in parts]))
        parts = [part | {"p_holm": p} for part, p in zip(parts, adjusted, strict=True)]
    return parts


def _pairs(domains: Sequence[Domain]) -> list[tuple[int, int]]:
    """Every pair of cells; in a large crossing, those that differ in one part only."""
    pairs = list(combinations(range(len(domains)), 2))
    if len(domains) <= MOST_CELLS or not domains[0].parts:
        return pairs
    return [
        (a, b)
        for a, b in pairs
        if sum(one != other for one, other in zip(domains[a].parts, domains[b].parts, strict=True)) == 1
    ]


def _contrast(cases: Cases, a: Domain, b: Domain, of_a: CellFigures, of_b: CellFigures) -> Part:
    """Value of a minus value of b. The error comes from the difference of the linearised variables, so that it is
    right for cells that share strata, units or cases."""
    rows = np.union1d(a.rows, b.rows)
    joint = np.zeros((len(rows), len(cases.measures)))
    joint[np.searchsorted(rows, a.rows)] += of_a.linearised.contributions
    joint[np.searchsorted(rows, b.rows)] -= of_b.linearised.contributions
    difference = of_a.linearised.value - of_b.linearised.value
    df = degrees_of_freedom(cases, rows)
    se = np.sqrt(cases.design.variance(rows, joint))
    exact = of_a.exact & of_b.exact
    testable = (of_a.units > 1) & (of_b.units > 1) & (df >= 1) & (se > 0)
    p = np.where(exact, np.where(difference == 0, 1.0, 0.0), np.where(testable, t_test(difference, se, df), np.nan))
    se = np.where(exact, 0.0, np.where(testable, se, np.nan))
    size = len(difference)
    return {
        "breakdown": np.full(size, a.breakdown, dtype=object),
        "cell_a": np.full(size, a.cell, dtype=object),
        "cell_b": np.full(size, b.cell, dtype=object),
        "difference": difference,
        "se": se,
        "df": df,
        "p": p,
    }
