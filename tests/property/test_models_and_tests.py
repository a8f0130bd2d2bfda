"""Tests and regressions agree with plain loops over units written from the textbook, on random designs; and quantiles
do not change when cases are split or weights rescaled."""

import math

import numpy as np
import polars as pl
from hypothesis import assume, given
from hypothesis import strategies as st

from barometer.estimation import SurveyDesign, rao_scott, regression, survey_design, t_tests
from barometer.estimation._weighted_quantiles import RULES, Ordered
from barometer.problems import BadInput
from examples import examples

Row = dict[str, float]


@st.composite
def samples(draw: st.DrawFn) -> list[Row]:
    """2 to 4 strata of 2 to 4 units of 1 to 3 cases; y is missing now and then."""
    rows: list[Row] = []
    for stratum in range(draw(st.integers(2, 4))):
        units = draw(st.integers(2, 4))
        population = units + draw(st.integers(0, 6))
        for unit in range(units):
            for _ in range(draw(st.integers(1, 3))):
                rows.append(
                    {
                        "stratum": stratum,
                        "unit": 10 * stratum + unit,
                        "population": population,
                        "w": draw(st.floats(0.5, 9)),
                        "x": draw(st.integers(-3, 3)),
                        "group": draw(st.integers(0, 1)),
                        "answer": draw(st.integers(0, 2)),
                        "y": draw(st.one_of(st.just(math.nan), *[st.integers(-9, 9).map(float)] * 6)),
                    }
                )
    return rows


def design(rows: list[Row]) -> SurveyDesign:
    return survey_design(
        pl.DataFrame(rows).with_columns(pl.col("y").fill_nan(None)),
        weights="w",
        strata="stratum",
        psu="unit",
        fpc="population",
    )


def slow_covariance(rows: list[Row], values: list[list[float]]) -> list[list[float]]:
    """Covariance of the sums of values (already weighted), one list a row: every stratum's units around their mean."""
    size = len(values[0])
    result = [[0.0] * size for _ in range(size)]
    for stratum in {row["stratum"] for row in rows}:
        units = sorted({row["unit"] for row in rows if row["stratum"] == stratum})
        totals = []
        for unit in units:
            total = [0.0] * size
            for row, value in zip(rows, values, strict=True):
                if row["unit"] == unit:
                    total = [a + b for a, b in zip(total, value, strict=True)]
            totals.append(total)
        means = [sum(total[k] for total in totals) / len(units) for k in range(size)]
        population = next(row["population"] for row in rows if row["stratum"] == stratum)
        factor = (1 - len(units) / population) * len(units) / (len(units) - 1)
        for total in totals:
            for j in range(size):
                for k in range(size):
                    result[j][k] += factor * (total[j] - means[j]) * (total[k] - means[k])
    return result


@examples(20)
@given(samples())
def test_t_tests(rows: list[Row]) -> None:
    sums = [[0.0, 0.0], [0.0, 0.0]]
    for row in rows:
        if not math.isnan(row["y"]):
            sums[int(row["group"])][0] += row["w"]
            sums[int(row["group"])][1] += row["w"] * row["y"]
    assume(sums[0][0] > 0 and sums[1][0] > 0)
    means = [total / weight for weight, total in sums]
    values = []
    for row in rows:
        group = int(row["group"])
        known = not math.isnan(row["y"])
        sign = 1 if group else -1
        values.append([sign * row["w"] * (row["y"] - means[group]) / sums[group][0] if known else 0.0])
    variance = slow_covariance(rows, values)[0][0]
    (test,) = t_tests(design(rows), ["y"], "group")
    assert math.isclose(test.difference, means[1] - means[0], rel_tol=1e-9, abs_tol=1e-9)
    units = {row["unit"] for row in rows if not math.isnan(row["y"])}
    strata = {row["stratum"] for row in rows if not math.isnan(row["y"])}
    assert test.df == len(units) - len(strata) - 1
    if test.df >= 1 and variance > 1e-12:
        assert math.isclose(test.se**2, variance, rel_tol=1e-9)
    swapped = [row | {"group": 1 - row["group"]} for row in rows]
    (other,) = t_tests(design(swapped), ["y"], "group")
    assert math.isclose(other.difference, -test.difference, rel_tol=1e-9, abs_tol=1e-12)


