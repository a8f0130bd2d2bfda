"""Which figures of a later release stay as they were, whatever anybody answered.

Where one figure is published before and after a respondent came, left or was corrected, the difference is that
respondent's answer. So a difference is treated as a figure of its own: it needs as many units as any figure, and not
(nearly) all of them may have answered the same. Whether a figure is held back for being about few units depends on who
came and left alone, never on what they answered.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from barometer.disclosure._ledger_together import SHOWN, Published, Together
from barometer.disclosure._rules import alike
from barometer.model import TOTAL, Edition, Measure, Rules, Survey
from barometer.tables import UnitCounts

_KEYS = ["survey", "indicator", "breakdown", "cell"]


@dataclass(frozen=True)
class Held:
    """By row of the new release: `rows` that must stay as they were and the release they are from; `shown`: the same
    for every row that was public in the last release; `still`: rows hidden in the last release that nothing new can
    be said about."""

    rows: Mapping[int, int]
    shown: Mapping[int, int]
    still: frozenset[int]


def held(edition: Edition, joint: Together, units: UnitCounts, earlier: Sequence[Published]) -> Held:
    """What must be held back because the difference to what was published is about few units, or tells too much."""
    last = earlier[-1]
    rows = joint.estimates.cells.head(joint.new).select(_KEYS).with_row_index("row")
    before = rows.join(
        last.rows.select(*_KEYS, "status", "as_in_release"), on=_KEYS, how="inner", maintain_order="left"
    )
    found: dict[int, int] = {}
    shown: dict[int, int] = {}
    still: set[int] = set()
    turns = {number: turn for turn, number in enumerate(joint.numbers)}
    differences = {}
    for survey, indicator, breakdown, cell, row, status, source in before.select(
        *_KEYS, "row", "status", "as_in_release"
    ).iter_rows():
        number = source if source in turns else last.release
        if number not in differences:
            differences[number] = _Difference(edition, joint, units, earlier, turns[number])
        told = differences[number].of(survey, indicator, breakdown, cell)
        if status in SHOWN:
            shown[row] = number
            if told:
                found[row] = number
        elif not differences[number].anything(survey, breakdown, cell):
            still.add(row)
    return Held(found, shown, frozenset(still))


class _Difference:
    """The units that differ between one earlier release and the new one, and whether a difference may be told."""

    def __init__(
        self, edition: Edition, joint: Together, units: UnitCounts, earlier: Sequence[Published], turn: int
    ) -> None:
        now = len(joint.numbers)
        self.surveys = {one.id: one for one in edition.surveys}
        self.rules = {one.id: edition.rules_of(one.id) for one in edition.surveys}
        self.came = {(one.survey, one.unit_id) for one in joint.versions if turn < one.first and one.last == now}
        self.left = {(one.survey, one.unit_id) for one in joint.versions if one.first <= turn <= one.last < now}
        self.sides = [_Side(units, self.came, 1), _Side(earlier[turn].units, self.left, -1)]
        self.measures = {one.id: one.measure for one in edition.indicators}

    def anything(self, survey: str, breakdown: str, cell: str) -> bool:
        return bool(self._units(self.surveys[survey], breakdown, cell))

    def of(self, survey: str, indicator: str, breakdown: str, cell: str) -> bool:
        """Whether the difference of this figure must not be told."""
        one, rules = self.surveys[survey], self.rules[survey]
        changed = self._units(one, breakdown, cell)
        if not changed:
            return False
        if len(changed) < rules.minimum_units:
            return True
        group = "" if self._by_register(one, breakdown) else f"{breakdown}/{cell}"
        return any(self._tells(survey, name, group, changed, rules) for name in self._asked(one, indicator, group))

    def _asked(self, survey: Survey, indicator: str, group: str) -> tuple[str, ...]:
        return (indicator, f"universe:{survey.programme.indicator(indicator).universe}")

    def _tells(self, survey: str, name: str, group: str, changed: set[str], rules: Rules) -> bool:
        """Whether nearly all who changed are (not) in the base, or gave (not) the answer."""
        few = alike(rules)
        inside = {unit for side in self.sides for unit in side.base(survey, name, group) & changed}
        about_group = bool(group) and not name.startswith("universe:")
        if about_group and min(len(inside), len(changed) - len(inside)) < rules.minimum_units:
            return True
        if not inside or self.measures.get(name, Measure.SHARE) is not Measure.SHARE:
            return False
        if not name.startswith("universe:") and 0 < len(inside) < rules.minimum_units:
            return True
        high = low = change = 0.0
        for side in self.sides:
            base, yes = (sum(table.get((survey, name, group, unit), 0) for unit in changed) for table in side.tables)
            high, low = (high + base, low) if side.sign > 0 else (high, low - base)
            change += side.sign * yes
        if not name.startswith("universe:") and 0 < abs(high + low) < rules.minimum_units:
            return True  # so many more or fewer answers is what everybody sees
        return min(change - low, high - change) <= few and high - low > 0

    def _units(self, survey: Survey, breakdown: str, cell: str) -> set[str]:
        """Those who came to this cell or left it; everyone who changed, where the cell depends on answers."""
        if not self._by_register(survey, breakdown):
            return {unit for name, unit in self.came | self.left if name == survey.id}
        return {unit for side in self.sides for unit in side.members.get((survey.id, breakdown, cell), ())}

    def _by_register(self, survey: Survey, breakdown: str) -> bool:
        return breakdown == TOTAL or bool(survey.programme.register_columns(survey.programme.breakdown(breakdown)))


class _Side:
    """Those who came (sign 1) or left (-1), with what they answered."""

    def __init__(self, units: UnitCounts, changed: set[tuple[str, str]], sign: int) -> None:
        self.sign = sign
        wanted = pl.DataFrame(sorted(changed), schema={"survey": pl.String, "unit_id": pl.String}, orient="row")
        leaves, counts = (
            one.join(wanted, on=["survey", "unit_id"], how="semi") for one in (units.leaves, units.counts)
        )
        self.members: dict[tuple[str, str, str], set[str]] = {}
        for survey, unit, breakdown, cell in leaves.select("survey", "unit_id", "breakdown", "cell").iter_rows():
            self.members.setdefault((survey, breakdown, cell), set()).add(unit)
        self.tables: list[dict[tuple[str, str, str, str], int]] = [{}, {}]
        self._base: dict[tuple[str, str, str], set[str]] = {}
        for survey, unit, name, group, n, yes in counts.select(
            "survey", "unit_id", "indicator", "group", "n", "n_yes"
        ).iter_rows():
            self.tables[0][survey, name, group, unit] = n
            self.tables[1][survey, name, group, unit] = yes
            self._base.setdefault((survey, name, group), set()).add(unit)

    def base(self, survey: str, name: str, group: str) -> set[str]:
        return self._base.get((survey, name, group), set())
