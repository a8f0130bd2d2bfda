"""How many units each stratum gets, in whole numbers: each function adds a column `sampled`. All are exact optima,
but for `allocate_optimal`, whose variance is proved to be within 1e-6 of the least.

All take a table of strata, one row each, with `population` N_h (see `strata_table`), and limits of n_h: `minimum`
(default 2; a stratum with fewer units gives all it has) and `maximum`, each a number for all strata or the name of a
column, and `census`, the name of a Boolean column of strata where everyone is asked. Limits hold exactly, and so does
the sample size. The table handed in is not changed.

Raise BadInput with all problems at once: S001 (no strata, or strata without units), S004 (no such column), S008 and
S009 (the sample size is above the sum of the maximums or below the sum of the minimums), S010 (a minimum below 1),
S013 (a spread, mean or cost that is missing or negative), S014 (minimum above maximum), S017 (the budget is below
the cost of the minimums), S025 (text for numbers).
"""

import numpy as np
import polars as pl

from barometer.problems import Place, Problem
from barometer.sampling._allocation import within_limits
from barometer.sampling._exact import Counts, least_sum, least_sum_within
from barometer.sampling._limits import limits, numeric, refuse, size_problems


def allocate_proportional(
    strata: pl.DataFrame,
    sample_size: int,
    *,
    minimum: int | str = 2,
    maximum: int | str | None = None,
    census: str = "",
) -> pl.DataFrame:
    """n_h in proportion to N_h: one sampling fraction for all strata that are at no limit.

    Whole units left over go to the largest remainders, the first stratum when equal.
    """
    low, high, problems = limits(strata, minimum, maximum, census)
    refuse(problems)
    refuse(tuple(size_problems(sample_size, strata, low, high)))
    population = strata["population"].to_numpy().astype(np.float64)
    return _with(strata, within_limits(population, low, high, sample_size))


def allocate_neyman(
    strata: pl.DataFrame,
    sample_size: int,
    *,
    deviation: str = "deviation",
    minimum: int | str = 2,
    maximum: int | str | None = None,
    census: str = "",
) -> pl.DataFrame:
    """The n_h of total `sample_size` at which the variance of the estimated total, the sum of
    N_h² S_h² (1 / n_h - 1 / N_h), is least: S_h is the column `deviation`.

    Exact in whole numbers within the limits, not rounded (Wright 2012, 2017; Neyman 1934). Where S_h is 0 a stratum
    gets its minimum, until all others are full.
    """
    low, high, problems = limits(strata, minimum, maximum, census)
    spread, wrong = numeric(strata, deviation, above_zero=False)
    refuse(problems, wrong)
    refuse(tuple(size_problems(sample_size, strata, low, high)))
    return _with(strata, least_sum((strata["population"].to_numpy() * spread) ** 2, sample_size, low, high))


def allocate_optimal(
    strata: pl.DataFrame,
    budget: float,
    *,
    cost: str = "cost",
    deviation: str = "deviation",
    minimum: int | str = 2,
    maximum: int | str | None = None,
    census: str = "",
) -> pl.DataFrame:
    """The n_h at which the variance of the estimated total is least among all that cost at most `budget`: the sum
    of c_h n_h, with c_h the column `cost`, in the same money as `budget` (Cochran 1977, section 5.5).

    The optimum in whole numbers, up to a relative difference in variance of 1e-6, which is proved and not assumed
    (see `_exact`). What the last whole unit leaves of the budget stays unspent.
    """
    low, high, problems = limits(strata, minimum, maximum, census)
    spread, wrong = numeric(strata, deviation, above_zero=False)
    costs, wrong_costs = numeric(strata, cost, above_zero=True)
    refuse(problems, wrong, wrong_costs)
    least = float(costs @ low)
    if not budget >= least:
        found = f"a budget of {budget:,g}; the minimums cost {least:,g}"
        way_out = "Raise the budget, lower the minimums, or join strata by stratify(minimum=...)."
        refuse((Problem("S017", Place(), found, f"at least {least:,g}", way_out),))
    return _with(strata, least_sum_within((strata["population"].to_numpy() * spread) ** 2, costs, budget, low, high))


def allocate_power(
    strata: pl.DataFrame,
    sample_size: int,
    *,
    power: float = 0.5,
    size: str = "total",
    mean: str = "mean",
    deviation: str = "deviation",
    minimum: int | str = 2,
    maximum: int | str | None = None,
    census: str = "",
) -> pl.DataFrame:
    """Bankier's power allocation: least is the sum of (X_h ^ power · CV_h)², where CV_h is the coefficient of variation
    of the stratum's own estimate and X_h its importance, the column `size` (above 0).

    power = 1 with X_h the stratum's total is Neyman's allocation, best for the whole; power = 0 gives strata nearly
    equal coefficients of variation; 0.5 is the usual compromise (Bankier 1988, Power allocations: determining sample
    sizes for subnational areas). Exact in whole numbers within the limits.
    """
    low, high, problems = limits(strata, minimum, maximum, census)
    spread, wrong = numeric(strata, deviation, above_zero=False)
    importance, wrong_size = numeric(strata, size, above_zero=True)
    centre, wrong_mean = numeric(strata, mean, above_zero=True)
    if not 0 <= power <= 1:
        found = f"power {power:g}"
        way_out = "Write 0.5, or 0 for equal precision in all strata."
        problems = (*problems, Problem("S016", Place(), found, "from 0 to 1", way_out))
    refuse(problems, wrong, wrong_size, wrong_mean)
    refuse(tuple(size_problems(sample_size, strata, low, high)))
    return _with(strata, least_sum((importance**power * spread / centre) ** 2, sample_size, low, high))


def _with(strata: pl.DataFrame, sampled: Counts) -> pl.DataFrame:
    return strata.with_columns(sampled=pl.Series(sampled, dtype=pl.Int64))
