"""Words hidden in open answers."""

import pytest

from barometer.web.fieldwork.carrying import carried, fate
from barometer.web.fieldwork.redacting import hide_typed, hide_words, not_found, words_of


@pytest.mark.parametrize(
    ("text", "places", "expected"),
    [
        ("Kari did it", {0}, "[name] did it"),
        ("It was Kari Holm.", {2, 3}, "It was [name]."),
        ("It was (Kari) and Ola!", {2, 4}, "It was ([name]) and [name]!"),
        ("Kari, Ola and Per", {0, 1, 3}, "[name], [name] and [name]"),
        ("First\n\n  Kari  Holm  went", {1, 2}, "First\n\n  [name]  went"),
        ("Kari\nHolm", {0, 1}, "[name]\n[name]"),
        ("Nobody", set(), "Nobody"),
        ("… 12 34 56 78", {1, 2, 3, 4}, "… [name]"),
        ("…", {0}, "[name]"),
    ],
)
def test_marked_words_become_one_mark_and_punctuation_and_blanks_stay(
    text: str, places: set[int], expected: str
) -> None:
    assert hide_words(text, places, "name") == expected


def test_words_are_counted_as_they_are_shown() -> None:
    text = " Kari,  of\tLund \n went "
    assert words_of(text) == ["Kari,", "of", "Lund", "went"]
    assert hide_words(text, {2}, "place") == " Kari,  of\t[place] \n went "


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (["kari holm"], "[name] met [name]. Karim stayed."),
        (["Karim"], "Kari Holm met Kari  Holm. [name] stayed."),
        (["Kari", "Kari Holm"], "[name] met [name]. Karim stayed."),
        (["Holm."], "Kari Holm met Kari  [name] Karim stayed."),
    ],
)
def test_typed_words_go_wherever_they_stand_but_not_inside_others(typed: list[str], expected: str) -> None:
    assert hide_typed("Kari Holm met Kari  Holm. Karim stayed.", typed, "name") == expected


def test_typed_words_are_no_patterns() -> None:
    assert hide_typed("a.b (c) axb", ["a.b", "(c)"], "other") == "[other] [other] axb"
    assert not_found("Kari was here", ["kari", "Ola", "a.i"]) == ["Ola", "a.i"]


def version(**codes: tuple[str, ...]) -> list[dict[str, object]]:
    return [{"id": code, "was": list(was)} for code, was in codes.items()]


def test_codes_are_carried_over_every_version_in_between() -> None:
    published = {
        1: version(a=(), b=(), c=(), d=()),
        2: version(a=(), b2=("b",), joined=("c", "d")),
        3: version(a3=("a",), joined=(), b2=()),
    }
    assert carried(["a"], 1, published) == ("a3",)
    assert carried(["b"], 1, published) == ("b2",)
    assert carried(["c", "d", "a"], 1, published) == ("a3", "joined")
    assert carried(["joined"], 2, published) == ("joined",)
    assert carried(["joined", "b2"], 3, published) == ("joined", "b2")


def test_codes_that_were_split_or_dropped_are_not_carried() -> None:
    published = {1: version(a=(), b=()), 2: version(a=(), more=("a",))}
    assert carried(["a"], 1, published) is None
    assert carried(["b"], 1, published) is None
    assert fate(published[1], published[2]) == {"a": ("a", "more"), "b": ()}
