"""The report's annexes: how each figure is counted, the questionnaires, and all figures by each breakdown."""

import re
from collections.abc import Mapping
from dataclasses import replace

from barometer.model import Breakdown, Edition, Indicator, Measure, Survey
from barometer.printing import Wording, questionnaire_content, wording
from barometer.publication._cube import EMPTY, HIDDEN, NO_MARGIN, TOO_UNCERTAIN, UNCERTAIN, Cube
from barometer.publication._figure import decimals, written
from barometer.publication._language import NO_BREAK_SPACE, Language
from barometer.publication._print import Data, bare_span, sure

WIDEST = 9
"""Most columns of a table; wider breakdowns are in the open data."""
UPRIGHT = 5
"""Most columns of a table on an upright page."""
UNBROKEN_N = f"n{NO_BREAK_SPACE}={NO_BREAK_SPACE}"


def definitions(survey: Survey, one: Language) -> Data:
    """Which answers to which question each indicator counts, one table a universe."""
    words = wording(survey, one.code)
    labels = {each.id: _quoted(one, one.text(each.label)) for each in survey.programme.indicators}
    labels |= {each.id: _quoted(one, one.text(each.label)) for each in survey.programme.universes}
    bodies = []
    for universe in survey.programme.universes:
        members = [each for each in survey.programme.indicators if each.universe == universe.id]
        condition = _spelled(words.condition(universe.condition), labels) if universe.condition else ""
        rows = [[one.text(each.label), *_counted(each, words, labels, one)] for each in members]
        if rows:
            bodies.append({"title": one.text(universe.label), "condition": condition, "rows": rows})
    return {"title": one.text(survey.title), "universes": bodies}


def _counted(indicator: Indicator, words: Wording, labels: Mapping[str, str], one: Language) -> tuple[str, str]:
    """The number of the question, and the answers that count; a condition in words where several questions do."""
    if indicator.components:
        return "", one.say("note.components", parts=one.listing(labels[part] for part in indicator.components))
    if indicator.numerator and (found := words.answers(indicator.numerator)):
        return found
    if indicator.numerator:
        return "", _spelled(words.condition(indicator.numerator), labels)
    question = indicator.question.partition(".")[0]
    number = words.numbers.get(question)
    unit = one.text(indicator.unit)
    return "" if number is None else str(number), one.say(f"report.{indicator.measure.value}", unit=unit)


def _spelled(condition: str, labels: Mapping[str, str]) -> str:
    """A condition that names other indicators and universes, with their labels in place of their ids."""
    return re.sub(r"[\w=-]+", lambda found: labels.get(found[0], found[0]), condition)


def _quoted(one: Language, words: str) -> str:
    return one.say("note.quoted", words=words)


def questionnaire(edition: Edition, survey: Survey, one: Language) -> Data:
    """The questionnaire as it is printed for respondents."""
    content: Data = questionnaire_content(edition, survey, one.code)
    return content | {"title": one.say("questionnaire.title", survey=one.text(survey.title))}


def tables(cube: Cube, survey: Survey, one: Language) -> Data:
    """Every breakdown with figures as a table, in the order of the edition; those too wide for a page by name."""
    found = [each for each in survey.programme.breakdowns if _members(cube, survey, each)]
    wide = [one.text(each.label) for each in found if len(each.categories) > WIDEST]
    marks = {
        cell.status or cell.quality for (_, by), cells in cube.cells.items() if by in {each.id for each in found}
        for cell in cells.values() if cell.survey == survey.id
    }  # fmt: skip
    shown = [mark for mark in (HIDDEN, EMPTY, TOO_UNCERTAIN, UNCERTAIN, NO_MARGIN) if mark in marks]
    return {
        "title": one.say("report.annex_title", subject=one.text(survey.title)),
        "reading": " ".join(one.say(key) for key in ("report.annex", *(f"explain.{mark}" for mark in shown))),
        "wide": one.say("report.wide", breakdowns=one.listing(wide)) if wide else "",
        "tables": [_table(cube, survey, each, one) for each in found if len(each.categories) <= WIDEST],
    }


def _members(cube: Cube, survey: Survey, breakdown: Breakdown) -> list[Indicator]:
    return [each for each in survey.programme.indicators if (each.id, breakdown.id) in cube.cells]


def _table(cube: Cube, survey: Survey, breakdown: Breakdown, one: Language) -> Data:
    """One row an indicator, one column a category; units stand with the indicator."""
    label = one.text(breakdown.label)
    rows = []
    for indicator in _members(cube, survey, breakdown):
        cells = cube.cells[indicator.id, breakdown.id]
        places = decimals(indicator, cube.total(indicator.id).value)
        unit = f" ({one.text(indicator.unit)})" if indicator.measure is not Measure.SHARE and indicator.unit else ""
        shown = []
        for category in breakdown.categories:
            text = written(one, indicator, cells[category.code], places)
            said = sure(one, replace(text, interval=bare_span(one, indicator, cells[category.code], places)))
            shown.append({"value": text.bare, "sure": said.replace("n = ", UNBROKEN_N)})
        rows.append({"label": f"{one.text(indicator.label)}{unit}", "cells": shown})
    return {
        "title": one.say("cube.merged", by=label) if breakdown.merges else label,
        "columns": [one.text(category.label) for category in breakdown.categories],
        "flipped": len(breakdown.categories) > UPRIGHT,
        "footnote": one.text(breakdown.footnote),
        "rows": rows,
    }
