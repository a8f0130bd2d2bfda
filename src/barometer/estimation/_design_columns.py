"""Design columns of a survey file, read as numbers and codes."""

from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from barometer.estimation._column_check import (
    blanks,
    check_replicates,
    not_numbers,
    numbers,
    problem_in,
    unknown_columns,
    wrong_populations,
    wrong_weights,
)
from barometer.estimation._replicates import ReplicateColumns
from barometer.estimation._stages import sorting
from barometer.problems import raise_errors

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class DesignNames:
    """Names of the design columns, one a stage; whether PSUs start anew in each stratum, whether fpc holds
    probabilities of unequal selection, whether weights come from elsewhere; the column that says how many units a row
    of a reduced table stands for."""

    weights: str | None
    strata: tuple[str, ...]
    psu: tuple[str, ...]
    fpc: tuple[str, ...]
    nest: bool
    unequal: bool
    weighted: bool
    counted: str | None = None


@dataclass
class Columns:
    """Design columns as arrays; one entry a stage in the lists."""

    names: DesignNames
    weight: Vector
    units: list[Numbers] = field(default_factory=list)
    strata: list[Numbers] = field(default_factory=list)
    population: list[Vector | None] = field(default_factory=list)
    fraction: Vector = field(default_factory=lambda: np.empty(0))
    replicates: Matrix = field(default_factory=lambda: np.empty((0, 0)))
    count: Vector | None = None


def read_columns(frame: pl.DataFrame, names: DesignNames, given: ReplicateColumns | None) -> Columns:
    """Read all design columns. Raises BadInput with all of T010, T011, T012, T013, T015, T019, T020, T021."""
    weights, strata, psu, fpc = names.weights, names.strata, names.psu, names.fpc
    if frame.height == 0:
        raise_errors([problem_in("T021", "", "a table without rows", "at least one row", "Check which file was read.")])
    columns = list(given.columns) if given else []
    wanted = [*([weights] if weights else []), *strata, *psu, *fpc, *columns]
    problems = list(unknown_columns(frame, wanted))
    known = set(frame.columns)
    numeric = [name for name in [*([weights] if weights else []), *fpc, *columns] if name in known]
    problems += [one for name in numeric for one in not_numbers(frame, name)]
    problems += [one for name in (*strata, *psu) if name in known for one in blanks(frame[name])]
    if weights is None and not fpc and not names.weighted:
        problems.append(
            problem_in(
                "T020", "", "neither weights nor populations", "a column of weights", "Name the column; 1 for everyone."
            )
        )
    if given:
        problems += check_replicates(given)
    raise_errors(problems)
    weight = numbers(frame[weights]) if weights else np.ones(frame.height)
    raise_errors(
        [
            *(wrong_weights(weight, weights) if weights else ()),
            *wrong_populations(frame, fpc),
            *(one for name in columns for one in blanks(frame[name])),
        ]
    )
    read = Columns(names, weight, count=numbers(frame[names.counted]) if names.counted else None)
    if given:
        read.replicates = np.column_stack([numbers(frame[name]) for name in columns])
    _codes(read, frame)
    if weights is None and fpc:
        whole = [one for one in read.population if one is not None]
        drawn = [units_drawn(unit, stratum, None) for unit, stratum in zip(read.units, read.strata, strict=True)]
        read.weight = np.prod([one / m for one, m in zip(whole, drawn, strict=False)], axis=0)
    return read


def unit_order(columns: Columns) -> Numbers:
    """Rows sorted by stratum and unit of every stage."""
    if len(columns.units) == 1 and (np.diff(columns.units[0]) > 0).all():
        return sorting(columns.strata[0])
    return np.lexsort([code for pair in zip(columns.strata, columns.units, strict=True) for code in pair][::-1])


def _codes(read: Columns, frame: pl.DataFrame) -> None:
    """Units and strata of every stage as numbers; units nested in the units before them, and strata too."""
    strata, psu, fpc = read.names.strata, read.names.psu, read.names.fpc
    height = frame.height
    none = np.zeros(height, dtype=np.int64)
    named = [_code(frame[name]) for name in psu] or [np.arange(height)]
    layers = [_code(frame[name]) for name in strata] or [none]
    for place, own in enumerate(named):
        unit = own if place == 0 else _crossed(read.units[-1], own)
        if read.names.nest and strata:
            for layer in layers[: place + 1]:
                unit = _crossed(layer, unit)
        stratum = layers[0] if place == 0 else read.units[-1]
        if place and place < len(layers):
            stratum = _crossed(stratum, layers[place])
        read.units.append(unit)
        read.strata.append(stratum)
        read.population.append(None)
    sizes = [numbers(frame[name]) for name in fpc[: len(read.units)]]
    fractions = bool(sizes) and all((one <= 1).all() for one in sizes)
    for place, size in enumerate(sizes):
        drawn = units_drawn(read.units[place], read.strata[place], read.count)
        read.population[place] = drawn / size if fractions else size
    if sizes:
        first, drawn = read.population[0], units_drawn(read.units[0], read.strata[0], read.count)
        read.fraction = sizes[0] if fractions or first is None else drawn / first


def _code(column: pl.Series) -> Numbers:
    """Number of each distinct value, in their order."""
    if column.dtype in (pl.Categorical, pl.Enum) or isinstance(column.dtype, pl.Enum):
        column = column.cast(pl.String)
    distinct = column.unique().sort()
    numbered: Numbers = column.replace_strict(distinct, pl.int_range(len(distinct), eager=True)).to_numpy()
    return numbered


def _crossed(first: Numbers, second: Numbers) -> Numbers:
    """Number of each distinct pair."""
    return np.unique(first * (second.max() + 1) + second, return_inverse=True)[1].astype(np.int64)


def units_drawn(unit: Numbers, stratum: Numbers, count: Vector | None) -> Vector:
    """Of each row: distinct units in its stratum, or the sum of what rows stand for."""
    if count is not None:
        return np.bincount(stratum, weights=count).astype(np.float64)[stratum]
    several = len(unit) > 0 and np.bincount(unit).max() > 1
    of_units = np.unique(stratum * (unit.max() + 1) + unit) // (unit.max() + 1) if several else stratum
    return np.bincount(of_units, minlength=int(stratum.max()) + 1).astype(np.float64)[stratum]
