"""Replicate weights: exact where there is no chance in them, right on average where there is."""

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from barometer.problems import BadInput, Problem
from barometer.tables import Replicates
from barometer.weighting import (
    CalibrationPlan,
    KnownTotals,
    calibrate_margins,
    calibrate_replicates,
    replicate_weights,
)
from barometer.weighting._hadamard import hadamard

# two strata of 2 and 3 primary units; the first unit has two rows
DATA = pl.DataFrame(
    {
        "stratum": ["a", "a", "a", "b", "b", "b"],
        "house": [1, 1, 2, 3, 4, 5],
        "w": [2.0, 3, 4, 5, 6, 7],
        "size": [4, 4, 4, 6, 6, 6],
        "y": [1.0, 2, 5, 3, 1, 8],
    }
)
ROWS = pl.DataFrame(
    {
        "stratum": np.repeat(["a", "b", "c"], [4, 6, 10]),
        "population": np.repeat([8, 60, 11], [4, 6, 10]),
        "w": np.repeat([2.0, 10.0, 1.1], [4, 6, 10]),
        "y": np.random.default_rng(4).normal(10, 3, 20),
    }
)


def problem(of: Callable[[], object]) -> Problem:
    with pytest.raises(BadInput) as raised:
        of()
    return raised.value.problems[0]


def variance(replicates: Replicates, y: pl.Series) -> float:
    totals = np.concatenate([block.T @ y.to_numpy() for block in replicates.blocks()])
    centre = totals[replicates.rscales > 0].mean()
    return float(replicates.scale * (replicates.rscales @ (totals - centre) ** 2))


def linearised(data: pl.DataFrame, fraction: bool) -> float:
    """The textbook: sum_h (1 - f_h) m_h s²_h of weighted values of single units."""
    total = 0.0
    for _, part in data.group_by("stratum"):
        z = (part["w"] * part["y"]).to_numpy()
        f = len(z) / part["population"][0] if fraction else 0.0
        total += (1 - f) * len(z) * float(z.var(ddof=1))
    return total


def test_jackknife_of_strata() -> None:
    made = replicate_weights(DATA, weights="w", strata="stratum", psu="house", fpc="size", type="JKn")
    factors = made.weights / DATA["w"].to_numpy()[:, None]
    assert factors == pytest.approx(
        np.array(
            [
                [0, 2, 1, 1, 1],
                [0, 2, 1, 1, 1],
                [2, 0, 1, 1, 1],
                [1, 1, 0, 1.5, 1.5],
                [1, 1, 1.5, 0, 1.5],
                [1, 1, 1.5, 1.5, 0],
            ]
        )
    )
    assert made.rscales == pytest.approx([0.5 * 0.5] * 2 + [0.5 * 2 / 3] * 3)
    assert (made.scale, made.count, made.type, made.mse) == (1.0, 5, "JKn", False)


def test_jackknife_without_strata() -> None:
    made = replicate_weights(DATA.with_columns(size=pl.lit(0.2)), weights="w", psu="house", fpc="size", type="JK1")
    factors = made.weights / DATA["w"].to_numpy()[:, None]
    assert factors[:, 0] == pytest.approx([0, 0, 1.25, 1.25, 1.25, 1.25])
    assert made.scale == pytest.approx(0.8 * 4 / 5)
    assert (made.rscales == 1).all()


def test_strata_taken_as_a_whole_need_no_replicates() -> None:
    whole = DATA.with_columns(size=pl.Series([2, 2, 2, 6, 6, 6]))
    made = replicate_weights(whole, weights="w", strata="stratum", psu="house", fpc="size", type="JKn")
    assert made.count == 3
    assert made.weights[:3] == pytest.approx(np.repeat(DATA["w"].to_numpy()[:3, None], 3, axis=1))


@pytest.mark.parametrize(
    ("lonely", "count", "scale"), [("remove", 3, 1.0), ("certainty", 3, 1.0), ("average", 3, 4 / 3), ("adjust", 4, 1.0)]
)
def test_lonely_units_in_the_jackknife(lonely: str, count: int, scale: float) -> None:
    lone = DATA[2:]
    made = replicate_weights(lone, weights="w", strata="stratum", psu="house", type="JKn", lonely=lonely)
    assert (made.count, made.scale) == (count, pytest.approx(scale))
    if lonely == "adjust":
        assert made.weights[:, 0] / lone["w"].to_numpy() == pytest.approx([0, 2, 2, 2])
        assert made.rscales[0] == 0.5


