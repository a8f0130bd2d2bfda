"""A table, or the part that is asked for, in each format of the API. Files are written as those of the release are."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from django.http import JsonResponse

from barometer.publication.open_data import (
    MEASURE,
    PERIOD,
    Cube,
    Dimension,
    dataset,
    plain_number,
    say,
    symbol,
    wide,
    write_csv,
    write_jsonstat,
    write_parquet,
    write_px,
    write_xlsx,
)

SEPARATORS = {"SeparatorTab": "\t", "SeparatorSpace": " ", "SeparatorSemicolon": ";"}
PARAMETERS = ("UseCodes", "UseTexts", "UseCodesAndTexts", "IncludeTitle", *SEPARATORS)
"""Of the output. Only separators change anything: codes, texts and titles stand wherever a format has room for them."""


@dataclass(frozen=True)
class Format:
    """How a format is written: its content type, the ending of its files, and the writer."""

    kind: str
    ending: str
    write: Callable[[Cube, str], bytes]


def separated(cube: Cube, language: str, separator: str) -> bytes:
    """The CSV with another sign between the fields."""
    return wide(cube, (language,)).write_csv(separator=separator).encode()


def metadata(cube: Cube, language: str) -> dict[str, Any]:
    """The table as JSON-stat without its numbers, with what PxWeb's clients look for."""
    told = dataset(cube, language)
    for part in ("value", "status"):
        del told[part]
    for one in told["dimension"].values():
        one["extension"] = {"elimination": False, **one.get("extension", {}), "show": "value"}
    return told


def json_px(cube: Cube, language: str) -> dict[str, Any]:
    """The format 'json' of PxWebApi 1, 'json-px' of 2: a row for each key, its numbers as text, dots for no number."""
    measures = cube.dimension(MEASURE).categories
    others = [one for one in cube.dimensions if one.role != MEASURE]
    columns = [
        {"code": one.id, "text": say(one.label, language), "type": "t" if one.role == PERIOD else "d"} for one in others
    ]
    columns += [
        {"code": one.code, "text": say(one.label, language), "type": "c", "unit": say(one.unit, language)}
        for one in measures
    ]
    rows = [{"key": list(key), "values": values} for key, values in _rows(cube)]
    about = {
        "updated": cube.updated.isoformat(),
        "label": say(cube.title, language),
        "source": say(cube.source, language),
    }
    return {"columns": columns, "comments": _comments(cube, language), "data": rows, "metadata": [about]}


def json_stat_1(cube: Cube, language: str) -> dict[str, Any]:
    """The format 'json-stat' of PxWebApi 1: JSON-stat 1.2, the table under 'dataset'."""
    told = dataset(cube, language)
    inside = {"id": told["id"], "size": told["size"], "role": told["role"], **told["dimension"]}
    kept = {name: told[name] for name in ("label", "source", "updated", "value", "status", "extension")}
    return {"dataset": {"dimension": inside, **kept}}


def page(cube: Cube, language: str) -> str:
    """The table as a small page of its own."""
    measures = [say(one.label, language) for one in cube.dimension(MEASURE).categories]
    others = [one for one in cube.dimensions if one.role != MEASURE]
    heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in [*_labels(others, language), *measures])
    labels = [{one.code: escape(say(one.label, language)) for one in dimension.categories} for dimension in others]
    rows = []
    for key, values in _rows(cube):
        names = "".join(f'<th scope="row">{label[code]}</th>' for label, code in zip(labels, key, strict=True))
        rows.append(f"<tr>{names}{''.join(f'<td>{value}</td>' for value in values)}</tr>")
    title = escape(say(cube.title, language))
    notes = "".join(f"<p>{escape(say(note, language))}</p>" for note in (*cube.notes, cube.source))
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title></head><body>'
        f"<table><caption>{title}</caption><thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
        f"{notes}</body></html>"
    )


def _labels(dimensions: Sequence[Dimension], language: str) -> list[str]:
    return [say(one.label, language) for one in dimensions]


def _rows(cube: Cube) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    """The codes of each cell, and its measures as text: all decimals, or dots where there is no number."""
    width = cube.size[-1]
    for place, key in enumerate(cube.keys()):
        if place % width == 0:
            numbers = zip(cube.values[place : place + width], cube.marks[place : place + width], strict=True)
            yield key[:-1], [symbol(mark) if value is None else plain_number(value) for value, mark in numbers]


def _comments(cube: Cube, language: str) -> list[Mapping[str, str]]:
    return [
        {
            "variable": one.id,
            "value": category.code,
            "comment": " ".join(say(note, language) for note in category.notes),
        }
        for one in cube.dimensions
        for category in one.categories
        if category.notes
    ]


def _json(write: Callable[[Cube, str], object]) -> Callable[[Cube, str], bytes]:
    return lambda cube, language: JsonResponse(write(cube, language), json_dumps_params={"ensure_ascii": False}).content


def variables(dimensions: Sequence[Dimension], language: str) -> list[dict[str, Any]]:
    """The variables as PxWebApi 1 tells them."""
    found = []
    for one in dimensions:
        told: dict[str, Any] = {
            "code": one.id,
            "text": say(one.label, language),
            "values": list(one.codes),
            "valueTexts": [say(category.label, language) for category in one.categories],
        }
        found.append(
            told | ({"elimination": True} if one.everyone else {}) | ({"time": True} if one.role == PERIOD else {})
        )
    return found


_JSON, _CSV, _PX = "application/json", "text/csv; charset=utf-8", "text/plain; charset=utf-8"
_XLSX = Format("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx", write_xlsx)
_STAT = Format(_JSON, "json", write_jsonstat)
FORMATS: Mapping[str, Format] = {
    "json-stat2": _STAT,
    "csv": Format(_CSV, "csv", write_csv),
    "xlsx": _XLSX,
    "px": Format(_PX, "px", lambda cube, language: write_px(cube)),
    "html": Format("text/html; charset=utf-8", "html", lambda cube, language: page(cube, language).encode()),
    "json-px": Format(_JSON, "json", _json(json_px)),
    "parquet": Format("application/vnd.apache.parquet", "parquet", lambda cube, language: write_parquet(cube)),
}
"""Of PxWebApi 2."""
FORMATS_1: Mapping[str, Format] = {
    "json": FORMATS["json-px"],
    "json-stat": Format(_JSON, "json", _json(json_stat_1)),
    "json-stat2": _STAT,
    "csv": FORMATS["csv"],
    "px": FORMATS["px"],
    "xlsx": _XLSX,
}
"""Of PxWebApi 1."""
