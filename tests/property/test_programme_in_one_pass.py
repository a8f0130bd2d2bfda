"""A programme of shares from sums is the same cell by cell, whatever the weights have been through."""

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from barometer.estimation import SurveyDesign, proportion, share_programme, survey_design
from barometer.estimation._replicates import rank
from barometer.tables import Replicates
from barometer.weighting import CalibrationPlan, KnownTotals, _bootstrap, calibrate_margins, replicate_weights
from examples import examples

SEEDS = st.integers(0, 10_000)
FIGURES = ["estimate", "se", "ci_low", "ci_high", "deff", "df", "n"]
BREAKDOWNS = ["kind", (), ("part", "kind"), "part", "h"]
few = examples(20, suppress_health_check=[HealthCheck.too_slow])


def made(seed: int, rows: int = 90) -> pl.DataFrame:
    """Rows in no order, four strata of three or more; kinds cut across strata, parts do not; blanks in most columns."""
    rng = np.random.default_rng(seed)
    h = np.concatenate([np.repeat(np.arange(4), 3), rng.integers(0, 4, rows - 12)])
    rng.shuffle(h)
    answers = {f"q{one}": rng.random(rows) < rng.uniform(0.1, 0.9) for one in range(4)}
    data = pl.DataFrame({"h": h, "kind": rng.choice(["a", "b", "c"], rows), "w": rng.uniform(1, 9, rows), **answers})
    missing = [pl.Series(rng.random(rows) < 0.1) for _ in range(3)]
    return data.with_columns(
        kind=pl.when(~missing[0]).then("kind"),
        q1=pl.when(pl.col("q0")).then("q1"),
        q2=pl.when(pl.col("q0")).then("q2").cast(pl.Int64),
        q3=pl.when(~missing[1]).then("q3").cast(pl.Float64),
        w=pl.when(missing[2]).then(0.0).otherwise("w"),
        part=pl.col("h") // 2,
        N=pl.len().over("h") * 3,
    )


def calibrated(data: pl.DataFrame) -> SurveyDesign:
    counts = data.group_by("part").agg(pl.col("w").sum() * 1.1).sort("part")
    margin = KnownTotals.of_cells(["part"], {(str(code),): total for code, total in counts.iter_rows()})
    size = KnownTotals.of_number("size", float((data["w"] * data["size"]).sum()) * 1.15)
    weights = calibrate_margins(data["w"], data, CalibrationPlan("raking", (margin, size)))
    return survey_design(data, strata="h", fpc="N", calibration=weights)


def drawn(data: pl.DataFrame, seed: int, **design: Any) -> Replicates:
    return replicate_weights(data, weights="w", count=60, rng=np.random.default_rng(seed), **design)


def slow_variables(design: SurveyDesign, names: list[str]) -> list[str]:
    return [name for name in names if design.data.filter(pl.Series(design.weights != 0))[name].cast(pl.Int64).sum() > 0]


def same(design: SurveyDesign) -> None:
    names = ["q0", "q1", "q2", "q3"]
    fast = share_programme(design, names, BREAKDOWNS)
    parts = []
    for by in BREAKDOWNS:
        table = proportion(design, names, by=by).table
        parts.append(table.filter(pl.col("category").is_in(["1", "TRUE"])).select(*FIGURES, "reason"))
    slow = pl.concat(parts)
    asked = pl.col("variable").is_in(slow_variables(design, names))  # where nobody says yes, there is no such category
    fast = fast.filter(asked)
    assert fast["reason"].to_list() == slow["reason"].to_list()
    for ours, theirs in zip(fast.select(FIGURES).rows(), slow.select(FIGURES).rows(), strict=True):
        assert [one is None for one in ours] == [one is None for one in theirs]
        known = [(one, other) for one, other in zip(ours, theirs, strict=True) if one is not None]
        assert [one for one, _ in known] == pytest.approx([other for _, other in known], rel=1e-8, abs=1e-11)


@given(seed=SEEDS)
@few
def test_uncalibrated_shares_are_those_of_each_cell(seed: int) -> None:
    same(survey_design(made(seed), weights="w", strata="h", fpc="N"))


@given(seed=SEEDS)
@few
def test_calibrated_shares_are_those_of_each_cell(seed: int) -> None:
    data = made(seed)
    same(calibrated(data.with_columns(size=pl.Series(np.random.default_rng(seed).lognormal(2, 1, data.height)))))


@given(seed=SEEDS, mse=st.booleans(), kind=st.sampled_from(["RaoWuYue", "mrbbootstrap"]))
@few
def test_replicated_shares_are_those_of_each_cell(seed: int, mse: bool, kind: str) -> None:
    data = made(seed)
    same(survey_design(data, replicates=drawn(data, seed, strata="h", fpc="N", mse=mse, type=kind)))


@given(seed=SEEDS, clusters=st.booleans())
@few
def test_strips_hold_the_weights_of_the_chunks(seed: int, clusters: bool) -> None:
    data = made(seed).with_row_index("row").with_columns(house=pl.col("row") // 2 * 10 + pl.col("h"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_bootstrap, "UNITS_A_STRIP", 20)
        replicates = drawn(data, seed, strata="h", fpc=() if clusters else "N", psu="house" if clusters else ())
        found = np.full((60, data.height), np.nan)
        pieces = list(replicates.pieces())
        for piece in pieces:
            found[piece.columns, piece.rows] = piece.weights
        assert len(pieces) > 1
        assert np.array_equal(found.T, replicates.weights)


@given(seed=SEEDS, clusters=st.booleans(), share=st.floats(0.05, 1))
@few
def test_the_rank_of_a_bootstrap_is_known_without_its_weights(seed: int, clusters: bool, share: float) -> None:
    data = made(seed).with_row_index("row").with_columns(house=pl.col("row") // 2 * 10 + pl.col("h"))
    data = data.with_columns(N=pl.when(pl.col("h") == 0).then(pl.len().over("h")).otherwise("N"))  # one drawn whole
    replicates = drawn(data, seed, strata="h", fpc=() if clusters else "N", psu="house" if clusters else ())
    mask = np.random.default_rng(seed).random(data.height) < share
    assert replicates.rank is not None
    assert replicates.rank(mask) == rank(replicates.weights[mask])
