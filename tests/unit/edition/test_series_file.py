"""series.toml: read whole, or every mistake told with its place."""

from datetime import date

import pytest

from barometer.edition import check_edition, read_edition, starter
from barometer.model import Kin, Point
from barometer.problems import Problem

PROPERTIES = """unit = "workplace"
concept = "introduced"
period = "two_years"
types = "four"
cover = "public"
base = "all"
wording = "ours"
"""
WORDS = "".join(
    f'[[word]]\nproperty = "{name}"\ncode = "{code}"\nlabel = {{ en = "a", da = "b", nb = "c", sv = "d" }}\n'
    for name, code in (line.replace('"', "").split(" = ") for line in PROPERTIES.splitlines())
)
OTHER = f"""[[other]]
id = "example-2022"
kin = "edition"
label = {{ en = "2022", da = "2022", nb = "2022", sv = "2022" }}
end = 2022-12-31
source = "Example"
figures = "series/example-2022.csv"
[other.properties]
{PROPERTIES}"""
SERIES = f"[here.workplaces]\n{PROPERTIES}\n{OTHER}\n{WORDS}"
FIGURES = """indicator,breakdown,cell,value,ci_low,ci_high,n,status
INC_ANY,total,all,83.5,80,87,402,
INC_ANY,sector,state,90,,,,
INC_SERV,total,all,,,,,c
HOURS,total,all,120,,,,
UNKNOWN,total,all,1,,,,
"""


def folder(series: str = SERIES, figures: str = FIGURES) -> dict[str, bytes]:
    return {**starter(), "series.toml": series.encode(), "series/example-2022.csv": figures.encode()}


def errors(series: str = SERIES, figures: str = FIGURES) -> list[Problem]:
    return [one for one in check_edition(folder(series, figures)) if "series" in one.place.file]


def test_figures_of_an_earlier_release_are_read_as_its_site_offers_them() -> None:
    [other] = read_edition(folder()).series.others
    assert (other.id, other.kin, other.end) == ("example-2022", Kin.EDITION, date(2022, 12, 31))
    assert other.points == {
        ("INC_ANY", "total", "all"): Point(0.835, 0.8, 0.87, 402),
        ("INC_ANY", "sector", "state"): Point(0.9),
        ("HOURS", "total", "all"): Point(120.0),
    }


def test_an_edition_without_the_file_has_nothing_beside_it() -> None:
    assert read_edition(starter()).series.others == ()


def test_an_exception_holds_for_the_indicators_it_names() -> None:
    more = '[[here.workplaces.exception]]\nindicators = ["INC_SERV"]\nwording = "unknown"\n'
    here = read_edition(folder(SERIES.replace("[[other]]", f"{more}\n[[other]]", 1))).series.here["workplaces"]
    assert here.of("INC_SERV")["wording"] == "unknown"
    assert here.of("INC_ANY")["wording"] == "ours"


@pytest.mark.parametrize(
    ("old", "new", "code", "found"),
    [
        ('unit = "workplace"\n', 'unit = "workplaces"\n', "E009", "'workplaces'"),
        ('unit = "workplace"\n', "", "E004", "nothing"),
        ('kin = "edition"', 'kin = "cousin"', "E007", "'cousin'"),
        ("series/example-2022.csv", "series/example-2021.csv", "E009", "'series/example-2021.csv'"),
        ('property = "unit"', 'property = "units"', "E009", "'units'"),
        ('code = "ours"\n', 'code = "ours"\ncolour = "red"\n', "E003", "'colour'"),
        ("[here.workplaces]", "[here.offices]", "E003", "'offices'"),
    ],
)
def test_a_mistake_is_told_with_its_place(old: str, new: str, code: str, found: str) -> None:
    told = errors(SERIES.replace(old, new, 1))
    assert (code, found) in [(one.code, one.found) for one in told]
    assert all(one.place.line or one.place.field for one in told)


def test_a_code_given_twice_and_an_unknown_indicator_are_told() -> None:
    twice = SERIES + WORDS[: WORDS.index("[[word]]", 1)]
    assert [one.code for one in errors(twice)] == ["E008"]
    more = '[[other.exception]]\nindicators = ["INC_ALL"]\nwording = "ours"\n'
    assert [one.code for one in errors(SERIES.replace("[[word]]", f"{more}\n[[word]]", 1))] == ["E009"]


def test_a_number_that_is_none_and_a_missing_column_are_told() -> None:
    [wrong] = errors(figures=FIGURES.replace("83.5", "83,5 %").replace("83,5 %", '"83,5 %"'))
    assert (wrong.code, wrong.place.row, wrong.place.column) == ("E027", 2, "value")
    [missing] = errors(figures=FIGURES.replace("ci_low", "low"))
    assert (missing.code, missing.found) == ("E027", "no column ci_low")


def test_another_barometer_needs_a_table_of_ours_to_compare_with() -> None:
    assert "E004" in [one.code for one in errors(SERIES.replace(f"[here.workplaces]\n{PROPERTIES}", "[here]\n", 1))]


def test_the_day_of_the_next_edition_is_read() -> None:
    files = starter()
    at = files["edition.toml"].decode()
    with_next = at.replace("[release]\n", "[release]\nnext = 2027-04-20\n", 1)
    assert read_edition({**files, "edition.toml": with_next.encode()}).next_at == date(2027, 4, 20)


# --- Groups --------------------------------------------------------------------------------------

SECTOR = '[[word]]\nproperty = "groups"\ncode = "three"\nlabel = { en = "a", da = "b", nb = "c", sv = "d" }\n'
GROUPED = (
    SERIES.replace("[[other]]", '[here.workplaces.groups]\nsector = "three"\n\n[[other]]', 1)
    + '\n[other.groups]\nsector = "three"\n'
).replace(WORDS, "", 1) + WORDS + SECTOR  # fmt: skip


def test_groups_that_are_the_same_are_declared_on_both_sides() -> None:
    series = read_edition(folder(GROUPED)).series
    assert series.here["workplaces"].groups == series.others[0].properties.groups == {"sector": "three"}


def test_groups_nobody_explains_and_breakdowns_the_edition_does_not_have_are_told() -> None:
    assert [one.code for one in errors(GROUPED.replace(SECTOR, ""))] == ["E009", "E009"]
    assert [one.code for one in errors(GROUPED.replace('sector = "three"', 'sektor = "three"', 1))] == ["E003"]


def test_a_group_that_is_said_to_be_ours_and_is_not_is_told() -> None:
    [wrong] = errors(GROUPED, FIGURES.replace("sector,state", "sector,church"))
    assert (wrong.code, wrong.found, wrong.place.file) == ("E009", "'church'", "series/example-2022.csv")
    assert errors(SERIES, FIGURES.replace("sector,state", "sector,church")) == []
