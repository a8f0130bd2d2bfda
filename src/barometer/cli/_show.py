"""`demo` and `serve`: run the example editions and look at the result in a browser."""

from __future__ import annotations

import http.server
import time
from functools import partial
from pathlib import Path

import click

from barometer.cli._desk import edition, open_desk
from barometer.cli._work import run_desk

EXAMPLES = ("norway-time-thieves-2014", "denmark-2014", "norway-state-2021")


@click.command()
@click.option("--port", default=8014, show_default=True, help="Port on localhost; the next free one is taken.")
@click.option("--serve/--no-serve", "serving", default=True, help="Serve the sites at the end.")
@click.pass_context
def demo(ctx: click.Context, port: int, serving: bool) -> None:
    """Run the three example editions and serve their sites on localhost."""
    from barometer import pipeline
    from barometer.cli._comparison import print_comparison

    started = time.perf_counter()
    desks = [open_desk(ctx, name) for name in EXAMPLES]
    for desk in desks:
        run_desk(desk)
    for desk in desks:
        if "figures.csv" in desk.folder:
            print_comparison(desk.edition, pipeline.compare(desk, "figures.csv", desk.folder["figures.csv"]), False)
    click.echo(f"\nThree editions in {time.perf_counter() - started:.1f} s.")
    roots = {
        name: desk.releases.path(desk.releases.numbers()[-1]) / "site"
        for name, desk in zip(EXAMPLES, desks, strict=True)
    }
    for name, root in roots.items():
        click.echo(f"{name}: {root}/index.html")
    if serving:
        _serve(roots, port)


@click.command()
@edition
@click.option("--port", default=8014, show_default=True, help="Port on localhost; the next free one is taken.")
@click.pass_context
def serve(ctx: click.Context, edition: str, port: int) -> None:
    """Serve the last release of an edition on localhost."""
    from barometer import pipeline

    desk = open_desk(ctx, edition)
    number, _ = pipeline.last_release(desk)
    _serve({desk.edition.id: desk.releases.path(number) / "site"}, port)


COMMANDS = (serve, demo)


class _Sites(http.server.SimpleHTTPRequestHandler):
    """Serves each edition's site under its name; quiet, and with a list of them at the root."""

    def __init__(self, *arguments: object, roots: dict[str, Path], **options: object) -> None:
        self.roots = roots
        super().__init__(*arguments, **options)  # type: ignore[arg-type]

    def translate_path(self, path: str) -> str:
        name, _, rest = path.lstrip("/").partition("/")
        root = self.roots.get(name.partition("?")[0])
        if root is None:
            return str(Path("/nonexistent"))
        self.directory = str(root)
        return super().translate_path("/" + rest)

    def do_GET(self) -> None:
        if self.path == "/":
            items = "".join(f'<li><a href="/{name}/">{name}</a></li>' for name in self.roots)
            page = f'<!doctype html><html lang="en"><title>Barometer</title><h1>Editions</h1><ul>{items}</ul></html>'
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page.encode())
        elif self.path.lstrip("/") in self.roots:
            self.send_response(301)
            self.send_header("Location", self.path + "/")
            self.end_headers()
        else:
            super().do_GET()

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 (the base class names it so)
        pass


def _serve(roots: dict[str, Path], port: int) -> None:
    server = _bind(roots, port)
    with server:
        click.echo(f"\nServing at http://localhost:{server.server_port}/  (Ctrl-C ends)")
        for name in roots:
            click.echo(f"  http://localhost:{server.server_port}/{name}/")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            click.echo("Stopped.")


def _bind(roots: dict[str, Path], port: int) -> http.server.ThreadingHTTPServer:
    for candidate in range(port, port + 50):
        try:
            return http.server.ThreadingHTTPServer(("127.0.0.1", candidate), partial(_Sites, roots=roots))
        except OSError:
            continue
    raise click.ClickException(f"No free port from {port} to {port + 49}. Give another with --port.")
