"""Who of the sample responds: unequally by register category, exactly so many."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from barometer.problems import Place, Problem, raise_errors
from barometer.simulation._specification import FILE, ResponsePlan


def respondents(
    units: pl.DataFrame,
    plan: ResponsePlan,
    survey: str,
    classes: Sequence[tuple[str, ...]],
    rng: np.random.Generator,
) -> pl.DataFrame:
    """The responding units of a sample, in random order.

    Without replacement, with chances proportional to the product of the relative rates (Efraimidis and Spirakis
    2006). Each cell of `classes`, crossings of register columns, has one respondent for certain, since answers
    could not be weighted otherwise. Raises BadInput E061 when there are not enough units for the numbers asked.
    """
    wanted = plan.respondents if plan.respondents is not None else max(1, round(plan.rate * units.height))
    inclination = np.ones(units.height)
    for column, rates in plan.rates.items():
        inclination *= units[column].replace_strict(rates, default=1.0, return_dtype=pl.Float64).to_numpy()
    keys = np.log(rng.uniform(size=units.height)) / np.maximum(inclination, 1e-12)
    for columns in classes:
        keys[_first_of_each(units.select(columns), keys)] = 0.0
    fixed = [(column, code, int(n)) for column, counts in plan.exactly.items() for code, n in counts.items()]
    chosen = np.zeros(units.height, dtype=bool)
    free = np.ones(units.height, dtype=bool)
    problems = []
    for column, code, count in fixed:
        of_category = (units[column] == code).to_numpy()
        free &= ~of_category
        problems += _too_few(survey, f"{column} {code}", int(of_category.sum()), count)
        chosen |= _largest(keys, of_category, count)
    rest = wanted - sum(count for _, _, count in fixed)
    problems += _too_few(survey, "the other units" if fixed else "the sample", int(free.sum()), rest)
    raise_errors(problems)
    chosen |= _largest(keys, free, rest)
    return units.filter(pl.Series(chosen))[rng.permutation(wanted)]


def _first_of_each(cells: pl.DataFrame, keys: NDArray[np.float64]) -> NDArray[np.int64]:
    """Row of the largest key in each cell; keys are negative."""
    ranked = cells.with_row_index("row")[np.argsort(-keys, kind="stable")]
    return ranked.unique(cells.columns, keep="first", maintain_order=True)["row"].to_numpy().astype(np.int64)


def _largest(keys: NDArray[np.float64], among: NDArray[np.bool_], count: int) -> NDArray[np.bool_]:
    """The `count` units with the largest keys among those flagged."""
    order = np.argsort(np.where(among, -keys, np.inf), kind="stable")
    chosen = np.zeros(len(keys), dtype=bool)
    chosen[order[: max(0, count)]] = True
    return chosen & among


def _too_few(survey: str, group: str, available: int, wanted: int) -> list[Problem]:
    if 0 <= wanted <= available:
        return []
    place = Place(FILE, field=f"{survey}.response")
    found = f"{wanted} respondents wanted, {group}: {available} units"
    expected = "numbers that the sample can give"
    return [Problem("E061", place, found, expected, "Change 'respondents' or 'exactly', or draw a larger sample.")]
