"""`demo`: the example editions from register to site, and one of them in the field."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from barometer.cli._desk import edition_path, open_desk
from barometer.cli._show import bind, print_sites
from barometer.cli._work import run_desk

if TYPE_CHECKING:
    from barometer.pipeline import Desk

EXAMPLES = ("norway-time-thieves-2014", "denmark-2014", "norway-state-2021")
FIELDED = "norway-state-2021"
A_SECOND = 4.0
"""Leaders who begin in a second while somebody watches the monitor."""


@click.command()
@click.option("--port", default=8014, show_default=True, help="Port on localhost; the next free one is taken.")
@click.option("--serve/--no-serve", "serving", default=True, help="Serve sites and questionnaires at the end.")
@click.option("--fieldwork/--no-fieldwork", default=True, help="Field an edition too: questionnaires, mail, monitor.")
@click.option("--examples/--no-examples", default=True, help="Run the example editions; else only the fieldwork.")
@click.pass_context
def demo(ctx: click.Context, port: int, serving: bool, fieldwork: bool, examples: bool) -> None:
    """Run the three example editions, field one of them with simulated leaders, and serve it all on localhost.

    The fieldwork is made anew each time, in build/demo: its own database, its own mailbox, no mail leaves. The same
    installation serves the sites, with table builder, self-test and API; without fieldwork they are served as files.
    """
    from barometer import pipeline
    from barometer.cli._comparison import print_comparison

    started = time.perf_counter()
    desks = [open_desk(ctx, name) for name in EXAMPLES] if examples else []
    for desk in desks:
        run_desk(desk)
    for desk in desks:
        if "figures.csv" in desk.folder:
            print_comparison(desk.edition, pipeline.compare(desk, "figures.csv", desk.folder["figures.csv"]), False)
    if examples:
        click.echo(f"\nThree editions in {time.perf_counter() - started:.1f} s.")
    roots = {
        name: desk.releases.path(desk.releases.numbers()[-1]) / "site"
        for name, desk in zip(EXAMPLES, desks, strict=False)
    }
    for name, root in roots.items():
        click.echo(f"{name}: {root}/index.html")
    server = bind(roots, port) if serving and roots and not fieldwork else None
    if server is not None:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print_sites(server, roots)
    try:
        if fieldwork:
            _field(Path(ctx.obj), port + 6, serving, [desk.releases.root for desk in desks])
        elif serving:
            threading.Event().wait()
    except KeyboardInterrupt:
        click.echo("Stopped.")
    finally:
        if server is not None:
            server.shutdown()


COMMANDS = (demo,)


class _Ended(Exception):
    """The scenario is over and nobody watches."""


@dataclass
class _Scenario:
    """What happens in the field, in a thread of its own beside the processes it needs."""

    desk: Desk
    address: str
    watched: bool
    stop: threading.Event = field(default_factory=threading.Event)
    failure: str = ""

    def run(self) -> None:
        from barometer.cli import _fielding

        try:
            self._run()
        except Exception:
            self.failure = "" if self.stop.is_set() else traceback.format_exc()
        finally:
            _fielding.leave_database()

    def _run(self) -> None:
        from barometer.cli import _fielding

        started, say, stopping = time.perf_counter(), _say, self.stop.is_set
        fields = _fielding.launch(self.desk, say)
        say(f"mail       {_fielding.wait_for_mail('invitation', stopping):,} invitations left")
        waves = [_fielding.waves(one) for one in fields]
        for one, (straight, _, _) in zip(fields, waves, strict=True):
            _fielding.answer_straight(one, straight)
        say(f"answers    {sum(len(straight) for straight, _, _ in waves):,} questionnaires through the actions")
        pace = A_SECOND if self.watched else 0.0
        for one, (_, early, _) in zip(fields, waves, strict=True):
            _fielding.answer_by_network(self.address, one, early, stopping, a_second=pace)
            _fielding.decline_by_network(self.address, one, one.silent[: len(one.silent) // 20])
        for one in fields:
            _fielding.write_to(one.collection, "reminder_not_opened", {"all": [{"state": ["new", "invited"]}]})
        say(f"mail       {_fielding.wait_for_mail('reminder_not_opened', stopping):,} reminders left")
        for one, (_, _, late) in zip(fields, waves, strict=True):
            _fielding.answer_by_network(self.address, one, late, stopping, a_second=pace)
        if stopping():
            return
        for one in fields:
            say(f"fielded    {_fielding.summary(one)}")
        odd = _fielding.collect_and_compare(self.desk, fields, say)
        say(f"Fielded in {time.perf_counter() - started:.1f} s.")
        if odd:
            self.failure = f"{odd} released figures differ from the simulation's."


def _field(workspace: Path, port: int, serving: bool, published: list[Path]) -> None:
    """Field the edition: installation, staff, processes, and the scenario beside them. `published`: folders of
    releases that the installation serves too."""
    from barometer.cli._installation import open_installation
    from barometer.cli._web import collect_static, serve

    click.echo("\nNow in the field:")
    folder = workspace.resolve() / "build" / "demo"
    shutil.rmtree(folder, ignore_errors=True)
    desk = _fielded_desk(folder)
    link_releases(published, folder / "releases")
    listening = _listen(port)
    port = listening.getsockname()[1]
    address = f"http://localhost:{port}"
    os.environ.update(
        BAROMETER_BASE_URL=address,
        BAROMETER_DEVELOPMENT_MAILBOX="1",
        BAROMETER_SECOND_FACTOR_OPTIONAL="1",
        BAROMETER_MAIL_PER_MINUTE="60000",
    )
    os.environ.pop("DATABASE_URL", None)
    open_installation(folder)
    from barometer.cli._fielding import DEPUTY, TEAM
    from barometer.cli._staff import add_member

    password = add_member(email=TEAM, name="Demo", password="", role="manager", edition="")
    add_member(email=DEPUTY, name="Deputy", password="", role="field_manager", edition="")
    collect_static()
    if published:
        click.echo(f"sites, table builder, self-test and API: {address}/")
        for one in published:
            click.echo(f"  {address}/editions/{one.name}/")
    _say(f"monitor    {address}/staff/editions/{desk.edition.id}/")
    _say(f"           log in as {TEAM} with the password {password}")
    _say(f"mailbox    {address}/mailbox/")
    scenario = _Scenario(desk, f"http://127.0.0.1:{port}", serving)
    thread = threading.Thread(target=scenario.run, daemon=True)

    def look() -> None:
        if thread.ident is None:
            thread.start()
        if scenario.failure:
            raise click.ClickException(f"The fieldwork failed.\n{scenario.failure}")
        if thread.ident is not None and not thread.is_alive() and not serving:
            raise _Ended

    try:
        serve(listening, 2, 4, with_worker=True, data=folder / "data" / "postgres", look=look)
    except _Ended:
        pass
    finally:
        scenario.stop.set()
        if thread.ident is not None:
            thread.join(10)
        listening.close()


def _fielded_desk(folder: Path) -> Desk:
    """The example with another name and answers that are collected: a copy in the demo's folder."""
    from barometer import files, pipeline

    name = f"{FIELDED}-fielded"
    copied = dict(files.read_folder(edition_path(FIELDED)))
    header = copied["edition.toml"].decode()
    header = header.replace(f'id = "{FIELDED}"', f'id = "{name}"').replace('kind = "simulated"', 'kind = "collected"')
    copied["edition.toml"] = header.encode()
    folder.mkdir(parents=True)
    files.create_folder(folder / name, copied)
    return pipeline.open_desk(folder / name, folder)


def link_releases(published: list[Path], releases: Path) -> None:
    """Show the releases to the installation without copying them."""
    releases.mkdir(parents=True, exist_ok=True)
    for one in published:
        (releases / one.name).symlink_to(one.resolve(), target_is_directory=True)


def _say(line: str) -> None:
    click.echo(f"{FIELDED}  {line}")


def _listen(port: int) -> socket.socket:
    """On the port, or the next free one."""
    from barometer.cli._web import listen
    from barometer.problems import BadInput

    for candidate in range(port, port + 50):
        try:
            return listen("127.0.0.1", candidate)
        except BadInput:
            continue
    raise click.ClickException(f"No free port from {port} to {port + 49}. Give another with --port.")
