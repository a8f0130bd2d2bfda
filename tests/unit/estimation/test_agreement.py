"""Agreement of coders, against published worked examples."""

import numpy as np
import pytest

from barometer.estimation import Undefined, agreement, by_code, confusions, masi
from barometer.estimation._agreement import Codes, Unit


def coded(*coders: str) -> list[Unit]:
    """Codings as tables of coders print them: a line a coder, a mark an answer, '.' where there is none."""
    marks = [line.split() for line in coders]
    return [[None if mark == "." else frozenset({mark}) for mark in unit] for unit in zip(*marks, strict=True)]


def rng() -> np.random.Generator:
    return np.random.default_rng(1)


def of(*codes: str) -> Codes:
    return frozenset(codes)


def test_kappa_of_cohen_1960() -> None:
    """Table 1 there, in two hundredths: observed 0.70, expected 0.41, kappa 0.49."""
    counts = {"11": 88, "12": 14, "13": 18, "21": 10, "22": 40, "23": 10, "31": 2, "32": 6, "33": 12}
    units = [[of(pair[0]), of(pair[1])] for pair, count in counts.items() for _ in range(count)]
    found = agreement(units, rng=rng(), draws=10)
    assert found.percent.value == pytest.approx(0.70)
    assert found.kappa.value == pytest.approx((0.70 - 0.41) / (1 - 0.41))


def test_alpha_of_krippendorff_for_two_coders() -> None:
    """Example B of the paper of 2011: 0.692."""
    units = coded("a a b b d c c c e d d a", "b a b b b c c c e d d d")
    assert agreement(units, rng=rng(), draws=10).alpha.value == pytest.approx(0.692, abs=0.0005)


def test_alpha_of_krippendorff_for_two_codes() -> None:
    """Example A of the paper of 2011: 0.095."""
    units = coded("0 1 0 0 0 0 0 0 1 0", "1 1 1 0 0 1 0 0 0 0")
    assert agreement(units, rng=rng(), draws=10).alpha.value == pytest.approx(0.095, abs=0.0005)


def test_alpha_of_krippendorff_for_four_coders_who_left_some_out() -> None:
    """Example C of the paper of 2011: 0.743; one answer coded once does not count."""
    units = coded(
        "1 2 3 3 2 1 4 1 2 . . .", "1 2 3 3 2 2 4 1 2 5 . 3", ". 3 3 3 2 3 4 2 2 5 1 .", "1 2 3 3 2 4 4 1 2 5 1 ."
    )
    found = agreement(units, rng=rng(), draws=10)
    assert found.alpha.value == pytest.approx(0.743, abs=0.0005)
    assert found.answers == 11


def test_alpha_of_three_coders_who_left_many_out() -> None:
    """The example of the reliability data matrix in the literature: 0.691."""
    units = coded(". . . . . 3 4 1 2 1 1 3 3 . 3", "1 . 2 1 3 3 4 3 . . . . . . .", ". . 2 1 3 4 4 . 2 1 1 3 3 . 4")
    assert agreement(units, rng=rng(), draws=10).alpha.value == pytest.approx(0.691, abs=0.0005)


def test_one_code_throughout_is_undefined_and_says_so() -> None:
    found = agreement(coded("a a a", "a a a"), rng=rng(), draws=10)
    assert found.percent.value == 1
    assert (found.kappa.value, found.kappa.reason) == (None, Undefined.ONE_CODE)
    assert (found.alpha.value, found.alpha.reason) == (None, Undefined.ONE_CODE)


def test_without_double_coding_nothing_is_measured() -> None:
    found = agreement(coded("a b .", ". . a"), rng=rng(), draws=10)
    assert found.answers == 0
    assert {found.percent.reason, found.kappa.reason, found.alpha.reason} == {Undefined.NOBODY_TWICE}


def test_full_agreement_is_one_and_chance_is_about_nought() -> None:
    assert agreement(coded("a b a b", "a b a b"), rng=rng(), draws=10).alpha.value == 1
    marks = np.random.default_rng(2).integers(0, 3, (2, 4000)).astype(str)
    found = agreement(coded(*(" ".join(line) for line in marks)), rng=rng(), draws=50)
    assert found.alpha.value == pytest.approx(0, abs=0.03)
    assert found.kappa.value == pytest.approx(0, abs=0.03)


def test_distances_of_sets_follow_passonneau() -> None:
    assert masi(of("a"), of("a")) == 0
    assert masi(of("a"), of("b")) == 1
    assert masi(of("a", "b"), of("a", "b", "c", "d")) == pytest.approx(1 - 0.5 * 2 / 3)
    assert masi(of("a", "b"), of("b", "c")) == pytest.approx(1 - 1 / 3 * 1 / 3)
    assert masi(of(), of()) == 0 and masi(of(), of("a")) == 1


def test_sets_that_share_a_code_agree_more_by_masi_than_as_different_codes() -> None:
    units = [[of("a", "b"), of("a")], [of("c"), of("c")], [of("b"), of("b", "c")], [of("a"), of("b")]]
    strict = agreement(units, rng=rng(), draws=10).alpha.value
    mild = agreement(units, distance=masi, rng=rng(), draws=10).alpha.value
    assert strict is not None and mild is not None and mild > strict


def test_each_code_is_measured_alone() -> None:
    units = [[of("a", "b"), of("a")], [of("b"), of("b")], [of("a"), of("a")], [of(), of()]]
    found = by_code(units, ("a", "b"), rng=rng(), draws=10)
    assert found["a"].percent.value == 1 and found["a"].kappa.value == 1
    assert found["b"].percent.value == 0.75
    assert found["b"].kappa.value == pytest.approx((0.75 - 0.5) / 0.5)


def test_intervals_hold_the_value_and_are_the_same_for_the_same_seed() -> None:
    units = coded("a a b b d c c c e d d a", "b a b b b c c c e d d d") * 10
    one, other = agreement(units, rng=rng()), agreement(units, rng=rng())
    assert one == other
    alpha = one.alpha
    assert alpha.low is not None and alpha.high is not None and alpha.value is not None
    assert alpha.low < alpha.value < alpha.high
    assert alpha.high - alpha.low < 0.3


def test_the_interval_of_percent_agreement_is_that_of_a_share() -> None:
    """400 of 500: the binomial's 95 % interval is about 0.80 +- 0.035."""
    units = [[of("a"), of("a")]] * 400 + [[of("a"), of("b")]] * 100
    percent = agreement(units, rng=rng(), draws=2000).percent
    assert (percent.low, percent.high) == (pytest.approx(0.765, abs=0.006), pytest.approx(0.835, abs=0.006))


def test_confusions_count_pairs_whichever_coder_said_which() -> None:
    units = [[of("a"), of("b")], [of("b"), of("a")], [of("a"), of("a")], [of("c"), None], [of("c"), of("a")]]
    assert confusions(units) == ((of("a"), of("b"), 2), (of("a"), of("c"), 1))


def test_intervals_do_not_depend_on_the_order_of_answers() -> None:
    units = coded("a a b . d c c c e d d a", "b a b b b c c c e d d d")
    assert agreement(units, rng=rng()) == agreement(units[::-1], rng=rng())
