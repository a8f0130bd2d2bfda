"""CSV with its metadata beside it (CSV on the Web, W3C Recommendation 2015), and Parquet."""

import io
import json
from typing import Any

import polars as pl

from barometer.model import Language
from barometer.publication._language import language as catalogue
from barometer.publication.open_data._cube import MEASURE, DataCube, is_count, say, wide

METADATA = "-metadata.json"
"""Behind a CSV file's name: where programs that know CSV on the Web look first."""


def write_csv(cube: DataCube, language: Language) -> bytes:
    """One row a cell; UTF-8, commas, decimal points, an empty field where there is no number."""
    return wide(cube, (language,)).write_csv().encode()


def write_csvw(cube: DataCube, language: Language, name: str) -> bytes:
    """The metadata of the CSV file `name` beside it: title, licence, and type and meaning of every column."""
    table: dict[str, Any] = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": language}],
        "url": name,
        "dc:title": say(cube.title, language),
        "dc:source": say(cube.source, language),
        "dc:license": cube.licence,
        "dc:modified": {"@value": cube.updated.date().isoformat(), "@type": "xsd:date"},
        "dc:description": " ".join(say(note, language) for note in cube.notes),
        "tableSchema": {"columns": _columns(cube, language), "primaryKey": _key(cube)},
    }
    return (json.dumps(table, ensure_ascii=False, indent=1) + "\n").encode()


def write_parquet(cube: DataCube) -> bytes:
    """The same rows with the labels of all languages; what the table is stands in the file's own metadata."""
    content = io.BytesIO()
    about = {
        "edition": cube.edition,
        "synthetic": "true" if cube.synthetic else "false",
        "table": cube.id,
        "title": json.dumps(dict(cube.title), ensure_ascii=False),
        "licence": cube.licence,
        "unit": json.dumps(dict(cube.dimension(MEASURE).categories[0].unit), ensure_ascii=False),
        "status": json.dumps({mark: dict(words) for mark, words in cube.legend.items()}, ensure_ascii=False),
    }
    table = wide(cube, cube.languages)
    table.rechunk().write_parquet(content, compression="zstd", statistics=False, metadata=about)
    return content.getvalue()


def _key(cube: DataCube) -> list[str]:
    return [dimension.id for dimension in cube.dimensions if dimension.role != MEASURE]


def _columns(cube: DataCube, language: Language) -> list[dict[str, Any]]:
    one = catalogue(language)
    columns = [
        _column("edition", "string", one.say("column.edition"), required=True),
        _column("synthetic", "boolean", one.say("column.synthetic"), required=True),
    ]
    for dimension in cube.dimensions:
        if dimension.role != MEASURE:
            label = say(dimension.label, language)
            columns.append(_column(dimension.id, "string", one.say("cube.code_of", name=label), required=True))
            columns.append(_column(f"{dimension.id}_label", "string", label, required=True))
    for measure in cube.dimension(MEASURE).categories:
        unit = say(measure.unit, language)
        words = say(measure.label, language) + (f" ({unit})" if unit else "")
        columns.append(_column(measure.code, "integer" if is_count(measure) else "double", words))
    for name, known in (("status", cube.gaps), ("quality", set(cube.legend) - cube.gaps)):
        words = "; ".join(f"{mark}: {say(cube.legend[mark], language)}" for mark in sorted(known))
        columns.append(_column(name, "string", one.say("data.marks") + (f" ({words})" if words else "")))
    return columns


def _column(name: str, datatype: str, title: str, required: bool = False) -> dict[str, Any]:
    column: dict[str, Any] = {"name": name, "titles": {"und": name}, "datatype": datatype, "dc:description": title}
    return column | {"required": True} if required else column


def frame(content: bytes) -> pl.DataFrame:
    """A table written by `write_csv`, read back with codes as text."""
    head = content.partition(b"\n")[0].decode().split(",")
    numbers = {"value", "se", "ci_low", "ci_high", "number"}
    counts = {"n", "n_dont_know", "n_missing"}
    types = {name: pl.Float64 if name in numbers else pl.Int64 if name in counts else pl.String for name in head}
    return pl.read_csv(content, schema_overrides=types)
