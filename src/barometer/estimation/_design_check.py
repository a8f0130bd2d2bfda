"""Design columns of a survey file: read as numbers and codes, and everything that can be wrong with them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from barometer.estimation._replicates import TYPES, ReplicateColumns
from barometer.estimation._stages import Stage, sorting
from barometer.problems import Place, Problem, raise_errors, suggestion

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]

SHOWN = 8
"""Rows named in one problem; the others are counted."""


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
        raise_errors([_problem("T021", "", "a table without rows", "at least one row", "Check which file was read.")])
    columns = list(given.columns) if given else []
    wanted = [*([weights] if weights else []), *strata, *psu, *fpc, *columns]
    problems = list(_unknown(frame, wanted))
    known = set(frame.columns)
    numeric = [name for name in [*([weights] if weights else []), *fpc, *columns] if name in known]
    problems += [one for name in numeric for one in _not_numbers(frame, name)]
    problems += [one for name in (*strata, *psu) if name in known for one in _blank(frame[name])]
    if weights is None and not fpc and not names.weighted:
        problems.append(
            _problem(
                "T020", "", "neither weights nor populations", "a column of weights", "Name the column; 1 for everyone."
            )
        )
    if given:
        problems += check_replicates(given)
    raise_errors(problems)
    weight = numbers(frame[weights]) if weights else np.ones(frame.height)
    raise_errors(
        [
            *(_weights(weight, weights) if weights else ()),
            *_populations(frame, fpc),
            *(one for name in columns for one in _blank(frame[name])),
        ]
    )
    read = Columns(names, weight, count=numbers(frame[names.counted]) if names.counted else None)
    if given:
        read.replicates = np.column_stack([numbers(frame[name]) for name in columns])
    _codes(read, frame)
    if weights is None and fpc:
        whole = [one for one in read.population if one is not None]
        drawn = [_drawn(unit, stratum, None) for unit, stratum in zip(read.units, read.strata, strict=True)]
        read.weight = np.prod([one / m for one, m in zip(whole, drawn, strict=False)], axis=0)
    return read


def numbers(column: pl.Series) -> Vector:
    """A numeric or Boolean column as floats, NaN where it is blank."""
    return column.cast(pl.Float64).fill_null(float("nan")).to_numpy()


def named_rows(wrong: Flags | Numbers) -> str:
    """'rows 3, 4 and 12 more', counted as spreadsheets do: row 1 is the header."""
    places = np.flatnonzero(wrong) if wrong.dtype == bool else wrong
    shown = ", ".join(str(place + 2) for place in places[:SHOWN])
    rest = len(places) - SHOWN
    return ("row " if len(places) == 1 else "rows ") + shown + (f" and {rest:,} more" if rest > 0 else "")


def check_nesting(columns: Columns) -> Iterator[Problem]:
    """PSUs that lie in several strata (T017)."""
    if not columns.units:
        return
    unit, stratum = columns.units[0], columns.strata[0]
    first = np.full(unit.max() + 1, -1)
    first[unit[::-1]] = stratum[::-1]
    wrong = first[unit] != stratum
    if wrong.any():
        count = len(np.unique(unit[wrong]))
        yield _problem(
            "T017",
            columns.names.psu[0] if columns.names.psu else "",
            f"{count:,} PSUs with another stratum in {named_rows(wrong)}",
            "every row of a PSU in one stratum",
            "Correct the column, or say that PSU numbers start anew in each stratum (nest=True, --nest).",
            rows=wrong,
        )


def check_fpc(columns: Columns) -> Iterator[Problem]:
    """Populations below the sample (T014), or that differ within a stratum (T016)."""
    for place, population in enumerate(columns.population):
        if population is None:
            continue
        unit, stratum = columns.units[place], columns.strata[place]
        name = columns.names.fpc[place]
        drawn = _drawn(unit, stratum, columns.count)
        small = population < drawn * (1 - 1e-12)
        if small.any():
            row = int(np.flatnonzero(small)[0])
            yield _problem(
                "T014",
                name,
                f"{population[row]:,.6g} units with {drawn[row]:,.0f} drawn, in {named_rows(small)}",
                "at least as many units in each stratum's population as were drawn from it",
                "Give the number of units in the stratum at this stage, or the fraction drawn, 1 at most.",
                rows=small,
            )
        if columns.names.unequal:
            continue
        first = np.zeros(stratum.max() + 1)
        first[stratum[::-1]] = population[::-1]
        varying = population != first[stratum]
        if varying.any() and not np.allclose(population, first[stratum], rtol=1e-9):
            yield _problem(
                "T016",
                name,
                f"another population than in the stratum's first row, in {named_rows(varying)}",
                "one number for all rows of a stratum",
                'Correct the column; for unequal probabilities say so (pps="brewer").',
                rows=varying,
            )


def check_lonely(columns: Columns, stages: Sequence[Stage], order: Numbers) -> Iterator[Problem]:
    """Strata with one unit drawn of several (T018)."""
    for place, stage in enumerate(stages):
        if not stage.lonely.any():
            continue
        rows = np.sort(order[stage.lonely[stage.stratum[stage.unit]]])
        names = columns.names.strata
        yield _problem(
            "T018",
            names[min(place, len(names) - 1)] if names else "",
            f"{int(stage.lonely.sum()):,} strata with one unit at stage {place + 1}, in {named_rows(rows)}",
            "two units or more in each stratum, or the whole of it",
            'Join strata, or choose a rule, lonely="adjust" or --lonely adjust: adjust (centre at the mean of all, '
            "cautious), average, remove or certainty.",
            rows=rows,
        )


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
        drawn = _drawn(read.units[place], read.strata[place], read.count)
        read.population[place] = drawn / size if fractions else size
    if sizes:
        first, drawn = read.population[0], _drawn(read.units[0], read.strata[0], read.count)
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


def _drawn(unit: Numbers, stratum: Numbers, count: Vector | None) -> Vector:
    """Of each row: distinct units in its stratum, or the sum of what rows stand for."""
    if count is not None:
        return np.bincount(stratum, weights=count).astype(np.float64)[stratum]
    several = len(unit) > 0 and np.bincount(unit).max() > 1
    of_units = np.unique(stratum * (unit.max() + 1) + unit) // (unit.max() + 1) if several else stratum
    return np.bincount(of_units, minlength=int(stratum.max()) + 1).astype(np.float64)[stratum]


def _unknown(frame: pl.DataFrame, names: Iterable[str]) -> Iterator[Problem]:
    for name in dict.fromkeys(names):
        if name not in frame.columns:
            yield _problem("T010", name, f"'{name}'", "a column of the table", suggestion(name, frame.columns))


def _not_numbers(frame: pl.DataFrame, name: str) -> Iterator[Problem]:
    column = frame[name]
    if not (column.dtype.is_numeric() or column.dtype == pl.Boolean or column.dtype == pl.Null):
        wrong = column.cast(pl.String, strict=False).cast(pl.Float64, strict=False).is_null() & column.is_not_null()
        found = (
            f"text, such as '{column.filter(wrong)[0]}' in {named_rows(wrong.to_numpy())}" if wrong.any() else "text"
        )
        yield _problem(
            "T011",
            name,
            found,
            "numbers",
            "Correct the values, or read the column as numbers.",
            rows=wrong.to_numpy(),
        )


def _blank(column: pl.Series) -> Iterator[Problem]:
    blank = (column.is_null() | column.is_nan()) if column.dtype.is_float() else column.is_null()
    if blank.any():
        yield _problem(
            "T013",
            column.name,
            f"blanks in {named_rows(blank.to_numpy())}",
            "a value in every row",
            "Fill them in, or leave these rows out before the design is made.",
            rows=blank.to_numpy(),
        )


def _weights(weight: Vector, name: str) -> Iterator[Problem]:
    for wrong, what in (
        (~np.isfinite(weight), "missing or infinite weights"),
        (np.isfinite(weight) & (weight < 0), "negative weights"),
    ):
        if wrong.any():
            yield _problem(
                "T012",
                name,
                f"{what} in {named_rows(wrong)}",
                "a weight of 0 or more in every row",
                "Weight these rows, or leave them out before the design is made.",
                rows=wrong,
            )
    if not (np.nan_to_num(weight) != 0).any():
        yield _problem("T012", name, "weights that are all 0", "some weight above 0", "Name the column of weights.")


def _populations(frame: pl.DataFrame, fpc: Sequence[str]) -> Iterator[Problem]:
    sizes = {name: numbers(frame[name]) for name in fpc}
    for name, size in sizes.items():
        wrong = ~(size > 0)
        if wrong.any():
            yield _problem(
                "T015",
                name,
                f"missing, zero or negative values in {named_rows(wrong)}",
                "populations of 1 or more, or fractions above 0",
                "Fill in the population of each row's stratum; for none at all use infinity.",
                rows=wrong,
            )
    everything = np.concatenate(list(sizes.values())) if sizes else np.empty(0)
    if (everything > 1).any() and (everything < 1).any():
        name = next(one for one, size in sizes.items() if (size < 1).any())
        wrong = sizes[name] < 1
        yield _problem(
            "T015",
            name,
            f"populations and fractions mixed: below 1 in {named_rows(wrong)}",
            "populations of 1 or more everywhere, or fractions of 1 or less everywhere",
            "Use one of the two for all stages.",
            rows=wrong,
        )


def check_replicates(given: ReplicateColumns) -> Iterator[Problem]:
    def wrong(found: str, expected: str, way_out: str) -> Problem:
        return _problem("T019", "", found, expected, way_out)

    count = len(given.columns)
    if given.type not in TYPES:
        yield wrong(f"type '{given.type}'", f"one of {', '.join(TYPES)}", suggestion(given.type, TYPES))
    if count < 2:
        yield wrong(f"{count} replicate columns", "two or more", "Name all columns, with a pattern such as 'rep_*'.")
    if given.rscales is not None and len(given.rscales) != count:
        yield wrong(f"{len(given.rscales)} rscales for {count} replicates", "one a replicate", "Give as many.")
    if given.type == "Fay" and not 0 < given.rho < 1:
        yield wrong(f"rho {given.rho:g}", "Fay's rho between 0 and 1", "Take it from the survey's documentation.")
    if given.combined and given.type == "JK1" and given.scale is None:
        yield wrong("JK1 weights without scale", "scale (n - 1)/n for combined weights", "Give scale.")
    if given.combined and given.type == "JKn" and given.rscales is None and given.scale is None:
        yield wrong("JKn weights without rscales", "rscales (n - 1)/n for combined weights", "Give rscales or scale.")


def _problem(
    code: str, column: str, found: str, expected: str, way_out: str, rows: Flags | Numbers | None = None
) -> Problem:
    row = 0
    if rows is not None and len(rows):
        places = np.flatnonzero(rows) if rows.dtype == bool else rows
        row = int(places[0]) + 2 if len(places) else 0
    return Problem(code, Place(row=row, column=column), found, expected, way_out)
