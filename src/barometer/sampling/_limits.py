"""The least and the most units of each stratum, and what is wrong with a table of strata."""

from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from barometer.problems import Place, Problem, raise_errors
from barometer.sampling._frame import missing_columns, not_numeric

Numbers = NDArray[np.float64]
Counts = NDArray[np.int64]


def limits(
    strata: pl.DataFrame, minimum: int | str, maximum: int | str | None, census: str
) -> tuple[Counts, Counts, tuple[Problem, ...]]:
    """Lower and upper limits of each stratum, and everything wrong with them.

    A number holds for all strata; text names a column. A stratum smaller than `minimum` gives all it has. Strata
    whose column `census` is true give everyone.
    """
    names = [name for name in ("population", minimum, maximum, census) if isinstance(name, str) and name]
    problems = list(missing_columns(strata, names))
    problems += [
        not_numeric(strata, name)
        for name in names
        if name != census and name in strata.columns and not strata[name].dtype.is_integer()
    ]
    if problems or strata.is_empty():
        if strata.is_empty():
            problems.append(Problem("S001", Place(), "0 strata", "at least one", "Make strata of a frame with units."))
        return np.empty(0, np.int64), np.empty(0, np.int64), tuple(problems)
    population = strata["population"].fill_null(0).to_numpy()
    low = np.minimum(_numbers(strata, minimum), population)
    high = population if maximum is None else np.minimum(_numbers(strata, maximum), population)
    if census:
        everyone = strata[census].cast(pl.Boolean).fill_null(False).to_numpy()
        low, high = np.where(everyone, population, low), np.where(everyone, population, high)
    problems = [*_empty(strata, population, low), *_crossed(strata, low, high)]
    return low.astype(np.int64), high.astype(np.int64), tuple(problems)


def numeric(strata: pl.DataFrame, name: str, *, above_zero: bool) -> tuple[Numbers, tuple[Problem, ...]]:
    """A column every stratum needs a number in, and what is wrong with it (S004, S013, S025)."""
    problems = tuple(missing_columns(strata, [name]))
    if problems:
        return np.ones(strata.height), problems
    if not strata[name].dtype.is_numeric():
        return np.ones(strata.height), (not_numeric(strata, name),)
    values = strata[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()
    bad = ~(np.isfinite(values) & ((values > 0) if above_zero else (values >= 0)))
    if not bad.any():
        return values, ()
    expected = "a number above 0 for each stratum" if above_zero else "a number, 0 or more, for each stratum"
    found = f"{int(bad.sum())} strata without: {named(strata, bad)}"
    way_out = "Fill in the figure from an earlier round, or join the stratum with a neighbour by stratify(minimum=2)."
    return np.ones(strata.height), (Problem("S013", Place(column=name), found, expected, way_out),)


def size_problems(total: int, strata: pl.DataFrame, low: Counts, high: Counts) -> Iterator[Problem]:
    """The sample size does not lie between the sums of the limits (S008, S009)."""
    if total > high.sum():
        found = f"a sample of {total:,} units; the strata allow {int(high.sum()):,}"
        way_out = f"Lower the sample size to {int(high.sum()):,} or less, or raise the maximums."
        yield Problem("S008", Place(), found, f"at most {int(high.sum()):,}", way_out)
    if total < low.sum():
        least = int(low.sum())
        largest = np.zeros(len(low), dtype=bool)
        largest[np.argsort(-low, kind="stable")[:3]] = True
        found = f"a sample of {total:,} units; minimums add up to {least:,}, largest in {named(strata, largest)}"
        way_out = (
            f"Raise the sample size to {least:,} or more, lower the minimums, or join strata by stratify(minimum=...)."
        )
        yield Problem("S009", Place(), found, f"at least {least:,}", way_out)


def named(strata: pl.DataFrame, chosen: NDArray[np.bool_]) -> str:
    """The first of the strata chosen, by name where they have one."""
    rows = np.flatnonzero(chosen)[:3].tolist()
    names = [f"'{strata['stratum'][row]}'" if "stratum" in strata.columns else f"row {row + 1}" for row in rows]
    return ", ".join(names) + (", …" if int(chosen.sum()) > 3 else "")


def refuse(*problems: tuple[Problem, ...]) -> None:
    """Raise BadInput with all problems, if there are any."""
    raise_errors([problem for several in problems for problem in several])


def _numbers(strata: pl.DataFrame, given: int | str) -> NDArray[np.int64]:
    if isinstance(given, str):
        return strata[given].fill_null(0).to_numpy()
    return np.full(strata.height, given, dtype=np.int64)


def _empty(strata: pl.DataFrame, population: Counts, low: Counts) -> Iterator[Problem]:
    if (population < 1).any():
        found = f"no units in {named(strata, population < 1)}"
        yield Problem("S001", Place(column="population"), found, "strata with units", "Leave empty strata out.")
    elif (low < 1).any():
        found = f"a minimum below 1 in {named(strata, low < 1)}"
        way_out = "Set the minimum to 2, or take the stratum out of the frame and say so."
        yield Problem("S010", Place(), found, "1 or more; 2 or more for margins of error", way_out)


def _crossed(strata: pl.DataFrame, low: Counts, high: Counts) -> Iterator[Problem]:
    crossed = low > high
    if crossed.any():
        row = int(np.flatnonzero(crossed)[0])
        found = f"{named(strata, crossed)}: at least {low[row]} and at most {high[row]}"
        yield Problem("S014", Place(), found, "a minimum not above the maximum", "Change one of the two.")
