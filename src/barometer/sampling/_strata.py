"""Strata: the crossing of register columns, what is known of each, and the sampling fraction it asks for."""

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from barometer.model import Design
from barometer.problems import Place, Problem, raise_errors
from barometer.sampling._frame import codes_of, missing_columns, not_numeric

WHOLE_FRAME = "all"
"""The only stratum of a design without strata."""


def stratum_of(columns: tuple[str, ...]) -> pl.Expr:
    """Code of a unit's stratum: its categories joined by ':'; null where one of them is blank."""
    if not columns:
        return pl.lit(WHOLE_FRAME)
    return pl.concat_str([pl.col(name).cast(pl.String) for name in columns], separator=":")


def fractions_of(design: Design, strata: pl.DataFrame) -> NDArray[np.float64]:
    """Sampling fraction of each stratum; 1 for all (proportional allocation) where the design gives none."""
    if not design.fraction_by:
        return np.ones(strata.height)
    categories = strata[design.fraction_by].cast(pl.String)
    return np.array([design.fractions[category] for category in categories], dtype=np.float64)


def everyone_asked(design: Design) -> pl.Expr:
    """Of a stratum: is it one where the design asks everyone?"""
    return pl.any_horizontal(
        pl.lit(False), *(pl.col(name).cast(pl.String).is_in(list(codes)) for name, codes in design.census.items())
    )


def census_problems(design: Design, units: pl.DataFrame) -> Iterator[Problem]:
    """Categories where everyone is to be asked that are not of a stratum column, or have no units."""
    for name, codes in design.census.items():
        if name not in design.strata:
            way_out = f"Add '{name}' to strata, or use one of: {', '.join(design.strata)}."
            yield Problem("S004", Place(), f"'{name}', which is no stratum column", "one of the strata", way_out)
        present = set(units[name].cast(pl.String)) if name in units.columns else set(codes)
        for code in codes:
            if code not in present:
                way_out = "Check the spelling, or take the category out of census."
                yield Problem("S018", Place(), f"no stratum with {name} '{code}'", "a category with units", way_out)


def strata_table(
    units: pl.DataFrame, stratum: str = "stratum", *, variable: str = "", keep: Sequence[str] = ()
) -> pl.DataFrame:
    """One row a stratum of `units`, ordered by `stratum`: `population` N_h and, with a numeric `variable` of the
    register, its `mean`, `total` and `deviation` S_h (divisor N_h - 1; 0 in a stratum of one unit).

    `keep` are columns with one value within each stratum, such as those the strata were made of. Blanks of
    `variable` are left out of its figures; a stratum with nothing but blanks has them null. Raises BadInput: S004
    (no such column), S025 (`variable` is no number).
    """
    raise_errors(missing_columns(units, [stratum, *keep, *([variable] if variable else [])]))
    if variable and not units[variable].dtype.is_numeric():
        raise_errors([not_numeric(units, variable)])
    codes, labels = codes_of(units[stratum])
    population = np.bincount(codes, minlength=len(labels))
    table = pl.DataFrame({stratum: labels.cast(units[stratum].dtype), "population": population})
    if keep:
        first = np.zeros(len(labels), dtype=np.int64)
        first[codes[::-1]] = np.arange(len(codes))[::-1]
        table = table.hstack(units.select(keep)[first])
    if variable:
        table = table.with_columns(**_figures(units[variable], codes, population))
    return table


def _figures(column: pl.Series, codes: NDArray[np.int64], population: NDArray[np.int64]) -> dict[str, pl.Series]:
    """Mean, total and standard deviation of each stratum, the squares taken from the mean, for precision."""
    strata, known = len(population), population
    if column.null_count():
        there = column.is_not_null().to_numpy()
        codes, column = codes[there], column.drop_nulls()
        known = np.bincount(codes, minlength=strata)
    values = column.cast(pl.Float64).to_numpy()
    total = np.bincount(codes, weights=values, minlength=strata)
    mean = total / np.maximum(known, 1)
    apart = values - mean[codes]
    apart *= apart
    squares = np.bincount(codes, weights=apart, minlength=strata)
    deviation = np.sqrt(squares / np.maximum(known - 1, 1))
    blank = pl.Series(known == 0)
    return {
        name: pl.Series(figure).set(blank, None)
        for name, figure in (("mean", mean), ("total", total), ("deviation", deviation))
    }
