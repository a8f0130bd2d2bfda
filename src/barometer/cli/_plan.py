"""`plan`: what margins of error each domain will get, before anything is drawn."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from barometer.cli._desk import edition, open_desk

if TYPE_CHECKING:
    import polars as pl


@click.command()
@edition
@click.option("--response", default="1", show_default=True, help="Expected response rates, with commas: 0.3,0.4,0.5.")
@click.option("--by", default="", help="Columns of the registers, with commas (default: those of the breakdowns).")
@click.option("--shares", default="0.5,0.2", show_default=True, help="Expected shares, with commas.")
@click.option("--level", default=0.05, show_default=True, help="0.05 for intervals of 95 %.")
@click.option("--survey", default="", help="One survey of the edition (default: all).")
@click.option("--plot", type=click.Path(path_type=Path), help="Also draw the margins to this SVG file (one a survey).")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON, with shares as fractions.")
@click.pass_context
def plan(
    ctx: click.Context,
    edition: str,
    response: str,
    by: str,
    shares: str,
    level: float,
    survey: str,
    plot: Path | None,
    as_json: bool,
) -> None:
    """Show what margin of error each domain will get, before anything is drawn.

    Margins are half the width of the interval, in percentage points, for indicators with the expected shares.
    """
    from barometer.sampling import plan_survey

    desk = open_desk(ctx, edition)
    known = [one.id for one in desk.edition.surveys]
    if survey and survey not in known:
        raise click.BadParameter(f"'{survey}' is none of {', '.join(known)}.", param_hint="--survey")
    surveys = [one for one in desk.edition.surveys if survey in ("", one.id)]
    somewhere = {column for one in surveys for column in one.frame.units.columns}
    rates, expected = _numbers(response, "--response"), _numbers(shares, "--shares")
    if not rates or not expected or len(rates) > MOST_RATES:
        raise click.BadParameter(f"Give one to {MOST_RATES} response rates, and a share.", param_hint="--response")
    tables: dict[str, list[tuple[float, pl.DataFrame]]] = {}
    for one in surveys:  # a column that only another survey has divides nothing here; one nobody has is a problem
        columns = [name for name in _list(by) if name in one.frame.units.columns or name not in somewhere]
        tables[one.id] = [
            (rate, plan_survey(one, columns, response=rate, shares=expected, level=level)) for rate in rates
        ]
    if plot:
        _draw(plot, tables, expected[0], level)
    if as_json:
        listed = {
            name: [{"response": rate, **row} for rate, table in found for row in table.to_dicts()]
            for name, found in tables.items()
        }
        click.echo(json.dumps(listed, indent=1, ensure_ascii=False))
        return
    for name, found in tables.items():
        for rate, table in found:
            click.echo(f"{name}: {100 * rate:g} % answer, intervals of {100 * (1 - level):g} %")
            _print(table)


COMMANDS = (plan,)
MOST_RATES = 4


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _draw(path: Path, tables: dict[str, list[tuple[float, pl.DataFrame]]], share: float, level: float) -> None:
    """One picture a survey; with several, the survey's id is put before the ending of the name."""
    from barometer.cli._plan_plot import plot as picture

    for name, found in tables.items():
        target = path if len(tables) == 1 else path.with_name(f"{path.stem}-{name}{path.suffix}")
        title = f"{name}: margin of error of a share of {100 * share:g} %, intervals of {100 * (1 - level):g} %"
        target.write_text(picture(title, found, share), encoding="utf-8")
        click.echo(f"Drew {target}.", err=True)


def _numbers(text: str, option: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in _list(text))
    except ValueError:
        raise click.BadParameter(f"'{text}' is no list of numbers such as 0.5,0.2.", param_hint=option) from None


def _print(table: pl.DataFrame) -> None:
    margins = [name for name in table.columns if name.startswith("margin_")]
    heads = ["asked", "answers", "effective", *(f"± at {name.removeprefix('margin_')} %" for name in margins)]
    labels = [f"{row['breakdown']} {row['cell']}" for row in table.iter_rows(named=True)]
    width = max(map(len, [*labels, "domain"]))
    click.echo(f"{'domain':<{width}}  {'units':>9}" + "".join(f"  {head:>9}" for head in heads))
    for label, row in zip(labels, table.iter_rows(named=True), strict=True):
        counts = [f"{row[name]:,.0f}" for name in ("population", "sampled", "answers", "effective")]
        errors = ["nobody" if row[name] is None else f"{100 * row[name]:.1f}" for name in margins]
        click.echo(f"{label:<{width}}" + "".join(f"  {text:>9}" for text in (*counts, *errors)))
    click.echo("")
