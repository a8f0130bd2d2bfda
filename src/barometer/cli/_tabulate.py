"""`tabulate`: estimates with their errors from any survey file, no edition needed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from barometer.cli._design_options import NAMES, NUMBERS, design_options
from barometer.cli._tabulate_options import CI, DF, ENGINES, STATISTICS, Wanted, check_options

if TYPE_CHECKING:
    import polars as pl

    from barometer.estimation import SurveyDesign

    _Made = tuple[pl.DataFrame, pl.DataFrame | None, dict[str, Any]]


@click.command()
@click.argument("data", type=click.Path())
@click.option("--var", type=NAMES, required=True, help="Variables; of a ratio 'numerator/denominator', or both.")
@click.option("--denominator", type=NAMES, default=(), help="Denominator of the ratios.")
@click.option("--stat", type=click.Choice(STATISTICS), default="mean", show_default=True)
@click.option("--by", type=NAMES, default=(), help="Domains: the crossing of these columns.")
@design_options
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
@click.option(
    "--engine", type=click.Choice(ENGINES), default="polars", show_default=True,
    help="polars reads the file into memory; streaming and spark take Parquet of any size.",
)  # fmt: skip
@click.option(
    "--master", default="local[*]", show_default=True, help="Address of the Spark cluster: spark://HOST:PORT."
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write .csv, .parquet or .json.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON with estimates, tests and the design.")
def tabulate(data: str, out: Path | None, as_json: bool, **options: Any) -> None:
    """Estimate from any survey file: one row a variable, category and domain, at full precision.

    DATA is .csv, .tsv, .parquet, .sav, .por or .dta. Without --out the table goes
    to standard output, as CSV; tests come after an empty line (with --out: in a second file, NAME.tests.csv).

    \b
    Examples:
      barometer tabulate apistrat.csv --var api00,enroll --weights pw --strata stype --fpc fpc
      barometer tabulate apiclus2.csv --var api00 --psu dnum,snum --fpc fpc1,fpc2 --by stype
      barometer tabulate apistrat.csv --stat prop --var sch.wide --ci beta --deff --weights pw --strata stype
      barometer tabulate survey.csv --var income --weights w --replicates 'rep_*' --rep-type JKn --rep-scale 1
      barometer tabulate answers.parquet --var hours --by region --weights w --strata h --engine streaming
    """
    wanted = Wanted(**options)
    check_options(wanted)
    estimates, tests, about = _in_memory(data, wanted) if wanted.engine == "polars" else _in_groups(data, wanted)
    if as_json or (out and out.suffix == ".json"):
        text = _json(about, wanted, estimates, tests)
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


def _in_groups(data: str, wanted: Wanted) -> _Made:
    from barometer.cli._tabulate_large import large_table

    made = large_table(data, wanted)
    about = {"rows": made.rows, "weighted": made.weighted, "variance": made.method}
    return made.table, None, about | ({"degrees_of_freedom": made.design.degf()} if made.design.stages else {})


def _in_memory(data: str, wanted: Wanted) -> _Made:
    """Estimates, tests and what there is to say of the design."""
    from barometer.cli._asked_design import asked_design
    from barometer.cli._survey_file import read_survey_file

    design = asked_design(read_survey_file(Path(data), decimal_comma=wanted.decimal_comma), wanted)
    about = {
        "rows": design.n,
        "weighted": float(design.weights.sum()),
        "variance": design.method,
        "degrees_of_freedom": design.degf(),
    }
    return _estimates(design, wanted), _tests(design, wanted) if wanted.test else None, about


def _estimates(design: SurveyDesign, wanted: Wanted) -> pl.DataFrame:
    from barometer import estimation
    from barometer.cli._tabulate_tables import quantile_table

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
        return estimation.ratio(design, *wanted.pairs(), **common).table
    if wanted.stat == "prop":
        return estimation.proportion(design, wanted.var, ci=wanted.ci or "logit", **common).table
    return {"mean": estimation.mean, "total": estimation.total}[wanted.stat](design, wanted.var, **common).table


def _tests(design: SurveyDesign, wanted: Wanted) -> pl.DataFrame:
    from barometer.cli._tabulate_tables import chi_square_table, t_test_table

    assert wanted.test
    if wanted.stat == "prop":
        return chi_square_table(design, wanted.var, wanted.test)
    return t_test_table(design, wanted.var, wanted.test, wanted.level)


def _json(about: dict[str, Any], wanted: Wanted, estimates: pl.DataFrame, tests: pl.DataFrame | None) -> str:
    content = {
        "statistic": wanted.stat,
        "level": wanted.level,
        "design": about,
        "estimates": estimates.to_dicts(),
        **({} if tests is None else {"tests": tests.to_dicts()}),
    }
    return json.dumps(content, ensure_ascii=False, indent=1)


def _write(table: pl.DataFrame, path: Path) -> None:
    if path.suffix == ".parquet":
        table.write_parquet(path)
    else:
        table.write_csv(path)
