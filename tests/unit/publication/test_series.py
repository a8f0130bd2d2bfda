"""An indicator beside earlier editions and other barometers: drawn or refused by the comparability table."""

from dataclasses import replace
from functools import cache

import pytest

from barometer.model import UNKNOWN, Edition, Other, Point, Properties, Series
from barometer.publication._cube import Cube, index
from barometer.publication._language import language
from barometer.publication._series import Alongside, alongside
from barometer.publication._series_note import change, comparability, refused_words, series_note, surviving
from barometer.publication._svg import draw
from published_example import edition, release

ENGLISH = language("en")


@cache
def cube() -> Cube:
    return index(release(), edition())


def found(name: str, changed: Edition | None = None) -> Alongside:
    seen = index(release(), changed) if changed else cube()
    return alongside(seen, seen.indicator(name))[0]


def by_sector(name: str, changed: Edition | None = None) -> Alongside | None:
    seen = index(release(), changed) if changed else cube()
    return next((one for one in alongside(seen, seen.indicator(name)) if one.breakdown), None)


def others(change: dict[str, Properties]) -> Edition:
    """The example edition with other properties of some editions beside it."""
    series = edition().series
    changed: list[Other] = [
        replace(one, properties=change[one.id]) if one.id in change else one for one in series.others
    ]
    return replace(edition(), series=replace(series, others=tuple(changed)))


def note(name: str, changed: Edition | None = None) -> str:
    seen = index(release(), changed) if changed else cube()
    return " ".join(one.text for one in series_note(seen, found(name, changed), ENGLISH))


def test_only_what_agrees_in_everything_essential_is_drawn() -> None:
    assert [one.other.id for one in found("INC_ANY").drawn] == ["example-2022", "alike-2023"]
    refused = found("INC_ANY").refused
    assert [(one.other.id, one.differences) for one in refused] == [("unlike-2023", ("unit",))]


def test_editions_stand_by_time_and_others_below_them() -> None:
    figure = found("INC_ANY").figure
    assert figure is not None
    assert [ENGLISH.text(row.label) for row in figure.rows] == ["Example-2022", "2023, this edition", "Alike-2023"]
    assert [ENGLISH.text(row.group) for row in figure.rows] == ["This series", "This series", "Elsewhere"]


def test_an_edition_beyond_a_break_is_drawn_with_the_break_and_its_reason() -> None:
    figure = found("INC_SERV").figure
    assert figure is not None
    headings = [ENGLISH.text(row.group) for row in figure.rows]
    assert headings == ["Before a break in the series", "After the break"]
    assert draw(figure, ENGLISH).count('class="break"') == 1
    assert ENGLISH.say("note.break", edition="Example-2022", reason="The question was new.") in note("INC_SERV")
    shown = ENGLISH.say("series.shows_break", subject=ENGLISH.text(cube().indicator("INC_SERV").label))
    assert note("INC_SERV").startswith(shown)
    assert not note("INC_ANY").startswith(shown)


def test_the_dashed_line_stands_at_a_break_and_nowhere_else() -> None:
    figure = found("INC_ANY").figure
    assert figure is not None
    assert {bool(row.group) for row in figure.rows} == {True}
    assert 'class="break"' not in draw(figure, ENGLISH)


def test_a_break_carries_an_edition_that_would_be_refused_and_no_country() -> None:
    unlike = edition().series.others[2].properties
    changed = others({"example-2022": unlike})
    assert [one.other.id for one in found("INC_SERV", changed).drawn] == ["example-2022"]
    assert "example-2022" not in [one.other.id for one in found("INC_ANY", changed).drawn]


def test_what_nobody_knows_agrees_with_nothing() -> None:
    usual = dict(edition().series.here["workplaces"].usual) | {"wording": UNKNOWN}
    series = edition().series
    both = replace(
        series,
        here={"workplaces": Properties(usual)},
        others=tuple(replace(one, properties=Properties(usual)) for one in series.others),
    )
    assert found("INC_ANY", replace(edition(), series=both)).figure is None


