"""`serve`: look at a release in a browser."""

from __future__ import annotations

import http.server
from functools import partial
from pathlib import Path

import click

from barometer.cli._desk import edition, open_desk


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


COMMANDS = (serve,)


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


def print_sites(server: http.server.ThreadingHTTPServer, roots: dict[str, Path]) -> None:
    click.echo(f"\nServing at http://localhost:{server.server_port}/  (Ctrl-C ends)")
    for name in roots:
        click.echo(f"  http://localhost:{server.server_port}/{name}/")


def bind(roots: dict[str, Path], port: int) -> http.server.ThreadingHTTPServer:
    """A server of these sites, on the port or the next free one."""
    for candidate in range(port, port + 50):
        try:
            return http.server.ThreadingHTTPServer(("127.0.0.1", candidate), partial(_Sites, roots=roots))
        except OSError:
            continue
    raise click.ClickException(f"No free port from {port} to {port + 49}. Give another with --port.")


def _serve(roots: dict[str, Path], port: int) -> None:
    server = bind(roots, port)
    with server:
        print_sites(server, roots)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            click.echo("Stopped.")
