"""The self-test as one file of a release: its questions, what is counted, and the released figures beside them.

A server that has the release has the test: it needs neither the edition folder nor anything that is not public.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from barometer.edition import answer_scope, canonical_json, read_instrument, register_scope
from barometer.expressions import Expression, Scope, Type, Variable, parse_condition
from barometer.model import (
    ALL,
    TOTAL,
    Breakdown,
    Category,
    Edition,
    Indicator,
    Instrument,
    Measure,
    SelfTest,
    Survey,
    Text,
    Universe,
)
from barometer.problems import Place, raise_errors
from barometer.publication._carried import check_self_test
from barometer.publication._cube import Cell, Cube
from barometer.publication._self_test_cut import cut, register_used

PATH = "self-test.json"
"""Where it lies in the site."""


@dataclass(frozen=True, eq=False)
class PublishedTest:
    """A released self-test. `steps` are universes and indicators, each using only what stands before it."""

    title: Text
    publisher: Text
    contact: str
    synthetic: bool
    day: date
    level: float
    instrument: Instrument
    breakdowns: tuple[Breakdown, ...]  # by which visitors compare themselves
    merged: tuple[Breakdown, ...]  # breakdowns that show some of their cells together
    steps: tuple[Universe | Indicator, ...]
    themes: tuple[tuple[Text, tuple[str, ...]], ...]  # title and indicators, each indicator once
    cells: Mapping[tuple[str, str, str], Cell]

    def indicator(self, indicator_id: str) -> Indicator:
        return next(one for one in self.steps if isinstance(one, Indicator) and one.id == indicator_id)

    def universe(self, universe_id: str) -> Universe:
        return next(one for one in self.steps if isinstance(one, Universe) and one.id == universe_id)


def self_test_file(cube: Cube) -> dict[str, bytes]:
    """The file under its path; nothing where the edition has no self-test or nothing of it is released yet. Raises
    `BadInput` P010 where it asks more than a browser can carry."""
    edition = cube.edition
    asked = edition.self_test
    survey = next((one for one in edition.surveys if asked and one.id == asked.survey), None)
    if asked is None or survey is None:
        return {}
    raise_errors(check_self_test(edition))
    instrument = cut(survey.instrument, asked.questions)
    steps = list(_steps(survey, instrument, asked))
    themes = list(_themes(edition, [one.id for one in steps if isinstance(one, Indicator)]))
    if not themes:
        return {}
    content = (
        _header(edition)
        | _questions(survey, instrument, asked)
        | {
            "steps": [_step(one) for one in steps],
            "themes": [{"title": dict(title), "indicators": list(ids)} for title, ids in themes],
            "cells": [asdict(cell) for cell in _cells(cube, survey, asked, themes)],
        }
    )
    return {PATH: json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()}


def read_self_test(content: bytes) -> PublishedTest:
    """What `self_test_file` wrote."""
    data = json.loads(content)
    scope = {
        name: Variable(name, Type(one["type"]), tuple(one["codes"])) for name, one in sorted(data["register"].items())
    }
    source = json.dumps(data["instrument"], ensure_ascii=False).encode()
    instrument = read_instrument("self-test.yaml", source, scope, data["instrument"]["languages"])
    cells = [Cell(**one) for one in data["cells"]]
    return PublishedTest(
        title=data["title"],
        publisher=data["publisher"],
        contact=data["contact"],
        synthetic=data["synthetic"],
        day=date.fromisoformat(data["day"]),
        level=data["level"],
        instrument=instrument,
        breakdowns=tuple(_breakdown(one) for one in data["breakdowns"]),
        merged=tuple(_breakdown(one) for one in data["merged"]),
        steps=tuple(_read_steps(data["steps"], {**scope, **answer_scope(instrument)})),
        themes=tuple((one["title"], tuple(one["indicators"])) for one in data["themes"]),
        cells={(one.indicator, one.breakdown, one.cell): one for one in cells},
    )


def _header(edition: Edition) -> dict[str, Any]:
    return {
        "title": dict(edition.title),
        "publisher": dict(edition.publisher.name),
        "contact": edition.publisher.contact,
        "synthetic": edition.synthetic,
        "day": edition.release_at.date().isoformat(),
        "level": edition.rules.level,
    }


def _questions(survey: Survey, instrument: Instrument, asked: SelfTest) -> dict[str, Any]:
    register = register_scope(survey.frame.columns)
    used = register_used(instrument) | {survey.programme.breakdown(one).column for one in asked.breakdowns}
    merged = [one for one in survey.programme.breakdowns if one.merges in asked.breakdowns]
    return {
        "instrument": json.loads(canonical_json(instrument)),
        "register": {
            name: {"type": one.type.value, "codes": list(one.codes)} for name, one in register.items() if name in used
        },
        "breakdowns": [_told(survey.programme.breakdown(one)) for one in asked.breakdowns],
        "merged": [_told(one) for one in merged],
    }


def _told(breakdown: Breakdown) -> dict[str, Any]:
    return {
        "id": breakdown.id,
        "survey": breakdown.survey,
        "label": dict(breakdown.label),
        "column": breakdown.column,
        "merges": breakdown.merges,
        "footnote": dict(breakdown.footnote),
        "categories": [
            {"code": one.code, "label": dict(one.label), "parts": list(one.parts)} for one in breakdown.categories
        ],
    }


def _breakdown(data: Mapping[str, Any]) -> Breakdown:
    categories = tuple(Category(**{**one, "parts": tuple(one["parts"])}) for one in data["categories"])
    return Breakdown(**{**data, "categories": categories})


def _steps(survey: Survey, instrument: Instrument, asked: SelfTest) -> Iterator[Universe | Indicator]:
    """Universes and shares that a visitor's answers decide."""
    known = {*answer_scope(instrument), *(survey.programme.breakdown(one).column for one in asked.breakdowns)}
    for universe in survey.programme.universes:
        if universe.condition is None or known.issuperset(universe.condition.names):
            known.add(universe.id)
            yield universe
    for indicator in survey.programme.indicators:
        used = {indicator.universe, *(indicator.numerator.names if indicator.numerator else ())}
        if indicator.measure is Measure.SHARE and known.issuperset(used):
            known.add(indicator.id)
            yield indicator


