"""Whenever there are weights within the bounds that meet the margins, calibration finds such weights."""

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from barometer.model import Calibration, Weighting
from barometer.weighting._calibration import TOLERANCE, g_weights


@given(
    seed=st.integers(0, 10**6),
    units=st.integers(15, 120),
    cells=st.integers(2, 5),
    method=st.sampled_from([Calibration.LINEAR, Calibration.RAKING]),
    tighter=st.sampled_from([0.02, 0.1, 0.3]),
)
@settings(max_examples=30, deadline=None)
def test_bounded_weights_are_found_where_there_are_any(
    seed: int, units: int, cells: int, method: Calibration, tighter: float
) -> None:
    rng = np.random.default_rng(seed)
    member = rng.integers(0, cells, units)[:, None] == np.arange(cells)
    other = rng.integers(0, 3, units)[:, None] == np.arange(1, 3)
    x = np.hstack([member, other, rng.lognormal(2, 1, (units, 1))]).astype(float)
    base = rng.uniform(1, 5, units)
    totals = (base * np.exp(rng.normal(0, 0.4, units))) @ x
    assume(x.any(axis=0).all())
    free = g_weights(base, x, totals, Weighting(calibration=method))
    assert np.abs((base * free) @ x / totals - 1).max() < TOLERANCE
    lower, upper = 1 - (1 - free.min()) * (1 - tighter), 1 + (free.max() - 1) * (1 - tighter)
    assume(0 < lower < 1 < upper)
    room = 1e-3
    possible = linprog(
        np.zeros(units),
        A_eq=(x * base[:, None]).T,
        b_eq=totals,
        bounds=[(lower + room, upper - room)] * units,
    )
    assume(possible.status == 0)
    bounded = g_weights(base, x, totals, Weighting(calibration=method, lower=lower, upper=upper))
    assert np.abs((base * bounded) @ x / totals - 1).max() < TOLERANCE
    assert lower - 1e-12 <= bounded.min()
    assert bounded.max() <= upper + 1e-12
