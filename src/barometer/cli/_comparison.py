"""Prints the table published figure, ours, interval, base n."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from barometer.model import Edition
    from barometer.publication import Comparison

_WORDS = {
    "equal": "equal as printed",
    "differs": "DIFFERENT",
    "hidden": "not published by us",
    "contradicted": "contradicted by other published figures",
    "approximate": "no digit was printed",
}


def print_comparison(edition: Edition, rows: Sequence[Comparison], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps([_plain(row) for row in rows], ensure_ascii=False, indent=1))
        return
    click.echo(
        f"\n{edition.title['en' if 'en' in edition.title else edition.languages[0]]}: published figures and ours"
    )
    click.echo(f"{'indicator':<26} {'where':<34} {'published':>9} {'ours':>7}  {'95 % interval':<15} {'base n':>7}")
    for row in rows:
        if row.outcome in ("equal", "differs"):
            click.echo(_line(row) + ("" if row.outcome == "equal" else f"  DIFFERENT: {row.reason}"))
    for outcome in ("approximate", "contradicted", "hidden"):
        listed = [row for row in rows if row.outcome == outcome]
        if listed:
            click.echo(f"\nNot compared, {_WORDS[outcome]}:")
        for row in listed:
            click.echo(f"{_line(row)}\n    {row.reason}")
    counts = Counter(row.outcome for row in rows)
    click.echo(
        "\n" + ", ".join(f"{counts[outcome]} {words}" for outcome, words in _WORDS.items() if counts[outcome]) + "."
    )


def _line(row: Comparison) -> str:
    where = "all" if row.figure.breakdown == "total" else f"{row.figure.breakdown}: {row.figure.cell}"
    ours = "-" if row.value is None else f"{row.value:.1f}"
    interval = "-" if row.low is None or row.high is None else f"{row.low:.1f} to {row.high:.1f}"
    n = "-" if row.n is None else f"{row.n:,}"
    return f"{row.figure.indicator:<26} {where:<34} {row.figure.value_pct:>9g} {ours:>7}  {interval:<15} {n:>7}"


def _plain(row: Comparison) -> dict[str, object]:
    figure = row.figure
    return {
        "survey": figure.survey,
        "indicator": figure.indicator,
        "breakdown": figure.breakdown,
        "cell": figure.cell,
        "published": figure.value_pct,
        "value": row.value,
        "ci_low": row.low,
        "ci_high": row.high,
        "n": row.n,
        "outcome": row.outcome,
        "reason": row.reason,
    }
