"""A table, or the part that is asked for, in each format of the API. Files are written as those of the release are."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any

from django.http import JsonResponse

from barometer.publication.open_data import (
    MEASURE,
    PERIOD,
    DataCube,
    Dimension,
    Labels,
    Output,
    crosstab,
    dataset,
    pivot,
    plain_number,
    say,
    symbol,
    write_crosstab_csv,
    write_crosstab_xlsx,
    write_jsonstat,
    write_parquet,
    write_px,
)

SEPARATORS = {"SeparatorTab": "\t", "SeparatorSpace": " ", "SeparatorSemicolon": ";"}
PARAMETERS = (*(one.value for one in Labels), "IncludeTitle", *SEPARATORS)
"""Of the output: of CSV all, of XLSX and HTML all but the separators. Other formats have room for everything."""
APART = (tuple(one.value for one in Labels), tuple(SEPARATORS))
"""Parameters of which a call may give one."""


@dataclass(frozen=True)
class Format:
    """How a format is written: its content type, the ending of its files, and the writer."""

    kind: str
    ending: str
    write: Callable[[DataCube, str, Output], bytes]


def output(parameters: Sequence[str]) -> Output:
    """What the parameters of a call ask for."""
    labels = next((one for one in Labels if one.value in parameters), None)
    separator = next((SEPARATORS[one] for one in parameters if one in SEPARATORS), ",")
    return Output(labels, "IncludeTitle" in parameters, separator)


def metadata(cube: DataCube, language: str) -> dict[str, Any]:
    """The table as JSON-stat without its numbers, with what PxWeb's clients look for."""
    told = dataset(cube, language)
    for part in ("value", "status"):
        del told[part]
    return told


def json_px(cube: DataCube, language: str) -> dict[str, Any]:
    """The format 'json' of PxWebApi 1, 'json-px' of 2: a row for each key, its numbers as text, dots for no number."""
    cube = _measure_last(cube)
    measures = cube.dimension(MEASURE).categories
    others = cube.stub
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


def json_stat_1(cube: DataCube, language: str) -> dict[str, Any]:
    """The format 'json-stat' of PxWebApi 1: JSON-stat 1.2, the table under 'dataset'."""
    told = dataset(cube, language)
    inside = {"id": told["id"], "size": told["size"], "role": told["role"], **told["dimension"]}
    kept = {name: told[name] for name in ("label", "source", "updated", "value", "status", "extension")}
    return {"dataset": {"dimension": inside, **kept}}


def page(cube: DataCube, language: str, asked: Output) -> str:
    """The table as a small page of its own."""
    told = crosstab(cube, language, asked.labels or Labels.TEXTS)
    heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in (*told.heads, *told.columns))
    rows = []
    for labels, cells in told.rows:
        names = "".join(f'<th scope="row">{escape(label)}</th>' for label in labels)
        rows.append(f"<tr>{names}{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>")
    title = escape(say(cube.title, language))
    notes = "".join(f"<p>{escape(say(note, language))}</p>" for note in (*cube.notes, cube.source))
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title></head><body>'
        f"<table><caption>{title}</caption><thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
        f"{notes}</body></html>"
    )


def _measure_last(cube: DataCube) -> DataCube:
    """The table with the measures alone across, for formats that have a place of their own for them."""
    return pivot(cube, [one.id for one in cube.dimensions if one.role != MEASURE], [MEASURE])


def _all_down(cube: DataCube) -> DataCube:
    """A row for each number."""
    return pivot(cube, [one.id for one in cube.dimensions], [])


def _rows(cube: DataCube) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    """The codes of each cell, and its measures as text: all decimals, or dots where there is no number."""
    width = cube.size[-1]
    for place, key in enumerate(cube.keys()):
        if place % width == 0:
            numbers = zip(cube.values[place : place + width], cube.marks[place : place + width], strict=True)
            yield key[:-1], [symbol(mark) if value is None else plain_number(value) for value, mark in numbers]


def _comments(cube: DataCube, language: str) -> list[Mapping[str, str]]:
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


def _json(write: Callable[[DataCube, str], object]) -> Callable[[DataCube, str, Output], bytes]:
    return lambda cube, language, _: (
        JsonResponse(write(cube, language), json_dumps_params={"ensure_ascii": False}).content
    )


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


def _csv_1(labels: Labels, change: Callable[[DataCube], DataCube]) -> Format:
    """A CSV of PxWebApi 1, which has no parameters."""
    return Format(
        _CSV, "csv", lambda cube, language, _: write_crosstab_csv(change(cube), language, Output(labels=labels))
    )


_JSON, _CSV, _PX = "application/json", "text/csv; charset=utf-8", "text/plain; charset=utf-8"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS: Mapping[str, Format] = {
    "json-stat2": Format(_JSON, "json", lambda cube, language, _: write_jsonstat(cube, language)),
    "csv": Format(_CSV, "csv", write_crosstab_csv),
    "xlsx": Format(_XLSX, "xlsx", write_crosstab_xlsx),
    "px": Format(_PX, "px", lambda cube, language, _: write_px(cube)),
    "html": Format(
        "text/html; charset=utf-8", "html", lambda cube, language, asked: page(cube, language, asked).encode()
    ),
    "json-px": Format(_JSON, "json", _json(json_px)),
    "parquet": Format(
        "application/vnd.apache.parquet", "parquet", lambda cube, language, _: write_parquet(_measure_last(cube))
    ),
}
"""Of PxWebApi 2."""
FORMATS_1: Mapping[str, Format] = {
    "json": FORMATS["json-px"],
    "json-stat": Format(_JSON, "json", _json(json_stat_1)),
    "json-stat2": FORMATS["json-stat2"],
    "csv": _csv_1(Labels.TEXTS, lambda cube: cube),
    "csv2": _csv_1(Labels.TEXTS, _all_down),
    "csv3": _csv_1(Labels.CODES, _all_down),
    "px": FORMATS["px"],
    "xlsx": Format(
        _XLSX, "xlsx", lambda cube, language, asked: write_crosstab_xlsx(cube, language, replace(asked, title=True))
    ),
    "html5_table": FORMATS["html"],
}
"""Of PxWebApi 1: csv2 and csv3 have a row for each number, csv3 with codes."""
