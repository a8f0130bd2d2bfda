"""The verbs that do the work, one step each, and `run` that does all that is stale."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from barometer.cli._desk import edition, edition_path, open_desk
from barometer.cli._inspect import print_problems, problems_as_json
from barometer.problems import BadInput, Place, Problem, exit_code

if TYPE_CHECKING:
    from barometer.pipeline import Desk


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--alone", is_flag=True, help="Ask for no votes before it is published; to learn and to try.")
def new(folder: Path, alone: bool) -> None:
    """Start an edition: copy a small, commented, complete example to FOLDER, whose name becomes its id."""
    from barometer import files
    from barometer.edition import starter

    files.create_folder(folder, starter(approvals=0 if alone else 2, name=folder.name))
    click.echo(f"Made {folder}. Read edition.toml first; then: barometer run {folder}")


@click.command()
@edition
@click.option("--json", "as_json", is_flag=True, help="Print the problems as JSON.")
def check(edition: str, as_json: bool) -> None:
    """Read the edition whole and list every problem in it."""
    from barometer import files
    from barometer.edition import try_edition
    from barometer.publication import check_self_test, check_wording

    read, found = try_edition(files.read_folder(edition_path(edition)))
    found = (*found, *check_wording(read), *check_self_test(read)) if read else found
    if as_json:
        click.echo(problems_as_json(found))
    else:
        print_problems(found)
    if code := exit_code(found):
        raise click.exceptions.Exit(code)
    if not as_json:
        click.echo(f"{edition}: no errors" + (f", {len(found)} warnings" if found else "") + ".")


@click.command()
@edition
@click.option("--all", "everything", is_flag=True, help="Do fresh steps again, too.")
@click.pass_context
def run(ctx: click.Context, edition: str, everything: bool) -> None:
    """Do every step that is stale, in order."""
    run_desk(open_desk(ctx, edition), everything)


def run_desk(desk: Desk, everything: bool = False) -> None:
    """Do the stale steps of one edition, with a line for each."""
    from barometer import pipeline

    started = time.perf_counter()
    name = desk.edition.id
    click.echo(f"{name}  check      {len(desk.folder)} files, no errors  ({_since(started)})")
    with desk.build.lock():
        for step in pipeline.STEPS:
            if everything or pipeline.stale(desk, step):
                try:
                    _do(desk, step)
                except BadInput as refused:
                    if step != "publish" or {one.code for one in refused.problems} - WAITING:
                        raise
                    click.echo(f"{name}  publish    waits: {refused.problems[0].way_out}")
            else:
                click.echo(f"{name}  {step:<9}  up to date")


def _step_command(verb: str, step: str, does: str, *, answers: str = "", otherwise: str = "") -> click.Command:
    """The verb of one step; where a survey has to have `answers` of a kind, the verb that is meant `otherwise`."""

    @click.command(name=verb, help=does)
    @edition
    @click.pass_context
    def command(ctx: click.Context, edition: str) -> None:
        desk = open_desk(ctx, edition)
        if answers:
            _expect(desk, answers, otherwise)
        one_step(desk, step)

    return command


STEPS = (
    _step_command("sample", "sample", "Draw the sample from the register."),
    _step_command(
        "simulate",
        "answers",
        "Make up answers for the drawn sample (editions marked synthetic).",
        answers="simulated",
        otherwise="import-answers",
    ),
    _step_command(
        "import-answers",
        "answers",
        "Read answers collected elsewhere, by the map the edition names.",
        answers="imported",
        otherwise="simulate",
    ),
    _step_command("weigh", "weigh", "Weigh the answers: design, non-response, calibration to the register."),
    _step_command(
        "estimate", "estimate", "Estimate every indicator in every cell, with its uncertainty (confidential)."
    ),
)
PUBLISH = _step_command(
    "publish",
    "publish",
    """Write the site and the open data as the next release, if enough people agreed to it.

    Before its minute (release.at in edition.toml) a release is sealed: pages and link `current` show it from then on.
    """,
)
COMMANDS = (new, check, *STEPS)
LAST = (PUBLISH, run)

WAITING = {"B020", "B022"}
"""Problems of `publish` that only people can solve, by voting: `run` has then done all it can."""


def one_step(desk: Desk, step: str) -> None:
    """A step by itself, on what the earlier ones left; says so when one of them would now come out otherwise."""
    from barometer import pipeline

    with desk.build.lock():
        for earlier in pipeline.STEPS[: pipeline.STEPS.index(step)]:
            if desk.build.provenance(earlier) and (reasons := pipeline.stale(desk, earlier)):
                click.echo(f"note: '{earlier}' is stale ({reasons[0]}); 'barometer run' does it again.", err=True)
        _do(desk, step)


def _do(desk: Desk, step: str) -> None:
    from barometer import pipeline

    started = time.perf_counter()
    outcome = pipeline.ACTIONS[step](desk)
    print_problems(outcome.warnings)
    if step == "protect":
        from barometer.pipeline import reviewing

        reviewing.leave_page(desk, reviewing.reviewed(desk))
    click.echo(f"{desk.edition.id}  {step:<9}  {outcome.line}  ({_since(started)})")


def _expect(desk: Desk, kind: str, other: str) -> None:
    kinds = {survey.answers.kind for survey in desk.edition.surveys}
    if kind not in kinds:
        raise BadInput(
            (
                Problem(
                    "B009",
                    Place(file="edition.toml", field="answers"),
                    f"answers of kind {', '.join(sorted(kinds))}",
                    f"at least one survey with answers of kind {kind}",
                    f"Run 'barometer {other}' instead, or 'barometer run'.",
                ),
            )
        )


def _since(started: float) -> str:
    return f"{time.perf_counter() - started:.1f} s"
