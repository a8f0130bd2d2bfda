"""Tables of a release: what they hold, and parts of them."""

from dataclasses import replace
from functools import cache

import polars as pl
import pytest

from barometer.disclosure import Release
from barometer.model import Correction, Measure
from barometer.problems import BadInput
from barometer.publication.open_data import DataCube, cubes, open_data_files, published, select
from published_example import edition, release


@cache
def tables() -> dict[str, DataCube]:
    return {cube.id: cube for cube in cubes(release(), edition())}


def cells(cube: DataCube) -> dict[tuple[str, ...], float | None]:
    return dict(zip(cube.keys(), cube.values, strict=True))


def test_a_survey_has_a_table_for_everyone_and_one_a_breakdown_and_unit() -> None:
    assert {"workplaces-total", "workplaces-sector", "workplaces-sector_size", "workplaces-partner"} <= set(tables())
    (mean,) = [name for name in tables() if name.startswith("workplaces-sector-mean")]
    assert tables()[mean].dimension("indicator").codes == ("HOURS",)
    assert [one.id for one in tables()["workplaces-sector"].dimensions] == ["indicator", "sector", "period", "measure"]


def test_every_number_of_the_release_stands_in_a_table() -> None:
    kinds = {one.id: one for one in edition().indicators}
    for row in release().cells.iter_rows(named=True):
        (cube,) = [
            one
            for one in tables().values()
            if (one.survey, one.breakdown) == (row["survey"], row["breakdown"])
            and row["indicator"] in one.dimension("indicator").codes
        ]
        group = () if row["breakdown"] == "total" else (row["cell"],)
        for measure in cube.dimension("measure").codes:
            place = (row["indicator"], *group, cube.dimension("period").codes[0], measure)
            assert cells(cube)[place] == published(row[measure], measure, kinds[row["indicator"]])


def test_shares_are_per_cent_and_means_keep_their_unit() -> None:
    share, hours = (next(one for one in edition().indicators if one.id == name) for name in ("INC_ANY", "HOURS"))
    assert published(0.862345, "value", share) == 86.2345
    assert published(12.0, "n", share) == 12.0
    assert hours.measure is Measure.MEAN
    assert published(86.2, "ci_low", hours) == 86.2


def test_everyone_stands_first_and_takes_in_the_groups() -> None:
    sector = tables()["workplaces-sector"].dimension("sector")
    assert (sector.everyone, sector.codes[0]) == ("all", "all")
    whole = tables()["workplaces-total"]
    part = select(tables()["workplaces-sector"], {"sector": ["all"], "measure": ["value"]})
    assert part.values == select(whole, {"measure": ["value"]}).values


def test_a_cell_without_a_number_tells_why_and_the_legend_tells_what_it_means() -> None:
    for cube in tables().values():
        assert all(mark for value, mark in zip(cube.values, cube.marks, strict=True) if value is None)
        assert set(cube.legend) == set(cube.marks) - {""}
        assert all(words[code] for words in cube.legend.values() for code in edition().languages)


def test_a_series_break_is_marked_on_the_figure_and_told_in_its_notes() -> None:
    cube = select(tables()["workplaces-total"], {"indicator": ["INC_SERV"]})
    assert cube.marks[0] == "b"
    assert any("The question was new." in note["en"] for note in cube.dimensions[0].categories[0].notes)


def test_ids_are_the_same_for_the_same_edition_and_no_two_are_alike() -> None:
    again = [cube.id for cube in cubes(release(), edition(), number=2)]
    assert again == list(tables())
    assert len(set(again)) == len(again)


def test_a_part_keeps_the_order_of_the_table_and_its_marks() -> None:
    cube = tables()["workplaces-sector"]
    part = select(cube, {"sector": ["state", "municipality"], "measure": ["n", "value"]})
    assert part.dimension("sector").codes == ("municipality", "state")
    assert part.dimension("measure").codes == ("value", "n")
    assert cells(part) == {key: value for key, value in cells(cube).items() if key in cells(part)}
    marks = dict(zip(cube.keys(), cube.marks, strict=True))
    assert part.marks == tuple(marks[key] for key in cells(part))


def test_a_part_of_a_part_is_the_part_taken_at_once() -> None:
    cube = tables()["workplaces-sector"]
    twice = select(select(cube, {"indicator": ["INC_ANY", "INC_SERV"]}), {"indicator": ["INC_SERV"]})
    assert twice == select(cube, {"indicator": ["INC_SERV"]})


def test_all_that_is_unknown_in_a_selection_is_told_with_what_is_valid() -> None:
    with pytest.raises(BadInput) as caught:
        select(tables()["workplaces-sector"], {"sektor": ["state"], "sector": ["stat", "all"], "measure": []})
    problems = caught.value.problems
    assert [problem.code for problem in problems] == ["P030"] * 3
    assert "indicator, sector, period, measure" in problems[0].expected
    assert problems[1].expected.startswith("one of: all, municipality")
    assert "state" in problems[1].way_out


def test_a_later_correction_moves_the_date_of_the_tables() -> None:
    day = edition().release_at.date().replace(year=edition().release_at.year + 1)
    corrected = replace(edition(), corrections=(Correction(2, day, "INC_ANY", {"en": "An error."}),))
    assert cubes(release(), corrected)[0].updated.date() == day
    assert cubes(release(), edition())[0].updated == edition().release_at


def test_titles_are_all_different_in_every_language() -> None:
    for code in edition().languages:
        titles = [cube.title[code] for cube in tables().values()]
        assert len(set(titles)) == len(titles)


def test_a_breakdown_with_groups_put_together_says_so() -> None:
    survey = edition().surveys[0]
    merged = tuple(
        replace(one, merges="size", column="", footnote={"en": "Small groups are put together."})
        if one.id == "sector"
        else one
        for one in survey.programme.breakdowns
    )
    changed = replace(survey, programme=replace(survey.programme, breakdowns=merged))
    found = cubes(release(), replace(edition(), surveys=(changed, *edition().surveys[1:])))
    cube = next(one for one in found if one.id == "workplaces-sector")
    assert "some groups together" in cube.title["en"]
    assert any("put together" in note["en"] for note in cube.notes)


def test_figures_kept_from_an_earlier_release_are_marked() -> None:
    whole = release()
    cells = whole.cells.with_columns(as_in_release=pl.lit(1, dtype=pl.Int64))
    kept = object.__new__(Release)
    for name, value in vars(whole).items():
        object.__setattr__(kept, name, cells if name == "cells" else value)
    cube = next(one for one in cubes(kept, edition()) if one.id == "workplaces-total")
    assert "f" in cube.marks
    assert cube.legend["f"]["da"].startswith("bevaret")


def test_a_release_without_figures_has_no_open_data() -> None:
    nobody = replace(edition(), surveys=())
    assert cubes(release(), nobody) == ()
    assert open_data_files(release(), nobody) == {}
