"""An indicator beside earlier editions and other barometers: drawn or refused by the comparability table."""

from dataclasses import replace
from functools import cache

import pytest

from barometer.model import UNKNOWN, Edition, Other, Properties, Series
from barometer.publication._cube import Cube, index
from barometer.publication._language import language
from barometer.publication._series import Alongside, alongside, comparability, series_note
from barometer.publication._svg import draw
from published_example import edition, release

ENGLISH = language("en")


@cache
def cube() -> Cube:
    return index(release(), edition())


def found(name: str, changed: Edition | None = None) -> Alongside:
    seen = index(release(), changed) if changed else cube()
    one = alongside(seen, seen.indicator(name))
    assert one is not None
    return one


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
    assert "Series break against Example-2022: The question was new." in note("INC_SERV")
    assert "which is no comparison" in note("INC_SERV")
    assert "which is no comparison" not in note("INC_ANY")


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
    assert "Example-2022: the difference from this edition is significant (p < 0.001)." in said
    assert "Alike-2023: whether the difference is more than chance cannot be tested." in said


def test_what_differs_and_forbids_nothing_is_told() -> None:
    words = (
        "Alike-2023 also differs in what forbids no comparison: selection (selection census; here: selection sample)."
    )
    assert words in note("INC_ANY")


def test_a_hidden_figure_of_ours_is_compared_with_nothing() -> None:
    seen = cube()
    cells = dict(seen.cells)
    total = replace(seen.total("INC_ANY"), value=None, status="c")
    cells["INC_ANY", "total"] = {"all": total}
    assert alongside(replace(seen, cells=cells), seen.indicator("INC_ANY")) is None


def test_the_comparability_table_marks_what_keeps_figures_apart() -> None:
    names, columns = comparability(edition(), edition().survey("workplaces"), ENGLISH)
    assert names[0] == "unit"
    assert [column.label for column in columns] == ["This edition", "Example-2022", "Alike-2023", "Unlike-2023"]
    assert [column.decisive[0] for column in columns] == [False, False, False, True]
    assert columns[3].values[0] == "unit theirs"
    assert not any(columns[2].decisive)  # another selection forbids nothing
