"""The fewest units that give every domain the margin of error it needs."""

from collections.abc import Iterator, Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, hstack
from scipy.special import ndtri

from barometer.problems import Place, Problem
from barometer.sampling._exact import Counts, Numbers, fewest_units
from barometer.sampling._frame import missing_columns
from barometer.sampling._limits import limits, refuse
from barometer.sampling._plan import rate_of, share_problems

WHOLE = ""
"""Key of the margin for all units together."""

_SLACK = 1e-9


def allocate_margins(
    strata: pl.DataFrame,
    margins: Mapping[str, float | Mapping[str, float]],
    *,
    response: float | str = 1.0,
    share: float = 0.5,
    level: float = 0.05,
    minimum: int | str = 2,
    maximum: int | str | None = None,
    census: str = "",
) -> pl.DataFrame:
    """The fewest units with which each domain's share is estimated within its margin of error.

    `margins` gives, by column of `strata`, the half width of the interval (0.05: five percentage points) of every
    category, or of the categories named; the key '' means all units together. Domains are unions of strata, and may
    cross (sector and region at once). `response` is the expected response rate, one number or a column of `strata`;
    `share` the expected share, 0.5 being the safe guess; `level` 0.05 for intervals of 95 %.

    The variance in a domain is the sum of (N_h / N_d)² S_h² (1 / (r_h n_h) - 1 / N_h) with S_h² = share (1 - share)
    N_h / (N_h - 1): answers are taken as a random part of those asked. The answer is exact in whole numbers: where
    domains do not cross, by the best next unit (see `_exact`); where they do, by a mixed-integer programme on the
    chords of 1 / n_h between whole numbers (the problem of Bethel 1989, Sample allocation in multivariate surveys).

    Adds a column `sampled`. Raises BadInput: the codes of `allocate_neyman`, S015 (a margin that cannot be reached,
    by domain), S016 (a rate, share, level or margin out of range).
    """
    low, high, problems = limits(strata, minimum, maximum, census)
    named = [name for name in margins if name != WHOLE]
    wrong = [*missing_columns(strata, named), *share_problems((share,), level), *_margin_problems(margins)]
    rate, wrong_rate = rate_of(strata, response)
    refuse(problems, tuple(wrong), wrong_rate)
    population = strata["population"].to_numpy().astype(np.float64)
    spread = share * (1 - share) * population / np.maximum(population - 1, 1)
    domains = list(_domains(strata, margins))
    refuse(tuple(problem for name, _, _ in domains for problem in _unknown(name, domains, strata)))
    quantile = float(ndtri(1 - level / 2))
    terms, targets = [], []
    for _, members, margin in domains:
        weight = np.where(members, population / population[members].sum(), 0.0)
        terms.append(weight**2 * spread / rate)
        targets.append((margin / quantile) ** 2 + float((weight**2 * spread / population).sum()))
    matrix, bounds = np.array(terms), np.array(targets)
    refuse(tuple(_unreachable(domains, matrix, bounds, high, quantile, population, spread)))
    return strata.with_columns(sampled=pl.Series(_fewest(matrix, bounds, low, high), dtype=pl.Int64))


def _domains(
    strata: pl.DataFrame, margins: Mapping[str, float | Mapping[str, float]]
) -> Iterator[tuple[str, NDArray[np.bool_], float]]:
    for column, given in margins.items():
        if column == WHOLE:
            assert not isinstance(given, Mapping)
            yield "all units", np.ones(strata.height, dtype=bool), given
            continue
        codes = strata[column].cast(pl.String)
        each = given if isinstance(given, Mapping) else dict.fromkeys(codes.unique().sort(), given)
        for code, margin in each.items():
            yield f"{column} '{code}'", (codes == code).fill_null(False).to_numpy(), margin


def _margin_problems(margins: Mapping[str, float | Mapping[str, float]]) -> Iterator[Problem]:
    if not margins:
        found, way_out = "no margins", "Give the margin of all units, {'': 0.03}, or of the categories of a column."
        yield Problem("S016", Place(), found, "at least one margin", way_out)
    if isinstance(margins.get(WHOLE), Mapping):
        found, way_out = "a table of margins for all units", "Write {'': 0.03}."
        yield Problem("S016", Place(), found, "one number", way_out)
    for column, given in margins.items():
        for code, margin in (given if isinstance(given, Mapping) else {"": given}).items():
            if not isinstance(margin, Mapping) and not 0 < margin < 1:
                found = f"a margin of {margin:g}" + (f" for '{code}'" if code else "")
                way_out = "Write half the width of the interval as a fraction, 0.05 for five percentage points."
                yield Problem("S016", Place(column=column), found, "above 0 and below 1", way_out)


