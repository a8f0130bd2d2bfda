"""`field`: an edition goes into the field."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from barometer.cli._desk import edition, edition_path, open_desk
from barometer.cli._installation import open_installation

if TYPE_CHECKING:
    from barometer.pipeline import Desk
    from barometer.tables import Sample


@click.command()
@edition
@click.pass_context
def field(ctx: click.Context, edition: str) -> None:
    """Make a collection of each survey of an edition: a case for each unit of the drawn sample.

    Nothing is sent and nobody can answer yet: contacts, letters and the launch are on the staff pages.
    """
    desk = open_desk(ctx, edition)
    samples = samples_to_field(desk)
    open_installation(ctx.obj)
    made = create_collections(desk, samples, str(edition_path(edition).resolve()))
    for survey, cases in made.items():
        click.echo(f"{survey}: {cases:,} cases, in draft")
    address = os.environ.get("BAROMETER_BASE_URL", "http://localhost:8020")
    click.echo("Next:")
    click.echo("  barometer staff add EMAIL --role manager     if nobody can log in yet")
    click.echo("  barometer web                                and, at " + f"{address}/staff/:")
    click.echo("  import contacts, make and preview the rules for letters, launch")


def samples_to_field(desk: Desk) -> dict[str, Sample]:
    """Each survey's sample, if it was drawn (B005) and still is the edition's (C002)."""
    from barometer import pipeline
    from barometer.problems import Place, Problem, raise_errors

    samples = pipeline.drawn_samples(desk)
    changed = [why for why in pipeline.stale(desk, "sample") if why != "the program changed"]
    raise_errors(
        Problem("C002", Place(field="sample"), why, "the edition as it was sampled", "Run 'barometer sample' again.")
        for why in changed
    )
    return samples


def create_collections(desk: Desk, samples: dict[str, Sample], folder: str) -> dict[str, int]:
    """Every survey's collection, or none: what exists already is told, all at once."""
    from django.db import transaction

    from barometer.problems import Place, Problem, raise_errors
    from barometer.web.fieldwork.actions.collections import create_collection
    from barometer.web.fieldwork.models import Collection

    with transaction.atomic():
        there = Collection.objects.filter(edition=desk.edition.id).values_list("survey", flat=True)
        way_out = "Go on with it on the staff pages; a changed questionnaire is published there."
        raise_errors(
            Problem("C003", Place(field=survey), f"a collection of '{survey}'", "none yet", way_out) for survey in there
        )
        for survey in desk.edition.surveys:
            create_collection(desk.edition, survey, samples[survey.id], folder=folder, by="command line")
    return {survey: one.units.height for survey, one in samples.items()}


COMMANDS = (field,)