def test_balanced_half_samples() -> None:
    pairs = pl.DataFrame({"stratum": list("aabbccdddd"), "w": [1.0, 2, 3, 4, 5, 6, 7, 8, 9, 10], "y": range(10)})
    made = replicate_weights(pairs, weights="w", strata="stratum", type="BRR")
    factors = made.weights / pairs["w"].to_numpy()[:, None]
    assert made.count == 8  # five pairs, the fourth stratum making two of them
    assert set(np.unique(factors)) == {0.0, 2.0}
    assert factors[::2] + factors[1::2] == pytest.approx(np.full((5, 8), 2.0))
    centred = factors[::2] - 1
    assert centred @ centred.T == pytest.approx(8 * np.eye(5))  # full orthogonal balance
    z = (pairs["w"] * pairs["y"]).to_numpy()
    assert variance(made, pairs["y"].cast(pl.Float64)) == pytest.approx(((z[::2] - z[1::2]) ** 2).sum())


def test_fay_keeps_every_unit_and_the_variance() -> None:
    pairs = pl.DataFrame({"stratum": list("aabb"), "w": [1.0, 2, 3, 4], "y": [1.0, 5, 2, 9]})
    half = replicate_weights(pairs, weights="w", strata="stratum", type="BRR")
    fay = replicate_weights(pairs, weights="w", strata="stratum", type="Fay", rho=0.3)
    assert set(np.round(np.unique(fay.weights / pairs["w"].to_numpy()[:, None]), 12)) == {0.3, 1.7}
    assert fay.scale == pytest.approx(1 / (4 * 0.7**2))
    assert variance(fay, pairs["y"]) == pytest.approx(variance(half, pairs["y"]))


@pytest.mark.parametrize("above", [1, 2, 3, 5, 11, 13, 19, 27, 35, 51, 83, 140])
def test_hadamard_matrices_are_orthogonal(above: int) -> None:
    matrix = hadamard(above).astype(int)
    assert len(matrix) > above
    assert (matrix @ matrix.T == len(matrix) * np.eye(len(matrix))).all()
    assert (matrix[0] == 1).all()


@pytest.mark.parametrize(
    ("kind", "fraction"),
    [("subbootstrap", False), ("RaoWuYue", False), ("RaoWuYue", True), ("mrbbootstrap", False), ("mrbbootstrap", True)],
)
def test_bootstraps_have_the_variance_of_linearisation(kind: str, fraction: bool) -> None:
    made = replicate_weights(ROWS, weights="w", strata="stratum", fpc="population" if fraction else (), type=kind,
                             count=4000, rng=np.random.default_rng(8))  # fmt: skip
    assert variance(made, ROWS["y"]) == pytest.approx(linearised(ROWS, fraction), rel=0.1)
    assert made.weights.mean(axis=1) == pytest.approx(ROWS["w"].to_numpy(), rel=0.1)
    assert made.scale * made.rscales[0] == pytest.approx(1 / 3999)


@pytest.mark.parametrize("fraction", [True, False])
def test_canty_and_davison_draw_as_many_as_there_are(fraction: bool) -> None:
    made = replicate_weights(ROWS, weights="w", strata="stratum", fpc="population" if fraction else (),
                             type="bootstrap", count=300, rng=np.random.default_rng(8))  # fmt: skip
    times = np.rint(made.weights / ROWS["w"].to_numpy()[:, None])
    assert times[:4].sum(axis=0) == pytest.approx(np.full(300, 4))
    assert times[10:].sum(axis=0) == pytest.approx(np.full(300, 10))
    if fraction:  # of 10 units in 11, one at most is drawn twice
        assert times[10:].max() == 2
    mean = 3 / (1 / 4 + 1 / 6 + 1 / 10)
    assert made.scale == pytest.approx(mean / ((mean - 1) * 299))