def _unknown(name: str, domains: list[tuple[str, NDArray[np.bool_], float]], strata: pl.DataFrame) -> Iterator[Problem]:
    members = next(members for other, members, _ in domains if other == name)
    if not members.any():
        way_out = "Check the spelling, or leave the domain out."
        yield Problem("S018", Place(), f"no stratum with {name}", "a category that has strata", way_out)


def _unreachable(
    domains: list[tuple[str, NDArray[np.bool_], float]],
    matrix: NDArray[np.float64],
    bounds: Numbers,
    high: Counts,
    quantile: float,
    population: Numbers,
    spread: Numbers,
) -> Iterator[Problem]:
    for (name, members, margin), terms, bound in zip(domains, matrix, bounds, strict=True):
        if float((terms / high).sum()) > bound * (1 + _SLACK):
            weight = np.where(members, population / population[members].sum(), 0.0)
            variance = float((terms / high).sum()) - float((weight**2 * spread / population).sum())
            best = quantile * float(np.sqrt(variance))
            found = f"{margin:g} for {name}; asking all {int(high[members].sum()):,} allowed gives {best:.4f}"
            way_out = f"Allow a margin of {np.ceil(best * 1e4) / 1e4:.4f}, raise the response, or join the domain."
            yield Problem("S015", Place(), found, "a margin that answers can reach", way_out)


def _fewest(matrix: NDArray[np.float64], bounds: Numbers, low: Counts, high: Counts) -> Counts:
    involved = matrix > 0
    if (involved.sum(axis=0) > 1).any():
        return _fewest_crossing(matrix / bounds[:, None], low, high)
    n = low.copy()
    for terms, bound, members in zip(matrix, bounds, involved, strict=True):
        if members.any():
            part = fewest_units(terms[members], float(bound), low[members], high[members])
            n[members] = high[members] if part is None else part
    return n


def _fewest_crossing(matrix: NDArray[np.float64], low: Counts, high: Counts) -> Counts:
    """The least sum(n) with matrix @ (1 / n) <= 1, by chords of 1 / n_h drawn in where the solution lies: first for
    numbers that need not be whole, until no chord is new, then for whole numbers."""
    everyone = range(len(low))
    chords = {(h, int(k)) for h in everyone for k in np.geomspace(low[h], high[h], 12).astype(np.int64)}
    target, whole = 1.0, False
    while True:
        found = _above_chords(matrix, low, high, sorted(chords), target, whole)
        if found is None:
            return high.copy()
        n = np.round(found).astype(np.int64)
        if whole and float((matrix @ (1 / n)).max()) <= 1 + _SLACK:
            return n
        near = np.floor(found + _SLACK).astype(np.int64)
        fresh = {(h, int(k)) for h in everyone for k in {max(near[h] - 1, low[h]), near[h]}} - chords
        if not fresh and whole:
            target -= 1e-7  # the solver's own tolerance let a hair's breadth through
        whole = whole or not fresh
        chords |= fresh


def _above_chords(
    matrix: NDArray[np.float64],
    low: Counts,
    high: Counts,
    chords: list[tuple[int, int]],
    target: float,
    whole: bool,
) -> Numbers | None:
    """The least sum(n) with matrix @ t <= target, where t_h lies on or above the chord of 1 / n_h through (k, 1 / k)
    and (k + 1, 1 / (k + 1)) for each of `chords`, pairs (h, k): t_h >= 1 / k - (n_h - k) / (k (k + 1))."""
    strata, rows = len(low), np.arange(len(chords))
    owner = np.array([h for h, _ in chords])
    at = np.array([k for _, k in chords], dtype=np.float64)
    slope = 1 / (at * (at + 1))
    cut = csr_array((slope, (rows, owner)), shape=(len(chords), strata))
    height = csr_array((np.ones(len(chords)), (rows, owner)), shape=(len(chords), strata))
    found = milp(
        np.repeat([1.0, 0.0], strata),
        integrality=np.repeat([int(whole), 0], strata),
        bounds=Bounds(np.concatenate([low, np.zeros(strata)]), np.concatenate([high, np.ones(strata)])),
        constraints=[
            LinearConstraint(hstack([cut, height]), 1 / at + at * slope, np.inf),
            LinearConstraint(hstack([csr_array(matrix.shape), csr_array(matrix)]), -np.inf, target),
        ],
        options={"mip_rel_gap": 0.5 / float(high.sum())},
    )
    return None if found.x is None else np.asarray(found.x[:strata])
