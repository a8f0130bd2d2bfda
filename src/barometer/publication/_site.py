"""The pages of a site, each in one language; what stops a site; its style sheet and script."""

from collections.abc import Mapping
from functools import cache, partial
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from barometer.disclosure import Release
from barometer.model import Edition, Indicator, Question, QuestionKind
from barometer.problems import Place, Problem
from barometer.publication._calendar import calendar
from barometer.publication._claims import claims_refused
from barometer.publication._corrections import corrections_told
from barometer.publication._cube import Cube, index
from barometer.publication._downloads import (
    csv_path,
    slug,
    theme_csv_path,
    theme_vega_path,
    vega_path,
)
from barometer.publication._figure import written
from barometer.publication._language import Language, languages_available
from barometer.publication._methods import answered, disclosure, facts
from barometer.publication._note import note
from barometer.publication._page import Page, indicator_path
from barometer.publication._pages import SECTIONS
from barometer.publication._quality import quality
from barometer.publication._reads import Sizes
from barometer.publication._search import search_index
from barometer.publication._self_test import PATH as SELF_TEST
from barometer.publication._series_note import comparability, refused_words, series_note
from barometer.publication._svg import draw, full_title, meter
from barometer.publication._table import table
from barometer.publication._visitors import helpful, script_words, table_links
from barometer.publication._wording import (
    MARKDOWN,
    check_texts,
    cite,
    cite_figure,
    cite_theme,
    evidence_words,
    in_words,
    inline,
    prose,
    total_words,
)

STYLE = "site.css"
SCRIPT = "site.js"
"""For those whose browsers run scripts: nothing is out of reach without it."""


def check_release(release: Release, edition: Edition) -> list[Problem]:
    """What stops `publish` before anything is written."""
    if release.edition != edition.id:
        way_out = "Publish a release with the edition folder it was made from."
        place = Place("edition.toml", field="id")
        return [Problem("P006", place, f"a release of '{release.edition}'", f"a release of '{edition.id}'", way_out)]
    problems = [
        Problem(
            "P005",
            Place("edition.toml", field="languages"),
            f"'{code}'",
            "one of: " + ", ".join(languages_available()),
            f"Remove '{code}', or add a catalogue '{code}.toml' to the program.",
        )
        for code in edition.languages
        if code not in languages_available()
    ]
    known = set(release.cells.get_column("indicator"))
    problems += [
        Problem(
            "P007",
            Place("indicators.toml", field=indicator.id),
            f"no figure of '{indicator.id}' in the release",
            "figures of every indicator",
            "Make the release again with 'barometer protect'.",
        )
        for indicator in edition.indicators
        if indicator.id not in known
    ]
    if problems:
        return problems
    cube = index(release, edition)
    return [*claims_refused(cube), *check_texts(cube)]


def static_files() -> dict[str, bytes]:
    """What every site has beside its pages."""
    folder = files("barometer.publication") / "static"
    return {name: (folder / name).read_bytes() for name in (STYLE, SCRIPT)}


