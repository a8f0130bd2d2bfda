"""Gathering the evidence of a survey from its estimates, and whether the two fit together."""

from collections.abc import Iterator, Mapping, Sequence, Set

import numpy as np
import polars as pl
from numpy.typing import NDArray

from barometer.disclosure._answers import answers_of
from barometer.disclosure._definitions import Definitions
from barometer.disclosure._evidence import CHANGED, COUNT, WEIGHTED, Cell, Evidence, Item, Rows, Vector, merged, plain
from barometer.model import ALL, TOTAL, Edition, Indicator, Measure, Selection, Survey
from barometer.problems import BadInput, Place, Problem
from barometer.tables import Estimates

NEARLY_ALL = 0.8
"""Share of a cell's units from which asking them is taken to be a census: everybody knows who is in it."""


def gather(edition: Edition, estimates: Estimates, fixed: Set[int] = frozenset()) -> tuple[Evidence, ...]:
    """Evidence of each survey; rows of earlier releases that are `fixed` stay public. Raises `BadInput` (D010, D013)
    where estimates and evidence do not fit together."""
    cells = estimates.cells.with_row_index("row").with_columns(pl.col("row").cast(pl.Int64))
    problems = list(_strangers(edition, cells))
    if problems:
        raise BadInput(tuple(problems))
    found = [_Gatherer(survey, cells, estimates, fixed).evidence() for survey in edition.surveys]
    problems = [problem for one in found for problem in _mismatches(one)]
    if problems:
        raise BadInput(tuple(problems))
    return tuple(found)


