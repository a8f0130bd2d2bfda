"""The report: every theme as a chapter, method and response, and all figures by each breakdown in the annex."""

from itertools import groupby

from barometer.model import Breakdown, Indicator, Survey, Theme
from barometer.printing import blocks
from barometer.publication._claims import evidence
from barometer.publication._cube import Cube
from barometer.publication._figure import Figure, alone, by_breakdown, decimals, side_by_side, written
from barometer.publication._language import Language
from barometer.publication._methods import answered, facts
from barometer.publication._note import question_words
from barometer.publication._print import Data, axis_of, note_of, opening, row_data, set_pdf, spans, sure
from barometer.publication._quality import quality
from barometer.publication._svg import full_title
from barometer.publication._wording import cite, evidence_words, filled

NOTED = ("asked", "base", "sum", "dont_know", "missing", "components", "marks", "breaks", "weighting", "significance")
WIDEST = 9
"""Most columns of a table in the annex; wider breakdowns are in the open data."""


def report_pdf(cube: Cube, one: Language) -> bytes:
    """The report in one language, A4, PDF/UA-1. Texts must have passed `check_claims` and `check_texts`."""
    return set_pdf("report.typ", cube.edition, report_data(cube, one))


def report_data(cube: Cube, one: Language) -> Data:
    edition = cube.edition
    confidence = one.percent(1 - edition.rules.level)
    return opening(cube, one) | {
        "footer": f"{one.text(edition.title)} · {one.text(edition.publisher.name)}",
        "released": one.say("about.released", date=one.date(edition.release_at)),
        "words": _words(one),
        "headline": [_card(cube, one, cube.indicator(each)) for each in edition.headline],
        "answered": [answered(cube, survey, one) for survey in edition.surveys],
        "margins": list(
            dict.fromkeys(
                one.text(survey.margin_meaning) or one.say("index.interval_meaning", confidence=confidence)
                for survey in edition.surveys
            )
        ),
        "about": _text(cube, one, "about"),
        "themes": [_theme(cube, one, theme) for theme in edition.themes],
        "method": _text(cube, one, "method"),
        "surveys": [_survey(cube, one, survey) for survey in edition.surveys],
        "quality": _quality(cube, one),
        "cite": cite(edition, one),
        "licence": one.say(
            "footer.publisher",
            name=one.text(edition.publisher.name),
            contact=edition.publisher.contact,
            licence=edition.publisher.licence,
        ),
        "annexes": [
            _annex(cube, one, survey, breakdown)
            for survey in edition.surveys
            for breakdown in survey.programme.breakdowns
            if len(breakdown.categories) <= WIDEST
        ],
    }


def _words(one: Language) -> Data:
    keys = {
        "contents": "report.contents", "headline": "index.headline", "about": "about.title", "methods": "methods.title",
        "quality": "quality.title", "value": "table.value", "n": "table.n", "figure": "table.indicator",
        "annex": "report.annex",
    }  # fmt: skip
    return {name: one.say(key) for name, key in keys.items()} | {"cite": one.say("cite.title").rstrip(":")}


def _text(cube: Cube, one: Language, name: str) -> list[Data]:
    """A Markdown text of the edition, its live numbers filled in."""
    return blocks(filled(cube, one, cube.edition.texts.get(one.code, {}).get(name, "")))


def _card(cube: Cube, one: Language, indicator: Indicator) -> Data:
    figure = alone(cube, indicator)
    card = row_data(one, figure.rows[0], axis_of(figure))
    return card | {"sure": f"{one.text(figure.universe.label)}. {card['sure']}"}


def _theme(cube: Cube, one: Language, theme: Theme) -> Data:
    """The theme at a glance, its tested sentences, and each indicator by its first breakdown."""
    indicators = [cube.indicator(each) for each in theme.indicators]
    alike = groupby(sorted(indicators, key=_likeness), key=_likeness)
    overviews = [
        side_by_side(cube, f"report-{number}", theme.title, members)
        for number, members in enumerate((list(group) for _, group in alike), start=1)
        if len(members) > 1
    ]
    claims = [claim for claim in cube.edition.claims if claim.indicator in theme.indicators]
    return {
        "title": one.text(theme.title),
        "lead": spans(cube, one, one.text(theme.lead)),
        "claims": [f"{one.text(claim.text)} {evidence_words(cube, one, evidence(cube, claim))}" for claim in claims],
        "overviews": [_figure(one, figure, named=len(overviews) > 1) for figure in overviews],
        "parts": [_part(cube, one, indicator) for indicator in indicators],
    }


def _likeness(indicator: Indicator) -> tuple[str, str, str, str]:
    """Indicators that may share an axis and a note."""
    return (indicator.survey, indicator.universe, indicator.measure.value, next(iter(indicator.unit.values()), ""))


def _part(cube: Cube, one: Language, indicator: Indicator) -> Data:
    survey = cube.owners[indicator.id]
    first = next(iter(cube.breakdowns(indicator.id)), None)
    figure = by_breakdown(cube, indicator, first) if first else alone(cube, indicator)
    return {
        "title": one.text(indicator.label),
        "question": question_words(survey, indicator, one),
        "figures": [_figure(one, figure)],
    }


def _figure(one: Language, figure: Figure, named: bool = False) -> Data:
    """A figure and its table; `named`: the title says whose figures these are."""
    axis = axis_of(figure)
    title = full_title(figure, one)
    first = one.text(figure.breakdown.label) if figure.breakdown else one.say("table.indicator")
    return {
        "title": f"{title} – {one.text(figure.universe.label)}" if named else title,
        "first": first,
        "interval": one.say("table.interval", confidence=one.percent(1 - figure.level)),
        "rows": [row_data(one, row, axis) for row in figure.rows],
        "note": note_of(figure, one, NOTED),
    }


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
    sections: tuple[tuple[str, list[str], list[Data]], ...] = (
        ("methods.population", told.population, []),
        ("methods.questionnaire", [told.questionnaire], []),
        ("methods.selection", told.design, []),
        ("methods.response", [one.say("methods.response_hidden")] if told.response_hidden else [], response),
        ("methods.weighting", told.weighting, weighed),
        ("methods.precision", told.precision, []),
    )
    return {
        "title": one.text(survey.title),
        "sections": [
            {"title": one.say(key), "paragraphs": paragraphs, "tables": tables}
            for key, paragraphs, tables in sections
            if paragraphs or tables
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


def _annex(cube: Cube, one: Language, survey: Survey, breakdown: Breakdown) -> Data:
    """Every indicator of the survey that is published by this breakdown: one row each, one column a category."""
    labels = [one.text(category.label) for category in breakdown.categories]
    rows = []
    for indicator in survey.programme.indicators:
        cells = cube.cells.get((indicator.id, breakdown.id))
        if cells is None:
            continue
        places = decimals(indicator, cube.total(indicator.id).value)
        texts = [written(one, indicator, cells[category.code], places) for category in breakdown.categories]
        rows.append(
            {
                "label": one.text(indicator.label),
                "cells": [{"value": text.value, "sure": sure(one, text)} for text in texts],
            }
        )
    title = one.say("figure.by", subject=one.text(survey.title), breakdown=one.text(breakdown.label))
    return {"title": one.say("report.annex_title", subject=title), "caption": title, "columns": labels, "rows": rows}