def _step(one: Universe | Indicator) -> dict[str, Any]:
    told = {"id": one.id, "survey": one.survey, "label": dict(one.label)}
    if isinstance(one, Universe):
        return told | {"noun": dict(one.noun), "condition": one.condition.source if one.condition else None}
    assert one.numerator is not None
    return told | {"universe": one.universe, "numerator": one.numerator.source}


def _read_steps(steps: list[dict[str, Any]], scope: Scope) -> Iterator[Universe | Indicator]:
    known = dict(scope)
    for one in steps:
        if one["id"].isidentifier():
            before, known = known, {**known, one["id"]: Variable(one["id"], Type.FLAG)}
        else:
            before = known
        if "numerator" in one:
            yield Indicator(**{**one, "numerator": _parsed(one["numerator"], before), "measure": Measure.SHARE})
        else:
            yield Universe(**{**one, "condition": _parsed(one["condition"], before)})


def _parsed(source: str | None, scope: Scope) -> Expression | None:
    return None if source is None else parse_condition(source, scope, Place(PATH))


def _themes(edition: Edition, ids: list[str]) -> Iterator[tuple[Text, tuple[str, ...]]]:
    """Indicators under the first theme that has them."""
    left = set(ids)
    for theme in edition.themes:
        here = tuple(one for one in dict.fromkeys(theme.indicators) if one in left)
        left -= set(here)
        if here:
            yield theme.title, here


def _cells(cube: Cube, survey: Survey, asked: SelfTest, themes: list[tuple[Text, tuple[str, ...]]]) -> Iterator[Cell]:
    wanted = {
        one.id for one in survey.programme.breakdowns if one.id in asked.breakdowns or one.merges in asked.breakdowns
    }
    for _, ids in themes:
        for indicator in ids:
            yield cube.cells[indicator, TOTAL][ALL]
            for breakdown in survey.programme.breakdowns:
                if breakdown.id in wanted:
                    yield from cube.cells.get((indicator, breakdown.id), {}).values()
