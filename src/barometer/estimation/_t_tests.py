"""t-tests of means and shares: between domains, of one mean, and of two answers of the same cases.

The difference of two domains is that of a regression on a group of two, as `svyttest` of R's survey package has it:
its error takes in the covariance of the domains, and its degrees of freedom are the primary units with observed
cases in either group, minus strata, minus 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from barometer.estimation._design import SurveyDesign
from barometer.estimation._domain_means import (
    Coded,
    check_columns,
    coded,
    domain_means,
    numbers_of,
    observed_rows,
)
from barometer.problems import BadInput, Place, Problem, suggestion

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
Flags = NDArray[np.bool_]
Numbers = NDArray[np.int64]

BLOCK = 16
"""Outcomes worked on at once: larger tables of numbers leave the processor's cache."""
NOTHING = 1e-13
"""Errors below this part of the means are those of arithmetic: nothing varies."""


@dataclass(frozen=True)
class TTest:
    """Mean of group `b` minus mean of group `a`, or one mean minus what it is tested against (`a` is then empty).

    NaN where the test cannot be made: a group without cases, no degrees of freedom, or nothing that varies. `n`
    counts the observed cases of both groups.
    """

    outcome: str
    a: str
    b: str
    difference: float
    se: float
    t: float
    df: float
    p: float
    ci_low: float
    ci_high: float
    n: int


def t_tests(
    design: SurveyDesign,
    outcomes: Sequence[str],
    by: str,
    *,
    pairs: Sequence[tuple[str, str]] | None = None,
    domain: Flags | None = None,
    level: float = 0.95,
) -> tuple[TTest, ...]:
    """Tests of every numeric outcome between every pair of groups of `by` (or the `pairs` given), pairs slowest.

    Cases without the outcome or the group stay in the design and contribute nothing. p-values are not adjusted:
    see `adjusted`. Raises BadInput T040, T041, and T044 for a group that is not there or a `by` of one group.
    """
    problems = check_columns(design, [by])
    values = numbers_of(design, outcomes)
    if problems:
        raise BadInput(tuple(problems))
    codes, labels = coded(design, by)
    named = tuple(combinations(labels, 2)) if pairs is None else tuple(pairs)
    problems = _check_pairs(by, labels, named)
    if problems:
        raise BadInput(tuple(problems))
    rows = observed_rows(design, codes >= 0, domain)
    places = [(labels.index(a), labels.index(b)) for a, b in named]
    known: dict[bytes, tuple[float, int]] = {}
    blocks = []
    for start in range(0, len(outcomes), BLOCK):
        part = slice(start, start + BLOCK)
        blocks.append(_block(design, outcomes[part], values[:, part], rows, (codes, labels), places, level, known))
    return tuple(test for pair in range(len(named)) for block in blocks for test in block[pair])


def one_sample_t_test(
    design: SurveyDesign, outcome: str, *, against: float = 0.0, domain: Flags | None = None, level: float = 0.95
) -> TTest:
    """Test of the mean of a numeric column against a number. df is that of the observed cases minus 1, as in R.

    Raises BadInput T040, T041.
    """
    return _one_mean(design, outcome, numbers_of(design, (outcome,))[:, 0] - against, domain, level)


def paired_t_test(
    design: SurveyDesign, first: str, second: str, *, domain: Flags | None = None, level: float = 0.95
) -> TTest:
    """Test of the mean of `second` minus `first`, two numeric columns of the same cases; only cases with both count.

    Raises BadInput T040, T041.
    """
    values = numbers_of(design, (first, second))
    return _one_mean(design, f"{second} - {first}", values[:, 1] - values[:, 0], domain, level)


def _one_mean(design: SurveyDesign, outcome: str, values: Vector, domain: Flags | None, level: float) -> TTest:
    rows = observed_rows(design, np.isfinite(values), domain)
    count = int(rows.sum())
    if count == 0:
        nothing = np.array([float("nan")])
        return _tests([outcome], ("", "all"), nothing, nothing, nothing, np.zeros(1), np.zeros(1), level)[0]
    means = domain_means(design, values[:, None], rows)
    df = np.array([design.degf(rows) - 1])
    variance, size = np.diag(means.covariance), np.abs(means.estimates)
    return _tests([outcome], ("", "all"), means.estimates, variance, size, df, np.array([count]), level)[0]


def _block(
    design: SurveyDesign,
    outcomes: Sequence[str],
    values: Matrix,
    rows: Flags,
    groups: Coded,
    pairs: Sequence[tuple[int, int]],
    level: float,
    known: dict[bytes, tuple[float, int]],
) -> list[list[TTest]]:
    """Tests of some outcomes, a list for each pair of groups. `known` is what `_size` remembers."""
    codes, labels = groups
    observed = rows[:, None] & np.isfinite(values)
    means = _group_means(design, values, observed, codes, len(labels))
    patterns, pattern = _patterns(observed)
    tests = []
    for first, second in pairs:
        either = (codes == first) | (codes == second)
        difference, variance = _difference(design, means, first, second, codes, either & rows)
        seen = [_size(design, one & either, known) for one in patterns]
        df, counts = (np.array(column)[pattern] for column in zip(*seen, strict=True))
        size = np.abs(means.mean[first]) + np.abs(means.mean[second])
        named = (labels[first], labels[second])
        tests.append(_tests(outcomes, named, difference, variance, size, df, counts, level))
    return tests


