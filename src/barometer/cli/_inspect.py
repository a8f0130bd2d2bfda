"""The verbs that look: diff, status, explain, compare; and how problems are printed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click

from barometer.cli._desk import edition, open_desk
from barometer.problems import CATALOGUE, FAMILIES, BadInput, Place, Problem, Severity, suggestion


def print_problems(problems: Sequence[Problem]) -> None:
    """All problems on standard error, in the order of their places, with a count of errors at the end."""
    for problem in sorted(problems, key=lambda one: (one.severity.value, one.place, one.code)):
        mark = "" if problem.severity is Severity.ERROR else f"{problem.severity.value} "
        click.echo(f"{mark}{problem}", err=True)
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    if errors:
        click.echo(f"{errors} {'error' if errors == 1 else 'errors'}. 'barometer explain CODE' tells more.", err=True)


def problems_as_json(problems: Sequence[Problem]) -> str:
    return json.dumps(
        [
            {
                "code": one.code,
                "severity": one.severity.value,
                "title": one.title,
                **{key: value for key, value in vars(one.place).items() if value},
                "found": one.found,
                "expected": one.expected,
                "way_out": one.way_out,
            }
            for one in problems
        ],
        ensure_ascii=False,
        indent=1,
    )


@click.command()
@edition
@click.pass_context
def diff(ctx: click.Context, edition: str) -> None:
    """Show what differs between the protected results and the last release."""
    from barometer import pipeline
    from barometer.pipeline import releasing

    desk = open_desk(ctx, edition)
    number, old = pipeline.last_release(desk)
    rows = releasing.diff(pipeline.protected(desk), old)
    if rows.is_empty():
        click.echo(f"No cell differs from release {number}.")
        return
    for row in rows.iter_rows(named=True):
        place = f"{row['indicator']}, {row['breakdown']} {row['cell']}"
        click.echo(f"{row['what']:<8} {place:<50} {_cell(row, '')} -> {_cell(row, '_new')}")
    click.echo(f"{rows.height} cells differ from release {number}.")


@click.command()
@edition
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_context
def status(ctx: click.Context, edition: str, as_json: bool) -> None:
    """Show which steps are stale, and why."""
    from barometer import pipeline

    desk = open_desk(ctx, edition)
    reasons = {step: pipeline.stale(desk, step) for step in pipeline.STEPS}
    releases = desk.releases.numbers()
    if as_json:
        click.echo(json.dumps({"steps": reasons, "releases": releases}, indent=1))
        return
    for step, why in reasons.items():
        shown = "up to date" if not why else f"stale: {'; '.join(why[:4])}" + (" ..." if len(why) > 4 else "")
        click.echo(f"{step:<9}  {shown}")
    click.echo(f"releases   {', '.join(map(str, releases)) or 'none'}")


@click.command()
@click.argument("code")
def explain(code: str) -> None:
    """Tell what a problem code means, for example F003."""
    kind = CATALOGUE.get(code.upper())
    if kind is None:
        place, way_out = Place(field=code), suggestion(code.upper(), CATALOGUE)
        raise BadInput((Problem("B011", place, f"'{code}'", "a code such as F003", way_out),))
    family = FAMILIES[kind.code[0]]
    click.echo(f"{kind.code}  {kind.title}\n\n{click.wrap_text(kind.explanation, 100)}\n")
    click.echo(f"Family: {family.name} (exit code {family.exit_code}).")


@click.command()
@edition
@click.argument("figures", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_context
def compare(ctx: click.Context, edition: str, figures: Path, as_json: bool) -> None:
    """Compare the last release with published FIGURES (CSV); exit code 1 when one differs as printed."""
    from barometer import files, pipeline
    from barometer.cli._comparison import print_comparison

    desk = open_desk(ctx, edition)
    rows = pipeline.compare(desk, figures.name, files.read_file(figures))
    print_comparison(desk.edition, rows, as_json)
    if any(row.outcome == "differs" for row in rows):
        raise click.exceptions.Exit(1)


COMMANDS = (diff, status, explain, compare)


def _cell(row: dict[str, object], side: str) -> str:
    value, status = row[f"value{side}"], row[f"status{side}"]
    if status is None:
        return "-"
    return "hidden" if value is None else f"{value:.6g} (n {row[f'n{side}']})"
