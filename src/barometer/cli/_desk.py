"""The argument and the opening every command shares."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from barometer.pipeline import Desk

edition: Callable[[Any], Any] = click.argument("edition", metavar="EDITION")


def edition_path(name: str) -> Path:
    """The folder a command means: a path, or a name in editions/."""
    path = Path(name)
    return path if path.exists() or not (Path("editions") / name).exists() else Path("editions") / name


def open_desk(ctx: click.Context, name: str) -> Desk:
    from barometer import pipeline

    return pipeline.open_desk(edition_path(name), Path(ctx.obj))
