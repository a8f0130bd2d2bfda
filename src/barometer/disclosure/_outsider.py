"""The audit of published files alone: what somebody can work out who has the downloads, the register and no more.

Nothing of what `protect` knew is used. The unknowns are, in every smallest register cell, how many are in an
indicator's base and how many of them said yes (weighted, where the survey is). Everything published is an equation:
n and shares of cells, register totals that weights reproduce, groups by answers, unions and their components. For each
hidden figure the smallest and the largest value that agree with all of it are found by linear programming. Shares are
ratios; the programme is scaled so that the cell's base is 1 (Charnes and Cooper 1962), which makes them linear.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import highspy
import numpy as np
import polars as pl
from numpy.typing import NDArray

from barometer.model import ALL, TOTAL, Breakdown, Calibration, Edition, Indicator, Measure, Rules, Survey

Vector = NDArray[np.float64]
Flags = NDArray[np.bool_]

EXACT, NARROW, OPEN = "exact", "narrow", "open"
"""Verdicts: only one value is possible; those possible are fewer cases apart than the edition's rules want at least
(means and totals: closer together than the share of themselves that the rules want); enough are possible."""
ROUNDING = 0.5e-6
"""Published shares have six decimals."""
SAME = 2e-5
"""Ends of an interval of shares that are no farther apart are one value."""

INTERVALS = {
    "survey": pl.String,
    "indicator": pl.String,
    "breakdown": pl.String,
    "cell": pl.String,
    "low": pl.Float64,
    "high": pl.Float64,
    "verdict": pl.String,
}
"""One row a hidden figure: smallest and largest possible value (shares in [0, 1]; null where there is no bound)."""

DIFFERENCES = {
    "survey": pl.String,
    "indicator": pl.String,
    "breakdown": pl.String,
    "cell": pl.String,
    "release": pl.Int64,
    "n": pl.Int64,
    "n_then": pl.Int64,
}
"""Figures that an earlier release gives for a base that differs by too few respondents."""

ASSUMED = (
    "The attacker has every published file of this release and of all earlier ones, and the register.",
    "The attacker knows the definitions: which cells add up, what is part of what, which totals weights reproduce.",
    "The attacker does not know who in the register answered, nor anybody's weight.",
    "The attacker uses unions and their components, groups that add up, and register counts; not every implication.",
)


@dataclass(frozen=True)
class Findings:
    """`rows`: INTERVALS; `differences`: DIFFERENCES; `unread`: indicators whose published figures do not fit together
    as the attacker understands them, so that nothing can be worked out in this way."""

    rows: pl.DataFrame
    differences: pl.DataFrame
    unread: tuple[str, ...]

    @property
    def passed(self) -> bool:
        return self.differences.is_empty() and not self.rows["verdict"].is_in([EXACT, NARROW]).any()


def audit_published(edition: Edition, cells: pl.DataFrame, earlier: Mapping[int, pl.DataFrame]) -> Findings:
    """Attack a release. `cells`: RELEASED_CELLS as downloaded; `earlier`: those of releases before it, by number."""
    rows: list[tuple[object, ...]] = []
    unread: list[str] = []
    for survey in edition.surveys:
        mine = cells.filter(pl.col("survey") == survey.id)
        register = _Register(survey)
        for indicator in survey.programme.indicators:
            hidden = mine.filter(pl.col("indicator") == indicator.id, pl.col("status") == "c")
            if hidden.is_empty():
                continue
            found = list(_intervals(survey, register, mine, indicator, edition.rules_of(survey.id)))
            rows += found
            if len(found) < hidden.height:
                unread.append(indicator.id)
    table = pl.DataFrame(rows, schema=INTERVALS, orient="row")
    return Findings(table, _differences(edition, cells, earlier), tuple(unread))


def _intervals(
    survey: Survey, register: "_Register", cells: pl.DataFrame, indicator: Indicator, rules: Rules
) -> Iterator[tuple[object, ...]]:
    """Rows of INTERVALS, as far as the published figures fit together."""
    hidden = cells.filter(pl.col("indicator") == indicator.id, pl.col("status") == "c")
    attacker = _Attacker(survey, register, cells, indicator)
    alike = [one.id for one in survey.programme.indicators if one.universe == indicator.universe]
    bases = cells.filter(pl.col("indicator").is_in(alike)).group_by("breakdown", "cell").agg(pl.col("n").max())
    n = {(breakdown, cell): most for breakdown, cell, most in bases.iter_rows()}
    for breakdown, cell in hidden.select("breakdown", "cell").iter_rows():
        found = attacker.interval(breakdown, cell)
        if found is None:
            return
        base = n.get((breakdown, cell)) or n.get((TOTAL, ALL)) or 1
        least = rules.least_cases / base if indicator.measure is Measure.SHARE else rules.width
        yield survey.id, indicator.id, breakdown, cell, *_bounded(found), _verdict(indicator, found, least)


def _verdict(indicator: Indicator, found: tuple[float, float], least: float) -> str:
    share = indicator.measure is Measure.SHARE
    if _reach(found, share) <= SAME:
        return EXACT
    return NARROW if _reach(found, share) < least * (1 - 1e-3) else OPEN


def _reach(found: tuple[float, float], share: bool) -> float:
    low, high = found
    if share or not np.isfinite(high):
        return high - low
    return (high - low) / max(abs(high), 1e-9)


def _bounded(found: tuple[float, float]) -> tuple[float | None, ...]:
    return tuple(float(one) if np.isfinite(one) else None for one in found)


def _differences(edition: Edition, cells: pl.DataFrame, earlier: Mapping[int, pl.DataFrame]) -> pl.DataFrame:
    """Figures shown in two releases whose bases differ by fewer respondents than a figure needs."""
    keys = ["survey", "indicator", "breakdown", "cell"]
    fewest = {survey.id: edition.rules_of(survey.id).minimum_units for survey in edition.surveys}
    found = [pl.DataFrame(schema=DIFFERENCES)]
    for number, old in earlier.items():
        both = cells.join(old.select(*keys, "n", "value"), on=keys, suffix="_then")
        change = (pl.col("n") - pl.col("n_then")).abs()
        few = (change > 0) & (change < pl.col("survey").replace_strict(fewest, return_dtype=pl.Int64))
        shown = pl.col("value").is_not_null() & pl.col("value_then").is_not_null()
        told = both.filter(few & shown).with_columns(release=pl.lit(number, dtype=pl.Int64))
        found.append(told.select(*DIFFERENCES))
    return pl.concat(found)


class _Register:
    """The smallest register cells of a survey: how many units each has, and which lie in a breakdown's cell."""

    def __init__(self, survey: Survey) -> None:
        self.survey, self.programme = survey, survey.programme
        used = [name for one in self.programme.breakdowns for name in self.programme.register_columns(one)]
        used += [name for margin in survey.weighting.margins for name in margin.columns]
        self.columns = [name for name in dict.fromkeys(used) if name in survey.frame.units.columns]
        codes = survey.frame.units.select(pl.col(name).cast(pl.String).fill_null("") for name in self.columns)
        if self.columns:
            self.leaves = codes.group_by(self.columns).len("units").sort(self.columns)
        else:
            self.leaves = pl.DataFrame({"units": [survey.frame.units.height]})
        self.units = self.leaves["units"].to_numpy().astype(np.float64)

    def inside(self, breakdown: str, cell: str) -> Flags | None:
        """Leaves in a register cell; None where answers have a part in it."""
        if breakdown == TOTAL:
            return np.ones(len(self.units), dtype=np.bool_)
        return self._inside(self.programme.breakdown(breakdown), cell)

    def _inside(self, breakdown: Breakdown, cell: str) -> Flags | None:
        if breakdown.column:
            return (self.leaves[breakdown.column] == cell).to_numpy()
        if breakdown.merges:
            parts = next(one.parts for one in breakdown.categories if one.code == cell) or (cell,)
            return _all_of(
                [self._inside(self.programme.breakdown(breakdown.merges), one) for one in parts], np.logical_or
            )
        if breakdown.crossing:
            pairs = zip(breakdown.crossing, cell.split(":"), strict=True)
            masks = [self._inside(self.programme.breakdown(part), one) for part, one in pairs]
            return _all_of(masks, np.logical_and)
        return None

    def margins(self) -> Iterator[tuple[Flags, float]]:
        """Groups of leaves whose weighted number of units everybody knows, because weights reproduce it."""
        weighting = self.survey.weighting
        if not weighting.weighted or weighting.calibration is Calibration.NONE:
            return
        yield np.ones(len(self.units), dtype=np.bool_), float(self.units.sum())
        for margin in weighting.margins:
            if set(margin.columns) <= set(self.columns):
                for part in self.leaves.select(margin.columns).unique().iter_rows():
                    same = [
                        (self.leaves[name] == code).to_numpy() for name, code in zip(margin.columns, part, strict=True)
                    ]
                    mask = np.logical_and.reduce(same)
                    yield mask, float(self.units[mask].sum())


