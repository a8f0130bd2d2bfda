"""Which pages a site has, and what stands on each; the same plan in every language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from barometer.model import Edition, Indicator, Item, Question, Survey, Text, Theme
from barometer.publication._claims import Evidence, evidence
from barometer.publication._cube import Cube
from barometer.publication._downloads import CELL_COLUMNS, cells_path, slug
from barometer.publication._figure import Figure, alone, by_breakdown, question_of, side_by_side

FRONT_FINDINGS = 6
"""Comparisons on the front page: the first of the edition; the rest have a page of their own."""

SECTIONS = (
    ("index.html", "nav.overview"),
    ("indicators.html", "nav.indicators"),
    ("findings.html", "nav.findings"),
    ("methods.html", "nav.methods"),
    ("data.html", "nav.data"),
    ("about.html", "nav.about"),
)


@dataclass(frozen=True)
class Page:
    """A page in every language. `path` is inside the language's folder; its title is a text of the edition or a
    message of the catalogue; `parent` a page above it other than the front page."""

    path: str
    template: str
    title: Text = field(default_factory=dict)
    message: str = ""
    survey: Survey | None = None
    parent: tuple[str, str] = ("", "")  # path and message
    context: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class File:
    """A download of the whole release; `common` files lie beside the languages' folders."""

    path: str
    key: str
    kind: str
    common: bool


def indicator_path(indicator: Indicator) -> str:
    return f"indicators/{slug(indicator)}.html"


def whole_files(edition: Edition) -> tuple[File, ...]:
    files = [File(cells_path(edition), "data.cells", "CSV", common=False)]
    files += [
        File(f"data/{edition.id}{end}", key, kind, common=True)
        for end, key, kind in (
            (".parquet", "data.parquet", "Parquet"),
            ("-differences.csv", "data.contrasts", "CSV"),
            (".json", "data.metadata", "JSON"),
        )
    ]
    return tuple(files)


def plan(cube: Cube) -> tuple[Page, ...]:
    """All pages, front page first."""
    edition = cube.edition
    found = tuple(evidence(cube, claim) for claim in edition.claims)
    figures = {
        indicator.id: tuple(by_breakdown(cube, indicator, one) for one in cube.breakdowns(indicator.id))
        or (alone(cube, indicator),)
        for indicator in edition.indicators
    }
    pages = [_front(cube, found), _list(cube)]
    pages += [_theme(cube, theme, found, figures) for theme in edition.themes]
    pages += [_indicator(cube, indicator, found, figures[indicator.id]) for indicator in edition.indicators]
    pages += [_questionnaire(survey) for survey in edition.surveys]
    if found:
        pages.append(_findings(cube, found))
    pages.append(Page("methods.html", "methods.html", message="methods.title"))
    pages.append(Page("about.html", "about.html", message="about.title"))
    pages.append(
        Page(
            "data.html",
            "data.html",
            message="data.title",
            context={"whole_files": whole_files(edition), "column_names": CELL_COLUMNS},
        )
    )
    return tuple(pages)


def _front(cube: Cube, found: Sequence[Evidence]) -> Page:
    edition = cube.edition
    headline = [
        (survey, [alone(cube, cube.indicator(one)) for one in edition.headline if cube.owners[one] is survey])
        for survey in edition.surveys
    ]
    themes = [
        (survey, [theme for theme in edition.themes if cube.owners[theme.indicators[0]] is survey])
        for survey in edition.surveys
    ]
    return Page(
        "index.html",
        "index.html",
        title=edition.title,
        context={
            "headline": [(survey, figures) for survey, figures in headline if figures],
            "themes_by_survey": [(survey, some) for survey, some in themes if some],
            "findings": found[:FRONT_FINDINGS],
            "more_findings": len(found) if len(found) > FRONT_FINDINGS else 0,
            "indicator_count": len(edition.indicators),
            "whole_files": whole_files(edition),
        },
    )


def _theme(cube: Cube, theme: Theme, found: Sequence[Evidence], figures: Mapping[str, Sequence[Figure]]) -> Page:
    """An overview of the theme's figures, a bar each, one drawing a universe; then each by its first breakdown."""
    indicators = [cube.indicator(one) for one in theme.indicators]
    universes = groupby(
        sorted(indicators, key=lambda one: _first_place(indicators, one)), key=lambda one: _drawing(one)
    )
    overviews = [
        side_by_side(cube, f"overview-{number}", theme.title, members)
        for number, members in enumerate((list(group) for _, group in universes), start=1)
        if len(members) > 1
    ]
    return Page(
        f"themes/{theme.id}.html",
        "theme.html",
        title=theme.title,
        context={
            "theme": theme,
            "overviews": overviews,
            "findings": [one for one in found if one.claim.indicator in theme.indicators],
            "sections_of_theme": [(indicator, figures[indicator.id][0]) for indicator in indicators],
            "of_each_survey": [alone(cube, next(group)) for _, group in groupby(indicators, lambda one: one.survey)],
        },
    )


def _drawing(indicator: Indicator) -> tuple[str, str, str, str]:
    """Indicators that may share an axis and a note."""
    unit = next(iter(indicator.unit.values()), "")
    return (indicator.survey, indicator.universe, indicator.measure.value, unit)


def _first_place(indicators: Sequence[Indicator], indicator: Indicator) -> int:
    return next(place for place, other in enumerate(indicators) if _drawing(other) == _drawing(indicator))


def _indicator(cube: Cube, indicator: Indicator, found: Sequence[Evidence], figures: Sequence[Figure]) -> Page:
    survey = cube.owners[indicator.id]
    components = [cube.indicator(part) for part in indicator.components]
    sources = [indicator] if indicator.question or not components else components
    return Page(
        indicator_path(indicator),
        "indicator.html",
        title=indicator.label,
        parent=("indicators.html", "indicators.title"),
        context={
            "survey": survey,
            "everyone": alone(cube, indicator),
            "figures": figures,
            "questions": _questions(survey, sources),
            "components": components,
            "findings": [one for one in found if one.claim.indicator == indicator.id],
            "themes": [theme for theme in cube.edition.themes if indicator.id in theme.indicators],
        },
    )


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


def _list(cube: Cube) -> Page:
    rows = [
        (
            survey,
            [(alone(cube, one).rows[0], cube.universe(one)) for one in survey.programme.indicators],
        )
        for survey in cube.edition.surveys
    ]
    return Page(
        "indicators.html", "indicators.html", message="indicators.title", context={"indicators_by_survey": rows}
    )


def _findings(cube: Cube, found: Sequence[Evidence]) -> Page:
    """Every comparison once, under the first theme that has its indicator; those without a theme come last."""
    themes: list[tuple[Theme | None, list[Evidence]]] = [(theme, []) for theme in cube.edition.themes]
    loose: list[Evidence] = []
    for one in found:
        home = next((some for theme, some in themes if theme and one.claim.indicator in theme.indicators), loose)
        home.append(one)
    groups = [(theme, some) for theme, some in [*themes, (None, loose)] if some]
    return Page("findings.html", "findings.html", message="findings.title", context={"findings_by_theme": groups})


def _questionnaire(survey: Survey) -> Page:
    return Page(
        f"questionnaire-{survey.id}.html",
        "questionnaire.html",
        message="questionnaire.title",
        survey=survey,
        parent=("methods.html", "methods.title"),
        context={"instrument": survey.instrument},
    )
