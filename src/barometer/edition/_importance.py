"""[[important]] of outputs.toml: cells that are dearer to hide than others, or must be published."""

from collections.abc import Mapping

from barometer.edition._breakdowns import Breakdowns
from barometer.edition._entries import Report
from barometer.edition._fields import Fields, Word
from barometer.edition._indicators import Registry
from barometer.edition._selection import selected
from barometer.edition._surveys import Surveys
from barometer.model import ALL, TOTAL, CellKey, Importance, Theme
from barometer.problems import suggestion

KEYS = ("survey", "indicators", "breakdowns", "cells", "weight", "publish")
HEAVIEST = 100.0


def read_importance(
    top: Fields,
    surveys: Surveys,
    registry: Registry,
    themes: Mapping[str, Theme],
    breakdowns: Breakdowns,
    by: Mapping[str, tuple[str, ...]],
    report: Report,
) -> dict[CellKey, Importance]:
    """By cell, what the communicator said of it. Cells of which two tables say different things are reported."""
    found: dict[CellKey, Importance] = {}
    for part in top.tables("important", KEYS):
        survey = surveys.of(part, report)
        weight = part.number("weight", 1.0, 0.01, HEAVIEST) or 1.0
        publish = part.boolean("publish", False)
        if not part.has("weight") and not publish:
            way_out = "Add weight = 10, say, or publish = true."
            report.error("E004", part.place("weight"), "nothing", "a weight, or publish = true", way_out)
        if survey is None:
            continue
        said = Importance(weight, publish)
        indicators = selected(part, survey.id, registry, themes, report)
        cells = _cells(part, survey.id, breakdowns, report)
        twice: list[CellKey] = []
        for indicator, word in indicators:
            keys = [
                (indicator, breakdown, cell)
                for breakdown, codes in (cells or _every(indicator, survey.id, breakdowns, by)).items()
                for cell in codes
                if breakdown == TOTAL or breakdown in by.get(indicator, ())
            ]
            if not keys and word.text == indicator:
                way_out = "Name breakdowns of its tables; a merge gives the table another breakdown."
                report.error("E023", word.place, f"'{indicator}' has no such cell", "cells that are published", way_out)
            twice += [key for key in keys if found.get(key, said) != said]
            found.update(dict.fromkeys(keys, said))
        if twice:
            shown = "; ".join(" ".join(key) for key in twice[:3]) + (" …" if len(twice) > 3 else "")
            report.error(
                "E035",
                part.entry.place,
                f"another weight for {shown}",
                "one importance for each cell",
                "Take these cells out of one of the tables.",
            )
    return found


def _cells(part: Fields, survey: str, breakdowns: Breakdowns, report: Report) -> dict[str, tuple[str, ...]]:
    """Cells by breakdown as named; {} where no breakdown is."""
    words, wanted = part.strings("breakdowns"), part.strings("cells")
    found: dict[str, tuple[str, ...]] = {}
    for word in words:
        if word.text == TOTAL:
            found[TOTAL] = (ALL,)
        elif breakdowns.knows(survey, word, report):
            found[word.text] = tuple(one.code for one in breakdowns.of(survey)[word.text].categories)
    if not wanted:
        return found
    if not words:
        way_out = "Say of which breakdowns."
        report.error("E004", part.place("breakdowns"), "cells without breakdowns", "breakdowns", way_out)
    _check_cells(wanted, found, report)
    names = {word.text for word in wanted}
    return {breakdown: tuple(code for code in codes if code in names) for breakdown, codes in found.items()}


def _check_cells(wanted: tuple[Word, ...], found: Mapping[str, tuple[str, ...]], report: Report) -> None:
    known = {code for codes in found.values() for code in codes}
    for word in wanted if found else ():
        if word.text not in known:
            what = "a cell of these breakdowns"
            report.error("E009", word.place, f"cell '{word.text}'", what, suggestion(word.text, known))


def _every(
    indicator: str, survey: str, breakdowns: Breakdowns, by: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    known = breakdowns.of(survey)
    codes = {one: tuple(cell.code for cell in known[one].categories) for one in by.get(indicator, ()) if one in known}
    return {TOTAL: (ALL,), **codes}
