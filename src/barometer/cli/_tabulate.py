"""`tabulate`: estimates with their errors from any survey file, no edition needed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    import polars as pl

    from barometer.estimation import SurveyDesign

STATISTICS = ("mean", "total", "ratio", "prop", "quantile", "var")
CI = ("logit", "xlogit", "wald", "mean", "wilson", "beta", "asin", "likelihood", "score")
LONELY = ("fail", "adjust", "average", "remove", "certainty")
REPLICATES = ("JK1", "JK2", "JKn", "BRR", "Fay", "bootstrap", "ACS", "successive-difference", "other")
DF = ("domain", "full", "observed", "normal")
PPS = ("brewer", "overton", "hartley-rao")


class _List(click.ParamType[tuple[Any, ...]]):
    """Names or numbers separated by commas."""

    name = "list"

    def __init__(self, of: type = str) -> None:
        self.of = of

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[Any, ...]:
        if isinstance(value, tuple):
            return value
        try:
            return tuple(self.of(part.strip()) for part in value.split(",") if part.strip())
        except ValueError:
            self.fail(f"'{value}' are not numbers separated by commas", param, ctx)


NAMES, NUMBERS = _List(), _List(float)


@dataclass(frozen=True)
class _Wanted:
    """The command's options."""

    var: tuple[str, ...]
    denominator: tuple[str, ...]
    stat: str
    by: tuple[str, ...]
    weights: str | None
    strata: tuple[str, ...]
    psu: tuple[str, ...]
    fpc: tuple[str, ...]
    nest: bool
    pps: str | None
    lonely: str
    lonely_domains: bool
    calibrate: Path | None
    replicates: tuple[str, ...]
    rep_type: str
    rep_factors: bool
    rep_scale: float | None
    rep_rscales: tuple[float, ...]
    rep_rho: float
    rep_mse: bool
    rep_df: float | None
    ci: str | None
    quantiles: tuple[float, ...]
    qrule: str
    deff: str | None
    df: str
    level: float
    test: str | None


