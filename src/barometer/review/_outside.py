"""The page of the outsider's audit: what the published files alone give away. It may be shown to anybody."""

from collections.abc import Sequence
from importlib.resources import files
from typing import Any

import polars as pl

from barometer.disclosure import ASSUMED, Findings
from barometer.model import Edition, Measure
from barometer.review._page import environment, names_of, words

VERDICTS = {
    "exact": "can be worked out",
    "narrow": "too close",
    "open": "stays open",
}


def outside_files(edition: Edition, number: int, earlier: Sequence[int], findings: Findings) -> dict[str, bytes]:
    """The page with its style sheets."""
    styles = {
        "site.css": files("barometer.publication") / "static" / "site.css",
        "review.css": files("barometer.review") / "static" / "review.css",
    }
    measures = {one.id: one.measure for one in edition.indicators}
    rows = [row | {"between": _between(measures[row["indicator"]], row)} for row in findings.rows.iter_rows(named=True)]
    context = {
        "edition": edition,
        "title": words(edition.title),
        "number": number,
        "earlier": list(earlier),
        "passed": findings.passed,
        "rows": rows,
        "differences": findings.differences.rows(named=True),
        "unread": findings.unread,
        "counts": {one: findings.rows.filter(pl.col("verdict") == one).height for one in VERDICTS},
        "verdicts": VERDICTS,
        "assumed": ASSUMED,
        "names": names_of(edition),
    }
    page = environment().get_template("outside.html").render(context)
    return {"index.html": page.encode()} | {name: path.read_bytes() for name, path in styles.items()}


def _between(measure: Measure, row: dict[str, Any]) -> str:
    """'12.0% to 34.5%'; where there is no end, words say so."""
    if measure is Measure.SHARE:
        return f"{100 * row['low']:.1f}% to {100 * row['high']:.1f}%"
    high = "any number" if row["high"] is None else f"{row['high']:,.4g}"
    return f"{row['low'] or 0:,.4g} to {high}"
