"""A table of the release as every format can write it: dimensions, values row by row, and a mark a cell."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import product
from math import prod

import polars as pl

from barometer.model import Language, Measure, Text
from barometer.problems import BadInput, Place, Problem, suggestion

INDICATOR, MEASURE, PERIOD = "indicator", "measure", "period"
HIDDEN, EMPTY, UNAVAILABLE, BREAK, KEPT = "c", "z", "x", "b", "f"


@dataclass(frozen=True)
class Category:
    """One value of a dimension. `unit` and `decimals` belong to measures, `notes` to indicators."""

    code: str
    label: Text
    notes: tuple[Text, ...] = ()
    unit: Text = field(default_factory=dict)
    decimals: int = 0


@dataclass(frozen=True)
class Dimension:
    """One way to look a number up. `role`: 'indicator', 'group', 'period' or 'measure'. `everyone`: the category
    that takes in all others, '' where there is none."""

    id: str
    role: str
    label: Text
    categories: tuple[Category, ...]
    everyone: str = ""

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(category.code for category in self.categories)


@dataclass(frozen=True)
class DataCube:
    """A table. `values` and `marks` run over `dimensions` with the last one fastest (row-major).

    A value is None where it is not published; shares are per cent. `marks`: '' or why the cell needs care: 'c'
    confidential, 'z' nobody answered, 'q' too uncertain, 'u' uncertain, 'm' no margin, 'b' series break, 'f' kept
    from an earlier release, 'x' not made; `legend` tells each that occurs. `number` is the release's, None before it
    has one. `across`: how many of the last dimensions stand in the heading; the others stand in the stub.
    """

    id: str
    edition: str
    survey: str
    breakdown: str
    measure: Measure
    languages: tuple[Language, ...]
    title: Text
    subject: Text
    notes: tuple[Text, ...]
    source: Text
    contact: str
    licence: str
    agency: str
    updated: datetime
    period: tuple[date, date]
    synthetic: bool
    dimensions: tuple[Dimension, ...]
    values: tuple[float | None, ...]
    marks: tuple[str, ...]
    legend: Mapping[str, Text]
    number: int | None = None
    across: int = 2

    @property
    def stub(self) -> tuple[Dimension, ...]:
        return self.dimensions[: len(self.dimensions) - self.across]

    @property
    def heading(self) -> tuple[Dimension, ...]:
        return self.dimensions[len(self.dimensions) - self.across :]

    @property
    def size(self) -> tuple[int, ...]:
        return tuple(len(dimension.categories) for dimension in self.dimensions)

    @property
    def gaps(self) -> set[str]:
        """Marks that stand where there is no number."""
        return {mark for value, mark in zip(self.values, self.marks, strict=True) if value is None}

    def dimension(self, name: str) -> Dimension:
        return next(dimension for dimension in self.dimensions if dimension.id == name)

    def keys(self) -> "product[tuple[str, ...]]":
        """The codes of every cell, in the order of `values`."""
        return product(*(dimension.codes for dimension in self.dimensions))


def say(text: Text, language: Language) -> str:
    """`text` in `language`, on one line, without marks of emphasis; in its first language if not translated."""
    return " ".join((text.get(language) or next(iter(text.values()), "")).replace("**", "").split())


def select(cube: DataCube, selection: Mapping[str, Sequence[str]]) -> DataCube:
    """The part of `cube` with the codes of `selection` (dimension -> codes, in the cube's order); dimensions that are
    not named stay whole. Raises `BadInput` with P030 for each unknown dimension or code, and for an empty choice."""
    problems = list(_unknown(cube, selection))
    if problems:
        raise BadInput(tuple(problems))
    wanted = {name: frozenset(codes) for name, codes in selection.items()}
    places, dimensions = [], []
    for dimension in cube.dimensions:
        kept = [
            place
            for place, code in enumerate(dimension.codes)
            if dimension.id not in wanted or code in wanted[dimension.id]
        ]
        places.append(kept)
        dimensions.append(replace(dimension, categories=tuple(dimension.categories[place] for place in kept)))
    return _taken(cube, dimensions, zip(places, _steps(cube), strict=True))


def pivot(cube: DataCube, stub: Sequence[str], heading: Sequence[str]) -> DataCube:
    """The same table with the dimensions `stub` down the side and `heading` across the top, each exactly once."""
    order = [*stub, *heading]
    if order == [one.id for one in cube.dimensions]:
        return cube if cube.across == len(heading) else replace(cube, across=len(heading))
    named = {one.id: (one, step) for one, step in zip(cube.dimensions, _steps(cube), strict=True)}
    chosen = [named[name] for name in order]
    parts = ((range(len(one.categories)), step) for one, step in chosen)
    return replace(_taken(cube, [one for one, _ in chosen], parts), across=len(heading))


def _steps(cube: DataCube) -> list[int]:
    """How far apart in `values` two neighbours of each dimension are."""
    return [prod(cube.size[place + 1 :]) for place in range(len(cube.size))]


def _taken(cube: DataCube, dimensions: Sequence[Dimension], parts: Iterable[tuple[Sequence[int], int]]) -> DataCube:
    """`cube` with other dimensions; `parts`: of each, the places kept of the old one and their step in `values`."""
    offsets = [0]
    for kept, step in parts:
        offsets = [offset + place * step for offset in offsets for place in kept]
    return replace(
        cube,
        dimensions=tuple(dimensions),
        values=tuple(cube.values[offset] for offset in offsets),
        marks=tuple(cube.marks[offset] for offset in offsets),
    )


def _unknown(cube: DataCube, selection: Mapping[str, Sequence[str]]) -> "list[Problem]":
    known = [dimension.id for dimension in cube.dimensions]
    problems = []
    for name, codes in selection.items():
        place = Place(cube.id, field=name)
        if name not in known:
            problems.append(
                Problem("P030", place, f"variable '{name}'", "one of: " + ", ".join(known), suggestion(name, known))
            )
            continue
        valid = cube.dimension(name).codes
        told = "one of: " + ", ".join(valid)
        problems += [
            Problem("P030", place, f"value '{code}' of {name}", told, suggestion(code, valid))
            for code in codes
            if code not in valid
        ]
        if not codes:
            problems.append(Problem("P030", place, f"no values of {name}", told, "Name at least one value."))
    return problems


def wide(cube: DataCube, languages: Sequence[Language]) -> pl.DataFrame:
    """One row a cell, one column a measure, for people and programs that take tables: edition, synthetic, code and
    label(s) of every other dimension, the measures, and the mark of the first of them: as `status` where its number is
    not there, else as `quality`."""
    others = [dimension for dimension in cube.dimensions if dimension.role != MEASURE]
    measures = cube.dimension(MEASURE).categories
    assert cube.dimensions[-1].role == MEASURE
    rows = list(product(*(range(len(dimension.categories)) for dimension in others)))
    columns: dict[str, pl.Series] = {
        "edition": pl.Series([cube.edition] * len(rows), dtype=pl.String),
        "synthetic": pl.Series([cube.synthetic] * len(rows), dtype=pl.Boolean),
    }
    for place, dimension in enumerate(others):
        columns[dimension.id] = pl.Series([dimension.codes[row[place]] for row in rows], dtype=pl.String)
        for language in languages:
            labels = [say(category.label, language) for category in dimension.categories]
            name = f"{dimension.id}_label" + (f"_{language}" if len(languages) > 1 else "")
            columns[name] = pl.Series([labels[row[place]] for row in rows], dtype=pl.String)
    for place, measure in enumerate(measures):
        kind = pl.Int64 if is_count(measure) else pl.Float64
        columns[measure.code] = pl.Series(list(cube.values[place :: len(measures)]), dtype=kind)
    first = list(zip(cube.values[:: len(measures)], cube.marks[:: len(measures)], strict=True))
    columns["status"] = pl.Series([mark if value is None else "" for value, mark in first], dtype=pl.String)
    columns["quality"] = pl.Series(["" if value is None else mark for value, mark in first], dtype=pl.String)
    return pl.DataFrame(columns)


def is_count(measure: Category) -> bool:
    """Whether a measure counts answers: whole numbers."""
    return measure.code.startswith("n")
