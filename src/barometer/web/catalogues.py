"""Texts of the pages in their languages: one folder of catalogues an audience, compiled when they are newer.

`locale/<audience>/<language>/LC_MESSAGES/django.po`; English is the text in the templates. Another language is
another folder. GNU gettext is not needed: Babel compiles.
"""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).parent / "locale"


def compile_catalogues() -> None:
    """Write each .mo that is missing or older than its .po; whole, so that a reader never sees half of one."""
    for source in LOCALE.glob("*/*/LC_MESSAGES/django.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as opened:
            catalogue = read_po(opened, locale=source.parent.parent.name)
        half = target.with_suffix(".mo.new")
        with half.open("wb") as opened:
            write_mo(opened, catalogue)
        half.replace(target)
