"""What runs the jobs: `python -m barometer.web.worker`. Several may run; one of them sends mail at a time."""

import os

import django

from barometer.web.parent import end_with_parent

STOP_WITHIN = 10.0
"""Seconds a job may take to end after SIGTERM; then the worker ends with it, and it is begun again elsewhere."""


def main() -> None:
    """Work until SIGTERM or Ctrl-C; looks at rules and outbox at once, in case it died over them before."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "barometer.web.settings")
    end_with_parent()
    django.setup()
    from procrastinate.contrib.django import app

    from barometer.web.fieldwork.wake import wake

    wake()
    with app.replace_connector(app.connector.get_worker_connector()) as working:  # type: ignore[attr-defined]
        working.run_worker(concurrency=4, delete_jobs="successful", shutdown_graceful_timeout=STOP_WITHIN)


if __name__ == "__main__":
    main()
