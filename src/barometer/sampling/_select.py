"""Equal-probability selection inside strata of any table of units: simple random and systematic.

Every function returns the drawn rows in the order of the frame, with the frame's own columns and then `population`,
`sampled`, `inclusion_probability`, `design_weight` (and `prn` where numbers were drawn). The frame handed in is never
changed: drawing twice draws twice from the same frame.

All raise BadInput with all problems at once: S001 (no units), S003 (the frame has one of these columns already: it is
a sample), S004 (no such column), S008 (more to draw than there are), S018 (strata and frame differ), and what is said
beside each function.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from barometer.problems import Place, Problem, raise_errors
from barometer.sampling._frame import missing_columns, number_problems, stratum_rows

Numbers = NDArray[np.float64]
Rows = NDArray[np.int64]
ADDED = ("population", "sampled", "inclusion_probability", "design_weight")
DRAWN_NUMBER = "prn"


def select_srs(
    units: pl.DataFrame,
    strata: pl.DataFrame,
    rng: np.random.Generator,
    *,
    stratum: str = "stratum",
    prn: str = "",
    start: float = 0.0,
) -> pl.DataFrame:
    """A simple random sample without replacement in each stratum: the `sampled` units whose permanent random numbers
    come first after `start` on the line that closes at 1 (sequential sampling, Ohlsson 1995). Ties go to the earlier
    row.

    `prn` names the column of numbers in [0, 1); none: new ones are drawn from `rng`, in the order of rows, and kept
    in a column `prn`. The same start coordinates positively with another sample of the same numbers, a start beyond
    the other sample's numbers negatively (see `start_points`). Raises also S011, S020, S024, S025.
    """
    problems = [*(() if prn else _taken(units, (DRAWN_NUMBER,))), *start_problems(start)]
    rows = rows_of(units, strata, stratum, prn, problems)
    numbers = units[prn].cast(pl.Float64).to_numpy() if prn else rng.random(units.height)
    n, population = strata["sampled"].to_numpy(), strata["population"].to_numpy()
    chosen = first_in_strata(after(numbers, start), rows, n, population)
    return drawn(units, chosen, rows, strata, (n / population)[rows[chosen]], None if prn else numbers)


def select_systematic(
    units: pl.DataFrame,
    strata: pl.DataFrame,
    rng: np.random.Generator,
    *,
    stratum: str = "stratum",
    sort: Sequence[str] = (),
) -> pl.DataFrame:
    """Every (N_h / n_h)-th unit of each stratum from a random start, the units being sorted by the columns `sort`
    (none: as the rows come; blanks first). The interval need not be whole: the k-th unit drawn is the one at
    (k + u) N_h / n_h, u uniform on [0, 1), so that n_h is exact and every unit has the probability n_h / N_h.
    """
    rows = rows_of(units, strata, stratum, "", list(missing_columns(units, sort)))
    n, population = strata["sampled"].to_numpy(), strata["population"].to_numpy()
    order = in_strata(rows, len(n), units, sort)
    first = np.concatenate([[0], np.cumsum(population)])[:-1]
    owner = np.repeat(np.arange(len(n)), n)
    step = np.arange(len(owner)) - np.repeat(np.concatenate([[0], np.cumsum(n)])[:-1], n)
    places = np.floor((step + rng.random(len(n))[owner]) * population[owner] / n[owner]).astype(np.int64)
    chosen = np.sort(order[first[owner] + np.minimum(places, population[owner] - 1)])
    return drawn(units, chosen, rows, strata, (n / population)[rows[chosen]], None)


def rows_of(
    units: pl.DataFrame, strata: pl.DataFrame, stratum: str, prn: str, problems: Sequence[Problem] = ()
) -> Rows:
    """For each unit the row of its stratum; raises all problems of the two tables."""
    found = [*problems, *_taken(units, ADDED)]
    if units.is_empty():
        way_out = "Check the conditions the frame was chosen by."
        found.append(Problem("S001", Place(), "0 units", "at least one unit", way_out))
    found += missing_columns(units, [stratum, *([prn] if prn else [])])
    found += missing_columns(strata, [stratum, "population", "sampled"])
    if prn in units.columns:
        found += number_problems(units, prn)
    if {"population", "sampled"} <= set(strata.columns):
        wrong = strata.filter(~pl.col("sampled").is_between(0, pl.col("population")).fill_null(False))
        if wrong.height:
            first = wrong.row(0, named=True)
            place, way_out = Place(column="sampled"), "Allocate within the strata, or ask everyone."
            told = f"{wrong.height} strata, such as '{first.get(stratum)}': {first['sampled']} of {first['population']}"
            found.append(Problem("S008", place, told, "0 up to the units of the stratum", way_out))
    raise_errors(found)
    return np.asarray(stratum_rows(units, strata, stratum))


def start_problems(start: float) -> list[Problem]:
    """A start outside [0, 1) (S020)."""
    if 0 <= start < 1:
        return []
    way_out = "Take the part behind the decimal point, 0.25 for 1.25."
    return [Problem("S020", Place(), f"start {start:g}", "from 0 up to, but not including, 1", way_out)]


def after(numbers: Numbers, start: float) -> Numbers:
    """How far each number lies behind `start`, going up and round: uniform on [0, 1) as the numbers are."""
    if start == 0:
        return numbers
    moved = numbers - start
    moved[moved < 0] += 1
    return moved


def first_in_strata(numbers: Numbers, rows: Rows, n: Rows, population: Rows) -> Rows:
    """Positions, ascending, of the n_h smallest numbers of each stratum; ties: the earlier position.

    Only numbers below a limit that nearly always holds enough of them are sorted; a stratum where it does not is
    looked through whole.
    """
    share = n / population
    limit = share + 6 * np.sqrt(share * (1 - share) / population) + 12 / population
    limit[n == 0] = -1.0
    near = np.flatnonzero(numbers <= limit[rows])
    short = np.bincount(rows[near], minlength=len(n)) < n
    if short.any():
        near = np.flatnonzero((numbers <= limit[rows]) | short[rows])
    owner = rows[near]
    order = np.lexsort((numbers[near], owner))
    found = np.bincount(owner, minlength=len(n))
    rank = np.arange(len(near)) - np.repeat(np.cumsum(found) - found, found)
    return np.sort(near[order[rank < n[owner[order]]]])


def in_strata(rows: Rows, strata: int, units: pl.DataFrame, sort: Sequence[str]) -> Rows:
    """Positions of the units stratum by stratum, inside by the columns `sort`, then as the rows come."""
    if sort:
        keyed = units.select(pl.Series("_stratum", rows), *(pl.col(name).alias(f"_{name}") for name in sort))
        keyed = keyed.with_columns(_place=np.arange(len(rows)))
        return keyed.sort(pl.exclude("_place"), maintain_order=True)["_place"].to_numpy()
    if (rows[1:] >= rows[:-1]).all():
        return np.arange(len(rows))
    return np.argsort(rows.astype(np.uint16) if strata < 2**16 else rows, kind="stable")


def drawn(
    units: pl.DataFrame, chosen: Rows, rows: Rows, strata: pl.DataFrame, probability: Numbers, numbers: Numbers | None
) -> pl.DataFrame:
    """The chosen rows with what is known of their selection."""
    of_stratum = strata.select(pl.col("population", "sampled").cast(pl.Int64))[rows[chosen]]
    new: dict[str, Any] = {"inclusion_probability": probability, "design_weight": 1 / probability}
    if numbers is not None:
        new[DRAWN_NUMBER] = numbers[chosen]
    return units[chosen].with_columns(of_stratum["population"], of_stratum["sampled"], **new)


def _taken(units: pl.DataFrame, names: Sequence[str]) -> list[Problem]:
    place_of = {name: Place(column=name) for name in names if name in units.columns}
    way_out = "Draw from the frame, not from a sample of it, or rename the column."
    return [
        Problem("S003", place, f"a column called '{name}'", "a frame without it", way_out)
        for name, place in place_of.items()
    ]
