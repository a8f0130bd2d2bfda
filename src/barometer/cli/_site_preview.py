"""`preview --site`: the site of an edition under work on this machine, loaded again whenever a file changes."""

from __future__ import annotations

import mimetypes
import signal
import socket
import threading
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import click

from barometer.problems import BadInput

if TYPE_CHECKING:
    from barometer.pipeline.previewing import Preview

LOOK_EVERY = 0.3
"""Seconds."""
HOSTS = ("localhost", "127.0.0.1")


def preview_site(folder: Path, workspace: Path, port: int, opening: bool) -> None:
    """Serve the draft until Ctrl-C or SIGTERM. Raises BadInput C080 where the port is taken, and what is wrong where
    there is no site to begin with."""
    from barometer.cli._web import listen
    from barometer.files import Build
    from barometer.pipeline.previewing import Preview

    with listen(HOSTS[1], port) as listening:
        draft = Preview(folder, workspace)
        watched = (folder, Build(workspace / "build" / folder.resolve().name).root / "protect" / "provenance.json")
        seen = _stamps(watched)
        _look(draft)
        address = f"http://{HOSTS[0]}:{listening.getsockname()[1]}/"
        server = _serve(listening, draft)
        click.echo(f"Draft at {address}  (Ctrl-C ends)")
        if opening:
            click.launch(address)
        try:
            _watch(draft, watched, seen)
        finally:
            server.shutdown()
            server.server_close()
    click.echo("Stopped.")


def _watch(draft: Preview, watched: tuple[Path, ...], seen: dict[str, tuple[int, int]]) -> None:
    ended = threading.Event()

    def end(signum: int, frame: FrameType | None) -> None:
        ended.set()

    earlier = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        while not ended.wait(LOOK_EVERY):
            now = _stamps(watched)
            if now != seen:
                seen = now
                _look(draft)
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)


def _look(draft: Preview) -> None:
    """Make the draft anew and tell how it went."""
    from barometer.cli._inspect import print_problems

    started = time.perf_counter()
    now = datetime.now(UTC).astimezone()
    draft.look(now)
    print_problems(draft.problems)
    if draft.older:
        click.echo(f"note: {draft.older}", err=True)
    state = "the last good site stays" if draft.errors else "site made anew"
    count = f"{len(draft.problems)} {'problem' if len(draft.problems) == 1 else 'problems'}"
    click.echo(f"{now:%H:%M:%S}  {state}, {count}  ({time.perf_counter() - started:.1f} s)")


def _stamps(watched: tuple[Path, ...]) -> dict[str, tuple[int, int]]:
    """When each file last changed, and its size. A file that goes while it is looked at is gone."""
    found: dict[str, tuple[int, int]] = {}
    for root in watched:
        for path in [root, *root.rglob("*")] if root.is_dir() else [root]:
            try:
                told = path.stat()
            except OSError:
                continue
            found[str(path)] = (told.st_mtime_ns, told.st_size)
    return found


def _serve(listening: socket.socket, draft: Preview) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 30

        def do_GET(self) -> None:
            status, kind, content = _answer(draft, self.path, self.headers.get("Host", ""))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Cache-Control", "no-store")
            self.send_header("X-Content-Type-Options", "nosniff")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """The terminal is for problems."""

    server = ThreadingHTTPServer(listening.getsockname()[:2], Handler, bind_and_activate=False)
    server.socket.close()
    server.socket = listening
    server.daemon_threads, server.block_on_close = True, False
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
    return server


def _answer(draft: Preview, target: str, host: str) -> tuple[int, str, bytes]:
    """Status, media type and content. Other names than this machine's are refused: a page elsewhere must not read a
    release that is not out yet."""
    if host.rsplit(":", 1)[0] not in HOSTS:
        return 421, "text/plain", b"Not here.\n"
    path = unquote(urlsplit(target).path).lstrip("/")
    if path == "favicon.ico":
        return 204, "image/x-icon", b""
    try:
        content = draft.file(path)
    except BadInput as bad:
        return 500, "text/plain; charset=utf-8", "\n".join(str(one) for one in bad.problems).encode()
    if content is None:
        return 404, "text/plain", b"No such page.\n"
    kind = mimetypes.guess_type(path)[0] or "text/html" if "." in path.rsplit("/", 1)[-1] else "text/html"
    return 200, f"{kind}; charset=utf-8" if kind.startswith("text/") else kind, content
