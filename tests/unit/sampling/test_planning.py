"""The planning table, and designs of editions that give an allocation instead of fractions."""

import numpy as np
import polars as pl
import pytest
from scipy.stats import norm

from barometer.model import Allocation, Design, Method, Selection
from barometer.problems import BadInput
from barometer.sampling import check_design, draw_sample, plan, plan_survey, strata_table
from made_survey import CENSUS, Programmer, made_frame, made_survey

RNG = np.random.default_rng(14)
UNITS = pl.DataFrame(
    {
        "unit_id": [f"u{number:03d}" for number in range(300)],
        "kind": ["a"] * 200 + ["b"] * 80 + ["c"] * 20,
        "region": ["north", "south", "south"] * 100,
        "employees": [1 + number % 7 for number in range(200)] + [10 * (1 + number % 9) for number in range(100)],
        "number": RNG.random(300).tolist(),
    }
)
QUANTILE = norm.ppf(0.975)


def survey(design: Design, units: pl.DataFrame = UNITS):  # type: ignore[no-untyped-def]
    frame = made_frame(units, "number", {"kind": ("c", "b", "a")})
    programmer = Programmer(frame)
    programmer.by_column("kind")
    return made_survey(frame, design=design, programme=programmer.programme())


def allocated(method: Method, **changes: object) -> Design:
    limits = {
        name: changes.pop(name) for name in ("census", "maximum_fraction", "start", "sample_size") if name in changes
    }
    limits = {"sample_size": 60, **limits}
    return Design(
        Selection.STRATIFIED,
        ("kind",),
        allocation=Allocation(method, **changes),
        **limits,  # type: ignore[arg-type]
    )


def test_margins_follow_the_textbook_for_strata_and_their_unions() -> None:
    strata = strata_table(UNITS, "kind").with_columns(sampled=pl.Series([50, 40, 20]))
    table = plan(UNITS, strata, ["kind"], response=0.4, shares=(0.5,), stratum="kind")
    assert table.select("breakdown", "cell").rows() == [("total", "all"), ("kind", "a"), ("kind", "b"), ("kind", "c")]
    sizes, answers = np.array([200, 80, 20]), 0.4 * np.array([50, 40, 20])
    variance = 0.25 * sizes / (sizes - 1) * (1 / answers - 1 / sizes)
    expected = [np.sqrt(((sizes / 300) ** 2 * variance).sum()), *np.sqrt(variance)]
    assert table["margin_50"].to_list() == pytest.approx([QUANTILE * one for one in expected])
    assert table["answers"].to_list() == pytest.approx([44, 20, 16, 8])
    assert table["effective"].to_list() == pytest.approx([300**2 / (sizes**2 / answers).sum(), 20, 16, 8])


def test_a_domain_across_strata_has_the_margin_that_samples_show() -> None:
    """400 samples: the spread of the estimated share in the domain, of an item unrelated to everything."""
    units = UNITS.with_columns(item=pl.Series(RNG.permutation([0.0, 1.0] * 150)))
    strata = strata_table(units, "kind").with_columns(sampled=pl.Series([50, 40, 20]))
    planned = plan(units, strata, ["region"], shares=(0.5,), stratum="kind").filter(pl.col("cell") == "south")
    sizes, taken = (200, 80, 20), (50, 40, 20)
    item, south = units["item"].to_numpy(), (units["region"] == "south").to_numpy()
    starts, shares, rng = (0, 200, 280), [], np.random.default_rng(7)
    for _ in range(400):
        yes = base = 0.0
        for start, size, n in zip(starts, sizes, taken, strict=True):
            rows = start + rng.choice(size, n, replace=False)
            base += size / n * south[rows].sum()
            yes += size / n * (south[rows] * item[rows]).sum()
        shares.append(yes / base)
    assert planned["margin_50"].item() == pytest.approx(QUANTILE * np.std(shares), rel=0.1)


def test_everyone_asked_and_answering_leaves_no_margin() -> None:
    table = plan_survey(survey(CENSUS))
    assert table["margin_50"].to_list() == pytest.approx([0.0] * 4)
    assert plan_survey(survey(CENSUS), response=0.4)["margin_50"].min() > 0  # type: ignore[operator]


def test_nobody_asked_is_no_margin_rather_than_a_wrong_one() -> None:
    strata = strata_table(UNITS, "kind").with_columns(sampled=pl.Series([50, 40, 0]))
    table = plan(UNITS, strata, ["kind"], stratum="kind")
    assert table["margin_50"].is_null().to_list() == [True, False, False, True]
    assert table["uncovered"].to_list() == [20, 0, 0, 20]


