"""Waking the worker: a job deferred in the caller's own transaction, so it is there exactly when the outbox is."""

from procrastinate.contrib.django import app


def wake() -> None:
    """Ask the worker to look at rules and outbox now. Losing the call costs a minute at most: it looks by itself."""
    app.configure_task("deliver").defer()