def test_two_stages_add_the_variance_within() -> None:
    """Clusters of a simple two-stage sample: the textbook's two terms, each with its own correction."""
    rng = np.random.default_rng(3)
    clusters, rows = 8, 5
    data = pl.DataFrame(
        {
            "cluster": np.repeat(np.arange(clusters), rows),
            "person": np.tile(np.arange(rows), clusters),
            "clusters": 10.0,
            "persons": 20.0,
            "w": 10 / clusters * 20 / rows,
            "y": rng.normal(0, 3, clusters * rows) + np.repeat(rng.normal(0, 1, clusters), rows),
        }
    )
    made = replicate_weights(data, weights="w", psu=("cluster", "person"), fpc=("clusters", "persons"),
                             type="mrbbootstrap", count=4000, rng=np.random.default_rng(1))  # fmt: skip
    y = data["y"].to_numpy().reshape(clusters, rows)
    between = 10**2 * (1 - clusters / 10) / clusters * (20 * y.mean(axis=1)).var(ddof=1)
    within = 10 / clusters * (20**2 * (1 - rows / 20) / rows * y.var(axis=1, ddof=1)).sum()
    assert variance(made, data["y"]) == pytest.approx(between + within, rel=0.1)


def test_a_certain_unit_passes_its_second_stage_on() -> None:
    data = pl.DataFrame(
        {"cluster": 1, "person": range(6), "clusters": 1.0, "persons": 12.0, "w": 2.0, "y": [1.0, 5] * 3}
    )
    made = replicate_weights(data, weights="w", strata=(), psu=("cluster", "person"), fpc=("clusters", "persons"),
                             type="mrbbootstrap", count=3000, rng=np.random.default_rng(1))  # fmt: skip
    expected = 12**2 * (1 - 0.5) / 6 * float(data["y"].to_numpy().var(ddof=1))
    assert variance(made, data["y"]) == pytest.approx(expected, rel=0.1)


@pytest.mark.parametrize("kind", ["subbootstrap", "RaoWuYue", "bootstrap", "mrbbootstrap"])
def test_the_same_generator_gives_the_same_replicates(kind: str) -> None:
    one, other, third = (
        replicate_weights(ROWS, weights="w", strata="stratum", type=kind, count=20, rng=np.random.default_rng(seed))
        for seed in (5, 5, 6)
    )
    assert (one.weights == other.weights).all()
    assert (one.weights == one.weights).all()
    assert (one.weights != third.weights).any()


def test_chunks_make_up_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = replicate_weights(ROWS, weights="w", strata="stratum", type="JKn").weights
    monkeypatch.setattr("barometer.weighting._fixed_replicates.NUMBERS_AT_ONCE", 60)
    pieces = replicate_weights(ROWS, weights="w", strata="stratum", type="JKn")
    assert pieces.chunks == 7
    assert [block.shape[1] for block in pieces.blocks()] == [3] * 6 + [2]
    assert (pieces.weights == whole).all()
    drawn = replicate_weights(ROWS, weights="w", strata="stratum", count=10, rng=np.random.default_rng(1))
    assert [block.shape for block in drawn.blocks()] == [(20, 3)] * 3 + [(20, 1)]


MARGIN = KnownTotals.of_cells(["stratum"], {("a",): 9.0, ("b",): 62.0, ("c",): 10.0})


@pytest.mark.parametrize("method", ["poststratify", "rake", "linear", "raking"])
def test_replicates_go_through_calibration(method: str) -> None:
    plan = CalibrationPlan(method, (MARGIN,))
    made = replicate_weights(ROWS, weights="w", strata="stratum", count=25, rng=np.random.default_rng(1))
    through = calibrate_replicates(made, ROWS, plan)
    assert through.base == pytest.approx(calibrate_margins(ROWS["w"], ROWS, plan).weights)
    sums = ROWS.with_columns(pl.Series("r", through.weights[:, 7])).group_by("stratum").agg(pl.col("r").sum())
    assert dict(sums.iter_rows()) == pytest.approx({"a": 9, "b": 62, "c": 10})
    assert (through.scale, through.count) == (made.scale, 25)


