"""Files of margins: what they say, and every mistake at once."""

import numpy as np
import polars as pl
import pytest

from barometer.problems import BadInput, Place
from barometer.weighting import CalibrationPlan, KnownTotals, calibrate_margins, read_margins

HERE = Place(file="margins.toml")


def read(text: str) -> CalibrationPlan:
    return read_margins(text.encode(), HERE)


def test_everything_a_file_can_say() -> None:
    plan = read("""
        method = "logit"
        bounds = [0.3, 3]
        tolerance = 1e-7
        cluster = "house"
        variance = "staff"
        negative = true
        [[margin]]
        count = 15
        [[margin]]
        column = "kind"
        totals = { a = 8, b = 7 }
        [[margin]]
        columns = ["kind", "size"]
        totals = { "a:s" = 5, "a:l" = 3, "b:s" = 2, "b:l:x" = 5 }
        [[margin]]
        column = "staff"
        total = 66.5
    """)
    crossing = {("a", "s"): 5.0, ("a", "l"): 3.0, ("b", "s"): 2.0, ("b", "l:x"): 5.0}
    assert plan == CalibrationPlan(
        method="logit",
        margins=(
            KnownTotals.count(15),
            KnownTotals.of_cells(["kind"], {("a",): 8.0, ("b",): 7.0}),
            KnownTotals.of_cells(["kind", "size"], crossing),
            KnownTotals.of_number("staff", 66.5),
        ),
        bounds=(0.3, 3.0),
        tolerance=1e-7,
        cluster="house",
        variance="staff",
        negative=True,
    )


def test_raking_is_the_default_and_bounds_may_be_open() -> None:
    plan = read('bounds = [0.5, inf]\n[[margin]]\ncolumns = ["kind"]\ntotals = { a = 1 }')
    assert (plan.method, plan.bounds) == ("raking", (0.5, np.inf))


def test_numbers_in_the_data_are_compared_as_text() -> None:
    plan = read('method = "poststratify"\n[[margin]]\ncolumn = "year"\ntotals = { 2014 = 3, 2015 = 5 }')
    data = pl.DataFrame({"year": [2014, 2015, 2015]})
    assert calibrate_margins([1.0, 1, 1], data, plan).weights == pytest.approx([3, 2.5, 2.5])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("method = [", "Invalid value"),
        ("", "no margins"),
        ('method = "rakin"\n[[margin]]\ncount = 3', "'rakin'"),
        ("colour = 1\n[[margin]]\ncount = 3", "'colour'"),
        ("[[margin]]\ncount = '3'", "'3'"),
        ("[[margin]]\ncount = nan", "nan"),
        ("[[margin]]\ncolumns = 3\ntotals = { a = 1 }", "columns 3"),
        ('[[margin]]\ncolumn = "kind"', "no totals"),
        ('[[margin]]\ncolumns = ["kind", "size"]\ntotals = { a = 1 }', "'a'"),
        ('[[margin]]\ncolumn = "kind"\ntotals = { a = true }', "True"),
        ('[[margin]]\ncolumn = "kind"\ntotals = { a = 1 }\ncolor = 2', "'color'"),
        ("margin = [3]", "3"),
        ("bounds = 3\n[[margin]]\ncount = 3", "3"),
        ("tolerance = 2\n[[margin]]\ncount = 3", "2"),
        ("cluster = 2\n[[margin]]\ncount = 3", "2"),
        ('method = "rake"\n[[margin]]\ncolumn = "staff"\ntotal = 3', "a number with method 'rake'"),
        ('method = "poststratify"\n[[margin]]\ncolumn = "a"\ntotals = { x = 1 }\n'
         '[[margin]]\ncolumn = "b"\ntotals = { x = 1 }', "2 margins"),
    ],
)  # fmt: skip
def test_mistakes(text: str, found: str) -> None:
    with pytest.raises(BadInput) as raised:
        read(text)
    (problem,) = raised.value.problems
    assert problem.code == "W016"
    assert found in problem.found
    assert problem.place.file == "margins.toml"


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(BadInput) as raised:
        read('method = "x"\nbounds = 3\n[[margin]]\ncount = "y"\n[[margin]]\ncolumn = "kind"')
    assert [problem.code for problem in raised.value.problems] == ["W016"] * 4


def test_a_file_that_is_no_text() -> None:
    with pytest.raises(BadInput) as raised:
        read_margins(b"\xff\xfe", HERE)
    assert raised.value.problems[0].code == "W016"
