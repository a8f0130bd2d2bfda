"""The design columns replicates are made from: strata, units and populations of each stage, checked."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from barometer.problems import Place, Problem, raise_errors, suggestion
from barometer.tables import Vector
from barometer.weighting._margins import rows_shown

Numbers = NDArray[np.int64]
LONELY = ("fail", "remove", "certainty", "average", "adjust")
SHOWN = 3


@dataclass(frozen=True)
class StageUnits:
    """Units of one stage, numbered from 0 in the order they appear, and so their strata.

    A stratum of a later stage is one within a unit of the stage before. `fraction` is the sampled part of each
    stratum, None where no population was given.
    """

    unit: Numbers  # of each row
    stratum: Numbers  # of each unit
    size: Numbers  # units of each stratum
    fraction: Vector | None
    names: tuple[str, ...]  # of strata, for messages

    @property
    def row_stratum(self) -> Numbers:
        found: Numbers = self.stratum[self.unit]
        return found

    @property
    def lonely(self) -> NDArray[np.bool_]:
        """Strata of one unit that is not all there is."""
        alone: NDArray[np.bool_] = self.size == 1
        return alone if self.fraction is None else alone & (self.fraction < 1)


def stages_of(
    data: pl.DataFrame, strata: Sequence[str], psu: Sequence[str], fpc: Sequence[str], nest: bool, place: Place
) -> tuple[StageUnits, ...]:
    """Stages from columns of the data: one name a stage; no `psu`: every row is a unit of its own.

    A population is a size, or, where no value is above 1, a fraction (R's rule). Raises BadInput W025 for columns
    that are not there, W022 for blanks, units in several strata (unless `nest`), populations that differ in a
    stratum or are smaller than the sample.
    """
    names = [*strata, *psu, *fpc]
    raise_errors(
        Problem("W025", place, f"column '{name}'", "a column of the data", suggestion(name, data.columns))
        for name in names
        if name not in data.columns
    )
    raise_errors(_blanks(data, names, place))
    parent = np.zeros(data.height, dtype=np.int64)
    stages = []
    for number in range(max(len(psu), 1)):
        stratum = _numbers(parent, data[strata[number]] if number < len(strata) else None)
        if number < len(psu):
            inside = stratum if nest or number else parent
            unit = _numbers(inside, data[psu[number]])
        else:
            unit = np.arange(data.height)
        population = data[fpc[number]].cast(pl.Float64).to_numpy() if number < len(fpc) else None
        label = data[strata[number]].cast(pl.String).to_list() if number < len(strata) else [""] * data.height
        stages.append(_stage(unit, stratum, population, label, place))
        parent = unit
    return tuple(stages)


def _numbers(within: Numbers, column: pl.Series | None) -> Numbers:
    """Numbers of the pairs (within, column), rising in the order they first appear."""
    if column is None:
        return _by_appearance(within)
    codes = column.cast(pl.Categorical).to_physical() if column.dtype == pl.String else column.rank("dense")
    return _by_appearance(within * (int(codes.max()) + 1) + codes.cast(pl.Int64).to_numpy())  # type: ignore[arg-type]


def _by_appearance(keys: Numbers) -> Numbers:
    _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    place = np.empty(len(first), dtype=np.int64)
    place[np.argsort(first)] = np.arange(len(first))
    return place[inverse.ravel()]


def _stage(unit: Numbers, stratum: Numbers, population: Vector | None, label: list[str], place: Place) -> StageUnits:
    first = np.unique(unit, return_index=True)[1]
    of_unit = stratum[first]
    moved = np.flatnonzero(of_unit[unit] != stratum)
    first_of_stratum = np.unique(stratum, return_index=True)[1]
    names = tuple(label[row] for row in first_of_stratum)
    if len(moved):
        found = f"{len(np.unique(unit[moved]))} primary units with rows in more than one stratum, {rows_shown(moved)}"
        way_out = "Set nest = True if unit numbers start anew in each stratum; else correct the strata."
        raise_errors([Problem("W022", place, found, "every primary unit in one stratum", way_out)])
    size = np.bincount(of_unit)
    if population is None:
        return StageUnits(unit, of_unit, size, None, names)
    known = population[first_of_stratum]
    differs = np.flatnonzero(population != known[stratum])
    if len(differs):
        found = f"populations that differ within a stratum, {rows_shown(differs)}"
        raise_errors([Problem("W022", place, found, "one population in each stratum", "Correct the column.")])
    fraction = known if known.max() <= 1 else size / known
    wrong = np.flatnonzero(~((fraction > 0) & (fraction <= 1)))
    if len(wrong):
        shown = ", ".join(f"{names[one]!r}: {size[one]} of {known[one]:g}" for one in wrong[:SHOWN])
        found = f"{len(wrong)} strata with a population smaller than the sample ({shown})"
        way_out = "Give the population as units of the stage in the stratum, or the sampled fraction."
        raise_errors([Problem("W022", place, found, "a population of at least the sample", way_out)])
    return StageUnits(unit, of_unit, size, fraction, names)


def _blanks(data: pl.DataFrame, names: Sequence[str], place: Place) -> list[Problem]:
    problems = []
    for name in dict.fromkeys(names):
        rows = np.flatnonzero(data[name].is_null().to_numpy())
        if len(rows):
            found = f"{len(rows)} blanks in '{name}', {rows_shown(rows)}"
            problems.append(Problem("W022", place, found, "a value for every row", "Fill in the design columns."))
    return problems
