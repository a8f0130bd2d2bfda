"""`collect` and `export-answers`: answers leave the database, pseudonymised."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from barometer.cli._desk import edition, open_desk
from barometer.cli._inspect import print_problems
from barometer.cli._installation import open_installation

if TYPE_CHECKING:
    import polars as pl

    from barometer.pipeline import Desk, Outcome
    from barometer.problems import Problem

LAYERS = ("edited", "collected")
FORMATS = ("csv", "xlsx", "parquet", "sav", "dta", "r", "ddi", "codebook", "events", "paradata", "all")


@click.command()
@edition
@click.option("--layer", type=click.Choice(LAYERS), default="edited", show_default=True, help="With or without edits.")
@click.option("--partials/--no-partials", default=True, show_default=True, help="Keep partials of the close.")
@click.pass_context
def collect(ctx: click.Context, edition: str, layer: str, partials: bool) -> None:
    """Freeze the answers given on the web, by phone and on paper, for the steps that follow.

    One row a case, pseudonymised, without answers off the path. 'barometer run' goes on from them when edition.toml
    says answers = { kind = "collected" }. Collecting again replaces them and tells what changed.
    """
    desk = open_desk(ctx, edition)
    open_installation(ctx.obj)
    with desk.build.lock():
        outcome = freeze_collected(desk, layer=layer, partials=partials)
    print_problems(outcome.warnings)
    click.echo(f"{desk.edition.id}  collect    {outcome.line}")


@click.command(name="export-answers")
@edition
@click.option("--survey", default="", help="Which survey of the edition (default: the first).")
@click.option("--format", "formats", type=click.Choice(FORMATS), multiple=True, default=("all",), show_default=True)
@click.option("--language", default="", help="Of labels (default: the edition's first).")
@click.option("--layer", type=click.Choice(LAYERS), default="edited", show_default=True, help="With or without edits.")
@click.option("--output", default="export", show_default=True, type=click.Path(file_okay=False, path_type=Path))
@click.pass_context
def export_answers(
    ctx: click.Context, edition: str, survey: str, formats: tuple[str, ...], language: str, layer: str, output: Path
) -> None:
    """Write the collected answers for other programs, with labels, missing codes and a codebook."""
    desk = open_desk(ctx, edition)
    open_installation(ctx.obj)
    from barometer.web.fieldwork.actions.exporting import export_collection
    from barometer.web.fieldwork.queries.answers import find_collection

    found = find_collection(desk.edition.id, survey or desk.edition.surveys[0].id)

    def put(name: str, content: bytes) -> None:
        output.mkdir(parents=True, exist_ok=True)
        (output / name).write_bytes(content)
        click.echo(f"{output / name}  {len(content):,} bytes")

    export_collection(found, put, formats=formats, language=language, layer=layer, by="command line")


COMMANDS = (collect, export_answers)


def freeze_collected(desk: Desk, *, layer: str, partials: bool) -> Outcome:
    """Read every survey of kind 'collected' and freeze them together, with a row in the log."""
    from django.db import transaction

    from barometer import pipeline
    from barometer.problems import BadInput, Place
    from barometer.problems import Problem as Told
    from barometer.web.audit.actions import record
    from barometer.web.fieldwork.queries.answers import collected, find_collection, for_estimation

    surveys = [survey for survey in desk.edition.surveys if survey.answers.kind == "collected"]
    if not surveys:
        way_out = 'Write answers = { kind = "collected" } in edition.toml.'
        place = Place(file="edition.toml", field="answers")
        raise BadInput((Told("B009", place, "no survey with collected answers", "at least one", way_out),))
    tables: dict[str, dict[str, pl.DataFrame]] = {}
    warnings: list[Problem] = []
    schemes: dict[str, dict[str, int]] = {}
    with transaction.atomic():
        for survey in surveys:
            found = collected(find_collection(desk.edition.id, survey.id), layer=layer, partials=partials)
            table, told = for_estimation(found, survey.instrument, survey.codings)
            warnings += told
            schemes[survey.id] = dict(found.scheme_versions)
            tables[survey.id] = {"answers": table, "states": found.states, "cases": found.cases}
        outcome = pipeline.freeze(desk, tables, {"layer": layer, "partials": partials, "coding_schemes": schemes})
        record("answers collected", by="command line", edition=desk.edition.id, layer=layer, outcome=outcome.line)
    return pipeline.Outcome(outcome.line, tuple(warnings))
