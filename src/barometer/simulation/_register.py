"""A synthetic register of units, made column by column from the shares of a specification."""

import io

import numpy as np
import polars as pl
from numpy.typing import NDArray

from barometer.simulation._specification import RegisterColumn, read_register_plan


def make_register(specification: bytes) -> bytes:
    """The register that the [register] table of a simulation.toml describes, as the CSV of a frame.

    Columns: unit_id, those of the specification in their order, prn (permanent random number in [0, 1)).
    Shares are met exactly, up to rounding to whole units. The same specification gives the same bytes.
    Raises BadInput with every problem found.
    """
    plan = read_register_plan(specification)
    rng = np.random.default_rng(plan.seed)
    width = len(str(plan.units))
    table = pl.DataFrame({"unit_id": [f"{plan.prefix}{i:0{width}d}" for i in range(1, plan.units + 1)]})
    for column in plan.columns:
        table = table.with_columns(_values(column, table, rng).alias(column.name))
    prn = rng.permutation(plan.units) + rng.uniform(size=plan.units)
    table = table.with_columns(prn=pl.Series((prn / plan.units).round(6).clip(0, 1 - 1e-6)))
    out = io.BytesIO()
    table.write_csv(out)
    return out.getvalue()


def _values(column: RegisterColumn, table: pl.DataFrame, rng: np.random.Generator) -> pl.Series:
    if column.classes_of:
        return _classes(column, table[column.classes_of].to_numpy())
    if column.medians:
        return pl.Series(_amounts(column, table, rng))
    if not column.given:
        return pl.Series(_categories(column.shares[""], table.height, rng))
    given = table[column.given].to_numpy()
    values = np.empty(table.height, dtype=object)
    for category, shares in column.shares.items():
        rows = np.flatnonzero(given == category)
        values[rows] = _categories(shares, len(rows), rng)
    return pl.Series(values.tolist(), dtype=pl.String)


def _categories(shares: dict[str, float], units: int, rng: np.random.Generator) -> list[str]:
    """Categories for so many units, in random order, each exactly as often as its share says."""
    counts = _whole(np.array(list(shares.values())), units)
    values = np.repeat(np.array(list(shares), dtype=object), counts)
    return [str(value) for value in rng.permutation(values)]


def _whole(shares: NDArray[np.float64], units: int) -> NDArray[np.int64]:
    """Shares of `units` in whole units, by largest remainder."""
    exact = shares / shares.sum() * units
    counts = np.floor(exact).astype(np.int64)
    short = units - int(counts.sum())
    counts[np.argsort(counts - exact, kind="stable")[:short]] += 1
    return np.asarray(counts)


def _amounts(column: RegisterColumn, table: pl.DataFrame, rng: np.random.Generator) -> NDArray[np.int64]:
    """Log-normal amounts, at least 1: few units are large. Sizes of establishments are near to log-normal
    (Gibrat 1931)."""
    medians = table[column.given].replace_strict(column.medians, return_dtype=pl.Float64).to_numpy()
    location = np.log(medians)
    for name, factors in column.factors.items():
        factor = table[name].replace_strict(factors, default=1.0, return_dtype=pl.Float64).to_numpy()
        location = location + np.log(factor)
    amounts = np.exp(location + column.spread * rng.standard_normal(table.height))
    return np.asarray(np.maximum(1, np.rint(amounts)), dtype=np.int64)


def _classes(column: RegisterColumn, amounts: NDArray[np.int64]) -> pl.Series:
    codes, lower = list(column.classes), np.array(list(column.classes.values()))
    which = np.searchsorted(lower, amounts, side="right") - 1
    return pl.Series([codes[i] for i in np.maximum(which, 0)], dtype=pl.String)
