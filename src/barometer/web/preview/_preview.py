"""The folder of a preview: index, respondents' pages, path map and PDF of each survey in each language."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from django.template.loader import render_to_string
from django.utils.translation import override

from barometer.model import Edition, Survey
from barometer.printing import draw_path_map, questionnaire_pdf, shown_if, wording
from barometer.questionnaire import path_map
from barometer.web.preview._figures import Minutes, alike, gaps, minutes_of, words_of
from barometer.web.preview._pages import Sheet, respondent_pages
from barometer.web.preview._respondents import Respondent, for_pages, respondents
from barometer.web.settings import HERE

STATIC = (
    "vendor/LICENSE",
    "vendor/designsystemet.css",
    "vendor/theme.css",
    "web/barometer.css",
    "web/respondent.css",
    "web/respondent.js",
    "web/preview.css",
)


@dataclass(frozen=True)
class Part:
    """A survey, as the index tells about it."""

    survey: Survey
    title: str
    languages: Sequence[str]
    pages: Sequence[tuple[str, str, Sequence[Sheet]]]  # id, title and its sheets in all languages
    unmet: Sequence[str]  # pages nobody met
    minutes: Minutes
    words: dict[str, int]
    gaps: dict[str, list[str]]
    alike: Sequence[tuple[str, str]]


def preview(
    edition: Edition, surveys: Sequence[Survey], languages: Sequence[str], rng: Callable[[str], np.random.Generator]
) -> dict[str, bytes]:
    """Path inside the preview's folder -> content. `rng`: a generator for each named use.

    Pages open from disk, in any browser. The same edition and generators give the same bytes. Django must be set up,
    with plain static files.
    """
    files = {f"static/{name}": (HERE / "static" / name).read_bytes() for name in STATIC}
    parts = []
    for survey in surveys:
        made_up = respondents(survey, rng(f"preview {survey.id}"))
        by_page = for_pages(survey, made_up)
        sheets: list[Sheet] = []
        for language in languages:
            sheets += respondent_pages(edition, survey, language, languages, by_page)
            files |= _printed(edition, survey, language)
        files |= {sheet.path: _bytes(sheet.html, 2) for sheet in sheets}
        parts.append(_part(survey, languages, made_up, by_page, sheets))
    with override("en"):
        index = render_to_string("preview/index.html", {"edition": edition, "parts": parts, "language": languages[0]})
    return files | {"index.html": _bytes(index, 0)}


def _printed(edition: Edition, survey: Survey, language: str) -> dict[str, bytes]:
    """PDF and path map in a language."""
    words, routing = wording(survey, language), path_map(survey.instrument)
    drawing = draw_path_map(words, routing)
    numbers = {page.id: number for number, page in enumerate(survey.instrument.pages, 1)}
    shown = {page.id: shown_if(page, words) for page in survey.instrument.pages}
    shown |= {one.id: words.condition(one.when) for one in survey.instrument.questions if one.when}
    rows = [
        {
            "step": step,
            "number": numbers[step.id] if step.kind == "page" else words.numbers.get(step.id, ""),
            "title": step.title.get(language, ""),
            "shown": shown.get(step.id, ""),
        }
        for step in routing.steps
    ]
    context = {"drawing": drawing, "rows": rows, "words": words, "survey": survey, "language": language}
    with override("en"):
        page = render_to_string("preview/path_map.html", context)
    folder = f"{survey.id}/{language}"
    return {
        f"{folder}/questionnaire.pdf": questionnaire_pdf(edition, survey, language),
        f"{folder}/path-map.svg": drawing.encode(),
        f"{folder}/path-map.html": _bytes(page, 2),
    }


def _part(
    survey: Survey,
    languages: Sequence[str],
    made_up: Sequence[Respondent],
    by_page: dict[str, Respondent],
    sheets: Sequence[Sheet],
) -> Part:
    instrument = survey.instrument
    return Part(
        survey=survey,
        title=survey.title.get(languages[0], ""),
        languages=languages,
        pages=[
            (page.id, page.title.get(languages[0], ""), [sheet for sheet in sheets if sheet.page == page.id])
            for page in instrument.pages
        ],
        unmet=[page.id for page in instrument.pages if page.id not in by_page],
        minutes=minutes_of(instrument, made_up),
        words=words_of(instrument),
        gaps={language: places for language, places in gaps(instrument).items() if places},
        alike=alike(instrument),
    )


def _bytes(html: str, depth: int) -> bytes:
    """The page with addresses of its style sheets relative to where it lies: it is opened from disk."""
    return html.replace('"/static/', f'"{"../" * depth}static/').encode()
