"""A table read back from the JSON-stat files of a release, one file a language."""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from barometer.model import Language, Measure, Text
from barometer.publication.open_data._cube import INDICATOR, MEASURE, PERIOD, Category, DataCube, Dimension

_Told = Mapping[Language, Mapping[str, Any]]  # language -> what its file says, or a part of it


def read_jsonstat(files: Mapping[Language, bytes], number: int | None = None) -> DataCube:
    """The table that `write_jsonstat` wrote in each of these languages, the edition's first language first.

    Every format that is written from it equals the released one. `number`: the release's, where the files do not say
    it. The files must be those of one table of one release; nothing else is checked.
    """
    told: _Told = {language: json.loads(content) for language, content in files.items()}
    first = next(iter(told.values()))
    extension = first["extension"]
    about = extension["px"]
    start, end = extension["reference-period"]
    size = len(first["value"])
    return DataCube(
        id=about["tableid"],
        edition=extension["edition"],
        survey=about["subject-code"],
        breakdown=extension["breakdown"],
        measure=Measure(extension["measure"]),
        languages=tuple(told),
        title=_text(told, "label"),
        subject=_text(told, "extension", "px", "subject-area"),
        notes=_texts(told, len(first["note"]), "note"),
        source=_text(told, "source"),
        contact=extension["contact"][0]["raw"],
        licence=extension["licence"],
        agency=extension["agency"],
        updated=datetime.fromisoformat(first["updated"]),
        period=(date.fromisoformat(start), date.fromisoformat(end)),
        synthetic=extension["synthetic"],
        dimensions=tuple(_dimension(told, name) for name in first["id"]),
        values=tuple(first["value"]),
        marks=tuple(first["status"].get(str(place), "") for place in range(size)),
        legend={mark: _text(told, "extension", "status", "label", mark) for mark in extension["status"]["label"]},
        number=number if number is not None else extension.get("release"),
    )


def _dimension(told: _Told, name: str) -> Dimension:
    here = {language: one["dimension"][name] for language, one in told.items()}
    first = next(iter(here.values()))
    return Dimension(
        name,
        name if name in (INDICATOR, PERIOD, MEASURE) else "group",
        _text(here, "label"),
        tuple(_category(here, code) for code in first["category"]["index"]),
        everyone=first.get("extension", {}).get("eliminationValueCode", ""),
    )


def _category(here: _Told, code: str) -> Category:
    first = next(iter(here.values()))["category"]
    notes = len(first.get("note", {}).get(code, ()))
    unit = first.get("unit", {}).get(code)
    return Category(
        code,
        _text(here, "category", "label", code),
        _texts(here, notes, "category", "note", code),
        _text(here, "category", "unit", code, "base") if unit else {},
        unit["decimals"] if unit else 0,
    )


def _text(told: _Told, *path: str) -> Text:
    return {language: _at(one, path) for language, one in told.items()}


def _texts(told: _Told, count: int, *path: str) -> tuple[Text, ...]:
    """A list of texts in each language, as a list of texts in all languages."""
    return tuple({language: _at(one, path)[place] for language, one in told.items()} for place in range(count))


def _at(told: Mapping[str, Any], path: Iterable[str]) -> Any:
    for step in path:
        told = told[step]
    return told
