"""The whole site: every page in every language, its style sheet and its downloads."""

from collections.abc import Mapping
from functools import cache, partial
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from barometer.disclosure import Release
from barometer.model import Edition, Indicator, Question
from barometer.problems import Place, Problem, raise_errors
from barometer.publication._claims import check_claims
from barometer.publication._cube import Cube, index
from barometer.publication._downloads import common_files, csv_path, language_files, slug
from barometer.publication._figure import written
from barometer.publication._language import Language, language, languages_available
from barometer.publication._methods import answered, disclosure, facts
from barometer.publication._note import note
from barometer.publication._pages import SECTIONS, Page, indicator_path, plan
from barometer.publication._svg import draw, full_title, meter
from barometer.publication._table import table
from barometer.publication._wording import MARKDOWN, check_texts, evidence_words, in_words, prose, total_words

STYLE = "site.css"


def publish(release: Release, edition: Edition) -> dict[str, bytes]:
    """The site of `release` in the words of `edition`: path inside the site -> content.

    index.html offers the languages; each has its folder with pages and CSV files; data/ holds what is alike in all.
    The same release and edition give the same bytes. Raises `BadInput` with all problems (P-codes): claims that the
    figures do not bear out, a language without a catalogue, a release of something else.
    """
    raise_errors(_problems(release, edition))
    cube = index(release, edition)
    pages = plan(cube)
    languages = [language(code) for code in edition.languages]
    site = {STYLE: (files("barometer.publication") / "static" / STYLE).read_bytes()}
    site["index.html"] = _root(edition, languages)
    site |= common_files(cube)
    for one in languages:
        own = language_files(cube, one)
        site |= {f"{one.code}/{path}": content for path, content in own.items()}
        common = _common(cube, pages, one, languages)
        for page in pages:
            site[f"{one.code}/{page.path}"] = _render(cube, page, common, one, site)
    return site


def _problems(release: Release, edition: Edition) -> list[Problem]:
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
    return [*check_claims(release, edition), *check_texts(index(release, edition))]


@cache
def _environment() -> Environment:
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


def _root(edition: Edition, languages: list[Language]) -> bytes:
    return _environment().get_template("root.html").render(edition=edition, languages=languages).encode()


def _render(cube: Cube, page: Page, common: Mapping[str, object], one: Language, site: Mapping[str, bytes]) -> bytes:
    """One page. `common` holds what is the same on all pages of the language; links are relative, so that the site
    works from any address and from a folder."""
    up = "../" * page.path.count("/")

    def address(path: str) -> str:
        return f"../{up}{path}" if path in site else up + path

    def to_indicator(indicator: Indicator) -> str:
        return up + indicator_path(indicator)

    context: dict[str, object] = {
        **common,
        "page": page,
        "page_title": _title(page, one),
        "crumbs": [(page.parent[0], one.say(page.parent[1]))] if page.parent[0] else [],
        "link": lambda path: up + path,
        "link_file": address,
        "size": lambda path: _size(one, site[path if path in site else f"{one.code}/{path}"]),
        "elsewhere": lambda code: f"../{up}{code}/{page.path}",
        "table": lambda figure, prefix, bars=False: table(figure, one, prefix, to_indicator, bars),
        **page.context,
    }
    if page.template == "methods.html":
        context["surveys"] = [(survey, facts(cube, survey, one)) for survey in cube.edition.surveys]
        context["disclosure"] = disclosure(cube, one)
        context["body"] = prose(cube, one, "method", deeper=1)
    if page.template == "about.html":
        context["body"] = prose(cube, one, "about")
    return _environment().get_template(page.template).render(context).encode()


def _common(cube: Cube, pages: tuple[Page, ...], one: Language, languages: list[Language]) -> dict[str, object]:
    paths = {page.path for page in pages}
    return {
        "cube": cube,
        "edition": cube.edition,
        "audit": cube.release.audit,
        "language": one,
        "languages": languages,
        "sections": [(path, key) for path, key in SECTIONS if path in paths],
        "confidence": one.percent(1 - cube.edition.rules.level),
        "citation": _citation(cube.edition, one),
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
        "written": lambda row: written(one, row.indicator, row.cell, row.places),
        "draw": lambda figure: draw(figure, one),
        "meter": meter,
        "note": lambda figure: note(figure, one),
        "full_title": lambda figure: full_title(figure, one),
        "by": lambda figure: one.text(figure.title),
        "in_words": partial(in_words, cube, one),
        "total_words": partial(total_words, cube, one),
        "evidence_words": partial(evidence_words, cube, one),
        "answered": lambda survey: answered(cube, survey, one),
        "markdown": lambda source: Markup(MARKDOWN.render(source)),
        "choices": lambda question: _choices(question, one),
    }


def _title(page: Page, one: Language) -> str:
    if page.message:
        return one.say(page.message, survey=one.text(page.survey.title) if page.survey else "")
    return one.text(page.title)


def _choices(question: Question, one: Language) -> str:
    return " · ".join(one.text(choice.label) for choice in question.choices)


def _citation(edition: Edition, one: Language) -> str:
    return one.say(
        "cite.line",
        publisher=one.text(edition.publisher.name),
        year=edition.release_at.year,
        title=one.text(edition.title),
        edition=edition.id,
        date=one.date(edition.release_at),
        address=edition.publisher.address,
    ).strip()


def _size(one: Language, content: bytes) -> str:
    return f"{one.number(max(1, round(len(content) / 1000)))}\u00a0kB"
