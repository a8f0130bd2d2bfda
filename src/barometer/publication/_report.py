"""The report: every theme as a chapter, method and quality, and what a reader of nothing else needs in the annexes."""

from collections.abc import Iterable, Sequence

from barometer.model import Indicator, Measure, Survey, Theme
from barometer.printing import blocks
from barometer.publication._annex import definitions, questionnaire, tables
from barometer.publication._claims import Evidence, evidence
from barometer.publication._cube import Cube
from barometer.publication._figure import Figure, Row, alone, by_breakdown, side_by_side
from barometer.publication._language import Language
from barometer.publication._methods import answered, facts
from barometer.publication._note import Sentence, note, question_words
from barometer.publication._print import (
    Data,
    axis_of,
    bare_interval,
    colophon,
    opening,
    page_address,
    row_data,
    set_pdf,
    spans,
)
from barometer.publication._quality import quality
from barometer.publication._svg import full_title
from barometer.publication._wording import evidence_words, filled

NOTED = (
    "asked", "base", "sum", "dont_know", "missing", "components", "merged", "marks", "breaks", "weighting",
    "significance",
)  # fmt: skip
NARROW = 44
"""Longest group in a table of half the page's width."""


def report_pdf(cube: Cube, one: Language) -> bytes:
    """The report in one language, A4, PDF/UA-1. Texts must have passed `check_claims` and `check_texts`."""
    return set_pdf("report.typ", cube.edition, report_data(cube, one))


def report_data(cube: Cube, one: Language) -> Data:
    """Everything the report says, every number from the release."""
    edition = cube.edition
    confidence = one.percent(1 - edition.rules.level)
    found = [evidence(cube, claim) for claim in edition.claims]
    return opening(cube, one) | {
        "words": _words(one),
        "colophon": colophon(edition, one),
        "headline": [_card(cube, one, cube.indicator(each)) for each in edition.headline],
        "answered": [answered(cube, survey, one) for survey in edition.surveys],
        "margins": list(
            dict.fromkeys(
                one.text(survey.margin_meaning) or one.say("index.interval_meaning", confidence=confidence)
                for survey in edition.surveys
            )
        ),
        "about": _text(cube, one, "about"),
        "themes": [_theme(cube, one, theme, found) for theme in edition.themes],
        "method": _text(cube, one, "method"),
        "surveys": [_survey(cube, one, survey) for survey in edition.surveys],
        "quality": _quality(cube, one),
        "sources": list(edition.sources),
        "definitions": [definitions(survey, one) for survey in edition.surveys],
        "questionnaires": [questionnaire(edition, survey, one) for survey in edition.surveys],
        "tables": [each for survey in edition.surveys if (each := tables(cube, survey, one))["tables"]],
    }


def _words(one: Language) -> Data:
    keys = {
        "contents": "report.contents", "headline": "index.headline", "about": "about.title", "methods": "methods.title",
        "quality": "quality.title", "value": "table.value", "n": "table.n", "figure": "table.indicator",
        "definitions": "report.definitions", "question": "report.question", "counted": "report.counted",
        "common": "report.common", "sources": "report.sources",
    }  # fmt: skip
    return {name: one.say(key) for name, key in keys.items()}


def _text(cube: Cube, one: Language, name: str) -> list[Data]:
    """A Markdown text of the edition, its live numbers filled in."""
    return blocks(filled(cube, one, cube.edition.texts.get(one.code, {}).get(name, "")))


def _card(cube: Cube, one: Language, indicator: Indicator) -> Data:
    figure = alone(cube, indicator)
    card = row_data(one, figure.rows[0], axis_of(figure))
    return card | {"sure": f"{one.text(figure.universe.label)}. {card['sure']}"}


def _theme(cube: Cube, one: Language, theme: Theme, found: Sequence[Evidence]) -> Data:
    """The theme's tested sentences, then its indicators: those of one kind at a glance, each by its first breakdown."""
    kinds: dict[tuple[str, ...], list[Indicator]] = {}
    for indicator in (cube.indicator(each) for each in theme.indicators):
        kinds.setdefault(_likeness(indicator), []).append(indicator)
    said = [each for each in found if each.claim.indicator in theme.indicators]
    return {
        "title": one.text(theme.title),
        "lead": spans(cube, one, one.text(theme.lead)),
        "address": page_address(cube.edition, one, f"themes/{theme.id}.html"),
        "claims": [{"text": one.text(each.claim.text), "evidence": evidence_words(cube, one, each)} for each in said],
        "groups": _groups(cube, one, theme, list(kinds.values())),
    }


def _groups(cube: Cube, one: Language, theme: Theme, kinds: Sequence[Sequence[Indicator]]) -> list[Data]:
    """Indicators of one kind together; those that are alone of their kind last, as one group."""
    several = [_group(cube, one, theme, members, len(kinds) > 1) for members in kinds if len(members) > 1]
    alone = [_group(cube, one, theme, members, len(kinds) > 1) for members in kinds if len(members) == 1]
    if not alone:
        return several
    parts = [part for group in alone for part in group["parts"]]
    return [*several, {"common": "", "parts_common": "", "overview": None, "parts": parts}]