@pytest.mark.parametrize(
    ("ours", "theirs", "drawn"), [("five", "five", True), ("five", "six", False), ("", "six", False)]
)
def test_scales_must_agree_where_there_is_one(ours: str, theirs: str, drawn: bool) -> None:
    series = edition().series
    usual = dict(series.here["workplaces"].usual)
    here = Properties(usual | ({"scale": ours} if ours else {}))
    words = {**series.words, ("scale", "five"): {"en": "1 to 5"}, ("scale", "six"): {"en": "1 to 6"}}
    other = replace(series.others[1], properties=Properties(usual | {"scale": theirs}))
    changed = Series({"workplaces": here}, words, (other,))
    assert (found("INC_ANY", replace(edition(), series=changed)).figure is not None) is drawn


def test_an_exception_holds_for_its_indicator_alone() -> None:
    alike = edition().series.others[1].properties
    changed = others({"alike-2023": Properties(alike.usual, {"INC_ANY": {"wording": "theirs"}})})
    assert "alike-2023" in [one.other.id for one in found("INC_ANY", changed).refused]
    assert "alike-2023" not in [one.other.id for one in found("INC_ANY").refused]


def test_a_change_is_called_significant_only_when_both_intervals_bear_it_out() -> None:
    said = note("INC_ANY")
    total = cube().total("INC_ANY")
    assert total.value is not None and total.value > 0.5
    assert ENGLISH.say("series.differs", name="Example-2022", p=ENGLISH.p_value(0.0)) in said
    assert ENGLISH.say("series.untested", name="Alike-2023") in said


def test_what_differs_and_forbids_nothing_is_told() -> None:
    name = ENGLISH.say("property.selection")
    differences = f"{name} (selection census; here: selection sample)"
    assert ENGLISH.say("series.told", name="Alike-2023", differences=differences) in note("INC_ANY")


def test_a_hidden_figure_of_ours_is_compared_with_nothing() -> None:
    seen = cube()
    cells = dict(seen.cells)
    total = replace(seen.total("INC_ANY"), value=None, status="c")
    cells["INC_ANY", "total"] = {"all": total}
    assert alongside(replace(seen, cells=cells), seen.indicator("INC_ANY")) == ()


def test_the_comparability_table_marks_what_keeps_figures_apart() -> None:
    names, columns = comparability(edition(), edition().survey("workplaces"), ENGLISH)
    assert names[0] == "unit"
    assert [column.label for column in columns] == ["This edition", "Example-2022", "Alike-2023", "Unlike-2023"]
    assert [column.decisive[0] for column in columns] == [False, False, False, True]
    assert columns[3].values[0] == "unit theirs"
    assert not any(columns[2].decisive[:-1])  # another selection forbids nothing


def test_the_comparability_table_tells_which_groups_are_the_same() -> None:
    names, columns = comparability(edition(), edition().survey("workplaces"), ENGLISH)
    assert names[-1] == ENGLISH.say("series.groups_by", breakdown="Sector")
    assert [column.values[-1] for column in columns] == ["groups ours", "groups ours", "groups theirs", "groups ours"]
    assert [column.decisive[-1] for column in columns] == [False, False, True, False]


# --- By group ------------------------------------------------------------------------------------


def test_groups_declared_the_same_stand_under_each_other_in_every_edition() -> None:
    one = by_sector("INC_ANY")
    assert one is not None and one.figure is not None
    shown = [(ENGLISH.text(row.group), ENGLISH.text(row.label), row.ours) for row in one.figure.rows]
    assert shown == [
        ("Municipality", "Example-2022", False), ("Municipality", "2023, this edition", True),
        ("State", "Example-2022", False), ("State", "2023, this edition", True),
    ]  # fmt: skip
    cell = cube().cell("INC_ANY", "sector", "state")
    assert one.figure.rows[3].cell == cell


def test_groups_of_another_classification_or_of_none_are_refused_with_the_reason() -> None:
    seen = alongside(cube(), cube().indicator("INC_ANY"))
    refused = {(one.breakdown.id if one.breakdown else "", each.other.id): each.differences
               for one in seen for each in one.refused}  # fmt: skip
    assert refused == {
        ("", "unlike-2023"): ("unit",),  # told once, for its groups as well
        ("sector", "alike-2023"): ("groups",),
        ("size", "example-2022"): ("groups",),  # nobody has said what these groups are
    }
    assert [one.figure is None for one in seen] == [False, False, True]


