"""Sums by group over a lazy frame give what the design in memory gives, on random surveys."""

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from barometer.estimation import (
    ReplicateColumns,
    large_estimates,
    large_survey,
    mean,
    proportion,
    ratio,
    survey_design,
    total,
)
from examples import examples
from made_large_survey import CLUSTERED, REPLICATES, STRATIFIED, assert_same, made

SEEDS = st.integers(0, 10**6)
BY: st.SearchStrategy[tuple[str, ...]] = st.sampled_from(
    [(), ("kind",), ("kind", "size"), ("h",), ("alone",), ("done",)]
)
DEFF = st.sampled_from(["none", "without", "with"])
few = examples(6)

DESIGNS: dict[str, dict[str, Any]] = {
    "strata": {"strata": "h"},
    "strata with fpc": STRATIFIED,
    "simple random": {},
    "clusters": {"strata": "h", "psu": "i"},
    "two stages": CLUSTERED,
}


def both(data: pl.DataFrame, statistic: str, variables: Any, options: dict[str, Any], design: dict[str, Any]) -> None:
    """Assert that the two ways agree."""
    function = {"mean": mean, "total": total, "proportion": proportion}[statistic]
    survey = large_survey(data.lazy(), weights="w", **design)
    expected = function(survey_design(data, weights="w", **design), variables, **options).table
    assert_same(large_estimates(survey, statistic, variables, **options).table, expected)


@pytest.mark.parametrize("design", DESIGNS.values(), ids=DESIGNS.keys())
@given(seed=SEEDS, by=BY, deff=DEFF, df=st.sampled_from(["domain", "full", "observed", "normal"]))
@few
def test_means_and_shares_are_those_of_the_design_in_memory(
    design: dict[str, Any], seed: int, by: tuple[str, ...], deff: str, df: str
) -> None:
    options = {"by": by, "deff": deff, "df": df}
    both(made(seed), "mean", ["pay", "hours", "law", "done", "four"], options, design)
    both(made(seed), "proportion", ["law", "size", "done", "four"], options | {"ci": "beta"}, design)


@pytest.mark.parametrize("design", DESIGNS.values(), ids=DESIGNS.keys())
@given(seed=SEEDS, by=BY, deff=DEFF)
@few
def test_totals_and_ratios_are_those_of_the_design_in_memory(
    design: dict[str, Any], seed: int, by: tuple[str, ...], deff: str
) -> None:
    options = {"by": by, "deff": deff}
    data = made(seed)
    both(data, "total", ["pay", "law", "done"], options, design)
    expected = ratio(survey_design(data, weights="w", **design), ["pay", "hours"], "hours", **options).table
    survey = large_survey(data.lazy(), weights="w", **design)
    found = large_estimates(survey, "ratio", ["pay", "hours"], denominator="hours", **options).table
    assert_same(found, expected)


@given(seed=SEEDS, by=BY, deff=DEFF, mse=st.booleans(), factors=st.booleans(), df=st.sampled_from(["domain", "full"]))
@few
def test_replicates_are_those_of_the_design_in_memory(
    seed: int, by: tuple[str, ...], deff: str, mse: bool, factors: bool, df: str
) -> None:
    how = ReplicateColumns(REPLICATES, mse=mse, combined=not factors)
    options = {"by": by, "deff": deff, "df": df}
    both(made(seed), "mean", ["pay", "law"], options, {"replicates": how})
    both(made(seed), "total", ["hours"], options, {"replicates": how})


@pytest.mark.parametrize("lonely", ["adjust", "average", "remove", "certainty"])
@given(seed=SEEDS, by=BY, in_domains=st.booleans(), psu=st.sampled_from(["i", ()]))
@few
def test_lonely_units_are_treated_as_in_memory(
    lonely: str, seed: int, by: tuple[str, ...], in_domains: bool, psu: str
) -> None:
    data = made(seed, 40)
    alone = data.head(2).with_columns(h=pl.Series(["x", "y"]), i=pl.Series([900, 901]), w=pl.lit(3.0))
    design = {"strata": "h", "psu": psu, "lonely": lonely, "lonely_domains": in_domains}
    both(pl.concat([data, alone]), "mean", ["pay", "hours", "law"], {"by": by, "deff": "none"}, design)
