"""Strata that are joined, coordination, panels, two stages, checks of a frame."""

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from barometer.problems import BadInput, Severity
from barometer.sampling import (
    burden,
    check_frame,
    expected_overlap,
    overlap,
    rotation_groups,
    rotation_start,
    select_pps,
    select_srs,
    select_two_stage,
    start_points,
    strata_table,
    stratify,
    wave,
)


def cells(**counts: int) -> pl.DataFrame:
    """Units by 'sector_size' and their number."""
    rows = [(name[0], name[2:]) for name, count in counts.items() for _ in range(count)]
    return (
        pl.DataFrame(rows, schema=["sector", "size"], orient="row")
        .with_row_index("unit_id")
        .cast({"unit_id": pl.String})
    )


def strata_of(units: pl.DataFrame, minimum: int, order: dict[str, list[str]] | None = None) -> dict[str, int]:
    found = stratify(units, ["sector", "size"], minimum=minimum, order=order)
    return dict(found.group_by("stratum").len().sort("stratum").iter_rows())


SIZES = {"size": ["small", "middle", "large"]}


def test_large_strata_stay_as_they_are() -> None:
    assert strata_of(cells(a_small=3, a_large=4, b_small=5), 3) == {"a:small": 3, "a:large": 4, "b:small": 5}


def test_small_strata_join_the_smaller_neighbour_in_the_order_of_the_categories() -> None:
    units = cells(a_small=9, a_middle=8, a_large=1)
    assert strata_of(units, 2, SIZES) == {"a:small": 9, "a:middle|large": 9}
    assert strata_of(units, 2) == {"a:small": 9, "a:large|middle": 9}  # the alphabet says large, middle, small


def test_a_column_is_given_up_where_all_of_it_is_too_small() -> None:
    units = cells(a_small=1, a_middle=1, b_small=6, b_large=9)
    assert strata_of(units, 4, SIZES) == {"a|b:*": 8, "b:large": 9}
    assert strata_of(units, 17, SIZES) == {"a|b:*": 17}


@pytest.mark.parametrize("seed", range(5))
def test_every_unit_lies_in_one_stratum_of_at_least_the_minimum(seed: int) -> None:
    rng = np.random.default_rng(seed)
    columns = {name: rng.choice(list("uvwxyz"), 300, p=[0.5, 0.3, 0.1, 0.05, 0.03, 0.02]) for name in "abc"}
    units = pl.DataFrame(columns)
    found = stratify(units, ["a", "b", "c"], minimum=7)
    assert found.drop("stratum").equals(units)
    assert found.group_by("stratum").len()["len"].min() >= 7  # type: ignore[operator]
    assert found.group_by("a", "b", "c").agg(pl.col("stratum").n_unique())["stratum"].max() == 1


def test_start_points_keep_samples_apart() -> None:
    rng = np.random.default_rng(8)
    units = pl.DataFrame(
        {"unit_id": [f"u{i}" for i in range(4000)], "stratum": ["a", "b"] * 2000, "prn": rng.random(4000)}
    )
    strata = strata_table(units).with_columns(sampled=pl.lit(400))
    starts = dict(zip(["2022", "2024", "other"], start_points(3), strict=True))
    samples = {name: select_srs(units, strata, rng, prn="prn", start=start) for name, start in starts.items()}
    assert burden(samples)["asked"].max() == 1
    again = select_srs(units, strata, rng, prn="prn", start=starts["2024"])
    assert overlap({"one": samples["2024"], "two": again})["of_first"].to_list() == [1.0]


@pytest.mark.parametrize(
    ("first", "second", "start", "other", "expected"),
    [
        (0.2, 0.3, 0.0, 0.0, 0.2),
        (0.2, 0.3, 0.0, 0.5, 0.0),
        (0.2, 0.3, 0.0, 0.1, 0.1),
        (0.2, 0.3, 0.1, 0.0, 0.2),
        (0.5, 0.6, 0.0, 0.5, 0.1),
        (0.2, 0.3, 0.95, 0.0, 0.15),
        (0.8, 0.9, 0.0, 0.5, 0.7),
        (1.0, 0.4, 0.3, 0.9, 0.4),
        (0.0, 0.4, 0.0, 0.0, 0.0),
    ],
)
def test_expected_overlap_is_what_poisson_samples_have(
    first: float, second: float, start: float, other: float, expected: float
) -> None:
    assert expected_overlap(first, second, start=start, other_start=other) == pytest.approx(expected)
    units = pl.DataFrame({"stratum": "a", "size": 1.0, "prn": (np.arange(2000) + 0.5) / 2000})
    samples = []
    for fraction, begin in ((first, start), (second, other)):
        strata = pl.DataFrame({"stratum": ["a"], "population": [2000], "sampled": [round(2000 * fraction)]})
        drawn = select_pps(
            units, strata, np.random.default_rng(0), size="size", method="poisson", prn="prn", start=begin
        )
        samples.append(set(drawn["prn"]))
    assert len(samples[0] & samples[1]) / 2000 == pytest.approx(expected, abs=0.001)


