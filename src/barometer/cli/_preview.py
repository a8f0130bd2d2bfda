"""`preview`: the questionnaires as respondents see them, before anybody is asked; the site, before anybody reads it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from barometer.cli._desk import edition, edition_path, open_desk

if TYPE_CHECKING:
    from barometer.model import Edition


@click.command()
@edition
@click.option("--survey", "surveys", multiple=True, metavar="ID", help="Only this survey; may be repeated.")
@click.option("--language", "languages", multiple=True, metavar="CODE", help="Only this language; may be repeated.")
@click.option("--open", "opening", is_flag=True, help="Show the preview in the browser.")
@click.option("--site", is_flag=True, help="Show the site instead, and anew whenever a text changes, until Ctrl-C.")
@click.option("--port", default=8090, show_default=True, help="Port of the site.")
@click.pass_context
def preview(
    ctx: click.Context,
    edition: str,
    surveys: tuple[str, ...],
    languages: tuple[str, ...],
    opening: bool,
    site: bool,
    port: int,
) -> None:
    """Show the questionnaires: pages with made-up answers, path map, PDF, minutes. With --site, show the site.

    Writes build/EDITION/preview/: every page of the form in every language, filled in, empty and with errors, in the
    templates respondents get; which answers lead to which pages, as drawing and table; a PDF to print; estimated
    minutes, and words and gaps by language. Nothing is sent, and no database is needed.

    With --site: the site with the numbers of the protected release, on this machine alone. Texts, outputs and labels
    may be edited meanwhile; problems are listed here and on a page, and the last good site stays. Nothing is stored.
    """
    if site:
        from barometer.cli._site_preview import preview_site

        if surveys or languages:
            raise click.BadParameter("the site has all surveys and languages.", param_hint="--survey, --language")
        preview_site(edition_path(edition), Path(ctx.obj), port, opening)
        return
    desk = open_desk(ctx, edition)
    _refuse_unknown(desk.edition, surveys, languages)
    _set_up()
    from barometer.web.preview import preview as make

    chosen = [survey for survey in desk.edition.surveys if not surveys or survey.id in surveys]
    spoken = [language for language in desk.edition.languages if not languages or language in languages]
    with desk.build.lock():
        files = make(desk.edition, chosen, spoken, desk.rng)
        desk.build.write("preview", files, {"step": "preview", "edition": desk.edition.id})
    index = (desk.build.root / "preview" / "index.html").resolve()
    pages = sum(name.endswith(".html") for name in files)
    printed = sum(name.endswith(".pdf") for name in files)
    click.echo(f"{desk.edition.id}: {pages} pages, {printed} PDFs")
    click.echo(f"Open {index}")
    if opening:
        click.launch(index.as_uri())


def _refuse_unknown(edition: Edition, surveys: Sequence[str], languages: Sequence[str]) -> None:
    known = {"--survey": [survey.id for survey in edition.surveys], "--language": list(edition.languages)}
    for option, given in (("--survey", surveys), ("--language", languages)):
        if unknown := [name for name in given if name not in known[option]]:
            raise click.BadParameter(f"'{unknown[0]}' is none of {', '.join(known[option])}.", param_hint=option)


def _set_up() -> None:
    """Django for templates alone: no database, and static files by their plain names."""
    import os

    import django
    from django.conf import settings

    from barometer.web.catalogues import compile_catalogues

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "barometer.web.settings")
    compile_catalogues()
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    django.setup()


COMMANDS = (preview,)
