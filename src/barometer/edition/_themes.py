"""Themes of outputs.toml: pages of the site, and of the leaflet with a number, what it says and a picture."""

from collections.abc import Mapping

from barometer.edition._entries import Report
from barometer.edition._fields import Fields
from barometer.edition._indicators import Registry
from barometer.edition._live import live_problems
from barometer.model import Picture, Programme, Theme
from barometer.problems import Place, suggestion

KEYS = ("id", "title", "lead", "indicators", "number", "statement", "picture")
OUTPUTS = "outputs.toml"


def read_themes(top: Fields, registry: Registry, report: Report) -> tuple[Theme, ...]:
    themes: dict[str, Theme] = {}
    for part in top.tables("theme", KEYS):
        theme_id = part.string("id", None, r"[a-z][a-z0-9_-]*", "'collaboration'")
        if theme_id in themes:
            report.error("E008", part.place("id"), f"a second theme '{theme_id}'", "each id once", "Rename one.")
        words = part.strings("indicators", required=True)
        number = part.optional_word("number")
        themes[theme_id] = Theme(
            id=theme_id,
            title=part.text("title"),
            lead=part.text("lead"),
            indicators=tuple(word.text for word in words if registry.knows(word, report)),
            number=number.text if number and registry.knows(number, report) else "",
            statement=part.text("statement", optional=True),
            picture=_picture(part, registry, report),
        )
    return tuple(themes.values())


def check_themes(themes: tuple[Theme, ...], programmes: Mapping[str, Programme], report: Report) -> None:
    """What themes ask for that no table has: a picture's breakdown, live numbers of their texts."""
    owners = {indicator.id: programme for programme in programmes.values() for indicator in programme.indicators}
    for theme in themes:
        if theme.picture and theme.picture.breakdown and theme.picture.indicators:
            first = theme.picture.indicators[0]
            wanted = owners[first].by.get(first, ()) if first in owners else ()
            if theme.picture.breakdown not in wanted:
                report.error(
                    "E009",
                    Place(OUTPUTS, field=f"theme.{theme.id}.picture"),
                    f"breakdown '{theme.picture.breakdown}' of {first}",
                    "a table of this indicator by this breakdown",
                    suggestion(theme.picture.breakdown, wanted),
                )
        for name, text in (("lead", theme.lead), ("statement", theme.statement)):
            for language, source in text.items():
                place = Place(OUTPUTS, field=f"theme.{theme.id}.{name}.{language}")
                report.extend(live_problems(source, place, programmes))


def _picture(part: Fields, registry: Registry, report: Report) -> Picture | None:
    """Several indicators, or one with a breakdown."""
    if not part.has("picture"):
        return None
    fields = part.table("picture", ("indicator", "indicators", "breakdown"))
    if fields is None:
        return None
    if fields.has("indicators"):
        words = fields.strings("indicators", required=True)
        return Picture(tuple(word.text for word in words if registry.knows(word, report)))
    indicator = fields.word("indicator")
    breakdown = fields.string("breakdown")
    return Picture((indicator.text,), breakdown) if registry.knows(indicator, report) else None