def test_a_survey_is_planned_by_its_breakdowns_in_the_order_of_the_register() -> None:
    table = plan_survey(survey(allocated(Method.PROPORTIONAL)), response=0.5)
    assert table["cell"].to_list() == ["all", "c", "b", "a"]
    assert table["sampled"].to_list() == [60, 4, 16, 40]
    assert table.columns[-2:] == ["margin_50", "margin_20"]


@pytest.mark.parametrize("changes", [{"response": 0.0}, {"response": 1.2}, {"shares": (1.0,)}, {"level": 0.0}])
def test_numbers_out_of_range_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(BadInput) as raised:
        plan_survey(survey(CENSUS), **changes)  # type: ignore[arg-type]
    assert [problem.code for problem in raised.value.problems] == ["S016"]


def drawn(design: Design) -> dict[str, int]:
    sample = draw_sample(survey(design), np.random.default_rng(0)).units
    assert (sample["inclusion_probability"] * sample["population"] - sample["sampled"]).abs().max() < 1e-9  # type: ignore[operator]
    return dict(sample.group_by("kind").len().sort("kind").iter_rows())


def test_designs_with_an_allocation_are_drawn() -> None:
    assert drawn(allocated(Method.PROPORTIONAL)) == {"a": 40, "b": 16, "c": 4}
    neyman = drawn(allocated(Method.NEYMAN, variable="employees"))
    assert neyman["b"] > neyman["a"]
    assert sum(neyman.values()) == 60
    shares = {"a": 0.5, "b": 0.02, "c": 0.5}
    expected = drawn(allocated(Method.NEYMAN, share_by="kind", shares=shares))
    assert expected["a"] > 5 * expected["b"]
    costs = {"a": 1.0, "b": 9.0, "c": 1.0}
    bought = drawn(
        allocated(Method.OPTIMAL, variable="employees", cost_by="kind", costs=costs, budget=100.0, sample_size=None)
    )
    assert sum(costs[kind] * n for kind, n in bought.items()) <= 100
    assert sum(drawn(allocated(Method.POWER, variable="employees", power=0.5)).values()) == 60


def test_census_categories_and_the_largest_fraction_hold() -> None:
    found = drawn(allocated(Method.NEYMAN, variable="employees", census={"kind": ("c",)}, maximum_fraction=0.3))
    assert found == {"a": 16, "b": 24, "c": 20}


def test_margins_in_a_design_are_met_by_the_plan() -> None:
    design = allocated(Method.MARGINS, margins={"kind": 0.25, "total": 0.08}, response=0.5, sample_size=None)
    table = plan_survey(survey(design), response=0.5, shares=(0.5,))
    margins = dict(zip(table["cell"], table["margin_50"], strict=True))
    assert margins.pop("all") <= 0.08
    assert max(margins.values()) <= 0.25


def test_a_start_point_steers_the_sample_away_from_another() -> None:
    samples = [
        set(draw_sample(survey(allocated(Method.PROPORTIONAL, start=start)), RNG).units["unit_id"])
        for start in (0.0, 0.5)
    ]
    assert not samples[0] & samples[1]
    fractions = Design(Selection.STRATIFIED, ("kind",), "kind", {"a": 0.2, "b": 0.2, "c": 0.2}, start=0.5)
    assert set(draw_sample(survey(fractions), RNG).units["unit_id"]) == samples[1]


@pytest.mark.parametrize(
    ("code", "design"),
    [
        ("S004", allocated(Method.NEYMAN, variable="employes")),
        ("S004", allocated(Method.MARGINS, margins={"region": 0.1})),
        ("S008", allocated(Method.PROPORTIONAL, sample_size=301)),
        ("S009", allocated(Method.PROPORTIONAL, sample_size=5)),
        ("S013", allocated(Method.NEYMAN, share_by="kind", shares={"a": 0.5})),
        ("S015", allocated(Method.MARGINS, margins={"kind": 0.02}, response=0.3)),
        ("S016", allocated(Method.NEYMAN, variable="employees", sample_size=None)),
        ("S016", allocated(Method.PROPORTIONAL, maximum_fraction=0.0)),
        ("S017", allocated(Method.OPTIMAL, variable="employees", sample_size=None)),
        ("S017", allocated(Method.OPTIMAL, variable="employees", budget=1.0, sample_size=None)),
        ("S018", allocated(Method.PROPORTIONAL, census={"kind": ("d",)})),
        ("S020", allocated(Method.PROPORTIONAL, start=1.0)),
        ("S025", allocated(Method.NEYMAN, variable="region")),
    ],
)
def test_allocations_that_cannot_be_made_are_told_before_the_draw(code: str, design: Design) -> None:
    problems = check_design(survey(design))
    assert {problem.code for problem in problems} == {code}
    assert problems[0].place.file == "design.toml"