@cache
def environment() -> Environment:
    """Templates are compiled once a process; everything they print is escaped unless it is markup of our own."""
    return Environment(
        loader=PackageLoader("barometer.publication"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )


def root_page(edition: Edition, languages: list[Language]) -> bytes:
    return environment().get_template("root.html").render(edition=edition, languages=languages).encode()


def release_page(cube: Cube, page: Page, common: Mapping[str, object], one: Language, site: Sizes) -> bytes:
    """One page. `common` holds what is the same on all pages of the language, `site` tells which files there are; links
    are relative, so that the site works from any address and from a folder."""
    up = "../" * page.path.count("/")

    def address(path: str) -> str:
        return f"../{up}{path}" if path in site else up + path

    def to_indicator(indicator: Indicator) -> str:
        return up + indicator_path(indicator)

    context: dict[str, object] = {
        **common,
        "page": page,
        "page_title": _title(page, one),
        "crumbs": _crumbs(page, one),
        "link": lambda path: up + path,
        "link_file": address,
        "size": lambda path: _size(one, site[path if path in site else f"{one.code}/{path}"]),
        "elsewhere": lambda code: f"../{up}{code}/{page.path}",
        "table": lambda figure, prefix, bars=False: table(figure, one, prefix, to_indicator, bars),
        "helpful": partial(helpful, cube.edition, page.path, one),
        "tests": SELF_TEST in site,
        "corrected": corrections_told(cube, page.corrections, one),
        **page.context,
    }
    if page.template == "methods.html":
        context["surveys"] = [(survey, facts(cube, survey, one)) for survey in cube.edition.surveys]
        context["disclosure"] = disclosure(cube, one)
        context["body"] = prose(cube, one, "method", deeper=1)
    if page.template == "comparability.html":
        context["comparability"] = [
            (survey, *comparability(cube.edition, survey, one)) for survey in cube.edition.surveys
        ]
    if page.template == "calendar.html":
        context["releases"] = calendar(cube.edition, one)
    if page.template == "search.html":
        context["kinds"] = search_index(cube, one)
    if page.template == "quality.html":
        context["sections_of_quality"] = quality(cube, one)
    if page.template == "text.html":
        context["body"] = prose(cube, one, str(page.context["text_name"]))
    if page.template == "about.html":
        context["body"] = prose(cube, one, "about")
    return environment().get_template(page.template).render(context).encode()


def words_of_pages(cube: Cube, pages: tuple[Page, ...], one: Language, languages: list[Language]) -> dict[str, object]:
    paths = {page.path for page in pages}
    return {
        "cube": cube,
        "edition": cube.edition,
        "audit": cube.release.audit,
        "language": one,
        "languages": languages,
        "sections": [(path, key) for path, key in SECTIONS if path in paths],
        "more_pages": [(page.path, one.text(page.title)) for page in pages if page.template == "text.html"],
        "confidence": one.percent(1 - cube.edition.rules.level),
        "citation": cite(cube.edition, one),
        "script_words": script_words(one),
        "server": cube.edition.catalogue.server,
        "folder": cube.edition.id,
        "say": one.say,
        "text": one.text,
        **_words(cube, one),
    }


def _words(cube: Cube, one: Language) -> dict[str, object]:
    """What templates may call to put release and edition into words."""
    return {
        "slug": slug,
        "indicator_path": indicator_path,
        "csv_path": csv_path,
        "vega_path": vega_path,
        "theme_csv_path": theme_csv_path,
        "theme_vega_path": theme_vega_path,
        "inline": partial(inline, cube, one),
        "cite_figure": lambda indicator: cite_figure(cube.edition, indicator, one),
        "cite_theme": lambda theme: cite_theme(cube.edition, theme, one),
        "series_note": lambda found: series_note(cube, found, one),
        "refused_words": lambda found, each: refused_words(cube.edition, found, each, one),
        "written": lambda row: written(one, row.indicator, row.cell, row.places),
        "draw": lambda figure: draw(figure, one),
        "meter": meter,
        "table_links": partial(table_links, one),
        "note": lambda figure: note(figure, one),
        "full_title": lambda figure: full_title(figure, one),
        "by": lambda figure: one.text(figure.title),
        "in_words": partial(in_words, cube, one),
        "total_words": partial(total_words, cube, one),
        "evidence_words": partial(evidence_words, cube, one),
        "answered": lambda survey: answered(cube, survey, one),
        "markdown": lambda source: Markup(MARKDOWN.render(source)),
        "choices": lambda question: _choices(question, one),
        "answer_form": lambda question: _answer_form(question, one),
    }


def _crumbs(page: Page, one: Language) -> list[tuple[str, str]]:
    """Pages above this one: path and name."""
    above = [(page.parent[0], one.say(page.parent[1]))] if page.parent[0] else []
    return [*above, (page.parts[0], one.text(page.title))] if page.number > 1 else above


def _title(page: Page, one: Language) -> str:
    if page.number > 1:
        number, count = one.number(page.number), one.number(len(page.parts))
        return one.say("pages.title", title=one.text(page.title), number=number, count=count)
    if page.message:
        return one.say(page.message, survey=one.text(page.survey.title) if page.survey else "")
    return one.text(page.title)


def _choices(question: Question, one: Language) -> str:
    own = f" ({one.say('questionnaire.own')})"
    return " · ".join(one.text(choice.label) + (own if choice.opens_text else "") for choice in question.choices)


def _answer_form(question: Question, one: Language) -> str:
    """How a number is answered (unit, limits, what it adds up to), and which answers stand beside it."""
    told = []
    if one.text(question.unit):
        told.append(one.say("questionnaire.unit", unit=one.text(question.unit)))
    if question.kind is QuestionKind.NUMBER:
        told += _limits(question, one)
    if question.total is not None:
        told.append(one.say("questionnaire.together", total=one.number(question.total)))
    if question.missing:
        labels = ", ".join(one.say(f"questionnaire.{missing.value}") for missing in question.missing)
        told.append(one.say("questionnaire.also", labels=labels))
    return " ".join(told)


def _limits(question: Question, one: Language) -> list[str]:
    limits = {"minimum": question.minimum, "maximum": question.maximum}
    given = {name: one.number(value, question.decimals) for name, value in limits.items() if value is not None}
    key = {2: "limits", 1: "least" if "minimum" in given else "most"}.get(len(given))
    return [one.say(f"questionnaire.{key}", **given)] if key else []


def _size(one: Language, size: int) -> str:
    return f"{one.number(max(1, round(size / 1000)))}\u00a0kB"
