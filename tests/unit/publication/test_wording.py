"""Sentences that compare beside live numbers need a claim; a list of words a language finds them."""

from dataclasses import replace

import pytest

from barometer.publication import check_wording
from barometer.publication._language import language
from published_example import edition

LIVE = '{{ share("INC_ANY", sector="state") }}'
CLAIM = '{{ claim("INC_ANY", sector="state > municipality") }}'


def told(text: str, code: str = "en") -> list[tuple[str, int, str]]:
    texts = {**edition().texts, code: {"about": text, "method": "M"}}
    found = check_wording(replace(edition(), texts=texts))
    assert all(one.severity.value == "warning" for one in found)
    return [(one.code, one.place.line, one.found) for one in found if one.place.file == f"texts/{code}/about.md"]


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("en", f"The state does so more often ({LIVE})."),
        ("da", f"Staten gør det oftere ({LIVE})."),
        ("nb", f"Staten gjør det oftere ({LIVE})."),
        ("sv", f"Staten gör det oftare ({LIVE})."),
    ],
)
def test_a_comparison_without_a_claim_is_told_with_its_line(code: str, sentence: str) -> None:
    ((problem, line, found),) = told(f"One.\n\nTwo. {sentence}", code)
    assert (problem, line) == ("P009", 3)
    assert found.startswith(("'o", "'more"))


@pytest.mark.parametrize(
    "text",
    [
        f"The state does so more often ({LIVE}). {CLAIM}",
        f"The state does so more often ({LIVE}) {CLAIM}.",
        f"The state does so more often ({LIVE}).\n{CLAIM} Then another sentence.",
        "The questionnaire has more questions this time.",
        f"It is {LIVE}. The questionnaire has more questions.",
        f"It is {LIVE}.\n\nMore is said on the method page.",
        f"- It is {LIVE}\n- More is said elsewhere",
        f"More than half have done so: {LIVE}.",
        f"Unless {LIVE} are moreover lesser known.",
    ],
)
def test_sentences_with_a_claim_or_without_a_number_are_left_alone(text: str) -> None:
    assert told(text) == []


def test_a_claim_of_the_sentence_before_does_not_count() -> None:
    assert len(told(f"The state is larger ({LIVE}). {CLAIM} Most others are smaller ({LIVE}).")) == 1


def test_a_comparison_written_by_the_program_is_no_claim_of_the_sentence() -> None:
    assert len(told('The state more often: {{ compare("INC_ANY", sector="state, municipality") }}')) == 1


def test_statements_of_themes_are_looked_at_too() -> None:
    theme = replace(edition().themes[0], statement={"en": f"Most of them: {LIVE}."})
    (found,) = check_wording(replace(edition(), themes=(theme,)))
    assert found.place.field == f"theme.{theme.id}.statement.en"


@pytest.mark.parametrize("code", ["da", "nb", "sv", "en"])
def test_words_that_compare_are_listed_in_every_language_and_none_twice(code: str) -> None:
    words = [word.strip() for word in language(code).say("compares.words").split(",")]
    assert len(words) > 15 and len(set(words)) == len(words) and all(words)
