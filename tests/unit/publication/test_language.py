"""Interface texts and formats of the four languages."""

import re
from datetime import date
from importlib.resources import files

import pytest

from barometer.publication._language import language, languages_available, placeholders

LANGUAGES = ("da", "nb", "sv", "en")
ROOM = files("barometer.publication")


def test_there_is_a_catalogue_for_every_nordic_language_and_english() -> None:
    assert set(LANGUAGES) <= set(languages_available())


@pytest.mark.parametrize("code", languages_available())
def test_every_catalogue_has_the_same_keys_and_placeholders(code: str) -> None:
    first, this = language("en").messages, language(code).messages
    assert set(first) == set(this)
    different = [key for key in first if placeholders(first[key]) != placeholders(this[key])]
    assert different == []
    assert [key for key, message in this.items() if not message.strip()] == []


def test_catalogues_are_translated() -> None:
    english, danish = language("en").messages, language("da").messages
    long = [key for key, message in english.items() if len(message) > 30 and key != "evidence.pair"]
    assert len(long) > 50
    assert [key for key in long if english[key] == danish[key]] == []


def test_templates_use_keys_that_exist() -> None:
    used: set[str] = set()
    for template in (ROOM / "templates").iterdir():
        used |= set(re.findall(r'\bsay\("([a-z_.]+)"[,)]', template.read_text(encoding="utf-8")))
    assert len(used) > 40
    assert used - set(language("en").messages) == set()


@pytest.mark.parametrize(
    ("code", "expected"), [("da", "86\u00a0%"), ("nb", "86\u00a0%"), ("sv", "86\u00a0%"), ("en", "86%")]
)
def test_per_cent_is_written_as_readers_write_it(code: str, expected: str) -> None:
    assert language(code).percent(0.86) == expected


@pytest.mark.parametrize(
    ("share", "expected"), [(0.125, "13%"), (0.005, "1%"), (0.004999, "0%"), (0.145, "15%"), (1.0, "100%")]
)
def test_shares_are_rounded_half_up(share: float, expected: str) -> None:
    assert language("en").percent(share) == expected


def test_intervals_name_the_unit_once() -> None:
    assert language("da").percent_interval(0.84, 0.884) == "84–88\u00a0%"
    assert language("en").percent_interval(0.84, 0.884) == "84–88%"


@pytest.mark.parametrize(
    ("code", "expected"),
    [("da", "1.093,5"), ("nb", "1\u00a0093,5"), ("sv", "1\u00a0093,5"), ("en", "1,093.5")],
)
def test_numbers_have_separators_of_the_language(code: str, expected: str) -> None:
    assert language(code).number(1093.46, 1) == expected


def test_a_minus_is_a_minus() -> None:
    assert language("sv").number(-3) == "−3"
    assert language("sv").percent(-0.03) == "−3\u00a0%"
    assert language("sv").number(-0.2) == "0"


@pytest.mark.parametrize(
    ("p", "expected"),
    [(0.0, "p\xa0<\xa00,001"), (0.0009, "p\xa0<\xa00,001"), (0.0494, "p\xa0=\xa00,049"), (0.33, "p\xa0=\xa00,33")],
)
def test_p_values_never_round_across_the_level(p: float, expected: str) -> None:
    assert language("da").p_value(p) == expected


def test_dates_and_periods() -> None:
    assert language("da").date(date(2015, 4, 24)) == "24. april 2015"
    assert language("en").date(date(2015, 4, 24)) == "24 April 2015"
    assert language("sv").period(date(2013, 1, 1), date(2014, 12, 31)) == "2013–2014"
    assert language("en").period(date(2021, 4, 1), date(2023, 3, 31)) == "1 April 2021 – 31 March 2023"


def test_lists_end_with_and() -> None:
    assert language("da").listing(["a", "b", "c"]) == "a, b og c"
    assert language("sv").listing(["a", "b"]) == "a och b"


def test_an_unknown_key_is_an_error() -> None:
    with pytest.raises(KeyError):
        language("da").say("no.such.text")