class _Gatherer:
    """The tables of one survey, looked up by leaf and by cell; leaves are places in their sorted numbers."""

    def __init__(self, survey: Survey, cells: pl.DataFrame, estimates: Estimates, fixed: Set[int]) -> None:
        mine = pl.col("survey") == survey.id
        self.survey, self.programme, self.fixed = survey, survey.programme, fixed
        self.rows = cells.filter(mine)
        self.leaves = estimates.leaves.filter(mine)
        self.counts = estimates.counts.filter(mine)
        self.response = estimates.response.filter(mine)
        numbers = self.leaves["leaf"].unique().sort().to_list()
        self.place = {number: place for place, number in enumerate(numbers)}
        self.members = {
            key: np.array(sorted(self.place[leaf] for leaf in part["leaf"]), dtype=np.int64)
            for key, part in _parts(self.leaves, ["breakdown", "cell"])
        }
        self.phase, self.phases = self._phases(len(numbers))
        self.definitions = Definitions(survey)
        self.known = [self._known(leaf) for leaf in range(len(numbers))]
        self.by_cell = {
            (indicator, breakdown, cell): row
            for indicator, breakdown, cell, row in self.rows.select("indicator", "breakdown", "cell", "row").iter_rows()
        }
        self.by_indicator: dict[str, list[tuple[str, str, int]]] = {}
        for (owner, breakdown, cell), row in self.by_cell.items():
            self.by_indicator.setdefault(owner, []).append((breakdown, cell, row))
        self.numbers = dict(self._numbers())

    def evidence(self) -> Evidence:
        members = {one.id: self._membership(one.id) for one in self.programme.universes}
        shown = [one for one in self.programme.indicators if (one.id, TOTAL, ALL) in self.by_cell]
        items = [item for item in members.values() if item is not None]
        items += [self._of_register(indicator) for indicator in shown]
        items += [item for indicator in shown for item in self._of_groups(indicator)]
        return Evidence(
            self.survey,
            self.rows,
            tuple(merged(items, answers_of(self.survey))),
            frozenset(self._public(members)),
            frozenset(self._taken()),
        )

    def _taken(self) -> Iterator[tuple[str, str]]:
        """Register cells of which (nearly) all units were asked. Where nobody drew anybody there are none: being among
        those who reported is no more known than what they reported."""
        if self.survey.design.selection is Selection.REPORTED:
            return
        rows = self.response.select("breakdown", "cell", "frame", "sampled").iter_rows()
        asked = {(breakdown, cell): (frame or 0, sampled or 0) for breakdown, cell, frame, sampled in rows}
        for one in self.programme.breakdowns:
            for category in one.categories if one.merges else ():
                parts = [asked.get((one.merges, part), (0, 0)) for part in category.parts or (category.code,)]
                asked[one.id, category.code] = sum(part[0] for part in parts), sum(part[1] for part in parts)
        yield from (cell for cell, (frame, sampled) in asked.items() if frame and sampled >= NEARLY_ALL * frame)

    def _numbers(self) -> Iterator[tuple[tuple[str, str], tuple[Vector, Vector]]]:
        """By indicator and group: base and numerator, 2 x leaves."""
        for key, part in _parts(self.counts, ["indicator", "group"]):
            base, yes = (np.zeros((2, len(self.place))) for _ in range(2))
            at = [self.place[leaf] for leaf in part["leaf"]]
            base[:, at] = part.select("n", "weighted_base").to_numpy().T
            yes[:, at] = part.select("n_yes", "weighted_yes").to_numpy().T
            yield key, (base, yes)

    def _phases(self, leaves: int) -> tuple[NDArray[np.int64], dict[str, NDArray[np.int64]]]:
        """Which leaves were in the same releases, and by '1/' (of release 1) or '' (the new one) which of these kinds
        of leaves were in it."""
        releases = [breakdown.removesuffix(TOTAL) for breakdown, _ in self.members if plain(breakdown) == TOTAL]
        inside = np.zeros((leaves, len(releases)), dtype=bool)
        for column, release in enumerate(releases):
            inside[self.members[release + TOTAL, ALL], column] = True
        kinds, phase = np.unique(inside, axis=0, return_inverse=True)
        return phase.ravel(), {one: np.flatnonzero(kinds[:, column]) for column, one in enumerate(releases)}

    def _known(self, leaf: int) -> Mapping[str, str]:
        """Register columns of a leaf with their codes."""
        columns = {one.id: one.column for one in self.programme.breakdowns if one.column}
        return {
            columns[plain(breakdown)]: cell
            for (breakdown, cell), leaves in self.members.items()
            if plain(breakdown) in columns and leaf in leaves
        }

    def _cells(self, found: Mapping[tuple[str, str], tuple[NDArray[np.int64], Rows, Rows]]) -> tuple[Cell, ...]:
        """Cells with their atoms, carriers and own rows; the same sum in several releases is one cell. Then those who
        are not in every release alike, each by itself."""
        same: dict[bytes, tuple[str, str, NDArray[np.int64], Rows, Rows]] = {}
        for (breakdown, cell), (atoms, carriers, own) in found.items():
            key = atoms.tobytes() if len(self.phases) > 1 else f"{breakdown} {cell}".encode()
            first = same.get(key, (breakdown, cell, atoms, (), ()))
            same[key] = (*first[:3], (*first[3], *carriers), (*first[4], *own))
        cells = [Cell(*one, fixed=not self.fixed.isdisjoint(one[3])) for one in same.values()]
        alone = [(cell, atoms) for (breakdown, cell), atoms in self.members.items() if breakdown == CHANGED]
        return (*cells, *(Cell(CHANGED, cell, atoms, (), ()) for cell, atoms in alone))

    def _membership(self, universe_id: str) -> Item | None:
        """How many respondents belong to a universe; None where the register tells."""
        universe = next(one for one in self.programme.universes if one.id == universe_id)
        if self.definitions.is_public(universe) or (f"universe:{universe_id}", "") not in self.numbers:
            return None
        base, yes = self.numbers[f"universe:{universe_id}", ""]
        settled = [self.definitions.member(universe, known) for known in self.known]
        about = {one.id for one in self.programme.indicators if one.universe == universe_id}
        carriers: dict[tuple[str, str], list[int]] = {}
        for (indicator, breakdown, cell), row in self.by_cell.items():
            if indicator in about and (breakdown, cell) in self.members:
                carriers.setdefault((breakdown, cell), []).append(row)
        cells = self._cells({key: (self.members[key], tuple(rows), ()) for key, rows in carriers.items()})
        return _item(f"universe:{universe_id}", "", "", False, base, yes, settled, cells)

    def _of_register(self, indicator: Indicator) -> Item:
        amount = indicator.measure is not Measure.SHARE
        base, yes = self._numbers_of(indicator.id, "")
        settled = [None if amount else self.definitions.numerator(indicator, known) for known in self.known]
        cells = self._cells(
            {
                (breakdown, cell): (self.members[breakdown, cell], (row,), (row,))
                for breakdown, cell, row in self.by_indicator.get(indicator.id, ())
                if (breakdown, cell) in self.members
            }
        )
        return _item(indicator.id, f"universe:{indicator.universe}", "", amount, base, yes, settled, cells)

    def _of_groups(self, indicator: Indicator) -> Iterator[Item]:
        """The indicator within each cell of a breakdown by answers. Where the breakdown asks about the indicator
        itself the answer is 100 % or 0 % by definition, and no secret."""
        for breakdown_id in self.programme.by.get(indicator.id, ()):
            breakdown = self.programme.breakdown(breakdown_id)
            if self.programme.register_columns(breakdown):
                continue
            for category in breakdown.categories:
                rows = {
                    name: row
                    for name in self.phases
                    if (row := self.by_cell.get((indicator.id, name + breakdown_id, category.code))) is not None
                }
                asked = category.when.names if category.when else ()
                if not rows or category.share == indicator.id or asked == (indicator.id,):
                    continue
                group = f"{breakdown_id}/{category.code}"
                base, yes = self._numbers_of(indicator.id, group)
                cells = tuple(
                    Cell(name + breakdown_id, category.code, self.phases[name], (row,), (row,), row in self.fixed)
                    for name, row in rows.items()
                )
                amount = indicator.measure is not Measure.SHARE
                base, yes = (self._by_phase(one) for one in (base, yes))
                universe = f"universe:{indicator.universe}"
                yield _item(indicator.id, universe, group, amount, base, yes, [None] * base.shape[1], cells)

    def _by_phase(self, leaves: Vector) -> Vector:
        return np.array([np.bincount(self.phase, one, minlength=self.phase.max(initial=0) + 1) for one in leaves])

    def _numbers_of(self, indicator: str, group: str) -> tuple[Vector, Vector]:
        empty = np.zeros((2, len(self.place)))
        return self.numbers.get((indicator, group), (empty, empty))

    def _public(self, members: Mapping[str, Item | None]) -> set[int]:
        """Rows without a base because no unit that answered can be in it."""
        universe_of = {one.id: members[one.universe] for one in self.programme.indicators}
        without = self.rows.filter(pl.col("n") == 0).select("indicator", "breakdown", "cell", "row")
        found: set[int] = set()
        for indicator, breakdown, cell, row in without.iter_rows():
            leaves, item, breakdown = self.members.get((breakdown, cell)), universe_of[indicator], plain(breakdown)
            by_register = breakdown == TOTAL or self.programme.register_columns(self.programme.breakdown(breakdown))
            if leaves is None and by_register:
                found.add(row)
            if leaves is not None and item is not None and (item.ceiling[COUNT, leaves] == 0).all():
                found.add(row)
        # Groups by answers are empty for a public reason only where everything is.
        return found | {
            row
            for indicator, breakdown, cell, row in without.iter_rows()
            if (breakdown, cell) not in self.members and self.by_cell.get((indicator, TOTAL, ALL)) in found
        }


