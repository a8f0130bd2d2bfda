"""JSON-stat 2.0 (json-stat.org/full) with the extensions that PxWeb's clients look for, and a check of its meaning."""

import json
from collections.abc import Iterator, Mapping, Sequence
from math import isfinite, prod
from typing import Any

from barometer.model import Language
from barometer.publication.open_data._cube import MEASURE, PERIOD, DataCube, Dimension, say


def write_jsonstat(cube: DataCube, language: Language) -> bytes:
    """The table as a JSON-stat dataset in one language."""
    return _json(dataset(cube, language))


def dataset(cube: DataCube, language: Language) -> dict[str, Any]:
    """What `write_jsonstat` writes, as plain values."""
    return {
        "version": "2.0",
        "class": "dataset",
        "label": say(cube.title, language),
        "source": say(cube.source, language),
        "updated": cube.updated.isoformat(),
        "note": [say(note, language) for note in cube.notes],
        "role": {"time": [PERIOD], "metric": [MEASURE]},
        "id": [dimension.id for dimension in cube.dimensions],
        "size": list(cube.size),
        "dimension": {dimension.id: _dimension(dimension, language) for dimension in cube.dimensions},
        "value": list(cube.values),
        "status": {str(place): mark for place, mark in enumerate(cube.marks) if mark},
        "extension": _extension(cube, language),
    }


def write_collection(cubes: Sequence[DataCube], language: Language) -> bytes:
    """All tables of a release as one JSON-stat collection, the datasets inside."""
    first = cubes[0]
    return _json(
        {
            "version": "2.0",
            "class": "collection",
            "label": say(first.source, language),
            "updated": first.updated.isoformat(),
            "link": {"item": [dataset(cube, language) for cube in cubes]},
        }
    )


def _dimension(dimension: Dimension, language: Language) -> dict[str, Any]:
    categories = dimension.categories
    category: dict[str, Any] = {
        "index": {one.code: place for place, one in enumerate(categories)},
        "label": {one.code: say(one.label, language) for one in categories},
    }
    notes = {one.code: [say(note, language) for note in one.notes] for one in categories if one.notes}
    if notes:
        category["note"] = notes
    units = {one.code: {"base": say(one.unit, language), "decimals": one.decimals} for one in categories if one.unit}
    if units:
        category["unit"] = units
    everyone = {"eliminationValueCode": dimension.everyone} if dimension.everyone in dimension.codes else {}
    extension = {"elimination": bool(everyone), **everyone, "show": "value"}
    return {"label": say(dimension.label, language), "category": category, "extension": extension}


def _extension(cube: DataCube, language: Language) -> dict[str, Any]:
    extension: dict[str, Any] = {
        "px": {
            "tableid": cube.id,
            "matrix": cube.id,
            "language": language,
            "contents": say(cube.title, language),
            "subject-code": cube.survey,
            "subject-area": say(cube.subject, language),
            "decimals": max(one.decimals for one in cube.dimension(MEASURE).categories),
            "official-statistics": not cube.synthetic,
            "aggregallowed": False,
            "stub": [dimension.id for dimension in cube.stub],
            "heading": [dimension.id for dimension in cube.heading],
        },
        "contact": [{"mail": cube.contact, "raw": cube.contact}],
        "licence": cube.licence,
        "agency": cube.agency,
        "edition": cube.edition,
        "breakdown": cube.breakdown,
        "measure": cube.measure.value,
        "reference-period": [day.isoformat() for day in cube.period],
        "synthetic": cube.synthetic,
        "status": {"label": {mark: say(words, language) for mark, words in cube.legend.items()}},
    }
    if cube.number is not None:
        extension["release"] = cube.number
    if cube.synthetic:
        extension["noteMandatory"] = {"0": True}
    return extension


def check_jsonstat(content: bytes) -> tuple[str, ...]:
    """What is wrong with a JSON-stat dataset in meaning, in plain English; () when nothing is.

    Readers trust that sizes, indexes, values and marks agree; a schema cannot say so.
    """
    try:
        told = json.loads(content)
    except ValueError as error:
        return (f"not JSON: {error}",)
    if not isinstance(told, Mapping) or told.get("class") != "dataset" or told.get("version") != "2.0":
        return ("not a JSON-stat 2.0 dataset",)
    return tuple(_faults(told))


def _faults(told: Mapping[str, Any]) -> Iterator[str]:
    names, size, described = told.get("id", []), told.get("size", []), told.get("dimension", {})
    if len(names) != len(size) or len(set(names)) != len(names):
        yield f"{len(names)} ids and {len(size)} sizes"
        return
    if set(names) != set(described):
        yield f"dimensions {sorted(described)} for ids {sorted(names)}"
        return
    for name, expected in zip(names, size, strict=True):
        yield from _dimension_faults(name, described[name], expected)
    for role, dimensions in told.get("role", {}).items():
        if role not in ("time", "geo", "metric"):
            yield f"role '{role}'"
        yield from (f"role {role} of the unknown dimension '{name}'" for name in dimensions if name not in names)
    cells = prod(size)
    yield from _value_faults(told.get("value"), cells)
    yield from _status_faults(told.get("status", {}), cells)


def _dimension_faults(name: str, described: Mapping[str, Any], expected: int) -> Iterator[str]:
    category = described.get("category", {})
    index, labels = category.get("index"), category.get("label", {})
    if index is None:
        index = dict.fromkeys(labels, 0) if len(labels) == 1 else {}
    places = {code: place for place, code in enumerate(index)} if isinstance(index, list) else index
    if len(places) != expected:
        yield f"dimension '{name}': {len(places)} categories, size {expected}"
    elif sorted(places.values()) != list(range(expected)):
        yield f"dimension '{name}': the index has gaps or repeats"
    for part in ("label", "unit", "note"):
        unknown = [code for code in category.get(part, {}) if code not in places]
        yield from (f"dimension '{name}': {part} of the unknown '{code}'" for code in unknown)
    yield from (f"dimension '{name}': no label of '{code}'" for code in places if labels and code not in labels)


def _value_faults(value: Any, cells: int) -> Iterator[str]:
    if isinstance(value, list):
        if len(value) != cells:
            yield f"{len(value)} values for {cells} cells"
        numbers = value
    elif isinstance(value, Mapping):
        yield from (f"value at '{place}', outside {cells} cells" for place in value if not _inside(place, cells))
        numbers = list(value.values())
    else:
        yield "no values"
        return
    for number in numbers:
        if number is not None and (isinstance(number, bool) or not isinstance(number, int | float)):
            yield f"the value {number!r} is no number"
        elif isinstance(number, float) and not isfinite(number):
            yield f"the value {number} is not finite"


def _status_faults(status: Any, cells: int) -> Iterator[str]:
    if isinstance(status, list) and len(status) not in (1, cells):
        yield f"{len(status)} marks for {cells} cells"
    if isinstance(status, Mapping):
        yield from (f"a mark at '{place}', outside {cells} cells" for place in status if not _inside(place, cells))
        yield from (f"the mark {mark!r} is no text" for mark in status.values() if not isinstance(mark, str))


def _inside(place: str, cells: int) -> bool:
    return place.isdigit() and int(place) < cells


def _json(content: object) -> bytes:
    return (json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n").encode()
