"""R's survey package and Barometer on R's own data sets, in the library (see golden/README.md)."""

import importlib.util
import re
from pathlib import Path

import polars as pl
import pytest
from classic import design, values
from classic_differences import AGREES, KNOWN, verdicts
from classic_values import compared

from barometer.estimation import mean, nonlinear_contrast, quantiles

pytestmark = pytest.mark.thorough  # more than 20,000 values
FAMILIES = values()["family"].unique(maintain_order=True).to_list()


@pytest.mark.parametrize("family", FAMILIES)
def test_every_value_agrees_or_differs_for_a_reason_that_is_told(family: str) -> None:
    found = verdicts().filter(pl.col("family") == family)
    assert found.height > 0
    unexplained = found.filter(pl.col("reason").is_null())
    assert unexplained.height == 0, unexplained.sort("gap", descending=True).head(10).to_dicts()


@pytest.mark.parametrize("known", KNOWN, ids=[known.reason[:40] for known in KNOWN])
def test_a_reason_that_is_told_is_still_needed(known: object) -> None:
    assert known.reason in verdicts()["reason"].to_list()


def test_values_are_many_and_most_agree() -> None:
    agree = (compared()["gap"] <= AGREES).sum()
    assert compared().height > 20_000
    assert agree / compared().height > 0.95


def test_quantile_intervals_r_gives_replicate_designs_are_our_plain_ones() -> None:
    """R's `svyquantile` of a replicate design takes no notice of the interval asked for."""
    beta = pl.col("options") == "by=;interval=beta;rule=hf7"
    asked = compared().filter(pl.col("family") == "replicate quantile", beta)
    assert asked.height > 200
    for (name, variable), rows in asked.filter(pl.col("quantity") == "ci_high").group_by("design", "variable"):
        plain = quantiles(design(str(name)), str(variable), [float(one) for one in rows["category"]], rule="hf7")
        expected = [float("nan") if one is None else one for one in rows["value"]]
        assert [one.ci_high for one in plain] == pytest.approx(expected, rel=1e-9, nan_ok=True)


def test_the_page_tells_what_was_compared() -> None:
    """Counts may differ by a few where another machine rounds otherwise."""
    root = Path(__file__).parent.parent.parent
    spec = importlib.util.spec_from_file_location("agreement_with_r", root / "tools" / "agreement_with_r.py")
    assert spec is not None and spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    pages = tool.PAGE.read_text(), tool.page()
    count = re.compile(r"(?<= )[\d,]+(?= )|[\d.]+(?=%)")
    words = [count.sub("#", page) for page in pages]
    assert words[0] == words[1], "run .venv/bin/python tools/agreement_with_r.py"
    counts = [[float(one.replace(",", "")) for one in count.findall(page)] for page in pages]
    assert counts[0] == pytest.approx(counts[1], abs=10)


def test_a_nonlinear_contrast_needs_arithmetic() -> None:
    shares = mean(design("strat"), ["api00", "api99"])
    with pytest.raises(ValueError, match="by arithmetic"):
        nonlinear_contrast(shares, lambda x: float(abs(x[0])))
