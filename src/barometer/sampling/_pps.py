"""Selection in proportion to size: systematic, Sampford, Pareto and Poisson."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import polars as pl

from barometer.problems import Place, Problem, raise_errors
from barometer.sampling._frame import missing_columns, not_numeric, number_problems, size_problems, some_rows
from barometer.sampling._select import (
    DRAWN_NUMBER,
    Numbers,
    Rows,
    after,
    drawn,
    in_strata,
    rows_of,
    start_problems,
)

Method = Literal["systematic", "sampford", "pareto", "poisson"]
_CERTAIN = 1 - 1e-9


def select_pps(
    units: pl.DataFrame,
    strata: pl.DataFrame,
    rng: np.random.Generator,
    *,
    size: str,
    method: Method = "systematic",
    stratum: str = "stratum",
    sort: Sequence[str] = (),
    prn: str = "",
    start: float = 0.0,
) -> pl.DataFrame:
    """Units with probabilities in proportion to the column `size` in each stratum (see `inclusion_probabilities`).

    - `systematic`: along the units sorted by `sort`, one random start a stratum (Madow 1949). Exact n_h and
      probabilities; many pairs have no chance of being drawn together, so that variances are approximated.
    - `sampford`: exact n_h and probabilities, every pair has a chance (Sampford 1967; drawn as one unit and a Poisson
      sample, accepted when they fit together, Bondesson and Grafström 2011).
    - `pareto`: the n_h smallest u (1 - π) / ((1 - u) π), with permanent random numbers u (Rosén 1997). Exact n_h;
      probabilities are π up to a fraction of a per cent. The one to choose for coordinated samples of fixed size.
    - `poisson`: each unit by itself, when its number is below π (Brewer, Early and Joyce 1972). Exact probabilities,
      random size with mean n_h; the best coordination.

    `prn` and `start` serve `pareto` and `poisson` as in `select_srs`; without `prn` numbers are drawn from `rng` and
    kept in a column `prn`. Returns and raises what the functions of `_select` do; also S012 (sizes), S011, S020, S024
    (numbers), S025.
    """
    numbered = method in ("pareto", "poisson")
    problems = [*_size_problems(units, size), *missing_columns(units, sort), *start_problems(start)]
    if numbered and not prn and DRAWN_NUMBER in units.columns:
        way_out = 'Use the numbers with prn="prn", or rename the column.'
        problems.append(Problem("S003", Place(column="prn"), "a column called 'prn'", "a frame without it", way_out))
    rows = rows_of(units, strata, stratum, prn if numbered else "", problems)
    n, population = strata["sampled"].to_numpy(), strata["population"].to_numpy()
    probability = _probabilities(units[size].cast(pl.Float64).to_numpy(), rows, n)
    numbers = None
    if method == "systematic":
        chosen = _systematic(probability, rows, n, population, in_strata(rows, len(n), units, sort), rng)
    elif method == "sampford":
        chosen = _sampford(probability, rows, in_strata(rows, len(n), units, ()), population, rng)
    else:
        numbers = units[prn].cast(pl.Float64).to_numpy() if prn else rng.random(units.height)
        moved = after(numbers, start)
        if method == "poisson":
            chosen = np.flatnonzero(moved < probability)
        else:
            chosen = _pareto(probability, moved, rows, n, population)
    return drawn(units, chosen, rows, strata, probability[chosen], None if prn else numbers)


def select_poisson(
    units: pl.DataFrame, rng: np.random.Generator, *, probability: str, prn: str = "", start: float = 0.0
) -> pl.DataFrame:
    """Each unit by itself with the probability in its column `probability`: drawn when its number behind `start` is
    below it. Adds `inclusion_probability`, `design_weight` and, where numbers were drawn, `prn`; the frame's order.

    Raises BadInput: S003, S004, S011, S019 (a probability not above 0 and at most 1), S020, S024, S025.
    """
    added = ("inclusion_probability", "design_weight", *(() if prn else (DRAWN_NUMBER,)))
    problems = [*missing_columns(units, [probability, *([prn] if prn else [])]), *start_problems(start)]
    problems += [
        Problem("S003", Place(column=name), f"a column called '{name}'", "a frame without it", "Rename the column.")
        for name in added
        if name in units.columns and name != probability
    ]
    if probability in units.columns:
        problems += _probability_problems(units, probability)
    if prn in units.columns:
        problems += number_problems(units, prn)
    raise_errors(problems)
    numbers = units[prn].cast(pl.Float64).to_numpy() if prn else rng.random(units.height)
    chance = units[probability].cast(pl.Float64).to_numpy()
    chosen = np.flatnonzero(after(numbers, start) < chance)
    new = {"inclusion_probability": chance[chosen], "design_weight": 1 / chance[chosen]}
    return units[chosen].with_columns(**new, **({} if prn else {DRAWN_NUMBER: numbers[chosen]}))


def inclusion_probabilities(
    units: pl.DataFrame, strata: pl.DataFrame, size: str, *, stratum: str = "stratum"
) -> pl.Series:
    """π of each unit, in the order of the rows: n_h x / X_h in its stratum; units that would pass 1 are taken for
    certain, and the rest of n_h is spread over the others, again and again until none passes. Sums to n_h exactly,
    up to rounding. Raises BadInput as `select_pps`.
    """
    rows = rows_of(units, strata, stratum, "", list(_size_problems(units, size)))
    values = units[size].cast(pl.Float64).to_numpy()
    return pl.Series("inclusion_probability", _probabilities(values, rows, strata["sampled"].to_numpy()))


def _probabilities(sizes: Numbers, rows: Rows, n: Rows) -> Numbers:
    totals = np.bincount(rows, weights=sizes, minlength=len(n))
    probability: Numbers = (n / totals)[rows]
    probability *= sizes
    over = np.flatnonzero(probability >= 1)
    if not len(over):
        return probability
    concerned = np.zeros(len(n), dtype=bool)
    concerned[rows[over]] = True
    inside = np.flatnonzero(concerned[rows])  # only strata with certain units need another look
    owner, size = rows[inside], sizes[inside]
    certain = probability[inside] >= 1
    while True:
        left = n - np.bincount(owner[certain], minlength=len(n))
        rest = np.bincount(owner[~certain], weights=size[~certain], minlength=len(n))
        factor = np.divide(left, rest, out=np.zeros(len(n)), where=rest > 0)
        chance = np.where(certain, 1.0, size * factor[owner])
        more = ~certain & (chance >= 1)
        if not more.any():
            probability[inside] = chance
            return probability
        certain |= more


def _systematic(probability: Numbers, rows: Rows, n: Rows, counts: Rows, order: Rows, rng: np.random.Generator) -> Rows:
    """Units whose stretch of the cumulated probabilities holds one of the points u, u + 1, … of their stratum."""
    line = probability[order]
    sure = line >= _CERTAIN
    certain = order[sure]
    if len(certain):
        line[sure] = 0.0  # no stretch of the line, so that no point falls on it
        n = n - np.bincount(rows[certain], minlength=len(n))
    np.cumsum(line, out=line)
    reached = np.concatenate([[0.0], line[np.cumsum(counts) - 1]])  # where each stratum begins, and the end
    begin = rng.random(len(n))
    owner = np.repeat(np.arange(len(n)), n)
    step = np.arange(len(owner)) - np.repeat(np.cumsum(n) - n, n)
    points = reached[owner] + (step + begin[owner]) * (np.diff(reached) / np.maximum(n, 1))[owner]
    points = np.clip(points, reached[owner], np.nextafter(reached[owner + 1], 0.0))
    places = np.searchsorted(line, points, side="right")
    return np.sort(np.concatenate([certain, order[places]]))


def _sampford(probability: Numbers, rows: Rows, order: Rows, population: Rows, rng: np.random.Generator) -> Rows:
    parts = np.split(order, np.cumsum(population)[:-1])
    return np.sort(np.concatenate([part[_sampford_sample(probability[part], rng)] for part in parts]))


def _sampford_sample(probability: Numbers, rng: np.random.Generator) -> Rows:
    """One unit with probability π / n and a Poisson sample of the others, until they are n different units.

    Accepted with a probability near 0.4 / sqrt(sum of π (1 - π)): a few to a few dozen tries.
    """
    certain = np.flatnonzero(probability >= _CERTAIN)
    others = np.flatnonzero((probability < _CERTAIN) & (probability > 0))
    chance = probability[others]
    size = round(float(chance.sum()))
    if size == 0:
        return certain
    line = np.cumsum(chance)
    while True:
        extra = min(int(np.searchsorted(line, rng.random() * line[-1], side="right")), len(others) - 1)
        taken = rng.random(len(others)) < chance
        if not taken[extra] and taken.sum() == size - 1:
            taken[extra] = True
            return np.concatenate([certain, others[taken]])


def _pareto(probability: Numbers, numbers: Numbers, rows: Rows, n: Rows, population: Rows) -> Rows:
    with np.errstate(divide="ignore"):
        odds = numbers * (1 - probability) / ((1 - numbers) * probability)
    order = np.lexsort((odds, rows))
    rank = np.arange(len(order)) - np.repeat(np.cumsum(population) - population, population)
    return np.sort(order[rank < n[rows[order]]])


def _size_problems(units: pl.DataFrame, size: str) -> list[Problem]:
    if size not in units.columns:
        return list(missing_columns(units, [size]))
    return list(size_problems(units, size))


def _probability_problems(units: pl.DataFrame, name: str) -> list[Problem]:
    if not units[name].dtype.is_numeric():
        return [not_numeric(units, name)]
    bad = ~((units[name] > 0) & (units[name] <= 1)).fill_null(False)
    if not bad.any():
        return []
    found = f"{bad.sum()} probabilities: {some_rows(bad)}"
    way_out = "Take units that nobody means to draw out of the frame, and those above 1 for certain, with 1."
    return [Problem("S019", Place(column=name), found, "above 0 and at most 1", way_out)]