def _item(
    indicator: str,
    universe: str,
    group: str,
    amount: bool,
    base: Vector,
    yes: Vector,
    settled: Sequence[bool | None],
    cells: tuple[Cell, ...],
) -> Item:
    floor, ceiling = np.zeros_like(yes), base.copy()
    if amount:
        floor = np.where(yes < 0, -np.inf, 0.0)
        ceiling = np.where(base > 0, np.inf, 0.0)
        floor[COUNT] = ceiling[COUNT] = 0.0
        yes = np.vstack([np.zeros_like(yes[COUNT]), yes[WEIGHTED]])
    else:
        # Definitions bind only where the answers obey them: imported answers may not.
        never = np.array([one is False for one in settled], dtype=bool) & (yes[COUNT] == 0)
        always = np.array([one is True for one in settled], dtype=bool) & (yes[COUNT] == base[COUNT])
        ceiling[:, never], floor[:, always] = 0.0, base[:, always]
    name = f"{indicator} in {group}" if group else indicator
    return Item(name, (indicator,), universe, group, amount, base, yes, floor, ceiling, cells)


def _parts(table: pl.DataFrame, keys: list[str]) -> list[tuple[tuple[str, str], pl.DataFrame]]:
    return [((str(a), str(b)), part) for (a, b), part in table.group_by(keys, maintain_order=True)]


def _strangers(edition: Edition, cells: pl.DataFrame) -> Iterator[Problem]:
    known = {
        (survey.id, indicator.id, breakdown)
        for survey in edition.surveys
        for indicator in survey.programme.indicators
        for breakdown in (TOTAL, *(one.id for one in survey.programme.breakdowns))
    }
    for key in cells.select("survey", "indicator", "breakdown").unique(maintain_order=True).iter_rows():
        survey, indicator, breakdown = key
        if (survey, indicator, plain(breakdown)) not in known:
            yield Problem(
                "D013",
                Place(field=indicator),
                f"indicator '{indicator}' by '{breakdown}' of survey '{survey}'",
                "indicators and breakdowns of the edition",
                "Estimate again with this edition folder.",
            )


def _mismatches(evidence: Evidence) -> Iterator[Problem]:
    """Published cells whose leaves do not sum to them."""
    yes = dict(evidence.rows.select("row", "n_yes").iter_rows())
    for item in evidence.items:
        for cell in () if item.amount else item.cells:
            total = int(item.truth[COUNT, cell.atoms].sum())
            for row in cell.own:
                if yes[row] != total:
                    yield Problem(
                        "D010",
                        Place(field=item.name),
                        f"{yes[row]} in the estimate, {total} in the leaves, {cell.breakdown} {cell.cell}",
                        "the same number",
                        "Estimate again; if it stays, this is an error of the program: report it.",
                    )
