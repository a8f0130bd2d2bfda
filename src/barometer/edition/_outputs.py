"""outputs.toml: what is published, by what, under which rules, and what is claimed about it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from barometer.edition._breakdowns import Breakdowns, read_breakdowns
from barometer.edition._entries import Entry, Report
from barometer.edition._fields import Fields, Word
from barometer.edition._importance import read_importance
from barometer.edition._indicators import Registry
from barometer.edition._merges import read_merges
from barometer.edition._rules import read_precision, read_rules
from barometer.edition._selection import names_nothing, selected
from barometer.edition._self_test import read_self_test
from barometer.edition._surveys import Surveys
from barometer.edition._themes import read_themes
from barometer.edition._toml import read_toml
from barometer.model import CellKey, Claim, Importance, Precision, Relation, Rules, SelfTest, Theme
from barometer.problems import suggestion

KEYS = (
    *("headline", "rules", "stricter", "precision", "breakdown", "theme", "table", "merge", "important", "claim"),
    "self_test",
)
TRIED = ("rules", "stricter", "precision", "merge", "important")
"""Tables that a trial of other rules may replace."""


@dataclass
class Outputs:
    headline: tuple[str, ...] = ()
    themes: tuple[Theme, ...] = ()
    claims: tuple[Claim, ...] = ()
    rules: Rules = field(default_factory=Rules)
    stricter: dict[str, Rules] = field(default_factory=dict)
    precision: Precision = field(default_factory=Precision)
    importance: dict[CellKey, Importance] = field(default_factory=dict)
    breakdowns: Breakdowns = field(default_factory=Breakdowns)
    by: dict[str, tuple[str, ...]] = field(default_factory=dict)  # indicator -> breakdowns
    self_test: SelfTest | None = None


def with_trial(outputs: Entry | None, name: str, content: bytes, report: Report) -> Entry | None:
    """outputs.toml with the tables of another file in place of its own."""
    tried = read_toml(name, content, report)
    if outputs is None or tried is None or not isinstance(outputs.value, Mapping):
        return outputs
    for key, entry in tried.value.items() if isinstance(tried.value, Mapping) else ():
        if key not in TRIED:
            report.error("E003", entry.place, f"'{key}'", "one of " + ", ".join(TRIED), suggestion(key, TRIED))
    assert isinstance(tried.value, Mapping)
    return replace(outputs, value={**outputs.value, **tried.value})


def read_outputs(top: Fields, surveys: Surveys, registry: Registry, report: Report) -> Outputs:
    out = Outputs(breakdowns=read_breakdowns(top, surveys, registry, report))
    out.rules, out.stricter = read_rules(top, surveys, report)
    out.precision = read_precision(top)
    headline = top.strings("headline", required=True)
    out.headline = tuple(word.text for word in headline if registry.knows(word, report))
    out.themes = read_themes(top, registry, report)
    themes = {theme.id: theme for theme in out.themes}
    for table in top.tables("table", ("indicators", "survey", "breakdowns"), required=True):
        _table(table, surveys, registry, themes, out, report)
    read_merges(top, surveys, registry, themes, out.breakdowns, out.by, report)
    out.importance = read_importance(top, surveys, registry, themes, out.breakdowns, out.by, report)
    out.claims = _claims(top, registry, out, report)
    out.self_test = read_self_test(top, surveys, out.breakdowns, report)
    return out


def _table(
    part: Fields,
    surveys: Surveys,
    registry: Registry,
    themes: Mapping[str, Theme],
    out: Outputs,
    report: Report,
) -> None:
    survey = surveys.of(part, report)
    breakdowns = part.strings("breakdowns", required=True)
    if survey is None:
        names_nothing(part.strings("indicators", required=True), registry, report)
        return
    wanted = [word.text for word in breakdowns if out.breakdowns.knows(survey.id, word, report)]
    for indicator, _ in selected(part, survey.id, registry, themes, report):
        out.by[indicator] = tuple(dict.fromkeys((*out.by.get(indicator, ()), *wanted)))


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
            "Add a [[table]] with this indicator and breakdown; after a [[merge]], name the merged one.",
        )
