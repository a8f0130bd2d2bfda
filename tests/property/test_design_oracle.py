"""Estimates and errors of any design against plain loops from the textbook, and laws they obey.

The oracle follows Särndal, Swensson and Wretman (1992), results 4.3.1 and 5.6.2: recursion over stages, one stratum
and one unit at a time, in exact order of the formulas.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from barometer.estimation import (
    JointProbabilities,
    ReplicateColumns,
    Result,
    contrast,
    mean,
    proportion,
    ratio,
    share_programme,
    survey_design,
    total,
    variance,
)
from barometer.tables import Calibrated
from examples import examples

SEEDS = st.integers(0, 10**6)
LONELY = st.sampled_from(["adjust", "average", "remove", "certainty"])
few = examples(25)
Row = dict[str, float]


@dataclass(frozen=True)
class Made:
    """Rows of a two-stage sample: strata h, PSUs i (numbered anew in each), second units j, populations N and M."""

    rows: list[Row]

    @property
    def frame(self) -> pl.DataFrame:
        return pl.DataFrame(self.rows, nan_to_null=True)


def make(seed: int, *, strata: int = 4, smallest: int = 2) -> Made:
    """A few PSUs in each stratum, a few units in each PSU, one or two rows a unit; some items are missing."""
    rng = np.random.default_rng(seed)
    rows: list[Row] = []
    for stratum in range(strata):
        drawn = int(rng.integers(smallest, 4))
        population = drawn + int(rng.integers(1, 6))
        for psu in range(drawn):
            second = int(rng.integers(2, 4))
            within = second + int(rng.integers(0, 5))
            for unit in range(second):
                for _ in range(int(rng.integers(1, 3))):
                    weight = population / drawn * within / second * rng.uniform(0.7, 1.3)
                    y = float(rng.normal(10, 3)) if rng.random() > 0.15 else math.nan
                    x, share = float(rng.uniform(1, 5)), float(rng.random() < 0.4)
                    place = {"h": stratum, "i": psu, "j": unit, "N": population, "M": within, "w": weight}
                    rows.append(place | {"y": y, "x": x, "z": share, "d": float(rng.integers(0, 3))})
    return Made(rows)


def one_stage(groups: list[tuple[dict[int, float], int, float]], rule: str) -> float:
    """Sum over strata of (totals of units, units drawn, units in the population) of the variance of one stage."""
    drawn = sum(count for _, count, _ in groups)
    everything = sum(sum(units.values()) for units, _, _ in groups)
    kept, variances = 0, []
    for units, count, population in groups:
        fraction = count / population
        if count == 1 and fraction < 1:
            if rule == "adjust":
                variances.append((1 - fraction) * (next(iter(units.values())) - everything / drawn) ** 2)
            continue
        kept += 1
        if count == 1:
            continue
        middle = sum(units.values()) / count
        values = [*units.values(), *[0.0] * (count - len(units))]
        variances.append((1 - fraction) * count / (count - 1) * sum((value - middle) ** 2 for value in values))
    stretch = len(groups) / kept if rule == "average" and kept else math.nan if rule == "average" else 1.0
    return sum(variances) * stretch


def slow_variance(made: Made, parts: list[float], inside: list[bool], *, stages: int, rule: str = "fail") -> float:
    """Variance of the sum of `parts`, one a row; strata without rows `inside` are not seen, as R has it."""
    sizes: dict[float, set[float]] = {}
    seconds: dict[tuple[float, float], set[float]] = {}
    for row in made.rows:
        sizes.setdefault(row["h"], set()).add(row["i"])
        seconds.setdefault((row["h"], row["i"]), set()).add(row["j"])
    first: dict[float, dict[int, float]] = {}
    second: dict[tuple[float, float], dict[int, float]] = {}
    whole: dict[object, float] = {}
    for row, part, here in zip(made.rows, parts, inside, strict=True):
        if not here:
            continue
        unit, psu = int(row["i"]), (row["h"], row["i"])
        units = first.setdefault(row["h"], {})
        units[unit] = units.get(unit, 0.0) + part
        within = second.setdefault(psu, {})
        within[int(row["j"])] = within.get(int(row["j"]), 0.0) + part
        whole[row["h"]], whole[psu] = row["N"] if stages else math.inf, row["M"]
    result = one_stage([(units, len(sizes[h]), whole[h]) for h, units in first.items()], rule)
    if stages == 2:
        for psu, units in second.items():
            fraction = len(sizes[psu[0]]) / whole[psu[0]]
            result += fraction * one_stage([(units, len(seconds[psu]), whole[psu])], rule)
    return result


def slow_mean(made: Made, name: str, inside: list[bool]) -> tuple[float, list[float]]:
    """Weighted mean, and each row's part in its error."""
    size = sum(row["w"] for row, here in zip(made.rows, inside, strict=True) if here)
    middle = sum(row["w"] * row[name] for row, here in zip(made.rows, inside, strict=True) if here) / size
    return middle, [
        row["w"] * (row[name] - middle) / size if here else 0.0 for row, here in zip(made.rows, inside, strict=True)
    ]