def test_single_replicate_weights_below_zero_are_let_through() -> None:
    plan = CalibrationPlan("linear", (MARGIN, KnownTotals.of_number("y", float((ROWS["w"] * ROWS["y"]).sum()) * 1.15)))
    made = replicate_weights(ROWS, weights="w", strata="stratum", count=40, rng=np.random.default_rng(1))
    through = calibrate_replicates(made, ROWS, CalibrationPlan("linear", plan.margins, negative=True))
    assert (ROWS["y"].to_numpy() @ through.weights) == pytest.approx(np.full(40, plan.margins[1].totals[0]))


def test_a_replicate_that_empties_a_cell_is_named() -> None:
    table = DATA.with_columns(kind=pl.Series(["u", "u", "v", "v", "v", "v"]))
    made = replicate_weights(table, weights="w", strata="stratum", psu="house", type="JKn")
    known = KnownTotals.of_cells(["kind"], {("u",): 6.0, ("v",): 21.0})
    for method in ("poststratify", "raking"):
        through = calibrate_replicates(made, table, CalibrationPlan(method, (known,)))
        found = problem(lambda one=through: one.weights)  # type: ignore[misc]
        assert found.code == "W021"
        assert found.found.startswith("replicate 1: W0")
        assert "kind=u" in found.found


def test_designs_replicates_do_not_fit() -> None:
    def found(kind: str, data: pl.DataFrame = DATA, **columns: object) -> str:
        one = problem(
            lambda: replicate_weights(data, weights="w", type=kind, rng=np.random.default_rng(0), **columns)  # type: ignore[arg-type]
        )
        assert one.code == "W022"
        return one.found

    assert found("JK1", strata="stratum", psu="house") == "2 strata"
    assert found("JKn", DATA[2:], strata="stratum", psu="house") == "1 strata with one primary unit, such as 'a'"
    assert found("subbootstrap", DATA[2:], strata="stratum") == "1 strata with one primary unit, such as 'a'"
    assert "'b' has 3" in found("BRR", strata="stratum", psu="house")
    assert "a population" in found("Fay", strata="stratum", psu="house", fpc="size")
    assert "a population" in found("subbootstrap", strata="stratum", psu="house", fpc="size")
    small = DATA.with_columns(size=pl.Series([2, 2, 2, 2, 2, 2]))
    assert found("RaoWuYue", small, strata="stratum", psu="house", fpc="size") == (
        "1 strata with a population smaller than the sample ('b': 3 of 2)"
    )
    differ = DATA.with_columns(size=pl.Series([4, 4, 5, 6, 6, 6]))
    assert "differ within a stratum, row 4" in found("RaoWuYue", differ, strata="stratum", psu="house", fpc="size")
    again = DATA.with_columns(house=pl.Series([1, 1, 2, 1, 2, 3]))
    assert "more than one stratum, rows 5, 6" in found("JKn", again, strata="stratum", psu="house")
    nested = replicate_weights(again, weights="w", strata="stratum", psu="house", type="JKn", nest=True)
    assert nested.count == 5
    everyone = DATA.with_columns(size=pl.Series([2, 2, 2, 3, 3, 3]))
    assert "nothing left to chance" in found("JKn", everyone, strata="stratum", psu="house", fpc="size")
    blank = DATA.with_columns(house=pl.Series([1, None, 2, 3, 4, 5]))
    assert found("JKn", blank, strata="stratum", psu="house") == "1 blanks in 'house', row 3"
    assert found("subbootstrap", DATA[2:], strata="stratum", lonely="adjust").startswith("lonely = 'adjust'")


def test_columns_and_weights_are_checked() -> None:
    assert problem(lambda: replicate_weights(DATA, weights="v", type="JK1")).code == "W025"
    assert problem(lambda: replicate_weights(DATA, weights="w", strata="strata", type="JKn")).code == "W025"
    missing = DATA.with_columns(w=pl.Series([1.0, None, 1, 1, 1, 1]))
    assert problem(lambda: replicate_weights(missing, weights="w", type="JK1")).code == "W012"
    with pytest.raises(ValueError, match="random generator"):
        replicate_weights(DATA, weights="w", strata="stratum")
    with pytest.raises(ValueError, match="Did you mean"):
        replicate_weights(DATA, weights="w", type="JKN")
