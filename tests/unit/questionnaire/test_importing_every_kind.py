"""Files with dates, years, shares, rankings, texts beside choices and missing answers, brought in by a map."""

from dataclasses import replace
from datetime import date

import pytest

from barometer.problems import BadInput, Severity
from barometer.questionnaire import import_answers
from every_kind import INSTRUMENT, UNITS
from small_survey import survey

HEAD = "case;unit;ok;how;how_what;hours;began;founded;own;grant;goals"
ROWS = ("1;u1;1;other;by boat;12,5;31.3.2024;1990;60;40;time,law", "2;u2;0;web;;98;99;87,5;;99;99")
MAP = """
[file]
delimiter = ";"
[case_id]
column = "case"
[unit_id]
column = "unit"
[[question]]
id = "agreed"
column = "ok"
values = { "1" = "yes" }
blank = ["0"]
[[question]]
id = "channel"
column = "how"
texts = { other = "how_what" }
[[question]]
id = "hours"
column = "hours"
number = { decimal = "," }
missing = { "98" = "refused" }
[[question]]
id = "began"
column = "began"
format = "%d.%m.%Y"
missing = { "99" = "dont_know" }
[[question]]
id = "founded"
column = "founded"
number = { decimal = "," }
[[question]]
id = "money"
columns = { own = "own", grant = "grant" }
missing = { "99" = "dont_know" }
[[question]]
id = "goals"
column = "goals"
separator = ","
missing = { "99" = "not_relevant" }
"""


def imported(map_text=MAP, rows=ROWS):
    made = replace(survey(), instrument=INSTRUMENT, frame=replace(survey().frame, units=UNITS))
    return import_answers("\n".join([HEAD, *rows]).encode(), map_text.encode(), made)


def column(name):
    return imported()[0][name].to_list()


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("agreed", ["yes", None]),
        ("channel.other.text", ["by boat", None]),
        ("hours", [12.5, None]),
        ("hours.missing", [None, "refused"]),
        ("began", [date(2024, 3, 31), None]),
        ("began.missing", [None, "dont_know"]),
        ("founded", [1990, None]),
        ("money.own", [60.0, None]),
        ("money.missing", [None, "dont_know"]),
        ("goals.time", [1, None]),
        ("goals.law", [2, None]),
        ("goals.quality", [None, None]),
        ("goals.missing", [None, "not_relevant"]),
        ("a_head", [None, None]),
    ],
)
def test_columns_of_all_kinds_are_read(name, values):
    assert column(name) == values


def test_ranks_may_stand_in_a_column_each():
    several = MAP.replace('column = "goals"\nseparator = ","', 'columns = { time = "goals" }')
    assert imported(several, ["1;u1;1;web;;1;31.3.2024;1990;60;40;2"])[0]["goals.time"].to_list() == [2]


def test_what_cannot_be_read_is_counted_and_listed():
    found = {problem.code: problem for problem in imported(rows=[ROWS[0], ROWS[1].replace(";99;87", ";in May;87")])[1]}
    assert "'in May'" in found["A036"].found
    assert "'87,5'" in found["A030"].found
    assert found["A036"].severity is Severity.WARNING


def test_columns_beside_answers_need_not_be_mapped():
    (lacking,) = [problem for problem in imported()[1] if problem.code == "A032" and "remarks" in problem.found]
    assert "missing" not in lacking.found
    assert "a_head" not in lacking.found


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('"98" = "refused"', '"98" = "not_relevant"', "A024"),
        ("texts = { other", "texts = { web", "A024"),
        ('id = "founded"', 'id = "a_head"', "A021"),
        ('separator = ","', "", "A021"),
        ("own = ", "state = ", "A024"),
    ],
)
def test_a_map_that_does_not_fit_the_kind_is_refused(old, new, code):
    with pytest.raises(BadInput) as caught:
        imported(MAP.replace(old, new))
    assert code in [problem.code for problem in caught.value.problems]
