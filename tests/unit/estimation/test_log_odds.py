"""Logit intervals of replicate designs: the log-odds of every replicate, as R's `svyciprop` has them."""

import math

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from barometer.estimation import (
    ReplicateColumns,
    SurveyDesign,
    large_estimates,
    large_survey,
    proportion,
    share_programme,
    survey_design,
)

COLUMNS = [f"r{place}" for place in range(12)]
MADE = ReplicateColumns(COLUMNS, scale=0.09, rscales=[1.0] * 6 + [0.5] * 6)


def table(few: int = 9) -> pl.DataFrame:
    """40 rows of which `few` say yes; each replicate leaves some rows out and counts others twice."""
    rng = np.random.default_rng(3)
    weight = rng.uniform(1, 4, 40)
    times = rng.integers(0, 3, (40, 12))
    replicates = {name: weight * column for name, column in zip(COLUMNS, times.T, strict=True)}
    return pl.DataFrame({"w": weight, "yes": np.arange(40) < few, **replicates}).sample(
        fraction=1, shuffle=True, seed=1
    )


def design(data: pl.DataFrame, how: ReplicateColumns = MADE) -> SurveyDesign:
    return survey_design(data, weights="w", replicates=how)


def fitted(share: float, full: float) -> float:
    """The intercept R's `glm.fit` ends with: scoring from the full estimate until the deviance stays."""
    eta = math.log(full / (1 - full))
    before = math.inf
    for _ in range(25):
        mean = 1 / (1 + math.exp(-eta))
        now = -2 * (share * math.log(mean) + (1 - share) * math.log(1 - mean))
        if abs(now - before) < 1e-8 * (abs(now) + 0.1):
            break
        eta, before = eta + (share - mean) / (mean * (1 - mean)), now
    return eta


def slow_error(data: pl.DataFrame, how: ReplicateColumns) -> tuple[float, float]:
    """Log-odds and their error, a loop over the replicates."""
    yes = data["yes"].to_numpy()

    def share(weight: NDArray[np.float64]) -> float:
        return float(weight[yes].sum() / weight.sum())

    full = share(data["w"].to_numpy())
    values = [fitted(share(data[name].to_numpy()), full) for name in COLUMNS]
    log_odds = math.log(full / (1 - full))
    centre = log_odds if how.mse else sum(values) / len(values)
    assert how.scale is not None and how.rscales is not None
    squares = sum(r * (value - centre) ** 2 for r, value in zip(how.rscales, values, strict=True))
    return log_odds, math.sqrt(how.scale * squares)


@pytest.mark.parametrize("mse", [False, True])
@pytest.mark.parametrize("few", [2, 9, 20, 36])
def test_intervals_come_from_the_log_odds_of_every_replicate(few: int, mse: bool) -> None:
    how = ReplicateColumns(COLUMNS, scale=0.09, rscales=MADE.rscales, mse=mse)
    data = table(few)
    row = proportion(design(data, how), "yes", df="normal").table.row(1, named=True)
    log_odds, error = slow_error(data, how)
    for end, sign in (("ci_low", -1), ("ci_high", 1)):
        expected = log_odds + sign * 1.959963984540054 * error
        assert math.log(row[end] / (1 - row[end])) == pytest.approx(expected, rel=1e-9)


def test_the_programme_and_large_surveys_give_the_same_intervals() -> None:
    data = table()
    expected = proportion(design(data), "yes").table.row(1, named=True)
    programme = share_programme(design(data), "yes").row(0, named=True)
    large = large_estimates(large_survey(data.lazy(), weights="w", replicates=MADE), "proportion", "yes").table
    for end in ("ci_low", "ci_high"):
        assert programme[end] == pytest.approx(expected[end], rel=1e-11)
        assert large.row(1, named=True)[end] == pytest.approx(expected[end], rel=1e-11)


def test_xlogit_carries_the_error_of_the_share_over() -> None:
    row = proportion(design(table()), "yes", ci="xlogit", df="normal").table.row(1, named=True)
    share = row["estimate"]
    reach = 1.959963984540054 * row["se"] / (share * (1 - share))
    odds = math.log(share / (1 - share))
    assert row["ci_high"] == pytest.approx(1 / (1 + math.exp(-odds - reach)), rel=1e-12)


def test_where_a_replicate_loses_all_who_say_yes_the_error_of_the_share_is_left() -> None:
    data = table()
    data = data.with_columns(r0=pl.when("yes").then(0.0).otherwise("r0"))
    logit, xlogit = (proportion(design(data), "yes", ci=ci).table for ci in ("logit", "xlogit"))
    assert logit.equals(xlogit)
    assert not proportion(design(table()), "yes").table.equals(proportion(design(table()), "yes", ci="xlogit").table)
