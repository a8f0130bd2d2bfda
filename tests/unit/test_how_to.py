"""The code of how-to pages that need nothing but Barometer runs as it stands."""

import re
from pathlib import Path
from typing import Any

import polars as pl

PAGES = Path(__file__).parents[2] / "docs" / "how-to"


def test_the_page_on_drawing_and_weighing_runs() -> None:
    text = (PAGES / "draw-and-weigh.md").read_text(encoding="utf-8")
    known: dict[str, Any] = {}
    for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        exec(block, known)
    units, made = known["units"], known["made"]
    assert set(known["first"]["unit_id"]).isdisjoint(known["second"]["unit_id"])
    for (sector,), rows in known["answers"].with_columns(final=pl.Series(made.weights)).group_by("sector"):
        assert abs(rows["final"].sum() - units.filter(pl.col("sector") == sector).height) < 1e-6
