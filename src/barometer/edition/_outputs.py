"""outputs.toml: what is published, by what, under which rules, and what is claimed about it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from barometer.edition._breakdowns import Breakdowns, read_breakdowns
from barometer.edition._entries import Report
from barometer.edition._fields import Fields, Word
from barometer.edition._indicators import Registry
from barometer.edition._surveys import Surveys
from barometer.model import Claim, Relation, Rules, Theme
from barometer.problems import suggestion

KEYS = ("headline", "rules", "breakdown", "theme", "table", "claim")

FLOOR_UNITS = 5
"""Fewest responding units behind a published figure, whatever an edition says. With five, nobody who knows their
own answer and that of a few colleagues can work out the rest."""

THEME = "THEME:"


@dataclass
class Outputs:
    headline: tuple[str, ...] = ()
    themes: tuple[Theme, ...] = ()
    claims: tuple[Claim, ...] = ()
    rules: Rules = field(default_factory=Rules)
    breakdowns: Breakdowns = field(default_factory=Breakdowns)
    by: dict[str, tuple[str, ...]] = field(default_factory=dict)  # indicator -> breakdowns


def read_outputs(top: Fields, surveys: Surveys, registry: Registry, report: Report) -> Outputs:
    out = Outputs(breakdowns=read_breakdowns(top, surveys, registry, report))
    out.rules = _rules(top, report)
    headline = top.strings("headline", required=True)
    out.headline = tuple(word.text for word in headline if registry.knows(word, report))
    out.themes = _themes(top, registry, report)
    themes = {theme.id: theme for theme in out.themes}
    for table in top.tables("table", ("indicators", "survey", "breakdowns"), required=True):
        _table(table, surveys, registry, themes, out, report)
    out.claims = _claims(top, registry, out, report)
    return out


def _rules(top: Fields, report: Report) -> Rules:
    usual = Rules()
    part = top.table("rules", tuple(one.name for one in fields(Rules)))
    if part is None:
        return usual
    units = part.integer("minimum_units", usual.minimum_units)
    if units is not None and units < FLOOR_UNITS:
        report.error(
            "E013",
            part.place("minimum_units"),
            f"minimum_units = {units}",
            f"at least {FLOOR_UNITS}",
            f"Write {FLOOR_UNITS} or more, or delete the line.",
        )
    return Rules(
        minimum_units=units or usual.minimum_units,
        protect_extremes=part.boolean("protect_extremes", usual.protect_extremes),
        dominance=part.number("dominance", usual.dominance, 0.01, 1) or usual.dominance,
        level=part.number("level", usual.level, 0.001, 0.5) or usual.level,
        unreliable_margin=part.number("unreliable_margin", usual.unreliable_margin, 0.01, 0.5)
        or usual.unreliable_margin,
    )


def _themes(top: Fields, registry: Registry, report: Report) -> tuple[Theme, ...]:
    themes: dict[str, Theme] = {}
    for part in top.tables("theme", ("id", "title", "lead", "indicators")):
        theme_id = part.string("id", None, r"[a-z][a-z0-9_-]*", "'collaboration'")
        if theme_id in themes:
            report.error("E008", part.place("id"), f"a second theme '{theme_id}'", "each id once", "Rename one.")
        words = part.strings("indicators", required=True)
        indicators = tuple(word.text for word in words if registry.knows(word, report))
        themes[theme_id] = Theme(theme_id, part.text("title"), part.text("lead"), indicators)
    return tuple(themes.values())


def _table(
    part: Fields,
    surveys: Surveys,
    registry: Registry,
    themes: Mapping[str, Theme],
    out: Outputs,
    report: Report,
) -> None:
    survey = surveys.of(part, report)
    words = part.strings("indicators", required=True)
    breakdowns = part.strings("breakdowns", required=True)
    if survey is None:
        for word in words:
            if word.text != "*" and not word.text.startswith(THEME):
                registry.knows(word, report)
        return
    wanted = [word.text for word in breakdowns if out.breakdowns.knows(survey.id, word, report)]
    for word in words:
        for indicator in _selected(word, survey.id, registry, themes, report):
            out.by[indicator] = tuple(dict.fromkeys((*out.by.get(indicator, ()), *wanted)))


def _selected(
    word: Word, survey: str, registry: Registry, themes: Mapping[str, Theme], report: Report
) -> tuple[str, ...]:
    """Indicators of the survey that an id, 'THEME:id' or '*' stands for."""
    own = registry.of(survey)
    if word.text == "*":
        chosen = tuple(own)
    elif word.text.startswith(THEME):
        theme = word.text.removeprefix(THEME)
        if theme not in themes:
            report.error("E009", word.place, f"theme '{theme}'", "a theme of this file", suggestion(theme, themes))
            return ()
        chosen = tuple(one for one in themes[theme].indicators if one in own)
    elif registry.knows(word, report):
        chosen = (word.text,) if word.text in own else ()
    else:
        return ()
    if not chosen and not registry.unreadable and not registry.broken:
        report.error(
            "E023",
            word.place,
            f"'{word.text}' stands for no indicator of survey '{survey}'",
            "at least one indicator",
            "Name the survey the indicators belong to, or other indicators.",
        )
    return chosen


def _claims(top: Fields, registry: Registry, out: Outputs, report: Report) -> tuple[Claim, ...]:
    claims: dict[str, Claim] = {}
    for part in top.tables("claim", ("id", "indicator", "breakdown", "claim", "text")):
        claim_id = part.string("id", None, r"[a-z0-9][a-z0-9_-]*", "'firms-state'")
        if claim_id in claims:
            report.error("E008", part.place("id"), f"a second claim '{claim_id}'", "each id once", "Rename one.")
        indicator, breakdown = part.word("indicator"), part.word("breakdown")
        text, source = part.text("text"), part.word("claim")
        match = re.fullmatch(r"(\S+)\s*([<>~])\s*(\S+)", source.text)
        if source.text and match is None:
            way_out = "Write the codes of two cells with >, < or ~ between them."
            report.error("E024", source.place, f"'{source.text}'", "a claim such as 'state > municipality'", way_out)
        known = bool(indicator.text) and registry.knows(indicator, report)
        if match is None:
            continue
        if known and breakdown.text:
            survey = registry.indicators[indicator.text].survey
            _check_cells(survey, indicator, breakdown, source, (match[1], match[3]), out, report)
        relation = Relation(match[2])
        claims[claim_id] = Claim(claim_id, indicator.text, breakdown.text, match[1], relation, match[3], text)
    return tuple(claims.values())


def _check_cells(
    survey: str,
    indicator: Word,
    breakdown: Word,
    source: Word,
    cells: tuple[str, str],
    out: Outputs,
    report: Report,
) -> None:
    if not out.breakdowns.knows(survey, breakdown, report):
        return
    codes = [category.code for category in out.breakdowns.of(survey)[breakdown.text].categories]
    for cell in cells:
        if cell not in codes:
            what = f"a cell of breakdown '{breakdown.text}'"
            report.error("E009", source.place, f"cell '{cell}'", what, suggestion(cell, codes))
    if cells[0] == cells[1]:
        report.error("E024", source.place, f"'{cells[0]}' twice", "two different cells", "Compare two cells.")
    if breakdown.text not in out.by.get(indicator.text, ()):
        report.error(
            "E023",
            breakdown.place,
            f"'{indicator.text}' is in no table by '{breakdown.text}'",
            "a claim about a published table",
            "Add a [[table]] with this indicator and breakdown.",
        )
