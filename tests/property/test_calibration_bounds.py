"""Whenever there are weights within the bounds that meet the margins, calibration finds such weights."""

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import linprog

from barometer.problems import BadInput
from barometer.tables import Calibrated
from barometer.weighting import calibrate_weights
from examples import examples

MET = 1e-10
Vector = NDArray[np.float64]


def calibrated(
    base: Vector, x: Vector, totals: Vector, method: str, bounds: tuple[float, float] = (-np.inf, np.inf)
) -> Calibrated:
    names = [f"x{column}" for column in range(x.shape[1])]
    data = pl.DataFrame(x, schema=names)
    known = dict(zip(names, totals.tolist(), strict=True))
    return calibrate_weights(base, data, known, method=method, bounds=bounds, negative=True)


@st.composite
def tasks(draw: st.DrawFn) -> tuple[Vector, Vector, Vector]:
    """Base weights, auxiliaries and totals that some positive weights meet."""
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    units, cells = draw(st.integers(15, 120)), draw(st.integers(2, 5))
    member = rng.integers(0, cells, units)[:, None] == np.arange(cells)
    other = rng.integers(0, 3, units)[:, None] == np.arange(1, 3)
    x = np.hstack([member, other, rng.lognormal(2, 1, (units, 1))]).astype(float)
    base = rng.uniform(1, 5, units)
    assume(x.any(axis=0).all() and np.linalg.matrix_rank(x) == x.shape[1])
    return base, x, (base * np.exp(rng.normal(0, 0.4, units))) @ x


@given(task=tasks(), method=st.sampled_from(["linear", "raking"]), tighter=st.sampled_from([0.02, 0.1, 0.3]))
@examples(15)
def test_bounded_weights_are_found_where_there_are_any(
    task: tuple[Vector, Vector, Vector], method: str, tighter: float
) -> None:
    base, x, totals = task
    free = calibrated(base, x, totals, method)
    assert free.margin_error < MET
    lower, upper = 1 - (1 - free.g.min()) * (1 - tighter), 1 + (free.g.max() - 1) * (1 - tighter)
    assume(0 < lower < 1 < upper)
    room = 1e-3
    possible = linprog(
        np.zeros(len(base)),
        A_eq=(x * base[:, None]).T,
        b_eq=totals,
        bounds=[(lower + room, upper - room)] * len(base),
    )
    assume(possible.status == 0)
    for one in (method, "logit"):
        bounded = calibrated(base, x, totals, one, (lower, upper))
        assert bounded.margin_error < MET
        assert lower - 1e-12 <= bounded.g.min()
        assert bounded.g.max() <= upper + 1e-12


@given(task=tasks(), method=st.sampled_from(["linear", "raking", "logit"]))
@examples(10)
def test_calibrating_again_changes_nothing(task: tuple[Vector, Vector, Vector], method: str) -> None:
    base, x, totals = task
    bounds = (0.01, 50.0) if method == "logit" else (-np.inf, np.inf)
    once = calibrated(base, x, totals, method, bounds)
    assume((once.weights > 0).all())
    again = calibrated(once.weights, x, totals, method, bounds)
    assert again.g == pytest.approx(np.ones(len(base)), abs=1e-8)


@given(task=tasks())
@examples(10)
def test_g_is_a_function_of_the_auxiliaries_alone(task: tuple[Vector, Vector, Vector]) -> None:
    """Duality: g = F(x'λ). Raking has log g, linear calibration g - 1, in the span of the auxiliaries; and neither
    the order of units nor the unit of measurement of an auxiliary changes a weight."""
    base, x, totals = task
    for method, back in (("linear", lambda g: g - 1), ("raking", np.log)):
        found = calibrated(base, x, totals, method)
        u = back(found.g)
        fitted = x @ np.linalg.lstsq(x, u, rcond=None)[0]
        assert u == pytest.approx(fitted, abs=1e-8)
        turned = calibrated(base[::-1].copy(), x[::-1] * [1e6, *[1] * (x.shape[1] - 2), 1e-6],
                            totals * [1e6, *[1] * (x.shape[1] - 2), 1e-6], method)  # fmt: skip
        assert turned.weights[::-1] == pytest.approx(found.weights, rel=1e-8)


@given(task=tasks())
@examples(6)
def test_totals_out_of_reach_are_refused_with_the_cell(task: tuple[Vector, Vector, Vector]) -> None:
    base, x, _ = task
    totals = base @ x
    totals[0] *= 2
    with pytest.raises(BadInput) as raised:
        calibrated(base, x, totals, "raking", (0.5, 1.5))
    assert raised.value.problems[0].code == "W010"
    assert raised.value.problems[0].found.startswith("x0: weights reach")
