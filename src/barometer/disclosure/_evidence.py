"""Evidence: the unknown numbers of an attacker, leaf by leaf, and the published cells that sum them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from barometer.disclosure._answers import Answers, apart
from barometer.model import ALL, TOTAL, Survey

Vector = NDArray[np.float64]
Rows = tuple[int, ...]

COUNT, WEIGHTED = 0, 1
"""The two measures everything is protected in: cases, and weighted cases (or amounts)."""
CHANGED = "changed"
"""Stands in the place of a breakdown for respondents that are not in every release alike; nothing is published of
them, and everything about them has to stay unknown."""


def plain(breakdown: str) -> str:
    """A breakdown's id; rows of earlier releases stand under '1/region' for 'region' of release 1."""
    return breakdown.rpartition("/")[2]


@dataclass(frozen=True)
class Cell:
    """A sum over atoms that is public as soon as one of its carriers is. Carriers are rows of the estimates."""

    breakdown: str
    cell: str
    atoms: NDArray[np.int64]
    carriers: Rows
    own: Rows  # the carriers whose value is the sum itself, not merely their base
    fixed: bool = False  # an earlier release has published it: it is public, whatever is hidden now


@dataclass(frozen=True)
class Item:
    """One unknown of the attacker: a number in each atom, truth between floor and ceiling.

    Atoms are the leaves of the survey; an indicator within a cell of a breakdown by answers is one atom, because
    nobody is taken to know how such groups spread over the leaves. Arrays are 2 x atoms: by measure.
    Floor and ceiling are what an attacker knows beforehand: 0 and the base, or the truth where definitions settle it.
    """

    name: str  # indicator, or 'universe:ID', or 'indicator in breakdown/cell'
    aliases: tuple[str, ...]  # indicators and 'universe:ID's that are this number
    universe: str  # 'universe:ID' whose members are its base; '' where everybody knows the base
    group: str
    amount: bool  # a mean or total: no counts to protect, no known ceiling
    base: Vector
    truth: Vector
    floor: Vector
    ceiling: Vector
    cells: tuple[Cell, ...]

    @property
    def size(self) -> int:
        return int(self.truth.shape[1])


@dataclass(frozen=True)
class Evidence:
    """The items of one survey. `rows` are its estimates (CELLS, with their place in the whole table as 'row');
    `public` marks rows whose emptiness follows from register and definitions; `taken` are the register cells
    (breakdown and cell) (nearly) all units of which were asked, so that everybody knows who is in them."""

    survey: Survey
    rows: pl.DataFrame
    items: tuple[Item, ...]
    public: frozenset[int]
    taken: frozenset[tuple[str, str]] = frozenset()

    def everybody_asked(self, breakdown: str, cell: str) -> bool:
        """Whether being asked is no secret in this cell; groups by answers are in the whole. Breakdowns of earlier
        releases ('1/sector') are as today's."""
        name = plain(breakdown)
        by_answers = any(
            one.id == name and not self.survey.programme.register_columns(one)
            for one in self.survey.programme.breakdowns
        )
        return ((TOTAL, ALL) if by_answers else (name, cell)) in self.taken

    @cached_property
    def by_row(self) -> Mapping[int, Mapping[str, Any]]:
        """Each row of the estimates by its place."""
        return {int(row["row"]): row for row in self.rows.iter_rows(named=True)}

    @cached_property
    def one_case_a_unit(self) -> bool:
        return bool((self.rows["n"] == self.rows["units"]).all())


def merged(items: list[Item], answers: Mapping[str, Answers]) -> Iterator[Item]:
    """Items that are equal everywhere are one unknown, known from either: INC_ANY and universe:INNOV, say.
    Taking an accident for a definition gives the attacker too much, never too little; but for a share that is part of
    another one by definition, it would hide that what is left of the other is nobody."""
    same: dict[tuple[str, bool, bytes], list[Item]] = {}
    for item in items:
        key = (item.group, item.amount, np.round(item.truth, 6).tobytes())
        if item.group or item.amount or not item.truth.any():
            key = (item.group, item.amount, item.name.encode())
        same.setdefault(key, []).append(item)
    classes = (
        [item for item in equal if item.name in names]
        for equal in same.values()
        for names in apart([item.name for item in equal], answers)
    )
    for alike in classes:
        if len(alike) == 1:
            yield alike[0]
            continue
        cells: dict[tuple[str, str], Cell] = {}
        for cell in (cell for item in alike for cell in item.cells):
            other = cells.get((cell.breakdown, cell.cell))
            carriers, own = (*other.carriers, *cell.carriers) if other else cell.carriers, cell.own
            own = (*other.own, *cell.own) if other else cell.own
            fixed = cell.fixed or (other is not None and other.fixed)
            cells[cell.breakdown, cell.cell] = Cell(cell.breakdown, cell.cell, cell.atoms, carriers, own, fixed)
        first = next((item for item in alike if not item.name.startswith("universe:")), alike[0])
        aliases = tuple(item.name for item in alike)
        floor = np.max([item.floor for item in alike], axis=0)
        ceiling = np.min([item.ceiling for item in alike], axis=0)
        yield Item(
            *(first.name, aliases, first.universe, "", False),
            *(first.base, first.truth, floor, ceiling, tuple(cells.values())),
        )
