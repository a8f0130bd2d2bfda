"""Intervals and tests against values worked out with R."""

import numpy as np
import pytest

from barometer.estimation._intervals import exact_interval, holm_by_column, share_interval, t_quantile, t_test


def one(value: float) -> np.ndarray:
    return np.array([value])


def test_quantiles_of_t() -> None:
    """qt(.975, c(1, 10, 30))"""
    expected = [12.706204736174698, 2.2281388519862742, 2.042272456301238]
    assert t_quantile(np.array([1.0, 10, 30]), 0.05) == pytest.approx(expected, rel=1e-7)
    assert np.isnan(t_quantile(one(0), 0.05)).all()


def test_shares_stay_within_0_and_1() -> None:
    low, high = share_interval(one(0.02), one(0.03), one(5), 0.05)
    assert 0 < low[0] < 0.02 < high[0] < 1
    assert 0.02 - low[0] < high[0] - 0.02


def test_the_exact_interval_is_that_of_clopper_and_pearson() -> None:
    """binom.test(0, 20)$conf.int: 0 to 0.1684335"""
    low, high = exact_interval(one(0), one(20), one(19), 0.05)
    assert (low[0], high[0]) == (0.0, pytest.approx(0.1684335, abs=1e-7))
    low, high = exact_interval(one(1), one(20), one(19), 0.05)
    assert (low[0], high[0]) == (pytest.approx(1 - 0.1684335, abs=1e-7), 1.0)


def test_few_degrees_of_freedom_widen_the_exact_interval() -> None:
    few, many = (exact_interval(one(0), one(20), one(df), 0.05)[1][0] for df in (3.0, 19.0))
    assert few > many


def test_the_two_sided_test() -> None:
    """2 * pt(-2, 10)"""
    assert t_test(one(-2), one(1), one(10)) == pytest.approx([0.07338803477074037])


def test_holm_leaves_out_what_was_not_tested() -> None:
    """p.adjust(c(.01, .04, .03, NA), 'holm'): .03 .06 .06 NA"""
    p = np.array([[0.01, 0.9], [0.04, np.nan], [0.03, 0.6], [np.nan, 0.01]])
    adjusted = holm_by_column(p)
    assert adjusted[:3, 0] == pytest.approx([0.03, 0.06, 0.06])
    assert np.isnan(adjusted[3, 0])
    assert adjusted[[0, 2, 3], 1] == pytest.approx([1.0, 1.0, 0.03])
