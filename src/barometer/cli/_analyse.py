"""`analyse`: a regression on any survey file, with a summary in plain words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from barometer.cli._design_options import NAMES, WantedDesign, check_design_options, design_options
from barometer.problems import BadInput, Place, Problem, suggestion

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

FAMILIES = ("gaussian", "logit", "poisson", "multinomial", "ordinal")


@click.command()
@click.argument("data", type=click.Path(path_type=Path))
@click.option("--outcome", required=True, help="Column to be described.")
@click.option(
    "--terms", type=NAMES, required=True, help="Columns to describe it by: a,b; a:b is an interaction, a*b all three."
)
@click.option("--family", type=click.Choice(FAMILIES), default="gaussian", show_default=True, help="Kind of model.")
@design_options
@click.option("--only", multiple=True, metavar="COLUMN=VALUE", help="Look at these cases only; may be given again.")
@click.option("--decimal-comma", is_flag=True, help="Numbers of a text file have a decimal comma.")
@click.option("--out", type=click.Path(path_type=Path), help="Write the coefficients to this CSV file.")
@click.option("--json", "as_json", is_flag=True, help="Print all tables and the summary as JSON.")
def analyse(
    data: Path,
    outcome: str,
    terms: tuple[str, ...],
    family: str,
    only: tuple[str, ...],
    decimal_comma: bool,
    out: Path | None,
    as_json: bool,
    **design_of: Any,
) -> None:
    """Describe a column of a survey file by others: a regression with the errors of the survey's design.

    DATA is .csv, .tsv, .parquet, .sav, .por or .dta.

    \b
    Example:
      barometer analyse answers.csv --outcome innovative --terms sector,size --family logit \\
          --weights w --strata stratum --fpc N_h
    """
    from barometer.cli._asked_design import asked_design
    from barometer.cli._survey_file import read_survey_file
    from barometer.estimation import model_tables, plain_words, regression

    wanted = WantedDesign(**design_of)
    check_design_options(wanted)
    frame = read_survey_file(data, decimal_comma=decimal_comma)
    design = asked_design(frame, wanted)
    model = regression(design, outcome, terms, family, domain=_domain(frame, only))
    tables = model_tables(model)
    if out is not None:
        tables["coefficients"].write_csv(out)
    if as_json:
        rows = {name: [_finite(row) for row in table.to_dicts()] for name, table in tables.items()}
        click.echo(json.dumps({"summary": plain_words(model), "n": model.n, **rows}, ensure_ascii=False, indent=1))
        return
    click.echo(plain_words(model))
    click.echo(f"\n{'coefficient':<32} {'estimate':>11} {'se':>10} {'t':>8} {'p':>8}  95 % interval")
    for row in tables["coefficients"].iter_rows(named=True):
        numbers = f"{row['estimate']:>11.5g} {row['se']:>10.4g} {row['t']:>8.2f} {row['p']:>8.4f}"
        click.echo(f"{row['term']:<32} {numbers}  {row['ci_low']:.5g} to {row['ci_high']:.5g}")


COMMANDS = (analyse,)


def _domain(frame: pl.DataFrame, only: tuple[str, ...]) -> NDArray[np.bool_] | None:
    """Rows that have all the values asked for."""
    import polars as pl

    if not only:
        return None
    kept = pl.Series([True] * frame.height)
    problems = []
    for condition in only:
        name, _, value = condition.partition("=")
        if name not in frame.columns:
            place = Place(field=f"--only {condition}")
            problems.append(Problem("T040", place, f"'{name}'", "a column", suggestion(name, frame.columns)))
            continue
        kept &= (frame[name].cast(pl.String) == value).fill_null(False)
    if problems:
        raise BadInput(tuple(problems))
    return kept.to_numpy()


def _finite(row: dict[str, object]) -> dict[str, object]:
    return {key: None if value != value else value for key, value in row.items()}  # NaN is not equal to itself