@click.command()
@click.argument("data", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--var", type=NAMES, required=True, help="Variables; of a ratio, 'numerator/denominator'.")
@click.option("--denominator", type=NAMES, default=(), help="Denominator of the ratios.")
@click.option("--stat", type=click.Choice(STATISTICS), default="mean", show_default=True)
@click.option("--by", type=NAMES, default=(), help="Domains: the crossing of these columns.")
@click.option("--weights", help="Column of weights.")
@click.option("--strata", type=NAMES, default=(), help="Strata, one column a stage.")
@click.option("--psu", type=NAMES, default=(), help="Primary units, and later stages (default: each row).")
@click.option("--fpc", type=NAMES, default=(), help="Population of the stratum, or fraction, one column a stage.")
@click.option("--nest", is_flag=True, help="Numbers of PSUs start anew in each stratum.")
@click.option("--pps", type=click.Choice(PPS), help="Unequal probabilities without replacement; fpc has them.")
@click.option("--lonely", type=click.Choice(LONELY), default="fail", show_default=True, help="Strata with one PSU.")
@click.option("--lonely-domains", is_flag=True, help="The rule also for strata with one PSU in a domain.")
@click.option("--calibrate", type=click.Path(path_type=Path, dir_okay=False), help="File of margins (TOML).")
@click.option("--replicates", type=NAMES, default=(), help="Replicate weights: names, or patterns as 'rep_*'.")
@click.option("--rep-type", type=click.Choice(REPLICATES), default="bootstrap", show_default=True)
@click.option("--rep-factors", is_flag=True, help="They multiply the weights (default: weights for analysis).")
@click.option("--rep-scale", type=float, help="What the sum of squares is multiplied by.")
@click.option("--rep-rscales", type=NUMBERS, default=(), help="One for all replicates, or one each.")
@click.option("--rep-rho", type=float, default=0.0, help="Fay's rho.")
@click.option("--rep-mse", is_flag=True, help="Centre at the estimate, not at the mean of the replicates.")
@click.option("--rep-df", type=float, help="Degrees of freedom (default: rank of the weights minus 1).")
@click.option("--ci", type=click.Choice(CI), help="Interval of proportions (default logit) and quantiles (mean).")
@click.option("--quantiles", type=NUMBERS, default=(0.25, 0.5, 0.75), help="Default 0.25,0.5,0.75.")
@click.option("--qrule", default="math", show_default=True, help="Definition of a quantile: math, school, hf1 to hf9.")
@click.option(
    "--deff", is_flag=False, flag_value="without", type=click.Choice(["without", "with"]), default=None,
    help="Design effects, against sampling without (default) or with replacement.",
)  # fmt: skip
@click.option("--df", type=click.Choice(DF), default="domain", show_default=True, help="Degrees of freedom.")
@click.option("--level", type=click.FloatRange(0, 1, min_open=True, max_open=True), default=0.95, show_default=True)
@click.option("--test", help="Tests between the domains of this column: t, or Rao-Scott for proportions.")
@click.option("--decimal-comma", is_flag=True, help="Numbers of a text file have a decimal comma.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write .csv, .parquet or .json.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON with estimates, tests and the design.")
def tabulate(data: Path, decimal_comma: bool, out: Path | None, as_json: bool, **options: Any) -> None:
    """Estimate from any survey file: one row a variable, category and domain, at full precision.

    DATA is .csv, .tsv, .parquet, .sav, .por or .dta. Without --out the table goes
    to standard output, as CSV; tests come after an empty line (with --out: in a second file, NAME.tests.csv).

    \b
    Examples:
      barometer tabulate apistrat.csv --var api00,enroll --weights pw --strata stype --fpc fpc
      barometer tabulate apiclus2.csv --var api00 --psu dnum,snum --fpc fpc1,fpc2 --by stype
      barometer tabulate apistrat.csv --stat prop --var sch.wide --ci beta --deff --weights pw --strata stype
      barometer tabulate survey.csv --var income --weights w --replicates 'rep_*' --rep-type JKn --rep-scale 1
    """
    from barometer.cli._survey_file import read_survey_file

    wanted = _Wanted(**options)
    _check(wanted)
    design = _design(read_survey_file(data, decimal_comma=decimal_comma), wanted)
    estimates = _estimates(design, wanted)
    tests = _tests(design, wanted) if wanted.test else None
    if as_json or (out and out.suffix == ".json"):
        text = _json(design, wanted, estimates, tests)
        if out:
            out.write_text(text + "\n", encoding="utf-8")
        if as_json:
            click.echo(text)
    elif out:
        _write(estimates, out)
        if tests is not None:
            _write(tests, out.with_suffix(f".tests{out.suffix}"))
    else:
        click.echo(estimates.write_csv(), nl=False)
        if tests is not None:
            click.echo("\n" + tests.write_csv(), nl=False)


COMMANDS = (tabulate,)


def _check(wanted: _Wanted) -> None:
    """Options that do not go together."""
    if wanted.stat == "ratio" and not wanted.denominator and not all("/" in name for name in wanted.var):
        raise click.UsageError("A ratio needs --denominator, or variables written 'numerator/denominator'.")
    if wanted.stat == "ratio" and len(wanted.denominator) not in (0, 1, len(wanted.var)):
        raise click.UsageError("Give one denominator, or one for each variable.")
    if wanted.stat == "quantile" and wanted.ci not in (
        None,
        "mean",
        "wald",
        "beta",
        "xlogit",
        "logit",
        "asin",
        "score",
    ):
        raise click.UsageError(
            f"There is no '{wanted.ci}' interval of quantiles; use mean, beta, xlogit, asin or score."
        )
    if wanted.stat != "quantile" and wanted.ci == "score":
        raise click.UsageError("The score interval is one of quantiles.")
    if wanted.calibrate and not wanted.weights:
        raise click.UsageError("--calibrate needs the weights to start from: --weights.")


def _design(frame: pl.DataFrame, wanted: _Wanted) -> SurveyDesign:
    """The design, calibrated where margins are given."""
    from barometer.cli._tabulate_design import calibrated, columns_like
    from barometer.estimation import JointProbabilities, ReplicateColumns, survey_design

    names = columns_like(frame, wanted.replicates)
    rscales = wanted.rep_rscales * len(names) if len(wanted.rep_rscales) == 1 else wanted.rep_rscales
    replicates = ReplicateColumns(
        columns=names,
        type=wanted.rep_type,
        combined=not wanted.rep_factors,
        scale=wanted.rep_scale,
        rscales=rscales or None,
        rho=wanted.rep_rho,
        mse=wanted.rep_mse,
        degf=wanted.rep_df,
    )
    pps = wanted.pps if wanted.pps in (None, "brewer") else JointProbabilities(approximation=wanted.pps)  # type: ignore[arg-type]
    arguments: dict[str, Any] = {
        "strata": wanted.strata,
        "psu": wanted.psu,
        "fpc": wanted.fpc,
        "nest": wanted.nest,
        "lonely": wanted.lonely,
        "lonely_domains": wanted.lonely_domains,
        "pps": pps,
        "replicates": replicates if wanted.replicates else None,
    }
    design = survey_design(frame, weights=wanted.weights, **arguments)
    return calibrated(design, arguments, wanted.calibrate) if wanted.calibrate else design


def _estimates(design: SurveyDesign, wanted: _Wanted) -> pl.DataFrame:
    from barometer import estimation
    from barometer.cli._tabulate_design import quantile_table

    if wanted.stat == "quantile":
        interval = {None: "mean", "wald": "mean", "logit": "xlogit"}.get(wanted.ci, wanted.ci)
        return quantile_table(
            design,
            wanted.var,
            wanted.quantiles,
            by=wanted.by,
            interval=str(interval),
            rule=wanted.qrule,
            level=wanted.level,
        )
    common: dict[str, Any] = {"by": wanted.by, "df": wanted.df, "level": wanted.level}
    if wanted.stat == "var":
        return estimation.variance(design, wanted.var, **common).table
    common["deff"] = wanted.deff or "none"
    if wanted.stat == "ratio":
        pairs = [name.partition("/") for name in wanted.var]
        top = [first for first, _, _ in pairs] if not wanted.denominator else wanted.var
        bottom = [last for _, _, last in pairs] if not wanted.denominator else wanted.denominator
        return estimation.ratio(design, top, bottom, **common).table
    if wanted.stat == "prop":
        return estimation.proportion(design, wanted.var, ci=wanted.ci or "logit", **common).table
    return {"mean": estimation.mean, "total": estimation.total}[wanted.stat](design, wanted.var, **common).table


def _tests(design: SurveyDesign, wanted: _Wanted) -> pl.DataFrame:
    from barometer.cli._tabulate_design import chi_square_table, t_test_table

    assert wanted.test
    if wanted.stat == "prop":
        return chi_square_table(design, wanted.var, wanted.test)
    return t_test_table(design, wanted.var, wanted.test, wanted.level)


def _json(design: SurveyDesign, wanted: _Wanted, estimates: pl.DataFrame, tests: pl.DataFrame | None) -> str:
    content = {
        "statistic": wanted.stat,
        "level": wanted.level,
        "design": {
            "rows": design.n,
            "weighted": float(design.weights.sum()),
            "variance": design.method,
            "degrees_of_freedom": design.degf(),
        },
        "estimates": estimates.to_dicts(),
        **({} if tests is None else {"tests": tests.to_dicts()}),
    }
    return json.dumps(content, ensure_ascii=False, indent=1)


def _write(table: pl.DataFrame, path: Path) -> None:
    if path.suffix == ".parquet":
        table.write_parquet(path)
    else:
        table.write_csv(path)
