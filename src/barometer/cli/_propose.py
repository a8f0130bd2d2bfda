"""`propose`: a release is put before the people who vote on it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from barometer.cli._desk import edition, open_desk
from barometer.cli._inspect import print_problems
from barometer.cli._installation import open_installation

if TYPE_CHECKING:
    from barometer.pipeline import Desk, Outcome
    from barometer.web.releases.models import Candidate


@click.command()
@edition
@click.option("--by", required=True, help="E-mail address of the member of staff who made it, and cannot vote on it.")
@click.pass_context
def propose(ctx: click.Context, edition: str, by: str) -> None:
    """Put what 'publish' would store before those who vote on it, on the staff pages.

    They see the audit and the site and vote without knowing each other's votes. An earlier proposal of the edition
    that is still being voted on is withdrawn.
    """
    desk = open_desk(ctx, edition)
    open_installation(ctx.obj)
    proposed, outcome = propose_desk(desk, datetime.now(UTC), by=by)
    print_problems(outcome.warnings)
    click.echo(f"{desk.edition.id}  propose    {outcome.line}; {proposed.needed} votes wanted at /staff/releases/")


def propose_desk(desk: Desk, now: datetime, *, by: str) -> tuple[Candidate, Outcome]:
    """Make the candidate and put it before the voters, once Django is ready."""
    from barometer import pipeline
    from barometer.pipeline import releasing
    from barometer.pipeline.reviewing import reviewed
    from barometer.review import review_files
    from barometer.web.releases import actions

    with desk.build.lock():
        candidate, outcome = pipeline.propose_release(desk, now, review_files(reviewed(desk)))
        stored = not releasing.missing(candidate, desk.releases)
        return actions.propose(candidate, folder=desk.build.root.name, stored=stored, by=by), outcome


COMMANDS = (propose,)
