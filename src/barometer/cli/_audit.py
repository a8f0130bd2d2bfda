"""`audit`: what a published release gives away to somebody who has nothing but the downloads."""

from __future__ import annotations

from pathlib import Path

import click

from barometer.cli._desk import edition, open_desk


@click.command()
@edition
@click.option("--release", "number", type=int, help="Which release (default: the last).")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_context
def audit(ctx: click.Context, edition: str, number: int | None, as_json: bool) -> None:
    """Attack a release from outside: bounds of every hidden figure, from the published files alone.

    Reads data/ of the release and of all earlier ones, and the edition's public definitions and register. Leaves a page
    in build/EDITION/audit/. Exit code 1 when a hidden figure can be worked out, or nearly so.
    """
    from barometer.pipeline import auditing

    found = auditing.audit_release(open_desk(ctx, edition), number)
    if as_json:
        click.echo(found.as_json())
    else:
        for line in found.lines():
            click.echo(line)
        click.echo(f"Page: {Path(found.page)}")
    if not found.findings.passed:
        raise click.exceptions.Exit(1)


COMMANDS = (audit,)