def _likeness(indicator: Indicator) -> tuple[str, ...]:
    """Indicators that may share an axis and a note."""
    return (indicator.survey, indicator.universe, indicator.measure.value, next(iter(indicator.unit.values()), ""))


def _group(cube: Cube, one: Language, theme: Theme, members: Sequence[Indicator], several: bool) -> Data:
    """Indicators of one kind. What the notes of all their figures say alike is said once, before them.

    Everyone's figures stand side by side where there are several; an indicator without groups is then told already.
    """
    overview = side_by_side(cube, "report", theme.title, members) if len(members) > 1 else None
    parts = [
        (indicator, by_breakdown(cube, indicator, first) if first else alone(cube, indicator))
        for indicator in members
        for first in [next(iter(cube.breakdowns(indicator.id)), None)]
        if first or not overview
    ]
    figures = [*([overview] if overview else []), *(figure for _, figure in parts)]
    notes = [[each for each in note(figure, one) if each.kind in NOTED] for figure in figures]
    common, of_parts = _shared(notes), _shared(notes[1:]) if overview else []
    own = iter([_told(each, common + (of_parts if place else [])) for place, each in enumerate(notes)])
    return {
        "common": _told(common),
        "parts_common": _told(of_parts, common),
        "overview": _figure(one, overview, next(own), several) if overview else None,
        "parts": [
            _figure(one, figure, next(own))
            | {"title": one.text(indicator.label), "question": question_words(figure.survey, indicator, one)}
            for indicator, figure in parts
        ],
    }


def _shared(notes: Sequence[Sequence[Sentence]]) -> list[Sentence]:
    """What all of several notes say."""
    return [each for each in notes[0] if all(each in other for other in notes)] if len(notes) > 1 else []


def _told(said: Iterable[Sentence], elsewhere: Sequence[Sentence] = ()) -> str:
    return " ".join(each.text for each in said if each not in elsewhere)


def _figure(one: Language, figure: Figure, said: str, named: bool = False) -> Data:
    """A figure and its table; `named`: the title says whose figures these are."""
    axis = axis_of(figure)
    title = full_title(figure, one)
    unit = one.text(figure.indicators[0].unit)
    rows = [_row(one, row, axis) for row in figure.rows]
    return {
        "title": f"{title} – {one.text(figure.universe.label)}" if named else title,
        "first": one.text(figure.breakdown.label) if figure.breakdown else one.say("table.indicator"),
        "value": f"{one.say('table.value')} ({unit})" if unit else one.say("table.value"),
        "interval": one.say("table.interval", confidence=one.percent(1 - figure.level)),
        "rows": rows,
        "note": said,
        "wide": figure.indicators[0].measure is not Measure.SHARE or any(len(row["label"]) > NARROW for row in rows),
    }


def _row(one: Language, row: Row, axis: float) -> Data:
    """A row whose unit stands in the head of its table; a crossing's names both its halves."""
    data = row_data(one, row, axis)
    group = one.text(row.group)
    label = one.say("methods.everyone") if row.whole else f"{group}, {data['label']}" if group else data["label"]
    return data | {"label": label, "value": data["bare"], "interval": bare_interval(one, row)}


def _survey(cube: Cube, one: Language, survey: Survey) -> Data:
    """What was done, in the order of the method page."""
    told = facts(cube, survey, one)
    columns = [one.say("methods.group"), *(one.say(key) for key in told.response_columns)]
    caption = one.say("methods.response_caption", survey=one.text(survey.title))
    response = [
        {"caption": f"{caption}: {heading}" if heading else caption, "head": columns,
         "rows": [[label, *cells] for label, cells in rows]}
        for heading, rows in told.response
    ]  # fmt: skip
    weighed = (
        [{"caption": one.say("methods.diagnostics"), "head": [one.say("methods.statistic"), one.say("table.value")],
          "rows": [[name, value] for name, value in told.diagnostics]}]
        if told.diagnostics
        else []
    )  # fmt: skip
    excluded = [one.text(rule.reason) for rule in survey.frame.exclusions]
    sections: tuple[tuple[str, list[str], list[str], list[Data]], ...] = (
        ("methods.population", told.population, excluded, []),
        ("methods.questionnaire", [told.questionnaire, one.text(survey.fieldwork)], [], []),
        ("methods.selection", told.design, [], []),
        ("methods.response", [one.say("methods.response_hidden")] if told.response_hidden else [], [], response),
        ("methods.weighting", told.weighting, [], weighed),
        ("methods.precision", told.precision, [], []),
    )
    return {
        "title": one.text(survey.title),
        "sections": [
            {"title": one.say(key), "paragraphs": [each for each in said if each], "items": items, "tables": shown}
            for key, said, items, shown in sections
            if said or shown
        ],
    }


def _quality(cube: Cube, one: Language) -> list[Data]:
    return [
        {
            "title": section.title,
            "paragraphs": section.paragraphs,
            "tables": [{"caption": each.caption, "head": each.head, "rows": each.rows} for each in section.tables],
        }
        for section in quality(cube, one)
    ]
