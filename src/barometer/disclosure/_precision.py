"""Precision: which figures say so little that readers should be warned of them, or not be shown them.

This has nothing to do with confidentiality. A figure hidden here is taken to be known to an attacker, and nothing else
is hidden for its sake.
"""

from math import isinf

import polars as pl

from barometer.model import Edition, Limits, Measure

UNCERTAIN, NO_MARGIN, TOO_UNCERTAIN = "u", "m", "q"
"""Marks: quality of a figure shown ('u', 'm'), status of one that is not ('q')."""


def too_uncertain(edition: Edition) -> pl.Expr:
    """Over CELLS: figures that are not shown because of their precision."""
    return _short_of(edition.precision.hide, _shares(edition))


def quality(edition: Edition) -> pl.Expr:
    """Over CELLS: the mark of a figure that is shown."""
    no_margin = pl.col("ci_low").is_null() | pl.col("ci_high").is_null()
    uncertain = _short_of(edition.precision.flag, _shares(edition))
    return pl.when(no_margin).then(pl.lit(NO_MARGIN)).when(uncertain).then(pl.lit(UNCERTAIN)).otherwise(pl.lit(""))


def _short_of(limits: Limits, share: pl.Expr) -> pl.Expr:
    """Whether a figure falls short of the limits. What cannot be reckoned (no margin, nothing beside 0 %) is not
    short of it; the numbers of cases still count."""
    value = pl.col("value")
    against = pl.when(share).then(pl.min_horizontal(value, 1 - value)).otherwise(value.abs())
    effective = pl.col("n") / pl.when(pl.col("deff") > 0).then(pl.col("deff"))
    parts = [pl.lit(value=False)]
    if not isinf(limits.margin):
        parts.append(share & ((pl.col("ci_high") - pl.col("ci_low")) / 2 >= limits.margin))
    if not isinf(limits.cv):
        parts.append((against > 0) & (pl.col("se") >= limits.cv * against))
    if limits.n:
        parts.append(pl.col("n") < limits.n)
    if limits.effective_n:
        parts.append(effective < limits.effective_n)
    if limits.df:
        parts.append(pl.col("df") < limits.df)
    return value.is_not_null() & pl.any_horizontal(part.fill_null(value=False) for part in parts)


def _shares(edition: Edition) -> pl.Expr:
    """Whether the row is of a share."""
    ids = [
        {"survey": survey.id, "indicator": one.id}
        for survey in edition.surveys
        for one in survey.programme.indicators
        if one.measure is Measure.SHARE
    ]
    return pl.struct("survey", "indicator").is_in(ids)
