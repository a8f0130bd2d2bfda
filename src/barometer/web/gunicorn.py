"""Settings of gunicorn as `barometer web` runs it; see its `--config`."""

from typing import Any

from barometer.web.parent import end_with_parent

worker_class = "gthread"
max_requests, max_requests_jitter = 20_000, 2_000
graceful_timeout = 10
loglevel = "warning"
control_socket_disable = True


def on_starting(server: Any) -> None:
    """Called by gunicorn before it starts its workers, which in turn end with it."""
    end_with_parent()
