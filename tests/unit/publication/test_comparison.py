"""Figures printed elsewhere beside ours: shares in per cent, means in their own unit."""

import polars as pl
import pytest

from barometer.edition import read_figures
from barometer.model import Measure
from barometer.publication import compare
from published_example import edition, release

HEADER = "survey,indicator,breakdown,cell,value_pct,n,approximate,label,source,remark\n"


@pytest.mark.parametrize(("measure", "scale"), [(Measure.SHARE, 100), (Measure.MEAN, 1)])
def test_a_figure_is_compared_in_the_unit_it_was_printed_in(measure: Measure, scale: int) -> None:
    ids = [one.id for one in edition().indicators if one.measure is measure]
    cells = release().cells.filter(pl.col("indicator").is_in(ids), breakdown="total", status="")
    row = cells.row(0, named=True)
    line = f"{row['survey']},{row['indicator']},total,all,{scale * row['value']:.1f},{row['n']},,,,\n"
    figures = read_figures("figures.csv", (HEADER + line).encode(), edition().surveys)
    (found,) = compare(release(), edition(), figures, {})
    assert (found.outcome, found.value) == ("equal", pytest.approx(scale * row["value"]))
