"""corrections.toml: why numbers that were published have changed. Not in every edition."""

from collections.abc import Mapping

from barometer.edition._fields import Fields
from barometer.model import TOTAL, Correction, Programme
from barometer.problems import suggestion

CORRECTIONS = "corrections.toml"
KEYS = ("correction",)
_CORRECTION = ("release", "date", "indicator", "breakdown", "cell", "reason")


def read_corrections(top: Fields, programmes: Mapping[str, Programme]) -> tuple[Correction, ...]:
    """Corrections in the order of the file; one that names nothing known is left out and reported."""
    owners = {one.id: programme for programme in programmes.values() for one in programme.indicators}
    found = []
    for part in top.tables("correction", _CORRECTION):
        release, day = part.integer("release", low=2), part.day("date")
        indicator, reason = part.string("indicator"), part.text("reason")
        breakdown, cell = part.string("breakdown", ""), part.string("cell", "")
        known = _known(part, owners, indicator, breakdown, cell)
        if known and release is not None and day is not None and reason:
            found.append(Correction(release, day, indicator, reason, breakdown, cell))
    return tuple(found)


def _known(part: Fields, owners: Mapping[str, Programme], indicator: str, breakdown: str, cell: str) -> bool:
    """Whether indicator, breakdown and cell are those of the edition; what is not is reported."""
    if not indicator or not owners:
        return False
    if indicator not in owners:
        return _unknown(part, "indicator", indicator, "an indicator of indicators.toml", list(owners))
    programme = owners[indicator]
    breakdowns = [TOTAL, *programme.by.get(indicator, ())]
    if breakdown and breakdown not in breakdowns:
        return _unknown(part, "breakdown", breakdown, "a breakdown of the indicator in outputs.toml", breakdowns)
    if cell and breakdown in ("", TOTAL):
        return _unknown(part, "cell", cell, "a cell only where a breakdown is named", [])
    cells = [one.code for one in programme.breakdown(breakdown).categories] if cell else []
    if cell and cell not in cells:
        return _unknown(part, "cell", cell, "a category of the breakdown", cells)
    return True


def _unknown(part: Fields, key: str, found: str, expected: str, known: list[str]) -> bool:
    part.context.error("009", part.place(key), f"{key} '{found}'", expected, suggestion(found, known))
    return False
