"""protect: hides what could give a respondent away, tells what was lost by it, and tries other rules."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from barometer.cli._desk import edition, open_desk
from barometer.cli._inspect import print_problems
from barometer.cli._work import one_step

if TYPE_CHECKING:
    from barometer.pipeline import Desk
    from barometer.review import Review


@click.command()
@edition
@click.option(
    "--try",
    "other",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Compare with the rules, merges and importance of another TOML file; the results stay as they are.",
)
@click.option("--page", is_flag=True, help="With --try: put the comparison on the reviewer's page.")
@click.pass_context
def protect(ctx: click.Context, edition: str, other: Path | None, page: bool) -> None:
    """Hide what could give a respondent away, audit it, and tell what is lost by it.

    The reviewer's page is left in build/EDITION/review/index.html; it is confidential. With --try none of the
    results is written: the tables under both sets of rules are printed side by side.
    """
    from barometer import files
    from barometer.pipeline import reviewing

    desk = open_desk(ctx, edition)
    if other is not None:
        now, trial = reviewing.reviewed(desk), reviewing.tried(desk, other.name, files.read_file(other))
        _print_comparison(now, trial)
        if page:
            with desk.build.lock():
                reviewing.leave_page(desk, now, trial)
            click.echo(f"page      {desk.build.root / 'review' / 'index.html'} (confidential)")
        return
    one_step(desk, "protect")
    _print_losses(desk, reviewing.reviewed(desk))


COMMANDS = (protect,)


def _print_losses(desk: Desk, now: Review) -> None:
    """What is not shown, by rule and by table, and merges that would help."""
    print_problems(now.warnings)
    if now.by_rule.height:
        click.echo(f"\n{'rule':<18}{'survey':<18}{'figures':>8}{'answers lost':>14}")
        for row in now.by_rule.iter_rows(named=True):
            click.echo(f"{row['rule']:<18}{row['survey']:<18}{row['cells']:>8}{row['lost']:>14.1%}")
    click.echo(f"\n{'table':<36}{'figures':>8}{'shown':>8}{'hidden':>8}{'uncertain':>11}{'lost':>8}")
    for row in now.by_table.iter_rows(named=True):
        name = f"{row['survey']} by {row['breakdown']}"
        numbers = f"{row['cells']:>8}{row['shown']:>8}{row['hidden']:>8}{row['uncertain']:>11}{row['lost']:>8.1%}"
        click.echo(f"{name:<36}{numbers}")
    click.echo(f"{'together':<36}{now.fates.height:>8}{now.fates.height - now.hidden.height:>8}{now.lost:>35.1%}")
    for one in now.suggestions:
        where = f"by {one.breakdown} ({one.survey}) in {len(one.indicators)} tables"
        click.echo(f"merging {' and '.join(one.categories)} {where} would show about {one.cells} figures more")
    click.echo(f"page      {desk.build.root / 'review' / 'index.html'} (confidential)")


def _print_comparison(now: Review, trial: Review) -> None:
    from barometer.review import compared, differences

    print_problems(trial.warnings)
    for line in differences(now.edition, trial.edition) or ("the file says nothing that the edition does not say",):
        click.echo(f"tried     {line}")
    click.echo(f"{'':<36}{'shown':>16}{'hidden':>18}{'uncertain':>18}{'answers lost':>18}")
    click.echo(f"{'table':<36}" + f"{'now':>8}{'tried':>8}" + f"{'now':>10}{'tried':>8}" * 3)
    for row in compared(now, trial).iter_rows(named=True):
        numbers = [
            f"{_count(row[name]):>{8 if place == 0 else 10}}{_count(row[f'tried_{name}']):>8}"
            for place, name in enumerate(("shown", "hidden", "uncertain"))
        ]
        shares = f"{_share(row['lost']):>10}{_share(row['tried_lost']):>8}"
        click.echo(f"{row['survey'] + ' by ' + row['breakdown']:<36}{''.join(numbers)}{shares}")
    click.echo(f"answers lost in all: {now.lost:.2%} now, {trial.lost:.2%} as tried. Nothing was changed.")


def _count(number: int | None) -> str:
    return "–" if number is None else f"{number:,}"


def _share(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"