@examples(20)
@given(samples())
def test_rao_scott(rows: list[Row]) -> None:
    """The design-effect matrix of the interaction contrasts, by loops over cells."""
    answers = sorted({int(row["answer"]) for row in rows})
    groups = sorted({int(row["group"]) for row in rows})
    assume(len(answers) > 1 and len(groups) > 1)
    cells = [(answer, group) for group in groups for answer in answers]
    total = sum(row["w"] for row in rows)
    share = [sum(row["w"] for row in rows if (row["answer"], row["group"]) == cell) / total for cell in cells]
    assume(min(share) > 0)
    values = [
        [row["w"] * (((row["answer"], row["group"]) == cell) - p) / total for cell, p in zip(cells, share, strict=True)]
        for row in rows
    ]
    V = np.array(slow_covariance(rows, values))
    contrasts = []
    for answer in answers[1:]:
        for group in groups[1:]:
            contrasts.append(
                [((a == answer) - (a == answers[0])) * ((g == group) - (g == groups[0])) for a, g in cells]
            )
    C = np.array(contrasts, dtype=float).T
    D = np.diag(1 / np.array(share))
    effects = np.linalg.solve(C.T @ D @ C / len(rows), C.T @ D @ V @ D @ C)
    down = {a: sum(p for (b, _), p in zip(cells, share, strict=True) if b == a) for a in answers}
    across = {g: sum(p for (_, h), p in zip(cells, share, strict=True) if h == g) for g in groups}
    pearson = len(rows) * sum(
        (p - down[a] * across[g]) ** 2 / (down[a] * across[g]) for (a, g), p in zip(cells, share, strict=True)
    )
    assume(np.trace(effects) > 1e-9)
    size = np.trace(effects) ** 2 / np.trace(effects @ effects)
    (test,) = rao_scott(design(rows), "answer", "group")
    assert math.isclose(test.statistic, pearson / np.trace(effects), rel_tol=1e-8, abs_tol=1e-12)
    assert math.isclose(test.ndf, size, rel_tol=1e-8)
    freedom = len({row["unit"] for row in rows}) - len({row["stratum"] for row in rows})
    assert math.isclose(test.ddf, size * freedom, rel_tol=1e-8)
    (turned,) = rao_scott(design(rows), "group", "answer")
    assert math.isclose(turned.p, test.p, rel_tol=1e-7)


@examples(20)
@given(samples())
def test_linear_regression(rows: list[Row]) -> None:
    """Normal equations by hand, and the sandwich around them."""
    used = [row for row in rows if not math.isnan(row["y"])]
    assume(len({row["x"] for row in used}) > 1)
    w, wx, wxx, wy, wxy = (
        sum(row["w"] * row["x"] ** a * row["y"] ** b for row in used)
        for a, b in ((0, 0), (1, 0), (2, 0), (0, 1), (1, 1))
    )
    determinant = w * wxx - wx**2
    assume(determinant > 1e-6)
    slope = (w * wxy - wx * wy) / determinant
    start = (wy - slope * wx) / w
    values = []
    for row in rows:
        residual = 0.0 if math.isnan(row["y"]) else row["w"] * (row["y"] - start - slope * row["x"])
        values.append([residual * (wxx - wx * row["x"]) / determinant, residual * (w * row["x"] - wx) / determinant])
    try:
        model = regression(design(rows), "y", ["x"])
    except BadInput as refused:
        assert [problem.code for problem in refused.problems] == ["T044"]
        units = {row["unit"] for row in used}
        assert len(units) - len({row["stratum"] for row in used}) + 1 - 2 < 1
        return
    assert np.allclose(model.coefficients, [start, slope], rtol=1e-8, atol=1e-8)
    assert np.allclose(model.covariance, slow_covariance(rows, values), rtol=1e-7, atol=1e-9)


@given(
    st.lists(st.tuples(st.integers(-20, 20), st.integers(1, 8)), min_size=1, max_size=12),
    st.floats(0, 1),
    st.sampled_from(RULES),
    st.sampled_from([0.25, 4.0, 1024.0]),
)
def test_quantiles_lie_among_the_values_and_know_no_scale(
    cases: list[tuple[int, int]], share: float, rule: str, factor: float
) -> None:
    values, weights = (np.array(column, dtype=float) for column in zip(*cases, strict=True))
    found = Ordered.of(values, weights).quantile(share, rule)
    assert values.min() <= found <= values.max()
    assert math.isclose(Ordered.of(values, factor * weights).quantile(share, rule), found, rel_tol=1e-12, abs_tol=1e-12)
    if rule in ("math", "school", "hf1", "hf2", "hf3"):
        halves = Ordered.of(np.repeat(values, 2), np.repeat(weights / 2, 2))
        assert halves.quantile(share, rule) == found