def _all_of(masks: Sequence[Flags | None], join: np.ufunc) -> Flags | None:
    known = [one for one in masks if one is not None]
    return join.reduce(known) if len(known) == len(masks) else None


class _Attacker:
    """Everything published about an indicator and those it is made of, as one linear programme.

    Columns: for each indicator base and numerator in every leaf, then in every group by answers; last the scale.
    """

    def __init__(self, survey: Survey, register: _Register, cells: pl.DataFrame, indicator: Indicator) -> None:
        self.survey, self.register, self.indicator = survey, register, indicator
        programme = survey.programme
        family = [indicator.id, *indicator.components]
        family += [one.id for one in programme.indicators if indicator.id in one.components]
        self.family = [one for one in dict.fromkeys(family) if programme.indicator(one).universe == indicator.universe]
        self.rows = {
            name: {(row["breakdown"], row["cell"]): row for row in part.iter_rows(named=True)}
            for name in self.family
            if (part := cells.filter(pl.col("indicator") == name)).height
        }
        self.family = [one for one in self.family if one in self.rows]
        self.places: dict[tuple[str, str, str], NDArray[np.int64]] = {}
        self.size = 0
        self.highs = highspy.Highs()  # type: ignore[no-untyped-call]
        self.highs.setOptionValue("output_flag", False)
        self.highs.setOptionValue("threads", 1)
        for name in self.family:
            self._columns(name)
        self.scale = self._add(1)[0]
        for name in self.family:
            self._facts(name)
        self._unions()

    def interval(self, breakdown: str, cell: str) -> tuple[float, float] | None:
        """The smallest and largest possible value; None when nothing agrees with what is published."""
        base, yes = (self._sum(self.indicator.id, kind, breakdown, cell) for kind in ("base", "yes"))
        row = self.highs.getNumRow()
        self._row(base, np.ones(len(base)), 1.0, 1.0)
        ends = []
        self.highs.changeColsCost(len(yes), yes.astype(np.int32), np.ones(len(yes)))
        for sense, end in ((highspy.ObjSense.kMinimize, -np.inf), (highspy.ObjSense.kMaximize, np.inf)):
            self.highs.changeObjectiveSense(sense)
            self.highs.run()
            status = self.highs.getModelStatus()
            if status == highspy.HighsModelStatus.kOptimal:
                ends.append(self.highs.getInfo().objective_function_value)
            elif status in (highspy.HighsModelStatus.kUnbounded, highspy.HighsModelStatus.kUnboundedOrInfeasible):
                ends.append(end)
            else:
                break
        self.highs.changeColsCost(len(yes), yes.astype(np.int32), np.zeros(len(yes)))
        self.highs.deleteRows(1, np.array([row], dtype=np.int32))
        return (min(ends), max(ends)) if len(ends) == 2 else None

    def _columns(self, name: str) -> None:
        leaves = len(self.register.units)
        self.places[name, "base", ""] = self._add(leaves)
        self.places[name, "yes", ""] = self._add(leaves)
        for breakdown, cell in self.rows[name]:
            if self.register.inside(breakdown, cell) is None:
                for kind in ("base", "yes"):
                    self.places[name, kind, f"{breakdown}/{cell}"] = self._add(1)

    def _facts(self, name: str) -> None:
        """What is published about one indicator."""
        share = self.survey.programme.indicator(name).measure is Measure.SHARE
        for (breakdown, cell), row in self.rows[name].items():
            base, yes = (self._sum(name, kind, breakdown, cell) for kind in ("base", "yes"))
            if not len(base):
                continue
            if not self.survey.weighting.weighted and row["n"] is not None:
                self._row([*base, self.scale], [*np.ones(len(base)), -float(row["n"])], 0.0, 0.0)
            if row["value"] is not None and self.survey.programme.indicator(name).measure is not Measure.TOTAL:
                for sign in (1, -1):
                    end = row["value"] + sign * ROUNDING * max(1.0, abs(row["value"]))
                    bounds = (-np.inf, 0.0) if sign > 0 else (0.0, np.inf)
                    self._row([*yes, *base], [*np.ones(len(yes)), *np.full(len(base), -end)], *bounds)
        for key, yes in [(key, places) for key, places in self.places.items() if key[:2] == (name, "yes")]:
            for one, whole in zip(yes, self.places[name, "base", key[2]], strict=True) if share else ():
                self._row([one, whole], [1.0, -1.0], -np.inf, 0.0)
        self._known_bases(name)
        self._groups(name)

    def _known_bases(self, name: str) -> None:
        """Register counts: where weights reproduce them and everybody is asked; else as the most that can be."""
        everyone = next(
            one.condition is None
            for one in self.survey.programme.universes
            if one.id == self.survey.programme.indicator(name).universe
        )
        base = self.places[name, "base", ""]
        whole = everyone and not any(row["n_missing"] or row["n_dont_know"] for row in self.rows[name].values())
        for mask, units in self.register.margins():
            columns = base[mask]
            low = 0.0 if whole else -np.inf
            self._row([*columns, self.scale], [*np.ones(len(columns)), -units], low, 0.0)
        n = self.rows[name].get((TOTAL, ALL), {}).get("n")
        if not self.survey.weighting.weighted and n is not None and n <= self.register.units.sum():
            for column, units in zip(base, self.register.units, strict=True):
                self._row([column, self.scale], [1.0, -units], -np.inf, 0.0)

    def _groups(self, name: str) -> None:
        """Groups by answers are parts of the whole."""
        programme = self.survey.programme
        for breakdown in {key[2].partition("/")[0] for key in self.places if key[0] == name and key[2]}:
            if programme.breakdown(breakdown).overlapping:
                continue
            for kind in ("base", "yes"):
                parts = [
                    places[0]
                    for key, places in self.places.items()
                    if key[:2] == (name, kind) and key[2].startswith(f"{breakdown}/")
                ]
                whole = self.places[name, kind, ""]
                self._row([*parts, *whole], [*np.ones(len(parts)), *np.full(len(whole), -1.0)], -np.inf, 0.0)

    def _unions(self) -> None:
        """A union is at least each of its components and at most their sum, where all have the same base."""
        for name in self.family:
            parts = self.survey.programme.indicator(name).components
            here = [one for one in parts if one in self.rows]
            bases = {self.rows[one].get((TOTAL, ALL), {}).get("n") for one in (name, *here)}
            if not here or len(bases) != 1:
                continue
            whole = self.places[name, "yes", ""]
            for one in here:
                for column, part in zip(whole, self.places[one, "yes", ""], strict=True):
                    self._row([column, part], [-1.0, 1.0], -np.inf, 0.0)
            for place, column in enumerate(whole) if len(here) == len(parts) else ():
                columns = [self.places[one, "yes", ""][place] for one in here]
                self._row([column, *columns], [1.0, *np.full(len(columns), -1.0)], -np.inf, 0.0)
            for one in here:
                for column, part in zip(self.places[name, "base", ""], self.places[one, "base", ""], strict=True):
                    self._row([column, part], [1.0, -1.0], 0.0, 0.0)

    def _sum(self, name: str, kind: str, breakdown: str, cell: str) -> NDArray[np.int64]:
        inside = self.register.inside(breakdown, cell)
        return (
            self.places[name, kind, ""][inside]
            if inside is not None
            else self.places[name, kind, f"{breakdown}/{cell}"]
        )

    def _add(self, count: int) -> NDArray[np.int64]:
        free = np.zeros(0, dtype=np.int32)
        self.highs.addCols(
            count,
            np.zeros(count),
            np.zeros(count),
            np.full(count, np.inf),
            0,
            np.zeros(count, dtype=np.int32),
            free,
            np.zeros(0),
        )
        self.size += count
        return np.arange(self.size - count, self.size)

    def _row(
        self, columns: Sequence[int] | NDArray[np.int64], values: Sequence[float] | Vector, low: float, high: float
    ) -> None:
        self.highs.addRow(
            low, high, len(columns), np.asarray(columns, dtype=np.int32), np.asarray(values, dtype=np.float64)
        )