def test_a_rotating_panel_renews_its_part_each_edition() -> None:
    rng = np.random.default_rng(4)
    units = pl.DataFrame({"unit_id": [f"u{i}" for i in range(3000)], "stratum": "a", "prn": rng.random(3000)})
    strata = pl.DataFrame({"stratum": ["a"], "population": [3000], "sampled": [600]})
    starts = [rotation_start(edition, fraction=0.2, editions=4) for edition in range(6)]
    samples = {
        str(edition): select_srs(units, strata, rng, prn="prn", start=start) for edition, start in enumerate(starts)
    }
    kept = {(row[0], row[1]): row[3] for row in overlap(samples).iter_rows()}
    for edition in range(5):
        assert kept[str(edition), str(edition + 1)] == pytest.approx(0.75, abs=0.06)
    assert kept["0", "4"] == pytest.approx(0, abs=0.06)


def test_burden_counts_each_unit_once_a_sample() -> None:
    samples = {"x": pl.DataFrame({"unit_id": ["b", "a", "a"]}), "y": pl.DataFrame({"unit_id": ["b"]})}
    table = burden(samples)
    assert table.columns == ["unit_id", "x", "y", "asked"]
    assert table.rows() == [("b", True, True, 2), ("a", True, False, 1)]


PANEL = pl.DataFrame({"stratum": ["a"] * 8 + ["b"] * 5, "design_weight": 2.0, "inclusion_probability": 0.5})


def test_rotation_groups_are_equal_parts_of_every_stratum() -> None:
    panel = rotation_groups(PANEL, 4, np.random.default_rng(1))
    sizes = panel.group_by("stratum", "group").len()
    assert sizes.filter(pl.col("stratum") == "a")["len"].to_list() == [2, 2, 2, 2]
    assert sorted(sizes.filter(pl.col("stratum") == "b")["len"]) == [1, 1, 1, 2]


def test_waves_follow_the_pattern_and_stand_for_the_whole_frame() -> None:
    panel = rotation_groups(PANEL, 4, np.random.default_rng(1))
    pattern = (True, True, False, False)
    groups = [sorted(wave(panel, number, pattern)["group"].unique()) for number in range(5)]
    assert groups == [[0, 3], [0, 1], [1, 2], [2, 3], [0, 3]]
    first = wave(panel, 0, pattern)
    assert set(first["design_weight"]) == {4.0}
    assert set(first["inclusion_probability"]) == {0.25}


ORGANISATIONS = pl.DataFrame(
    {"organisation_id": ["o1", "o2", "o3", "o4"], "stratum": ["x", "x", "x", "y"], "staff": [2, 4, 6, 3]}
)
MEMBERS = pl.DataFrame(
    {
        "unit_id": [f"u{i:02d}" for i in range(15)],
        "organisation_id": ["o1"] * 2 + ["o2"] * 4 + ["o3"] * 6 + ["o4"] * 3,
    }
)
STAGE = pl.DataFrame({"stratum": ["x", "y"], "population": [3, 1], "sampled": [2, 1]})


def test_two_stages_multiply_their_probabilities() -> None:
    sample = select_two_stage(ORGANISATIONS, MEMBERS, STAGE, np.random.default_rng(3), take=2)
    assert sample["organisation_id"].n_unique() == 3
    assert set(sample.group_by("organisation_id").len()["len"]) == {2}
    assert set(sample.filter(pl.col("stratum") == "x")["organisation_probability"]) == {2 / 3}
    sizes = {"o1": 2, "o2": 4, "o3": 6, "o4": 3}
    for row in sample.iter_rows(named=True):
        assert row["units"] == sizes[row["organisation_id"]]
        assert row["unit_probability"] == 2 / row["units"]
        assert row["inclusion_probability"] == pytest.approx(row["organisation_probability"] * row["unit_probability"])
        assert row["design_weight"] == pytest.approx(1 / row["inclusion_probability"])