def _size(design: SurveyDesign, rows: Flags, known: dict[bytes, tuple[float, int]]) -> tuple[float, int]:
    """Degrees of freedom of a test on these rows, and their number, worked out once."""
    key = rows.tobytes()
    if key not in known:
        known[key] = (design.degf(rows) - 1, int(np.count_nonzero(rows)))
    return known[key]


@dataclass(frozen=True)
class _GroupMeans:
    """Means (groups x outcomes), and either what each case adds to the error of its own group's mean (n x outcomes)
    or the means in each replicate (groups x outcomes x R)."""

    mean: Matrix
    contributions: Matrix | None
    replicates: NDArray[np.float64] | None


def _group_means(design: SurveyDesign, values: Matrix, observed: Flags, codes: Numbers, groups: int) -> _GroupMeans:
    """NaN for a group without observed cases."""
    known, base = np.where(observed, values, 0.0), observed.astype(np.float64)
    members = (codes == np.arange(groups)[:, None]).astype(np.float64)
    weighted = members * design.weights
    with np.errstate(invalid="ignore", divide="ignore"):
        total = weighted @ base
        mean = weighted @ known / total
        if design.replicates is not None:
            weights = design.replicates.weights
            replicates = np.stack([(known.T * one) @ weights / ((base.T * one) @ weights) for one in members])
            return _GroupMeans(mean, None, replicates)
        group = np.where(codes >= 0, codes, 0)
        contributions = known
        contributions -= np.nan_to_num(mean).take(group, axis=0) * base
        contributions *= np.where(total > 0, 1 / total, 0.0).take(group, axis=0)
        contributions *= design.weights[:, None]
    return _GroupMeans(mean, contributions, None)


def _difference(
    design: SurveyDesign, means: _GroupMeans, first: int, second: int, codes: Numbers, either: Flags
) -> tuple[Vector, Vector]:
    """Second minus first mean of each outcome, and the variances."""
    difference = means.mean[second] - means.mean[first]
    if means.replicates is not None and design.replicates is not None:
        changes = (means.replicates[second] - means.replicates[first]).T
        columns = range(len(difference))
        variance = [design.replicates.covariance(changes[:, [k]], difference[[k]])[0, 0] for k in columns]
        return difference, np.array(variance)
    assert means.contributions is not None
    sign = np.where(codes == second, 1.0, -1.0) * either
    return difference, design.variances(means.contributions * sign[:, None], either)


def _patterns(observed: Flags) -> tuple[list[Flags], Numbers]:
    """The distinct columns, and which one each column is."""
    packed = np.packbits(observed, axis=0).T
    keys = [row.tobytes() for row in packed]
    places = {key: place for place, key in enumerate(dict.fromkeys(keys))}
    first = [keys.index(key) for key in places]
    return [observed[:, one] for one in first], np.array([places[key] for key in keys], dtype=np.int64)


def _tests(
    outcomes: Sequence[str],
    groups: tuple[str, str],
    difference: Vector,
    variance: Vector,
    size: Vector,
    df: Vector,
    counts: Vector | Numbers,
    level: float,
) -> list[TTest]:
    """One test an outcome, from differences and their variances; `size` is that of the means."""
    testable = (df >= 1) & np.isfinite(difference) & (variance > (NOTHING * size) ** 2)
    se = np.where(testable, np.sqrt(np.where(testable, variance, 1.0)), np.nan)
    t = difference / se
    free = np.where(testable, df, np.nan)
    p = 2 * stdtr(free, -np.abs(t))
    distinct, place = np.unique(free, return_inverse=True)
    reach = stdtrit(distinct, (1 + level) / 2)[place] * se
    numbers = np.stack([difference, se, t, df, p, difference - reach, difference + reach]).T.tolist()
    return [
        TTest(outcome, *groups, one[0], one[1], one[2], one[3], one[4], one[5], one[6], n)
        for outcome, one, n in zip(outcomes, numbers, counts.astype(np.int64).tolist(), strict=True)
    ]


def _check_pairs(by: str, labels: tuple[str, ...], pairs: Sequence[tuple[str, str]]) -> list[Problem]:
    if len(labels) < 2:
        found = f"{len(labels)} group{'s' if len(labels) != 1 else ''}"
        return [Problem("T044", Place(column=by), found, "two groups or more", "Compare by another column.")]
    unknown = dict.fromkeys(label for pair in pairs for label in pair if label not in labels)
    return [
        Problem(
            "T044", Place(column=by), f"no case in group '{label}'", "a group that has cases", suggestion(label, labels)
        )
        for label in unknown
    ]
