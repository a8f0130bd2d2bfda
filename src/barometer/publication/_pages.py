"""Which pages a site has, and what stands on each; the same plan in every language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from barometer.model import Edition, Indicator, Item, Question, Survey, Text, Theme
from barometer.publication._claims import Evidence, evidence
from barometer.publication._corrections import Corrected
from barometer.publication._cube import Cube
from barometer.publication._downloads import CELL_COLUMNS, cells_path, slug
from barometer.publication._figure import Figure, alone, figures_of, question_of, side_by_side
from barometer.publication._leaflet import pictured
from barometer.publication._series import alongside
from barometer.publication._wording import heading
from barometer.publication.open_data import INDICATOR, cubes
from barometer.publication.open_data import Cube as Table

FRONT_FINDINGS = 6
"""Comparisons on the front page: the first of the edition; the rest have a page of their own."""

LEAFLET = "leaflet.pdf"
REPORT = "report.pdf"
KNOWN_TEXTS = ("about", "method", "landing", "privacy")
"""Texts with a place of their own; any other is a page."""
CORRECTIONS = "corrections.html"
SECTIONS = (
    ("index.html", "nav.overview"),
    ("indicators.html", "nav.indicators"),
    ("findings.html", "nav.findings"),
    ("methods.html", "nav.methods"),
    ("data.html", "nav.data"),
    ("about.html", "nav.about"),
    (CORRECTIONS, "nav.corrections"),
    ("search.html", "nav.search"),
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
    indicators: tuple[str, ...] = ()  # whose figures it shows
    corrections: tuple[Corrected, ...] = ()  # of its figures, the latest first


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
    files = [
        File(LEAFLET, "data.leaflet", "PDF", common=False),
        File(REPORT, "data.report", "PDF", common=False),
        File(cells_path(edition), "data.cells", "CSV", common=False),
    ]
    files += [
        File(f"data/{edition.id}{end}", key, kind, common=True)
        for end, key, kind in (
            (".parquet", "data.parquet", "Parquet"),
            ("-differences.csv", "data.contrasts", "CSV"),
            (".json", "data.metadata", "JSON"),
        )
    ]
    return tuple(files)


def plan(cube: Cube, log: Sequence[Corrected] = ()) -> tuple[Page, ...]:
    """All pages, front page first; each with the corrections of its figures."""
    edition = cube.edition
    found = tuple(evidence(cube, claim) for claim in edition.claims)
    figures = {indicator.id: figures_of(cube, indicator) for indicator in edition.indicators}
    tables = cubes(cube.release, edition)
    pages = [_front(cube, found), _list(cube)]
    pages += [_theme(cube, theme, found, figures) for theme in edition.themes]
    pages += [_indicator(cube, indicator, found, figures[indicator.id], tables) for indicator in edition.indicators]
    pages += [_questionnaire(survey) for survey in edition.surveys]
    if found:
        pages.append(_findings(cube, found))
    pages.append(Page("methods.html", "methods.html", message="methods.title"))
    pages.append(
        Page("quality.html", "quality.html", message="quality.title", parent=("methods.html", "methods.title"))
    )
    methods = ("methods.html", "methods.title")
    if edition.series.others:
        pages.append(Page("comparability.html", "comparability.html", message="comparability.title", parent=methods))
    pages.append(Page("calendar.html", "calendar.html", message="calendar.title", parent=("about.html", "about.title")))
    pages.append(Page("search.html", "search.html", message="search.title"))
    pages.append(Page("about.html", "about.html", message="about.title"))
    pages += text_pages(edition)
    pages.append(
        Page(
            "data.html",
            "data.html",
            message="data.title",
            context={
                "whole_files": whole_files(edition),
                "column_names": CELL_COLUMNS,
                "tables": tables,
            },
        )
    )
    if log:
        everything = tuple(one.id for one in edition.indicators)
        pages.append(Page(CORRECTIONS, CORRECTIONS, message="corrections.title", indicators=everything))
    return tuple(_with_corrections(page, log) for page in pages)


def text_pages(edition: Edition) -> list[Page]:
    """A page for every further text of the edition, named by its heading."""
    names = sorted({name for texts in edition.texts.values() for name in texts if "/" not in name} - {*KNOWN_TEXTS})
    return [
        Page(
            f"texts/{name}.html",
            "text.html",
            title={code: heading(edition.texts.get(code, {}).get(name, "")) or name for code in edition.languages},
            context={"text_name": name},
        )
        for name in names
    ]


def _with_corrections(page: Page, log: Sequence[Corrected]) -> Page:
    return replace(page, corrections=tuple(one for one in log if one.old.indicator in page.indicators))


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
        indicators=(*edition.headline, *(one.claim.indicator for one in found[:FRONT_FINDINGS])),
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
            "first": alone(cube, cube.indicator(theme.first)),
            "picture": pictured(cube, theme) if theme.picture and theme.picture.breakdown else None,
            "overviews": overviews,
            "findings": [one for one in found if one.claim.indicator in theme.indicators],
            "sections_of_theme": [(indicator, figures[indicator.id][0]) for indicator in indicators],
            "of_each_survey": [alone(cube, next(group)) for _, group in groupby(indicators, lambda one: one.survey)],
        },
        indicators=theme.indicators,
    )


def _drawing(indicator: Indicator) -> tuple[str, str, str, str]:
    """Indicators that may share an axis and a note."""
    unit = next(iter(indicator.unit.values()), "")
    return (indicator.survey, indicator.universe, indicator.measure.value, unit)


def _first_place(indicators: Sequence[Indicator], indicator: Indicator) -> int:
    return next(place for place, other in enumerate(indicators) if _drawing(other) == _drawing(indicator))


def _indicator(
    cube: Cube, indicator: Indicator, found: Sequence[Evidence], figures: Sequence[Figure], tables: Sequence[Table]
) -> Page:
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
            "asked_ids": {question.id for question in survey.instrument.questions},
            "alongside": alongside(cube, indicator),
            "tables": [one for one in tables if indicator.id in one.dimension(INDICATOR).codes],
            "questions": _questions(survey, sources),
            "components": components,
            "findings": [one for one in found if one.claim.indicator == indicator.id],
            "themes": [theme for theme in cube.edition.themes if indicator.id in theme.indicators],
        },
        indicators=(indicator.id, *indicator.components),
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
