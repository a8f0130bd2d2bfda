"""The plan as a picture: the margin of error of each domain, at each response rate, as SVG that stands alone."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

WIDTH, LABELS, ROW, HEAD, AXIS = 720, 220, 30, 64, 50
DIVISIONS = (1, 2, 5, 10, 20, 50)
MARKS = ("circle", "square", "diamond", "triangle")
COLOURS = ("#0b4f8a", "#b34700", "#1f6b2d", "#7a1f6b")
"""Dark enough on white (contrast above 4.5); the shape of the mark says the same as its colour."""


def plot(title: str, tables: Sequence[tuple[float, pl.DataFrame]], share: float) -> str:
    """One row a domain, one mark a response rate (up to four), from planning tables of the same domains; margins of
    shares of `share` in percentage points. Domains nobody can be drawn from say so."""
    column = f"margin_{100 * share:g}"
    rows = [f"{row['breakdown']} {row['cell']}" for row in tables[0][1].iter_rows(named=True)]
    margins = [table[column].to_list() for _, table in tables]
    largest = max((100 * one for of_rate in margins for one in of_rate if one is not None), default=1.0)
    step = next((one for one in DIVISIONS if largest / one <= 8), 100)
    end = step * (int(largest / step) + 1)
    height = HEAD + ROW * len(rows) + AXIS
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        'role="img" aria-labelledby="t d" font-family="sans-serif" font-size="14" fill="#1a1a1a">',
        f'<title id="t">{escape(title)}</title>',
        f'<desc id="d">{escape(_told(rows, tables, margins))}</desc>',
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        f'<text x="8" y="22" font-size="16" font-weight="bold">{escape(title)}</text>',
        *_legend(tables),
        *_grid(end, step, height),
    ]
    for place, label in enumerate(rows):
        y = HEAD + ROW * place + ROW / 2
        parts.append(f'<text x="{LABELS - 12}" y="{y + 5:g}" text-anchor="end">{escape(_short(label))}</text>')
        for number, of_rate in enumerate(margins):
            margin = of_rate[place]
            if margin is not None:
                parts.append(_mark(number, _across(100 * margin, end), y))
        if all(of_rate[place] is None for of_rate in margins):
            parts.append(
                f'<text x="{LABELS + 6}" y="{y + 5:g}" font-style="italic">nobody asked in a part of it</text>'
            )
    return "\n".join([*parts, "</svg>", ""])


def _told(rows: Sequence[str], tables: Sequence[tuple[float, pl.DataFrame]], margins: list[list[float | None]]) -> str:
    """The picture in words."""
    told = []
    for place, label in enumerate(rows):
        of_row = [
            f"{100 * margin:.1f} at {100 * rate:g} %"
            for (rate, _), of_rate in zip(tables, margins, strict=True)
            if (margin := of_rate[place]) is not None
        ]
        told.append(f"{label}: {', '.join(of_row) if of_row else 'no margin, nobody asked in a part of it'}")
    return "Margins in percentage points by response rate. " + "; ".join(told) + "."


def _legend(tables: Sequence[tuple[float, pl.DataFrame]]) -> list[str]:
    parts = []
    for number, (rate, _) in enumerate(tables):
        x = LABELS + 10 + 130 * number
        parts += [_mark(number, x, 43), f'<text x="{x + 12}" y="48">{100 * rate:g} % answer</text>']
    return parts


def _grid(end: float, step: float, height: int) -> list[str]:
    parts = []
    bottom = height - AXIS
    for number in range(round(end / step) + 1):
        x = _across(number * step, end)
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{HEAD}" y2="{bottom}" stroke="#d0d0d0"/>')
        parts.append(f'<text x="{x:.1f}" y="{bottom + 18}" text-anchor="middle">± {number * step:g}</text>')
    middle = (LABELS + _across(end, end)) / 2
    parts.append(f'<text x="{middle:.1f}" y="{bottom + 38}" text-anchor="middle">percentage points</text>')
    return parts


def _across(points: float, end: float) -> float:
    return LABELS + (WIDTH - LABELS - 40) * points / end


def _short(label: str) -> str:
    return label if len(label) <= 28 else label[:27] + "…"


def _mark(number: int, x: float, y: float) -> str:
    fill = f'fill="{COLOURS[number]}"'
    match MARKS[number]:
        case "circle":
            return f'<circle cx="{x:.1f}" cy="{y:g}" r="6" {fill}/>'
        case "square":
            return f'<rect x="{x - 5:.1f}" y="{y - 5:g}" width="10" height="10" {fill}/>'
        case "diamond":
            return f'<path d="M{x:.1f} {y - 7:g}l7 7-7 7-7-7z" {fill}/>'
        case _:
            return f'<path d="M{x:.1f} {y - 7:g}l7 12h-14z" {fill}/>'
