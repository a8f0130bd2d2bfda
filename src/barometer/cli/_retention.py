"""`retention` and `person`: deleting what is no longer needed, and what a person asks for."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

import click

from barometer.cli._desk import edition, open_desk
from barometer.cli._installation import open_installation

if TYPE_CHECKING:
    from barometer.web.fieldwork.models import Case

DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@edition
@click.option("--dry-run", is_flag=True, help="Only count what would be deleted today.")
@click.option("--contacts-until", type=DAY, help="Set the day after which names, addresses and mail are deleted.")
@click.option("--link-until", type=DAY, help="Set the day after which nobody can tell whose answers are whose.")
@click.option("--paradata-until", type=DAY, help="Set the day after which the record of pages and times is deleted.")
@click.option("--texts-until", type=DAY, help="Set the day after which open answers remain only as they were cleared.")
@click.pass_context
def retention(
    ctx: click.Context,
    edition: str,
    dry_run: bool,
    contacts_until: datetime | None,
    link_until: datetime | None,
    paradata_until: datetime | None,
    texts_until: datetime | None,
) -> None:
    """Delete what an edition's collections no longer need, at the days set for it.

    The worker does the same every night. What was deleted is told in the log.
    """
    desk = open_desk(ctx, edition)
    open_installation(ctx.obj)
    from django.utils import timezone

    from barometer.web.fieldwork.actions.retention import apply_retention, due, set_retention
    from barometer.web.fieldwork.models import Collection

    given = {"contacts": contacts_until, "link": link_until, "paradata": paradata_until, "texts": texts_until}
    days = {store: moment.date() for store, moment in given.items() if moment}
    today = timezone.localdate()
    for collection in Collection.objects.filter(edition=desk.edition.id).order_by("pk"):
        if days:
            set_retention(collection, days=days, by="command line")
        for part in due(collection, today=today):
            counts = ", ".join(f"{count:,} {what}" for what, count in part.counts.items())
            now = "due" if part.due else f"after {part.until}" if part.until else "no day is set"
            click.echo(f"{collection}  {part.store:<9} {counts}  ({now})")
        if not dry_run:
            for part in apply_retention(collection, today=today, by="command line"):
                click.echo(f"{collection}  {part.store:<9} deleted")


@click.group()
def person() -> None:
    """Hand out or delete everything about one case, by the number on its letters."""


@person.command(name="export")
@click.argument("number", metavar="CASE_NUMBER")
@click.pass_context
def export_one(ctx: click.Context, number: str) -> None:
    """Print what contacts, link and answers have about the case, as JSON."""
    open_installation(ctx.obj)
    from barometer.web.fieldwork.actions.person import export_person

    found = export_person(find_case(number), by="command line")
    click.echo(json.dumps(found, default=str, ensure_ascii=False, indent=1))


@person.command(name="delete")
@click.argument("number", metavar="CASE_NUMBER")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def delete_one(ctx: click.Context, number: str, yes: bool) -> None:
    """Delete contacts, mail and answers of the case; it is not asked again."""
    open_installation(ctx.obj)
    from barometer.web.fieldwork.actions.person import delete_person

    case = find_case(number)
    if not yes:
        click.confirm(f"Delete everything about case {case.number} of {case.collection}?", abort=True)
    counts = delete_person(case, by="command line")
    click.echo(", ".join(f"{count} {what}" for what, count in counts.items()) + " deleted")
    click.echo("Answers frozen before still have the case: run 'barometer collect' again.")


COMMANDS = (retention, person)


def find_case(number: str) -> Case:
    """Raises BadInput C064."""
    from barometer.problems import BadInput, Place, Problem
    from barometer.web.fieldwork.queries.cases import case_by_number

    case = case_by_number(number)
    if case is None:
        way_out = "Look the number up under Cases on the staff pages."
        raise BadInput((Problem("C064", Place(field="case number"), f"'{number}'", "a case's number", way_out),))
    return case