def seen(made: Made, name: str, domain: float | None) -> list[bool]:
    return [not math.isnan(row[name]) and domain in (None, row["d"]) for row in made.rows]


def design_of(made: Made, stages: int, **options: object):  # type: ignore[no-untyped-def]
    fpc = ["N", "M"][:stages]
    psu = ["i", "j"] if stages == 2 else "i"
    return survey_design(made.frame, weights="w", strata="h", psu=psu, fpc=fpc, nest=True, **options)  # type: ignore[arg-type]


@given(seed=SEEDS, stages=st.integers(0, 2))
@few
def test_means_totals_and_their_errors(seed: int, stages: int) -> None:
    made = make(seed)
    means = mean(design_of(made, stages), "y", by="d").table
    totals = total(design_of(made, stages), "y", by="d").table
    for of_mean, of_total in zip(means.iter_rows(named=True), totals.iter_rows(named=True), strict=True):
        inside = seen(made, "y", float(of_mean["d"]))
        if sum(inside) < 2 or of_mean["reason"] == "one_unit":
            continue
        middle, parts = slow_mean(made, "y", inside)
        assert of_mean["estimate"] == pytest.approx(middle, rel=1e-12)
        assert of_mean["se"] == pytest.approx(math.sqrt(slow_variance(made, parts, inside, stages=stages)), rel=1e-9)
        parts = [row["w"] * row["y"] if here else 0.0 for row, here in zip(made.rows, inside, strict=True)]
        assert of_total["estimate"] == pytest.approx(sum(parts), rel=1e-12)
        assert of_total["se"] == pytest.approx(math.sqrt(slow_variance(made, parts, inside, stages=stages)), rel=1e-9)
        assert of_mean["n"] == of_total["n"] == sum(inside)


@given(seed=SEEDS)
@few
def test_ratios_and_variances(seed: int) -> None:
    made = make(seed)
    design = design_of(made, 2)
    inside = seen(made, "y", None)
    found = ratio(design, "y", "x").table.row(0, named=True)
    top = sum(row["w"] * row["y"] for row, here in zip(made.rows, inside, strict=True) if here)
    bottom = sum(row["w"] * row["x"] for row, here in zip(made.rows, inside, strict=True) if here)
    parts = [
        row["w"] * (row["y"] - top / bottom * row["x"]) / bottom if here else 0.0
        for row, here in zip(made.rows, inside, strict=True)
    ]
    assert found["estimate"] == pytest.approx(top / bottom, rel=1e-12)
    assert found["se"] == pytest.approx(math.sqrt(slow_variance(made, parts, inside, stages=2)), rel=1e-9)

    spread = variance(design, "y").table.row(0, named=True)
    middle, _ = slow_mean(made, "y", inside)
    n = sum(row["w"] != 0 for row in made.rows)  # rows without a value count too
    size = sum(row["w"] for row, here in zip(made.rows, inside, strict=True) if here)
    squares = [
        n / (n - 1) * (row["y"] - middle) ** 2 if here else 0.0 for row, here in zip(made.rows, inside, strict=True)
    ]
    expected = sum(row["w"] * square for row, square in zip(made.rows, squares, strict=True)) / size
    parts = [
        row["w"] * (square - expected) / size if here else 0.0
        for row, square, here in zip(made.rows, squares, inside, strict=True)
    ]
    assert spread["estimate"] == pytest.approx(expected, rel=1e-12)
    assert spread["se"] == pytest.approx(math.sqrt(slow_variance(made, parts, inside, stages=2)), rel=1e-9)


