"""What hiding a cell costs, so that the cheapest pattern is the one that spares what matters most."""

from collections.abc import Mapping

from barometer.disclosure._evidence import Evidence
from barometer.model import ALL, TOTAL, CellKey, Edition, Importance
from barometer.problems import Place, Problem

HEADLINE = 5.0
"""How much dearer it is to hide a figure of the front page, of a claim, or of everyone."""
MUST = 1000.0
"""How much dearer a figure is that must be published: it is hidden only if nothing else will do, and then refused."""


def prices(edition: Edition, evidence: Evidence) -> dict[int, float]:
    """By row: more with the size of its base, for headlines, for cells of claims, and as the communicator says."""
    claimed = {(one.indicator, one.breakdown, cell) for one in edition.claims for cell in (one.left, one.right)}
    costs = {}
    for row, *key, n in evidence.rows.select("row", "indicator", "breakdown", "cell", "n").iter_rows():
        indicator, breakdown, cell = key
        dear = indicator in edition.headline or breakdown == TOTAL or (indicator, breakdown, cell) in claimed
        said = edition.importance.get((indicator, breakdown, cell), Importance())
        weight = said.weight * (HEADLINE if dear else 1.0) * (MUST if said.publish else 1.0)
        costs[row] = (1.0 + n) ** 0.5 * weight
    return costs


def unsafe_in_themselves(edition: Edition, evidence: Evidence, sensitive: Mapping[int, str]) -> list[Problem]:
    """Cells that must be published and are unsafe in themselves (D014)."""
    return [
        Problem(
            "D014",
            _place(key),
            f"publish = true, and the rule '{sensitive[row]}' hides it",
            "cells that may be published",
            "Take the cell out of [[important]], or [[merge]] its category with another one.",
        )
        for row, key in _must(edition, evidence)
        if row in sensitive
    ]


def not_publishable(edition: Edition, evidence: Evidence, hidden: set[int]) -> list[Problem]:
    """Cells that must be published and had to be hidden (D015)."""
    return [
        Problem(
            "D015",
            _place(key),
            "publish = true, and other cells could be worked out if it were",
            "cells that can be published without giving others away",
            "Give it a weight in place of publish, merge categories, or publish fewer breakdowns.",
        )
        for row, key in _must(edition, evidence)
        if row in hidden
    ]


def _must(edition: Edition, evidence: Evidence) -> list[tuple[int, CellKey]]:
    keys = {key for key, said in edition.importance.items() if said.publish}
    if not keys:
        return []
    rows = evidence.rows.select("row", "indicator", "breakdown", "cell").iter_rows()
    cells = [(row, (indicator, breakdown, cell)) for row, indicator, breakdown, cell in rows]
    return [(row, key) for row, key in cells if key in keys]


def _place(key: CellKey) -> Place:
    indicator, breakdown, cell = key
    return Place("outputs.toml", field=f"important: {indicator}" + ("" if cell == ALL else f" {breakdown} {cell}"))
