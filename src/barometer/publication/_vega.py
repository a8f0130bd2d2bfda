"""A figure as a Vega-Lite specification with its data inside: the same rows that its drawing and its table have.

Source: Vega-Lite 6 (vega.github.io/vega-lite). No script of the site reads it; it is for those who draw it anew.
"""

import json
from collections.abc import Iterable
from typing import Any

from barometer.model import Measure
from barometer.publication._cube import UNCERTAIN
from barometer.publication._figure import Figure, Row, written
from barometer.publication._language import Language
from barometer.publication._svg import description, full_title

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
_BAR = 14


def vega_lite(figures: Iterable[Figure], one: Language, source: str) -> bytes:
    """Figures of one indicator below each other. `source`: how to cite them."""
    content = {
        "$schema": SCHEMA,
        "description": source,
        "background": "white",
        "vconcat": [drawing(figure, one) for figure in figures],
        "config": {"axis": {"labelLimit": 320, "titleFontWeight": "normal"}, "font": "sans-serif"},
    }
    return (json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def drawing(figure: Figure, one: Language) -> dict[str, Any]:
    """One figure: bars, intervals across them, and everyone's value as a dashed line."""
    shares = figure.indicators[0].measure is Measure.SHARE
    scale = 100 if shares else 1
    rows = [_row(figure, row, one, scale) for row in figure.rows]
    unit = one.say("cube.percent") if shares else one.text(figure.indicators[0].unit)
    across = {"type": "quantitative", "title": unit, "scale": {"domain": [0, figure.axis * scale]}}
    down = {"field": "label", "type": "nominal", "sort": None, "title": None}
    layers: list[dict[str, Any]] = [
        {
            "mark": {"type": "bar", "height": _BAR},
            "encoding": {
                "x": {**across, "field": "value"},
                "color": {
                    "field": "kind",
                    "type": "nominal",
                    "legend": None,
                    "scale": {"domain": ["group", "whole", "uncertain"], "range": ["#3f8fa9", "#75818a", "#b4d3dc"]},
                },
            },
        }
    ]
    if any(row["low"] is not None for row in rows):
        ends = {"x": {**across, "field": "low"}, "x2": {"field": "high"}}
        layers.append({"mark": {"type": "rule", "strokeWidth": 1.75}, "encoding": ends})
    if figure.reference is not None:
        dashed = {"type": "rule", "strokeDash": [2, 2]}
        layers.append({"mark": dashed, "encoding": {"x": {**across, "datum": round(figure.reference * scale, 4)}}})
        layers[-1]["encoding"]["y"] = {"value": 0}
        layers[-1]["encoding"]["y2"] = {"value": "height"}
    texts = [written(one, row.indicator, row.cell, row.places) for row in figure.rows]
    return {
        "title": {"text": full_title(figure, one), "anchor": "start"},
        "description": description(figure, one, texts),
        "data": {"values": rows},
        "width": 420,
        "encoding": {"y": down},
        "layer": layers,
    }


def _row(figure: Figure, row: Row, one: Language, scale: int) -> dict[str, Any]:
    cell = row.cell
    label = one.text(row.label)
    if row.group:
        label = f"{one.text(row.group)}: {label}"

    def number(value: float | None) -> float | None:
        return None if value is None or cell.status else round(value * scale, 4)

    kind = "whole" if row.whole or not row.ours else "uncertain" if cell.quality == UNCERTAIN else "group"
    remark = written(one, row.indicator, cell, row.places).remark
    return {
        "label": label, "value": number(cell.value), "low": number(cell.ci_low), "high": number(cell.ci_high),
        "n": cell.n, "kind": kind, "remark": remark,
    }  # fmt: skip