@given(seed=SEEDS, rule=LONELY, stages=st.integers(0, 1))
@few
def test_lonely_units(seed: int, rule: str, stages: int) -> None:
    made = make(seed, strata=6, smallest=1)
    design = design_of(made, stages, lonely=rule)
    for domain in (None, 1.0):
        inside = seen(made, "y", domain)
        if sum(inside) < 2:
            continue
        cell = (total(design, "y") if domain is None else total(design, "y", by="d")).table
        cell = cell if domain is None else cell.filter(pl.col("d") == "1")
        parts = [row["w"] * row["y"] if here else 0.0 for row, here in zip(made.rows, inside, strict=True)]
        expected = slow_variance(made, parts, inside, stages=stages, rule=rule)
        if not math.isnan(expected):
            assert cell["se"][0] ** 2 == pytest.approx(expected, rel=1e-9, abs=1e-12)


@given(seed=SEEDS)
@few
def test_calibrated_variance_is_that_of_residuals(seed: int) -> None:
    made = make(seed)
    rng = np.random.default_rng(seed)
    base = np.array([row["w"] for row in made.rows])
    x = np.column_stack([np.ones(len(base)), [row["x"] for row in made.rows]])
    weights = base * rng.uniform(0.8, 1.2, len(base))
    after = Calibrated("linear", weights, base, x, ("one", "x"), pl.DataFrame())
    design = survey_design(made.frame, strata="h", psu="i", fpc="N", nest=True, calibration=after)
    share = np.array([row["z"] for row in made.rows])
    root = np.sqrt(base)
    middle = (weights @ share) / weights.sum()
    z = (share - middle) / weights.sum()
    slope = np.linalg.lstsq(x * root[:, None], z * root, rcond=None)[0]
    parts = list(weights * (z - x @ slope))
    expected = math.sqrt(slow_variance(made, parts, [True] * len(parts), stages=1))
    assert mean(design, "z").table["se"][0] == pytest.approx(expected, rel=1e-8)


@given(seed=SEEDS, mse=st.booleans(), factors=st.booleans())
@few
def test_replicates_are_estimates_made_again(seed: int, mse: bool, factors: bool) -> None:
    made, rng = make(seed), np.random.default_rng(seed)
    base = np.array([row["w"] for row in made.rows])
    factor = rng.uniform(0.2, 2.0, (len(base), 8))
    columns = {f"r{place}": column for place, column in enumerate((factor if factors else factor * base[:, None]).T)}
    rscales = rng.uniform(0.5, 1.0, 8)
    how = ReplicateColumns(list(columns), type="other", combined=not factors, scale=0.3, rscales=list(rscales), mse=mse)
    design = survey_design(made.frame.with_columns(**columns), weights="w", replicates=how)  # type: ignore[arg-type]
    inside = np.array(seen(made, "y", None))
    y = np.array([row["y"] for row in made.rows])[inside]
    theta = [(base * factor[:, r])[inside] @ y / (base * factor[:, r])[inside].sum() for r in range(8)]
    full = base[inside] @ y / base[inside].sum()
    centre = full if mse else sum(theta) / 8
    expected = 0.3 * sum(scale * (one - centre) ** 2 for scale, one in zip(rscales, theta, strict=True))
    found = mean(design, "y").table.row(0, named=True)
    assert found["estimate"] == pytest.approx(full, rel=1e-12)
    assert found["se"] == pytest.approx(math.sqrt(expected), rel=1e-9)


