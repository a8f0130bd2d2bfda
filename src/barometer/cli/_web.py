"""`web`, `staff`, `bounce` and `letters`: the installation where respondents and the survey team meet."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import click

from barometer.cli._desk import edition, open_desk
from barometer.cli._installation import open_installation


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8020, show_default=True, help="Port to listen on.")
@click.option("--workers", default=2, show_default=True, help="Processes that answer pages: one or two a core.")
@click.option("--threads", default=4, show_default=True, help="Requests a process answers at a time.")
@click.option("--development-mailbox", is_flag=True, help="Send no mail; show it at /mailbox/ instead.")
@click.option("--no-worker", is_flag=True, help="Run no worker: mail and other jobs wait.")
@click.pass_context
def web(
    ctx: click.Context, host: str, port: int, workers: int, threads: int, development_mailbox: bool, no_worker: bool
) -> None:
    """Run questionnaires, fieldwork and the worker that sends mail, until Ctrl-C.

    Without DATABASE_URL an own PostgreSQL server runs inside, with its data in the workspace's data/postgres. Keys
    are made once, in data/keys. Settings: docs/reference/web.md.
    """
    os.environ.setdefault("BAROMETER_BASE_URL", f"http://localhost:{port}")
    if development_mailbox:
        os.environ["BAROMETER_DEVELOPMENT_MAILBOX"] = "1"
    embedded = not os.environ.get("DATABASE_URL")
    with listen(host, port) as listening:
        open_installation(ctx.obj)
        collect_static()
        data = _data(ctx.obj) if embedded else None
        serve(listening, workers, threads, with_worker=not no_worker, data=data)


@click.group()
def staff() -> None:
    """Accounts of the survey team."""


@staff.command("add")
@click.argument("email")
@click.option("--role", required=True, help="A role, such as field_manager, analyst, coder or manager.")
@click.option("--edition", "edition_id", default="", help="Id of the one edition the role is for (default: all).")
@click.option("--name", default="", help="Name of the person (default: the address).")
@click.option("--generate", is_flag=True, help="Make a password and print it once, instead of asking for one.")
@click.pass_context
def add(ctx: click.Context, email: str, role: str, edition_id: str, name: str, generate: bool) -> None:
    """Add a member of staff. The password is asked for, or generated and printed once."""
    open_installation(ctx.obj)
    from barometer.cli._staff import add_member

    password = "" if generate else click.prompt("Password", hide_input=True, confirmation_prompt=True)
    made = add_member(email=email, name=name, password=password, role=role, edition=edition_id)
    click.echo(f"{email} can log in at {os.environ.get('BAROMETER_BASE_URL', 'http://localhost:8020')}/staff/")
    if generate:
        click.echo(f"Password, shown only now: {made}")


@click.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.pass_context
def bounce(ctx: click.Context, files: tuple[Path, ...]) -> None:
    """Read mail that came back: FILES, folders of .eml files, or the mail on standard input.

    Addresses that do not work are marked and not written to again. What is no report of a failed delivery is listed
    for somebody to read; reading a report twice does no harm.
    """
    open_installation(ctx.obj)
    from barometer.cli._inspect import print_problems
    from barometer.problems import BadInput
    from barometer.web.fieldwork.bounces import read_bounce

    found = [one for path in files for one in (sorted(path.glob("*.eml")) if path.is_dir() else [path])]
    mails = [(str(path), path.read_bytes()) for path in found] if files else [("-", sys.stdin.buffer.read())]
    read = 0
    for name, content in mails:
        try:
            read_bounce(content, file=name)
            read += 1
        except BadInput as unusable:
            print_problems(unusable.problems)
    click.echo(f"{read} of {len(mails)} read.")


@click.command()
@edition
@click.option("--rule", required=True, help="Name of a rule for paper, made on the collection's page.")
@click.option("--survey", default="", help="Which survey of the edition (default: the first).")
@click.option("--output", default="letters.pdf", show_default=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--by-stratum", is_flag=True, help="A PDF a stratum, its name added to that of the output.")
@click.option("--again", is_flag=True, help="Print although the letters were printed before.")
@click.pass_context
def letters(
    ctx: click.Context, edition: str, rule: str, survey: str, output: Path, by_stratum: bool, again: bool
) -> None:
    """Write the letters of a rule for paper as PDF, with each case's code and QR code."""
    desk = open_desk(ctx, edition)
    open_installation(ctx.obj)
    from barometer.web.fieldwork.actions.paper import file_names, find_paper_rule, print_letters

    found = find_paper_rule(desk.edition.id, survey or desk.edition.surveys[0].id, rule)
    printed = print_letters(found, by="command line", again=again, by_stratum=by_stratum)
    for name, pdf in file_names(printed, output.stem).items():
        output.with_name(name).write_bytes(pdf)
        click.echo(f"{output.with_name(name)}")
    click.echo(f"{printed.count} letters")


COMMANDS = (web, staff, bounce, letters)
BACKLOG = 2048
"""Connections that wait to be served."""


def _data(workspace: str) -> Path:
    return Path(workspace).resolve() / "data" / "postgres"


def collect_static() -> None:
    """Put styles and scripts where the web server finds them."""
    from django.core.management import call_command

    call_command("collectstatic", verbosity=0, interactive=False, clear=True)


def listen(host: str, port: int) -> socket.socket:
    """The socket pages are served on. Opened here, so that browsers wait while the web server starts again instead of
    being turned away. Raises BadInput C080."""
    from barometer.problems import BadInput, Place, Problem

    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except (OSError, OverflowError) as error:
        words = f"{host}:{port}: {getattr(error, 'strerror', '') or error}"
        way_out = "End the program that uses it, or give another with --port or --host."
        raise BadInput((Problem("C080", Place(), words, "an address to listen on", way_out),)) from error


def serve(
    listening: socket.socket,
    workers: int,
    threads: int,
    *,
    with_worker: bool,
    data: Path | None,
    look: Callable[[], None] = lambda: None,
) -> None:
    """Run web server and worker until Ctrl-C or SIGTERM. `data`: of the embedded database, revived when it dies;
    `look`: called twice a second."""
    from barometer.cli._processes import keep_running
    from barometer.web.database import revive_embedded
    from barometer.web.parent import PARENT

    os.environ[PARENT] = str(os.getpid())
    commands = {
        "web server": [
            *(sys.executable, "-m", "gunicorn", "barometer.web.wsgi:application"),
            *("--config", "python:barometer.web.gunicorn", "--bind", f"fd://{listening.fileno()}"),
            *("--workers", str(workers), "--threads", str(threads)),
        ]
    }
    if with_worker:
        commands["worker"] = [sys.executable, "-m", "barometer.web.worker"]

    def watch() -> None:
        if data is not None and revive_embedded(data):
            click.echo("The database had died and runs again.", err=True)
        look()

    click.echo(f"Serving at {os.environ['BAROMETER_BASE_URL']}/staff/  (Ctrl-C ends)")
    if os.environ.get("BAROMETER_DEVELOPMENT_MAILBOX"):
        click.echo(f"Mail is not sent but shown at {os.environ['BAROMETER_BASE_URL']}/mailbox/")
    keep_running(commands, lambda text: click.echo(text, err=True), watch, [listening.fileno()])
    click.echo("Stopped.")
