"""The tables of the disclosure benchmark: a made-up innovation barometer and three hierarchical tables.

Written after the description of the benchmark that other tools were measured with; with the first seed the tables are
the same, number by number.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Vector = NDArray[np.float64]
Counts = NDArray[np.int64]

CATEGORIES = {"sector": 3, "type": 6, "size": 3, "region": 5}
SHARES = (
    (0.70, 0.12, 0.18),
    (0.30, 0.24, 0.20, 0.06, 0.12, 0.08),
    (0.52, 0.33, 0.15),
    (0.34, 0.25, 0.19, 0.14, 0.08),
)
TYPES_OF_SECTOR = ({0, 1, 2, 3, 4, 5}, {0, 1, 4, 5}, {1, 3, 4, 5})
SAMPLED = (0.16, 0.28, 0.55)
EMPLOYEES = (8, 35, 160)
WORKPLACES, ASKED, INDICATORS, SEED = 16000, 2400, 60, 20261122
HIERARCHIES = {
    877: (((4, 4), (3, 3), (3,)), 3_000),
    8_724: (((5, 5, 4), (4, 4), (3,)), 30_000),
    83_525: (((5, 10, 6), (4, 4, 3), (4,)), 300_000),
}
"""By the number of cells that are not empty: children at each level of each dimension, and units."""


@dataclass(frozen=True)
class Respondents:
    """One line a respondent: category of each dimension, weight, an amount, and answers (respondents x indicators)."""

    groups: Counts
    weight: Vector
    amount: Vector
    answers: Counts


@dataclass(frozen=True)
class Groups:
    """Groups that are not empty, as sums of leaves: groups x leaves, and the leaf of every unit."""

    rows: sparse.csr_array
    leaf: Counts


def respondents(seed: int = 0) -> Respondents:
    """The survey; seeds 0, 1, 2 …"""
    rng = np.random.default_rng(SEED + seed)
    cells = [cell for cell in product(*(range(n) for n in CATEGORIES.values())) if cell[1] in TYPES_OF_SECTOR[cell[0]]]
    frame = []
    for cell in cells:
        share = float(WORKPLACES)
        for dimension, category in enumerate(cell):
            share = share * SHARES[dimension][category]
        frame.append(max(1, round(share * rng.lognormal(0, 0.35))))
    size = np.array(frame)
    fraction = np.array([SAMPLED[cell[2]] for cell in cells]) * rng.uniform(0.45, 0.75, len(cells))
    answered = rng.binomial(size, np.clip(fraction, 0, 1))
    answered = np.minimum(size, np.round(answered * ASKED / answered.sum()).astype(int))
    groups = np.repeat(np.array(cells), answered, axis=0)
    count = len(groups)
    weight = np.repeat(size / np.maximum(answered, 1), answered) * rng.uniform(0.85, 1.15, count)
    employees = np.array(EMPLOYEES)[groups[:, 2]] * rng.lognormal(0, 0.7, count)
    employees = np.maximum(1, np.round(employees)).astype(int)
    amount = np.round(employees * rng.lognormal(1.2, 1.4, count), 0)
    return Respondents(groups, weight, amount, _answers(rng, groups))


def _answers(rng: np.random.Generator, groups: Counts) -> Counts:
    trait = rng.normal(size=len(groups))
    level = np.concatenate([[0.74], np.clip(rng.beta(1.3, 1.5, INDICATORS - 1), 0.03, 0.97)])
    answers = []
    for share in level:
        effect = np.zeros(len(groups))
        for dimension, many in enumerate(CATEGORIES.values()):
            effect += rng.normal(0, 0.45, many)[groups[:, dimension]]
        eta = np.log(share / (1 - share)) + effect + 0.7 * trait
        answers.append(rng.uniform(size=len(groups)) < 1 / (1 + np.exp(-eta)))
    return np.stack(answers, axis=1).astype(np.int64)


def margins(groups: Counts, order: int) -> Groups:
    """All tables that cross up to `order` dimensions, totals included."""
    names = [kept for many in range(order + 1) for kept in combinations(range(groups.shape[1]), many)]
    leaves, leaf = np.unique(groups, axis=0, return_inverse=True)
    blocks = []
    for kept in names:
        _, cell = (
            np.unique(leaves[:, kept], axis=0, return_inverse=True) if kept else (None, np.zeros(len(leaves), int))
        )
        blocks.append(_block(cell.ravel(), len(leaves)))
    return Groups(sparse.csr_array(sparse.vstack(blocks)), leaf.ravel())


def hierarchy(cells: int, seed: int = 0) -> Groups:
    """A table of three hierarchical dimensions, every level of each crossed with every level of the others."""
    levels, units = HIERARCHIES[cells]
    rng = np.random.default_rng(7 + units + seed)
    shares = [rng.dirichlet(np.full(int(np.prod(branches)), 0.9)) for branches in levels]
    place = np.stack([rng.choice(len(share), size=units, p=share) for share in shares], axis=1)
    leaves, leaf = np.unique(place, axis=0, return_inverse=True)
    blocks = []
    for chosen in product(*(_widths(branches) for branches in levels)):
        _, cell = np.unique(leaves // np.array(chosen), axis=0, return_inverse=True)
        blocks.append(_block(cell.ravel(), len(leaves)))
    return Groups(sparse.csr_array(sparse.vstack(blocks)), leaf.ravel())


def _widths(branches: Sequence[int]) -> Iterator[int]:
    """Leaves of a dimension in a node of each level, from the root down."""
    width = int(np.prod(branches))
    yield width
    for many in branches:
        width //= many
        yield width


def _block(cell: Counts, leaves: int) -> sparse.csr_array:
    shape = (int(cell.max()) + 1, leaves)
    return sparse.csr_array((np.ones(leaves), (cell, np.arange(leaves))), shape=shape)
