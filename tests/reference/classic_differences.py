"""Where our answers differ from R's, and why. What is not told here is a mistake of ours."""

from dataclasses import dataclass
from functools import cache

import polars as pl
from classic_values import compared, compared_of

AGREES = 1e-9
ANY = float("inf")


@dataclass(frozen=True)
class Known:
    """Values (those of `where`) that may differ by `most`, relatively, and the reason."""

    reason: str
    where: pl.Expr
    most: float


def _is(column: str, *values: str) -> pl.Expr:
    return pl.col(column).is_in(values)


def _has(column: str, pattern: str) -> pl.Expr:
    return pl.col(column).str.contains(pattern)


REPLICATES = _has("family", "^replicate|calibrated replicates") | _has("design", "_(jk|boot|sub|mrb)")
KNOWN = (
    Known(
        "Nobody in the domain has a value: R says mean 0 with error 0, Barometer gives no figure (no_respondents)",
        _is("family", "domain mean") & (pl.col("value") == 0) & pl.col("ours").is_nan(),
        ANY,
    ),
    Known(
        "Likelihood intervals: R interpolates a profile (3 to 6 digits), Barometer solves for the ends",
        _is("call", "prop") & _has("options", "ci=likelihood"),
        2e-3,
    ),
    Known(
        "Logit intervals: R takes them from a model fitted to 8 digits",
        _is("call", "prop") & _has("options", "ci=logit"),
        1e-7,
    ),
    Known(
        "Quantile rule shahvaish: R 4.1-1 leaves the weights unscaled in one place, so that the rule depends on their "
        "sum",
        _is("call", "quantile") & _has("options", "rule=shahvaish"),
        ANY,
    ),
    Known(
        "Quantiles of replicate designs: R gives the interval 'mean' whatever interval is asked for",
        _is("call", "quantile") & _has("options", "interval=beta") & REPLICATES,
        ANY,
    ),
    Known(
        "Quantiles by rule math: below the first weight R gives the second smallest value",
        _is("call", "quantile") & _has("options", "rule=math") & ~REPLICATES,
        ANY,
    ),
    Known(
        "Errors that are 0 but for rounding: totals proportional to the probabilities of selection, raked categories",
        _is("variable", "votes") & _is("design", "overton", "hartley_rao", "joint_yg", "joint_hr_yg")
        | _has("design", "rake$") & (pl.col("value") < 1e-9) & _is("quantity", "se"),
        ANY,
    ),
    Known(
        "Raking of replicates by proportional fitting: R stops earlier",
        _is("family", "calibrated replicates") & _has("design", r"\+rake$"),
        1e-7,
    ),
    Known(
        "Degrees of freedom of raked replicates: R keeps those from before raking, though each margin takes one",
        _is("design", "strat_jkn+raking") & _is("quantity", "df", "ci_low", "ci_high", "value"),
        6e-3,
    ),
    Known(
        "Logistic model on bootstrap replicates of which some separate: R keeps the runaway coefficients, Barometer "
        "leaves those replicates out and says how many",
        _is("design", "clus1_boot") & _is("call", "glm") & _has("options", "family=logit"),
        ANY,
    ),
    Known(
        "Poisson models: p-values, in which the square of t magnifies the tenth digit of an error",
        _is("call", "glm") & _has("options", "family=poisson") & _is("quantity", "p"),
        1e-8,
    ),
    Known(
        "Ordinal models: R's general optimiser and numeric second derivatives reach 3 to 6 digits",
        _is("call", "olr"),
        1e-3,
    ),
)


@cache
def verdicts() -> pl.DataFrame:
    """R's values with `reason`: 'agrees', why they differ, or null: unexplained."""
    return _with_reason(compared())


@cache
def verdicts_of(design: str) -> pl.DataFrame:
    """The same of one design."""
    return _with_reason(compared_of(design))


def _with_reason(values: pl.DataFrame) -> pl.DataFrame:
    differ = pl.col("gap") > AGREES
    reason = pl.when(~differ).then(pl.lit("agrees"))
    for known in KNOWN:
        reason = reason.when(known.where & (pl.col("gap") <= known.most)).then(pl.lit(known.reason))
    return values.with_columns(reason=reason.otherwise(None))
