"""An installation of the web layer: its keys, its database and Django, made ready for a command that needs them."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

KEYS = {"BAROMETER_SECRET_KEY": "secret-key", "BAROMETER_LINK_KEY": "link-key"}


def open_installation(workspace: str | Path) -> None:
    """Set what the environment leaves open, start the embedded database when no other is named, and load Django.

    After this, models, actions and queries can be imported. The tables are brought up to date, so that every command
    can be the first one. Keys are made once, in <workspace>/data/keys, readable by their owner only.
    """
    from barometer.pipeline.approvals import KEY, VARIABLE

    folder = Path(workspace).resolve()
    os.environ["BAROMETER_WORKSPACE"] = str(folder)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "barometer.web.settings")
    for variable, name in {**KEYS, VARIABLE: KEY}.items():
        if not os.environ.get(variable):
            os.environ[variable] = _key(folder / "data" / "keys" / name)
    if not os.environ.get("DATABASE_URL"):
        from barometer.web.database import start_embedded

        os.environ["DATABASE_URL"] = start_embedded(folder / "data" / "postgres")

    import django

    from barometer.web.catalogues import compile_catalogues

    compile_catalogues()
    django.setup()
    _migrate()


def _migrate() -> None:
    """Bring the tables up to date; one command at a time, since migrations of two would mix."""
    from django.core.management import call_command
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(hashtext('migrations'))")
        try:
            call_command("migrate", verbosity=0, interactive=False)
        finally:
            cursor.execute("select pg_advisory_unlock(hashtext('migrations'))")


def _key(path: Path) -> str:
    """The key in the file, made on first use. Two commands at once agree: the first to link its file in wins."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        half = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as opened:
            opened.write(secrets.token_urlsafe(48))
            opened.flush()
            os.fsync(opened.fileno())
        try:
            path.hardlink_to(half)
        except FileExistsError:
            pass
        finally:
            half.unlink()
    return path.read_text().strip()