def test_readers_are_told_whether_groups_differ_or_nobody_knows() -> None:
    everyone, sector, size = alongside(cube(), cube().indicator("INC_ANY"))
    unit = f"{ENGLISH.say('property.unit')} (unit theirs; here: unit ours)"
    assert told(everyone) == [ENGLISH.say("series.reason", name="Unlike-2023", differences=unit)]
    groups = f"{ENGLISH.say('property.groups')} (groups theirs; here: groups ours)"
    reason = ENGLISH.say("series.reason_by", breakdown="Sector", name="Alike-2023", differences=groups)
    assert told(sector) == [reason]
    assert told(size) == [ENGLISH.say("series.groups_unknown", breakdown="Size", name="Example-2022")]


def told(found: Alongside) -> list[str]:
    return [refused_words(edition(), found, each, ENGLISH) for each in found.refused]


def test_a_break_holds_for_groups_and_is_told_at_each() -> None:
    one = by_sector("INC_SERV")
    assert one is not None and one.figure is not None
    assert [ENGLISH.text(row.label) for row in one.figure.rows] == [
        ENGLISH.say("series.beyond", name="Example-2022"), "2023, this edition",
    ]  # fmt: skip
    drawn = draw(one.figure, ENGLISH)
    assert drawn.count('class="break"') == 1
    assert f"{ENGLISH.say('series.beyond', name='Example-2022')}: 70%" in drawn  # said to those who cannot see it


def test_a_break_does_not_carry_groups_that_are_not_the_same() -> None:
    earlier = edition().series.others[0].properties
    one = by_sector("INC_SERV", others({"example-2022": replace(earlier, groups={"sector": UNKNOWN})}))
    assert one is not None and one.figure is None


def test_changes_are_tested_group_by_group_and_together() -> None:
    one = by_sector("INC_ANY")
    assert one is not None
    said = " ".join(sentence.text for sentence in series_note(cube(), one, ENGLISH) if sentence.kind == "significance")
    ours, earlier = cube().cell("INC_ANY", "sector", "municipality"), Point(0.40, 0.33, 0.47)
    assert ours is not None
    p = change(ours, earlier, 0.05)
    assert p is not None and p < 0.05
    groups = ENGLISH.say("series.group_p", group="Municipality", p=ENGLISH.p_value(p))
    assert said.startswith(ENGLISH.say("series.higher", name="Example-2022", groups=groups))


def test_a_hidden_group_of_ours_is_shown_as_hidden_and_tested_against_nothing() -> None:
    one = by_sector("INC_ANY")
    assert one is not None and one.figure is not None
    assert one.figure.rows[3].cell.status == "c"
    assert "State" not in " ".join(sentence.text for sentence in series_note(cube(), one, ENGLISH))


@pytest.mark.parametrize(
    ("ours", "theirs", "significant"),
    [
        ((0.50, 0.45, 0.55), (0.40, 0.35, 0.45), True),  # 0.10 against sqrt(2) * 0.05
        ((0.50, 0.45, 0.55), (0.44, 0.39, 0.49), False),
        ((0.10, 0.08, 0.20), (0.05, 0.01, 0.07), True),  # the limits that lie towards each other decide
        ((0.05, 0.01, 0.07), (0.10, 0.08, 0.20), True),
        ((0.10, 0.02, 0.12), (0.05, 0.03, 0.13), False),
    ],
)
def test_a_change_is_tested_with_the_variances_of_both_editions(
    ours: tuple[float, float, float], theirs: tuple[float, float, float], significant: bool
) -> None:
    cell = replace(cube().total("INC_ANY"), value=ours[0], ci_low=ours[1], ci_high=ours[2])
    p = change(cell, Point(*theirs), 0.05)
    assert p is not None
    assert (p < 0.05) is significant
    assert change(replace(cell, ci_low=None), Point(*theirs), 0.05) is None


def test_tests_taken_together_follow_holm() -> None:
    assert surviving([0.01, 0.04, 0.03, 0.005], 0.05) == 2  # 0.005 * 4 and 0.01 * 3 stay below, 0.03 * 2 does not
    assert surviving([], 0.05) == 0
