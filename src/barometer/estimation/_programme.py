"""A whole programme of shares in one pass over the data: many yes/no items by many breakdowns."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from barometer.estimation._cell_sums import Cells
from barometer.estimation._design import Names, SurveyDesign
from barometer.estimation._domain_statistics import Statistic, estimated
from barometer.estimation._figures import Measured, Options, figures
from barometer.estimation._items import Items, as_names, domains
from barometer.estimation._share_errors import Shares, from_sums, linearised_shares, replicated_shares
from barometer.estimation._yes_no import yes_no

FIGURES = ("estimate", "se", "ci_low", "ci_high", "deff", "df")


def share_programme(
    design: SurveyDesign,
    variables: Names,
    breakdowns: Sequence[Names] = ((),),
    *,
    ci: str = "logit",
    level: float = 0.95,
) -> pl.DataFrame:
    """Shares of many 0/1 or Boolean columns by many breakdowns, () being everyone.

    One row a breakdown, cell and variable, in this order: `breakdown` and `cell` (names and labels joined by ':';
    "" for everyone), `variable`, and the figures of `proportion` for the answer 1. Raises BadInput T040, T041, and
    T024 for columns with other values.

    Rows that are their own units in one stage, with or without calibration by regression, and replicate weights take
    one pass over the data; replicates that are drawn stratum by stratum are never stored. Any other design is
    estimated cell by cell. Both give the same.
    """
    names = as_names(variables)
    answers = yes_no(design, names)
    options = Options("without", "domain", level, ci)
    if not from_sums(design):
        items = Items(names, ("1",) * len(names), answers.values())
        return pl.concat([_cell_by_cell(design, items, as_names(one), options) for one in breakdowns])
    cells = Cells.of(design, breakdowns)
    if design.replicates is not None:
        shares = replicated_shares(design, design.replicates, answers, cells, options.needs_log_odds)
    else:
        shares = linearised_shares(design, answers, cells)
    return _table(shares, names, cells.keys, options)


def _table(shares: Shares, names: tuple[str, ...], keys: Sequence[tuple[str, str]], options: Options) -> pl.DataFrame:
    share, n, base = shares.share.ravel(), shares.n.ravel(), shares.base.ravel()
    squared = shares.base_squared.ravel()
    with np.errstate(divide="ignore", invalid="ignore"):
        simple = share * (1 - share) / (n - 1) * (1 - n / base)
    measured = Measured(
        "proportion",
        n,
        share,
        shares.variance.ravel(),
        (share == 0) | (share == 1),
        shares.one_unit.ravel(),
        np.repeat(shares.df, len(names)),
        simple,
        lambda extreme: base[extreme] ** 2 / squared[extreme],
        None if shares.log_odds_variance is None else shares.log_odds_variance.ravel(),
    )
    found = figures(measured, options)
    return pl.DataFrame(
        {
            "breakdown": pl.Series([breakdown for breakdown, _ in keys for _ in names], dtype=pl.String),
            "cell": pl.Series([cell for _, cell in keys for _ in names], dtype=pl.String),
            "variable": pl.Series(list(names) * len(keys), dtype=pl.String),
            **{name: pl.Series(name, found[name], nan_to_null=True) for name in FIGURES},
            "n": pl.Series(n).cast(pl.Int64),
            "reason": pl.Series(found["reason"].tolist(), dtype=pl.String),
        }
    )


def _cell_by_cell(design: SurveyDesign, items: Items, by: tuple[str, ...], options: Options) -> pl.DataFrame:
    result = estimated(design, Statistic("proportion", items.values), items, domains(design, by), options)
    cell = pl.concat_str(result.by, separator=":") if by else pl.lit("")
    return result.table.select(
        pl.lit(":".join(by)).alias("breakdown"), cell.alias("cell"), "variable", *FIGURES, "n", "reason"
    )
