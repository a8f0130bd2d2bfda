"""The author's preview: the form in every language and state, path map, PDF and figures. No database is used."""

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from hashlib import sha256
from pathlib import PurePosixPath
from posixpath import normpath

import numpy as np
import pytest

from barometer.edition import read_edition, read_instrument, starter
from barometer.model import Edition, Instrument, QuestionKind
from barometer.web.preview import preview
from barometer.web.preview._figures import alike, gaps, minutes_of, words_of
from barometer.web.preview._respondents import for_pages, respondents, without
from barometer.web.preview._wrong import wrong_answers
from every_kind import INSTRUMENT, REGISTER, UNITS, YAML

EDITION = read_edition(starter())


def rng(use: str) -> np.random.Generator:
    return np.random.default_rng([1, *sha256(use.encode()).digest()[:4]])


@cache
def made() -> Mapping[str, bytes]:
    """The preview of the starter edition."""
    return preview(EDITION, EDITION.surveys, EDITION.languages, rng)


def page(name: str) -> str:
    return made()[f"workplaces/{name}"].decode()


def asking(instrument: Instrument) -> Edition:
    """The starter edition with another questionnaire, asked of two units."""
    survey = EDITION.surveys[0]
    columns = tuple(one for one in survey.frame.columns if one.name in REGISTER)
    frame = replace(survey.frame, units=UNITS, columns=columns)
    return replace(EDITION, surveys=(replace(survey, instrument=instrument, frame=frame),))


def test_every_page_is_there_in_every_language_and_state() -> None:
    pages = ("01-incidence", "02-latest", "03-close")
    states = [f"{name}{state}.html" for name in pages for state in ("", "-empty", "-errors")]
    others = ["landing.html", "review.html", "path-map.html", "path-map.svg", "questionnaire.pdf"]
    for language in EDITION.languages:
        folder = {name.rpartition("/")[2] for name in made() if name.startswith(f"workplaces/{language}/")}
        assert folder == {*states, *others}


def test_the_same_edition_gives_the_same_bytes() -> None:
    assert preview(EDITION, EDITION.surveys, EDITION.languages, rng) == made()


def test_links_and_style_sheets_lead_to_files_of_the_preview() -> None:
    dead = []
    for name, content in made().items():
        for target in re.findall(r'(?:href|src)="([^"#]+)"', content.decode() if name.endswith(".html") else ""):
            if normpath(str(PurePosixPath(name).parent / target)) not in made():
                dead.append(f"{name}: {target}")
    assert dead == []


@pytest.mark.parametrize(
    ("language", "title", "button"),
    [
        ("en", "The latest innovation", "Next"),
        ("da", "Den seneste innovation", "Næste"),
        ("sv", "Den senaste", "Nästa"),
    ],
)
def test_pages_speak_their_language(language: str, title: str, button: str) -> None:
    shown = page(f"{language}/02-latest.html")
    assert f'<html lang="{language}">' in shown
    assert title in shown
    assert button in shown


def test_a_filled_page_shows_answers_and_an_empty_one_none() -> None:
    assert " checked" in page("en/02-latest.html")
    assert " checked" not in page("en/02-latest-empty.html")


def test_a_page_with_errors_says_what_is_wrong() -> None:
    shown = page("da/02-latest-errors.html")
    assert "Fejl:" in shown
    assert shown.count('aria-invalid="true"') > 3
    assert "»ca. 12?«" in shown


def test_the_overview_shows_the_made_up_answers() -> None:
    assert page("en/review.html").count('class="chapter"') == 3


def test_every_page_of_any_kind_of_question_is_met_and_rendered() -> None:
    edition = asking(INSTRUMENT)
    files = preview(edition, edition.surveys, ("en",), rng)
    names = {name.rpartition("/")[2] for name in files}
    assert {f"{number:02}-{one.id}-errors.html" for number, one in enumerate(INSTRUMENT.pages, 1)} <= names


def test_wrong_answers_are_wrong_for_every_kind_that_can_be() -> None:
    wrong = {}
    for one in INSTRUMENT.pages:
        values, kept = wrong_answers(one)
        wrong |= values | kept
    kinds = {INSTRUMENT.question(name.partition(".")[0]).kind for name in wrong}
    assert kinds == {
        QuestionKind.MULTI,
        QuestionKind.NUMBER,
        QuestionKind.DATE,
        QuestionKind.YEAR,
        QuestionKind.SHARES,
        QuestionKind.TEXT,
        QuestionKind.LONGTEXT,
    }


def test_a_page_nobody_can_come_to_is_told() -> None:
    text = YAML.replace(
        "when: \"channel == 'web' or 'town' in partners\"", "when: \"agreed == 'yes' and not answered(agreed)\""
    )
    edition = asking(read_instrument("never.yaml", text.encode(), REGISTER, ("en",)))
    index = preview(edition, edition.surveys, ("en",), rng)["index.html"].decode()
    assert "made-up respondents came to: middle." in index


def test_few_respondents_cover_all_pages() -> None:
    survey = EDITION.surveys[0]
    by_page = for_pages(survey, respondents(survey, rng("any")))
    assert list(by_page) == [one.id for one in survey.instrument.pages]
    assert len({id(values) for values in by_page.values()}) == 1


def test_an_emptied_page_keeps_the_answers_of_the_others() -> None:
    first, second = EDITION.surveys[0].instrument.pages[:2]
    values = {"service": "yes", "factors.employees": "helped", "aims.other.text": "Peace", "size": "small"}
    assert without(second, values) == {"service": "yes", "size": "small"}
    assert without(first, values) == {name: value for name, value in values.items() if name != "service"}


def test_minutes_grow_with_the_path() -> None:
    instrument = EDITION.surveys[0].instrument
    short = {"service": "no", "process": "no"}
    long = {"service": "yes", "process": "no"}
    told = minutes_of(instrument, [short, long, long])
    assert told.shortest < told.typical == told.longest <= told.all


def test_words_are_counted_and_gaps_told_by_language() -> None:
    instrument = EDITION.surveys[0].instrument
    hinted = replace(instrument.questions[0], hint={"en": "One two three", "da": "Et to"})
    pages = (
        replace(instrument.pages[0], questions=(hinted, *instrument.pages[0].questions[1:])),
        *instrument.pages[1:],
    )
    changed = replace(instrument, pages=pages)
    assert {code: count - words_of(instrument)[code] for code, count in words_of(changed).items()} == {
        "en": 3,
        "da": 2,
        "nb": 0,
        "sv": 0,
    }
    assert gaps(changed) == {"en": [], "da": [], "nb": ["service, hint"], "sv": ["service, hint"]}


def test_texts_left_in_another_language_are_told() -> None:
    instrument = replace(EDITION.surveys[0].instrument, title={"en": "One two three four", "da": "One two three four"})
    assert ("title", "en, da") in alike(instrument)
