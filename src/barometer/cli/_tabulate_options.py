"""What `tabulate` is asked for, and which options do not go together."""

from __future__ import annotations

from dataclasses import dataclass

import click

from barometer.cli._design_options import WantedDesign, check_design_options

STATISTICS = ("mean", "total", "ratio", "prop", "quantile", "var")
CI = ("logit", "xlogit", "wald", "mean", "wilson", "beta", "asin", "likelihood", "score", "quantile")
DF = ("domain", "full", "observed", "normal")
ENGINES = ("polars", "streaming", "spark")
OF_QUANTILES = ("mean", "wald", "beta", "xlogit", "logit", "asin", "score", "quantile")


@dataclass(frozen=True)
class Wanted(WantedDesign):
    """The command's options."""

    var: tuple[str, ...]
    denominator: tuple[str, ...]
    stat: str
    by: tuple[str, ...]
    ci: str | None
    quantiles: tuple[float, ...]
    qrule: str
    deff: str | None
    df: str
    level: float
    test: str | None
    decimal_comma: bool
    engine: str
    master: str

    def pairs(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Numerators and denominators: --denominator, 'a/b', or two variables 'a,b'."""
        if self.denominator:
            return self.var, self.denominator
        if len(self.var) == 2 and not any("/" in name for name in self.var):
            return self.var[:1], self.var[1:]
        halves = [name.partition("/") for name in self.var]
        return tuple(first for first, _, _ in halves), tuple(last for _, _, last in halves)


def check_options(wanted: Wanted) -> None:
    """Raises click.UsageError for options that do not go together."""
    _check_ratio(wanted)
    if wanted.stat == "quantile" and wanted.ci not in (None, *OF_QUANTILES):
        raise click.UsageError(
            f"There is no '{wanted.ci}' interval of quantiles; use mean, beta, xlogit, asin, score or quantile."
        )
    if wanted.ci == "quantile" and not wanted.replicates:
        raise click.UsageError("The interval 'quantile' is made from replicate weights: --replicates.")
    if wanted.stat != "quantile" and wanted.ci in ("score", "quantile"):
        raise click.UsageError(f"The {wanted.ci} interval is one of quantiles.")
    check_design_options(wanted)
    refused = [why for asked, why in _beyond_sums(wanted) if asked]
    if wanted.engine != "polars" and refused:
        raise click.UsageError(f"--engine {wanted.engine} cannot do this: {'; '.join(refused)}.")


def _check_ratio(wanted: Wanted) -> None:
    if wanted.stat != "ratio":
        return
    divided = sum("/" in name for name in wanted.var)
    written = divided == len(wanted.var) or (divided == 0 and len(wanted.var) == 2)
    if not wanted.denominator and not written:
        raise click.UsageError("A ratio needs --denominator, variables as 'numerator/denominator', or two of them.")
    if len(wanted.denominator) not in (0, 1, len(wanted.var)):
        raise click.UsageError("Give one denominator, or one for each variable.")


def _beyond_sums(wanted: Wanted) -> tuple[tuple[bool, str], ...]:
    """What only the polars engine does, which has all rows in memory, and why."""
    return (
        (wanted.stat == "quantile", "quantiles need the values in order, and sums by group do not keep it"),
        (wanted.stat == "var", "the error of a variance needs sums of fourth powers, which lose too many digits"),
        (wanted.test is not None, "tests need covariances between domains; compare the intervals, or take a part"),
        (
            wanted.calibrate is not None,
            "calibrated weights depend on all rows: calibrate first, and use replicates",
        ),
        (wanted.pps is not None, "with unequal probabilities every unit stands for itself"),
        (wanted.decimal_comma, "it reads Parquet, which has no decimal commas"),
        (not wanted.weights, "it needs --weights"),
    )
