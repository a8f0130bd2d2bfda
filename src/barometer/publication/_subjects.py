"""The pages of themes and of single figures, each on as many pages as its weight asks for."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from barometer.model import Indicator, Item, Question, Survey, Theme
from barometer.publication._claims import Evidence
from barometer.publication._cube import Cube
from barometer.publication._figure import Figure, alone, overviews, question_of
from barometer.publication._leaflet import pictured
from barometer.publication._page import Page, indicator_path, part_paths, portions, theme_path
from barometer.publication._series import alongside
from barometer.publication.open_data import INDICATOR, DataCube

DRAWN, DRAWN_ROW = 2_700, 600
"""About how many bytes a figure takes with note and table, and each of its rows."""
LISTED, LISTED_ROW = 1_500, 330
"""About how many bytes a table with bars takes with its heading and note, and each of its rows."""

Section = tuple[Indicator, Figure]


def theme_pages(
    cube: Cube, theme: Theme, found: Sequence[Evidence], figures: Mapping[str, Sequence[Figure]]
) -> list[Page]:
    """An overview of the theme's figures; then each by its first breakdown."""
    indicators = [cube.indicator(one) for one in theme.indicators]
    shown = overviews(cube, theme)
    picture = pictured(cube, theme) if theme.picture and theme.picture.breakdown else None
    sections: list[Section] = [(indicator, figures[indicator.id][0]) for indicator in indicators]
    before = sum(map(_drawn, (*shown, *([picture] if picture else []))))
    spread = portions(sections, _listed, before)
    paths = part_paths(theme_path(theme), len(spread))
    common = {
        "theme": theme,
        "first": alone(cube, cube.indicator(theme.first)),
        "picture": picture,
        "overviews": shown,
        "findings": [one for one in found if one.claim.indicator in theme.indicators],
        "of_each_survey": [alone(cube, next(group)) for _, group in groupby(indicators, lambda one: one.survey)],
        "elsewhere_in_theme": [
            (path, indicator) for path, some in zip(paths, spread, strict=False) for indicator, _ in some
        ],
    }
    return [
        Page(
            path,
            "theme.html",
            title=theme.title,
            context=common | {"sections_of_theme": some},
            indicators=theme.indicators if path == theme_path(theme) else tuple(one.id for one, _ in some),
            parts=paths,
        )
        for path, some in zip(paths or (theme_path(theme),), spread, strict=True)
    ]


def indicator_pages(
    cube: Cube, indicator: Indicator, found: Sequence[Evidence], figures: Sequence[Figure], tables: Sequence[DataCube]
) -> list[Page]:
    """The question, the figure by each breakdown, and what stands beside it."""
    survey = cube.owners[indicator.id]
    components = [cube.indicator(part) for part in indicator.components]
    sources = [indicator] if indicator.question or not components else components
    beside = alongside(cube, indicator)
    spread = portions(figures, _drawn, sum(_drawn(one.figure) for one in beside if one.figure))
    paths = part_paths(indicator_path(indicator), len(spread))
    common = {
        "survey": survey,
        "everyone": alone(cube, indicator),
        "all_figures": [
            (path, figure)
            for path, some in zip(paths or (indicator_path(indicator),), spread, strict=True)
            for figure in some
        ],
        "asked_ids": {question.id for question in survey.instrument.questions},
        "alongside": beside,
        "tables": [one for one in tables if indicator.id in one.dimension(INDICATOR).codes],
        "questions": _questions(survey, sources),
        "components": components,
        "findings": [one for one in found if one.claim.indicator == indicator.id],
        "themes": [theme for theme in cube.edition.themes if indicator.id in theme.indicators],
    }
    return [
        Page(
            path,
            "indicator.html",
            title=indicator.label,
            parent=("indicators.html", "indicators.title"),
            context=common | {"figures": some},
            indicators=(indicator.id, *indicator.components),
            parts=paths,
        )
        for path, some in zip(paths or (indicator_path(indicator),), spread, strict=True)
    ]


def _drawn(figure: Figure) -> int:
    return DRAWN + DRAWN_ROW * len(figure.rows)


def _listed(section: Section) -> int:
    return LISTED + LISTED_ROW * len(section[1].rows)


def _questions(survey: Survey, indicators: Sequence[Indicator]) -> list[tuple[Question, Item | None]]:
    """Questions behind the indicators, each once, with the item of a grid."""
    found: list[tuple[Question, Item | None]] = []
    for indicator in indicators:
        question, code = question_of(survey, indicator)
        if question is None:
            continue
        item = next((one for one in question.items if one.code == code), None)
        if (question, item) not in found:
            found.append((question, item))
    return found
