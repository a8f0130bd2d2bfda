"""What an outsider knows about one indicator, as one linear programme, and the intervals that follow from it."""

from collections.abc import Sequence

import highspy
import numpy as np
import polars as pl
from numpy.typing import NDArray

from barometer.disclosure._outsider_register import Register
from barometer.model import ALL, TOTAL, Indicator, Measure, Survey

Vector = NDArray[np.float64]

ROUNDING = 0.5e-6
"""Published shares have six decimals."""


class Outsider:
    """Everything published about an indicator and those it is made of, as one linear programme.

    Columns: for each indicator base and numerator in every leaf, then in every group by answers; last the scale.
    """

    def __init__(self, survey: Survey, register: Register, cells: pl.DataFrame, indicator: Indicator) -> None:
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