@given(seed=SEEDS, form=st.sampled_from(["HT", "YG"]))
@few
def test_joint_probabilities(seed: int, form: str) -> None:
    rng = np.random.default_rng(seed)
    n = 8
    p = rng.uniform(0.2, 0.7, n)
    joint = np.outer(p, p) * rng.uniform(0.8, 1.0)
    joint[np.diag_indices(n)] = p
    y = rng.normal(5, 2, n)
    data = pl.DataFrame({"p": p, "y": y})
    design = survey_design(data, fpc="p", pps=JointProbabilities(joint, form=form))  # type: ignore[arg-type]
    expected = 0.0
    for i in range(n):
        for j in range(n):
            check = (joint[i, j] - p[i] * p[j]) / joint[i, j]
            if form == "HT":
                expected += check * y[i] / p[i] * y[j] / p[j]
            else:
                expected -= 0.5 * check * (y[i] / p[i] - y[j] / p[j]) ** 2
    found = float(design.variance((design.weights * y)[:, None])[0, 0])
    assert found == pytest.approx(expected, rel=1e-9)


@given(seed=SEEDS)
@few
def test_unequal_probabilities_by_brewer_overton_and_hartley_rao(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = 7
    p = rng.uniform(0.1, 0.6, n)
    t = rng.normal(5, 2, n) / p
    data = pl.DataFrame({"p": p, "y": t * p})
    brewer = float(survey_design(data, fpc="p", pps="brewer").variance(t[:, None])[0, 0])
    assert brewer == pytest.approx(sum((1 - p) * n / (n - 1) * (t - t.mean()) ** 2), rel=1e-9)
    overton = hartley = 0.0
    for i in range(n):
        for j in range(n):
            same = 1 - p[i]
            overton += t[i] * t[j] * (same if i == j else 1 - (n - (p[i] + p[j]) / 2) / (n - 1))
            hartley += t[i] * t[j] * (same if i == j else 1 - (n - p[i] - p[j] + p.mean()) / (n - 1))
    for name, expected in (("overton", overton), ("hartley-rao", hartley)):
        design = survey_design(data, fpc="p", pps=JointProbabilities(approximation=name))  # type: ignore[arg-type]
        assert float(design.variance(t[:, None])[0, 0]) == pytest.approx(expected, rel=1e-9)


def changed(made: Made, change: Callable[[pl.DataFrame], pl.DataFrame], **options: object) -> Result:
    design = survey_design(
        change(made.frame),
        weights="w",
        strata="h",
        psu=["i", "j"],
        fpc=["N", "M"],
        nest=True,
        **options,  # type: ignore[arg-type]
    )
    return mean(design, ["y", "z"], by="d")


@given(seed=SEEDS)
@few
def test_order_names_and_zero_weights_change_nothing(seed: int) -> None:
    made = make(seed)
    plain = changed(made, lambda frame: frame).table

    def same(other: Result) -> None:
        for name in ("estimate", "se", "ci_low", "ci_high", "df", "n", "deff"):
            ours, theirs = plain[name].to_list(), other.table[name].to_list()
            assert [one is None for one in ours] == [one is None for one in theirs], name
            known = [(one, two) for one, two in zip(ours, theirs, strict=True) if one is not None]
            assert [two for _, two in known] == pytest.approx([one for one, _ in known], rel=1e-9, abs=1e-12), name

    same(changed(made, lambda frame: frame.sample(fraction=1, shuffle=True, seed=seed)))
    same(changed(made, lambda frame: frame.with_columns(pl.format("stratum {}", 9 - pl.col("h")).alias("h"))))
    same(changed(made, lambda frame: frame.with_columns(i=(7 - pl.col("i")) * 10, j=pl.format("u{}", "j"))))


@given(seed=SEEDS, factor=st.floats(0.1, 50))
@few
def test_scaled_weights_scale_totals_only(seed: int, factor: float) -> None:
    made = make(seed)
    scaled = made.frame.with_columns(pl.col("w") * factor)
    for frame, by in ((made.frame, 1.0), (scaled, factor)):
        design = survey_design(frame, weights="w", strata="h", psu="i", nest=True)
        means, totals = mean(design, "y").table, total(design, "y").table
        if by == 1.0:
            first = means["se"][0], totals["se"][0]
        else:
            assert means["se"][0] == pytest.approx(first[0], rel=1e-9)
            assert totals["se"][0] == pytest.approx(first[1] * factor, rel=1e-9)


@given(seed=SEEDS)
@few
def test_a_row_split_in_two_within_its_unit_changes_no_error(seed: int) -> None:
    made = make(seed)
    halves = [row | {"w": row["w"] / 2} for row in made.rows for _ in range(2)]
    whole, split = (mean(design_of(one, 2), "z").table for one in (made, Made(halves)))
    assert split["estimate"][0] == pytest.approx(whole["estimate"][0], rel=1e-12)
    assert split["se"][0] == pytest.approx(whole["se"][0], rel=1e-9)


@given(seed=SEEDS)
@few
def test_shares_of_all_categories_add_up(seed: int) -> None:
    design = design_of(make(seed), 2)
    result = proportion(design, "d")
    assert result.table["estimate"].sum() == pytest.approx(1)
    assert contrast(result, [1.0] * len(result))["se"][0] == pytest.approx(0, abs=1e-7)
    assert np.allclose(np.diag(result.covariance), result.table["se"].to_numpy() ** 2, rtol=1e-9, atol=1e-15)
    totals = total(design, "z", by="d")
    together = contrast(totals, [1.0] * len(totals)).row(0, named=True)
    overall = total(design, "z").table.row(0, named=True)
    assert together["estimate"] == pytest.approx(overall["estimate"], rel=1e-12)
    assert together["se"] == pytest.approx(overall["se"], rel=1e-9)


@pytest.mark.parametrize("ci", ["logit", "wald", "wilson", "beta", "asin", "likelihood"])
@given(seed=SEEDS)
@examples(5)
def test_wider_levels_give_wider_intervals_around_the_share(ci: str, seed: int) -> None:
    design = design_of(make(seed), 1)
    tables = [proportion(design, "z", ci=ci, level=level).table for level in (0.8, 0.95, 0.99)]
    for narrow, wide in pairwise(tables):
        assert (wide["ci_low"] <= narrow["ci_low"]).all()
        assert (wide["ci_high"] >= narrow["ci_high"]).all()
    assert (tables[0]["ci_low"] <= tables[0]["estimate"]).all()
    assert (tables[0]["ci_high"] >= tables[0]["estimate"]).all()


@given(seed=SEEDS, rule=st.sampled_from(["remove", "adjust"]), fpc=st.booleans(), clusters=st.booleans())
@few
def test_a_programme_in_one_pass_is_cell_by_cell(seed: int, rule: str, fpc: bool, clusters: bool) -> None:
    made = make(seed, strata=5, smallest=1)
    frame = made.frame.with_columns(
        gap=pl.when(pl.col("y").is_not_null()).then("z"), N=pl.len().over("h") * 2, part=pl.col("h") // 2
    )
    options = {"psu": "i", "nest": True} if clusters else {"fpc": "N"} if fpc else {}
    design = survey_design(frame, weights="w", strata="h", lonely=rule, **options)  # type: ignore[arg-type]
    breakdowns = [(), "d", ("part", "d"), "h"]
    fast = share_programme(design, ["z", "gap"], breakdowns, ci="beta")
    values = fast.select("estimate", "se", "ci_low", "ci_high", "deff", "df", "n").rows()
    slow = []
    for by in breakdowns:
        cells = proportion(design, ["z", "gap"], by=by, ci="beta").table
        slow += cells.filter(pl.col("category") == "1").select(fast.columns[3:]).rows()
    assert fast["reason"].to_list() == [row[-1] for row in slow]
    for ours, theirs in zip(values, slow, strict=True):
        assert [one is None for one in ours] == [one is None for one in theirs[:-1]]
        for one, other in zip(ours, theirs, strict=False):
            assert one is None or one == pytest.approx(other, rel=1e-8, abs=1e-12)