def test_two_stages_draw_units_as_often_as_they_say() -> None:
    rng, times = np.random.default_rng(12), 40
    counts = dict.fromkeys(MEMBERS["unit_id"], 0)
    weighted = []
    for _ in range(times):
        sample = select_two_stage(ORGANISATIONS, MEMBERS, STAGE, rng, take=2, size="staff")
        weighted.append(float(sample["design_weight"].sum()))
        for unit in sample["unit_id"]:
            counts[unit] += 1
    shares = np.array(list(counts.values())) / times
    # proportional to staff: 2 * staff / 12, then 2 / staff: one third for each unit of x
    expected = np.array([1 / 3] * 12 + [2 / 3] * 3)
    assert (np.abs(shares - expected) < 4.5 * np.sqrt(expected * (1 - expected) / times)).all()
    assert weighted == pytest.approx([15.0] * times)  # a self-weighting sample gives the count back every time


def errors(job: Callable[[], object]) -> set[str]:
    with pytest.raises(BadInput) as raised:
        job()
    return {problem.code for problem in raised.value.problems}


RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("code", "job"),
    [
        ("S001", lambda: stratify(cells(), ["sector"])),
        ("S004", lambda: stratify(cells(a_x=2), ["sice"])),
        ("S005", lambda: stratify(pl.DataFrame({"a": ["x", None]}), ["a"])),
        ("S010", lambda: stratify(cells(a_x=2), ["sector"], minimum=0)),
        ("S023", lambda: stratify(cells(a_x=2), ["sector"], minimum=3)),
        ("S019", lambda: expected_overlap(1.2, 0.5)),
        ("S020", lambda: expected_overlap(0.2, 0.5, start=1)),
        ("S021", lambda: start_points(0)),
        ("S021", lambda: rotation_start(1, fraction=0.2, editions=0)),
        ("S019", lambda: rotation_start(1, fraction=0, editions=2)),
        ("S004", lambda: burden({"x": pl.DataFrame({"id": ["a"]})})),
        ("S021", lambda: rotation_groups(PANEL, 6, RNG)),
        ("S003", lambda: rotation_groups(PANEL.with_columns(group=1), 2, RNG)),
        ("S021", lambda: wave(rotation_groups(PANEL, 2, RNG), 0, (False, False))),
        ("S021", lambda: wave(rotation_groups(PANEL, 2, RNG), 2, (True, False, False, False))),
        ("S022", lambda: select_two_stage(ORGANISATIONS, MEMBERS[2:], STAGE, RNG, take=2)),
        ("S022", lambda: select_two_stage(ORGANISATIONS[1:], MEMBERS, STAGE, RNG, take=2)),
        ("S002", lambda: select_two_stage(pl.concat([ORGANISATIONS] * 2), MEMBERS, STAGE, RNG, take=2)),
        ("S003", lambda: select_two_stage(ORGANISATIONS, MEMBERS.with_columns(stratum=1), STAGE, RNG, take=2)),
        ("S010", lambda: select_two_stage(ORGANISATIONS, MEMBERS, STAGE, RNG, take=0)),
        ("S018", lambda: select_two_stage(ORGANISATIONS, MEMBERS, STAGE[:1], RNG, take=2)),
    ],
)
def test_bad_input_is_named(code: str, job: Callable[[], object]) -> None:
    assert errors(job) == {code}


def test_a_frame_is_told_everything_wrong_with_it_by_row() -> None:
    frame = pl.DataFrame(
        {
            "unit_id": ["a", "b", "b", None],
            "sector": ["x", None, "x", "y"],
            "staff": [3.0, 0.0, float("nan"), 2.0],
            "number": [0.2, 0.2, 1.5, None],
        }
    )
    found = check_frame(frame, strata=["sector"], size="staff", prn="number", file="register.csv")
    assert [problem.code for problem in found] == ["S002", "S005", "S012", "S011", "S024", "S024"]
    assert [problem.severity for problem in found][-1] is Severity.WARNING
    assert "rows 2, 3, 4" in found[0].found
    assert "row 2" in found[1].found
    assert all(problem.place.file == "register.csv" for problem in found)


def test_a_frame_without_problems() -> None:
    assert check_frame(ORGANISATIONS, unit_id="organisation_id", strata=["stratum"], size="staff") == ()
    assert [problem.code for problem in check_frame(ORGANISATIONS.clear())] == ["S001"]
    assert [problem.code for problem in check_frame(ORGANISATIONS)] == ["S004"]
    text = ORGANISATIONS.cast({"staff": pl.String})
    assert [problem.code for problem in check_frame(text, unit_id="organisation_id", size="staff")] == ["S025"]
