"""Conditions in words, as they stand on paper and in the path map."""

import re
import tomllib
from dataclasses import replace
from importlib.resources import files
from string import Formatter

import pytest

from barometer.edition import read_edition, starter
from barometer.edition._names import question_scope
from barometer.expressions import Type, Variable, parse_condition
from barometer.printing import wording
from barometer.problems import Place
from every_kind import INSTRUMENT, REGISTER

FOLDER = files("barometer.printing") / "catalogues"
SURVEY = read_edition(starter()).surveys[0]
SCOPE = {
    name: variable
    for source in (SURVEY.instrument, INSTRUMENT)
    for question in source.questions
    for name, variable in question_scope(question).items()
}
SCOPE |= REGISTER | {"sector": Variable("sector", Type.CODE, ("municipality", "region", "state"))}


def said(source: str, language: str = "en", own: bool = False) -> str:
    survey = SURVEY if own else replace(SURVEY, instrument=INSTRUMENT)
    return wording(survey, language).condition(parse_condition(source, SCOPE, Place()))


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("channel == 'web'", "you answered “Web” to question 2"),
        ("not channel == 'web'", "you did not answer “Web” to question 2"),
        ("channel != 'web'", "your answer to question 2 is another than “Web”"),
        ("channel in ('web', 'office')", "you answered “Web” or “Office” to question 2"),
        ("channel not in ('web', 'office')", "your answer to question 2 is another than “Web” or “Office”"),
        ("'town' in partners", "you marked “Towns” in question 3"),
        ("not 'town' in partners", "you did not mark “Towns” in question 3"),
        ("'town' not in partners", "you did not mark “Towns” in question 3"),
        ("count(partners) >= 2", "the number of marks in question 3 is at least 2"),
        ("answered(hours)", "you answered question 4"),
        ("not answered(hours)", "you did not answer question 4"),
        ("hours > 1000", "the number in question 4 is more than 1,000"),
        ("not hours > 1000", "the number in question 4 is at most 1,000"),
        ("founded > 1950", "the number in question 6 is more than 1950"),
        ("hours.missing == 'dont_know'", "you answered “Don't know” to question 4"),
        ("money.own > 50", "the number in question 7 (“Ourselves”) is more than 50"),
        ("goals.quality == 1", "the place of “Quality” in question 8 is 1"),
        ("factors.law == 'helped'", "you answered “Helped” to question 9 (“Law”)"),
        ("sector == 'municipality'", "“Sector” is “Municipality”"),
        ("not sector in ('region', 'state')", "“Sector” is not “Region” or “State”"),
        ("answered(sector)", "“Sector” is known"),
        ("not answered(sector)", "“Sector” is not known"),
        ("hours / employees > 2", "(the number in question 4 / “Number of employees”) is more than 2"),
        ("a_head > 1", "“Hours a head” is more than 1"),
        (
            "channel == 'web' or 'town' in partners",
            "you answered “Web” to question 2, or you marked “Towns” in question 3",
        ),
        (
            "answered(hours) and (channel == 'web' or 'town' in partners)",
            "you answered question 4, and (you answered “Web” to question 2 or you marked “Towns” in question 3)",
        ),
        (
            "not (channel == 'web' or 'town' in partners)",
            "you did not answer “Web” to question 2, and you did not mark “Towns” in question 3",
        ),
    ],
)
def test_a_condition_reads_as_a_sentence(source: str, words: str) -> None:
    assert said(source) == words


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "you answered “Yes” to question 1 or 2"),
        ("da", "du har svaret »Ja« på spørgsmål 1 eller 2"),
        ("nb", "du har svart «Ja» på spørsmål 1 eller 2"),
        ("sv", "du har svarat ”Ja” på fråga 1 eller 2"),
    ],
)
def test_the_same_answer_to_several_questions_is_said_once(language: str, words: str) -> None:
    assert said("service == 'yes' or process == 'yes'", language, own=True) == words


@pytest.mark.parametrize("language", ["da", "nb", "sv"])
def test_every_catalogue_has_the_same_texts_and_placeholders(language: str) -> None:
    def texts(code: str) -> dict[str, set[str | None]]:
        loaded = tomllib.loads((FOLDER / f"{code}.toml").read_text("utf-8"))
        return {key: {name for _, name, _, _ in Formatter().parse(text)} - {None} for key, text in loaded.items()}

    assert texts(language) == texts("en")


def test_every_text_of_the_catalogue_is_used() -> None:
    source = "".join(
        one.read_text("utf-8") for one in files("barometer.printing").iterdir() if one.name.endswith(".py")
    )
    keys = tomllib.loads((FOLDER / "en.toml").read_text("utf-8"))
    told_of_missing = {"dont_know", "not_relevant", "refused"}
    assert [key for key in keys if not re.search(f"[\"']{key}[\"']", source) and key not in told_of_missing] == []


@pytest.mark.parametrize(
    ("source", "answers"),
    [
        ("channel == 'web'", ("2", "“Web”")),
        ("channel in ('web', 'office')", ("2", "“Web” or “Office”")),
        ("channel == 'web' or channel == 'office'", ("2", "“Web” or “Office”")),
    ],
)
def test_a_condition_on_one_question_is_told_as_its_number_and_answers(source: str, answers: tuple[str, str]) -> None:
    survey = replace(SURVEY, instrument=INSTRUMENT)
    assert wording(survey, "en").answers(parse_condition(source, SCOPE, Place())) == answers


@pytest.mark.parametrize("source", ["not channel == 'web'", "channel == 'web' or sector == 'state'"])
def test_any_other_condition_is_not_told_as_answers(source: str) -> None:
    survey = replace(SURVEY, instrument=INSTRUMENT)
    assert wording(survey, "en").answers(parse_condition(source, SCOPE, Place())) is None
