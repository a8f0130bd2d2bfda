"""Totals, means, ratios, proportions and variances of any survey file, in domains of any crossing.

Every estimator takes a `SurveyDesign`, names of columns and `by`, and gives a `Result`. A missing value makes a
domain of the rows that have one, item by item: rows never leave the design, and an item that is missing never
removes another (Särndal, Swensson and Wretman 1992, sections 5.6, 5.7 and 10.3). Conventions are those of R's survey
package 4.5, but for what docs/how-to/coming-from-r-stata-spss.md lists.
"""

from typing import Literal

import numpy as np

from barometer.estimation._design import Names, SurveyDesign
from barometer.estimation._domain_statistics import Statistic, estimated
from barometer.estimation._figures import Options
from barometer.estimation._items import as_names, by_category, domains, mixed, numeric
from barometer.estimation._proportions import INTERVALS
from barometer.estimation._result import Result

Deff = Literal["none", "without", "with"]
DegreesOfFreedom = Literal["domain", "full", "observed", "normal"] | float


def total(
    design: SurveyDesign,
    variables: Names,
    *,
    by: Names = (),
    deff: Deff = "without",
    df: DegreesOfFreedom = "domain",
    level: float = 0.95,
) -> Result:
    """Weighted totals of numbers; of text columns, the weighted count of each category.

    `deff`: variance over that of a simple random sample of the same size "without" or "with" replacement, or "none".
    `df` of the intervals, estimate -/+ t se: PSUs minus strata of the "domain" (default), of the "full" sample, of
    the rows "observed" for the item, "normal" for none, or a number. Raises BadInput T040 for unknown columns.
    """
    items = mixed(design, as_names(variables))
    return estimated(design, Statistic("total", items.values), items, domains(design, by), Options(deff, df, level))


def mean(
    design: SurveyDesign,
    variables: Names,
    *,
    by: Names = (),
    deff: Deff = "without",
    df: DegreesOfFreedom = "domain",
    level: float = 0.95,
) -> Result:
    """Weighted means of numbers; of text columns, the share of each category with a plain interval (see
    `proportion` for better ones). Arguments as for `total`."""
    items = mixed(design, as_names(variables))
    return estimated(design, Statistic("mean", items.values), items, domains(design, by), Options(deff, df, level))


def proportion(
    design: SurveyDesign,
    variables: Names,
    *,
    by: Names = (),
    ci: str = "logit",
    deff: Deff = "without",
    df: DegreesOfFreedom = "domain",
    level: float = 0.95,
) -> Result:
    """Share of each category among the rows with an answer; numbers and Booleans count as categories too.

    `ci`: "logit" (default; of replicate designs the error of each replicate's log-odds), "xlogit" (logit, but always
    by the error of the share), "wald" ("mean"), "wilson", "beta" (Korn and Graubard), "asin" or
    "likelihood". A share of 0 or 1 has standard error 0, reason no_variation and an exact interval. Other arguments
    as for `total`.
    """
    if ci not in INTERVALS:
        raise ValueError(f"ci is one of {', '.join(INTERVALS)}")
    items = by_category(design, as_names(variables))
    options = Options(deff, df, level, ci)
    return estimated(design, Statistic("proportion", items.values), items, domains(design, by), options)


def ratio(
    design: SurveyDesign,
    numerator: Names,
    denominator: Names,
    *,
    by: Names = (),
    deff: Deff = "without",
    df: DegreesOfFreedom = "domain",
    level: float = 0.95,
) -> Result:
    """Total of each numerator over the total of its denominator (one for all, or one each), of the rows that have
    both; `variable` is 'numerator/denominator'. Arguments as for `total`."""
    tops, bottoms = as_names(numerator), as_names(denominator)
    if len(bottoms) == 1:
        bottoms *= len(tops)
    if len(bottoms) != len(tops):
        raise ValueError("give one denominator, or one for each numerator")
    both = numeric(design, (*tops, *bottoms)).values
    above, below = both[:, : len(tops)], both[:, len(tops) :]
    observed = np.isfinite(above) & np.isfinite(below)
    above, below = np.where(observed, above, np.nan), np.where(observed, below, np.nan)
    names = tuple(f"{top}/{bottom}" for top, bottom in zip(tops, bottoms, strict=True))
    items = numeric(design, tops)
    items = type(items)(names, items.categories, above)
    return estimated(design, Statistic("ratio", above, below), items, domains(design, by), Options(deff, df, level))


def variance(
    design: SurveyDesign,
    variables: Names,
    *,
    by: Names = (),
    df: DegreesOfFreedom = "domain",
    level: float = 0.95,
) -> Result:
    """Variance of numbers in the population, S² with n / (n - 1), and its error, taking the mean as known.

    As `svyvar` of R has it, n counts all rows of the domain with a weight; of replicate designs those with a value.
    Arguments as for `total`; there is no design effect.
    """
    items = numeric(design, as_names(variables))
    options = Options("none", df, level)
    return estimated(design, Statistic("variance", items.values), items, domains(design, by), options)
