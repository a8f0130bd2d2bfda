"""Which pages a site has, and what stands on each; the same plan in every language."""

from collections.abc import Sequence
from dataclasses import replace

from barometer.model import Edition, Survey, Theme
from barometer.publication._claims import Evidence, evidence
from barometer.publication._corrections import Corrected
from barometer.publication._cube import Cube
from barometer.publication._downloads import CELL_COLUMNS, cells_path
from barometer.publication._figure import alone, figures_of
from barometer.publication._page import File, Page
from barometer.publication._subjects import indicator_pages, theme_pages
from barometer.publication._wording import heading
from barometer.publication.open_data import DataCube

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


def plan(
    cube: Cube, tables: Sequence[DataCube], texts: Sequence[Page] = (), log: Sequence[Corrected] = ()
) -> tuple[Page, ...]:
    """All pages, front page first; each with the corrections of its figures. `tables`: of the open data; `texts`: what
    `text_pages` gives."""
    edition = cube.edition
    found = tuple(evidence(cube, claim) for claim in edition.claims)
    figures = {indicator.id: figures_of(cube, indicator) for indicator in edition.indicators}
    pages = [_front(cube, found), _list(cube)]
    for theme in edition.themes:
        pages += theme_pages(cube, theme, found, figures)
    for indicator in edition.indicators:
        pages += indicator_pages(cube, indicator, found, figures[indicator.id], tables)
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
    pages += texts
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
