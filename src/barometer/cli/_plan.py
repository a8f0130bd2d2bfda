"""`plan`: what margins of error each domain will get, before anything is drawn."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from barometer.cli._desk import edition, open_desk

if TYPE_CHECKING:
    import polars as pl


@click.command()
@edition
@click.option("--response", default=1.0, help="Expected response rate, 0.4 for 40 % (default: 1).")
@click.option("--by", default="", help="Columns of the registers, with commas (default: those of the breakdowns).")
@click.option("--shares", default="0.5,0.2", show_default=True, help="Expected shares, with commas.")
@click.option("--level", default=0.05, show_default=True, help="0.05 for intervals of 95 %.")
@click.option("--survey", default="", help="One survey of the edition (default: all).")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON, with shares as fractions.")
@click.pass_context
def plan(
    ctx: click.Context, edition: str, response: float, by: str, shares: str, level: float, survey: str, as_json: bool
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
    tables = {}
    for one in surveys:  # a column that only another survey has divides nothing here; one nobody has is a problem
        columns = [name for name in _list(by) if name in one.frame.units.columns or name not in somewhere]
        tables[one.id] = plan_survey(one, columns, response=response, shares=_numbers(shares), level=level)
    if as_json:
        click.echo(json.dumps({name: table.to_dicts() for name, table in tables.items()}, indent=1, ensure_ascii=False))
        return
    for name, table in tables.items():
        click.echo(f"{name}: {100 * response:g} % answer, intervals of {100 * (1 - level):g} %")
        _print(table)


COMMANDS = (plan,)


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _numbers(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in _list(text))
    except ValueError:
        raise click.BadParameter(f"'{text}' is no list of numbers such as 0.5,0.2.", param_hint="--shares") from None


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
