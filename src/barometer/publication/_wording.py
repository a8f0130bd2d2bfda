"""Released figures in words, and texts of the edition with their live numbers filled in."""

from collections.abc import Iterator
from dataclasses import replace

from markdown_it import MarkdownIt
from markupsafe import Markup

from barometer.edition import LETTERS, Live, live
from barometer.model import Claim, Edition, Indicator, Measure, Relation, Text, Theme
from barometer.problems import Place, Problem
from barometer.publication._claims import Evidence, claim_problems, evidence
from barometer.publication._cube import HIDDEN, TOO_UNCERTAIN, Cube
from barometer.publication._figure import Row, Written, alone, decimals, written
from barometer.publication._language import NO_BREAK_SPACE, Language

TEN = 10


def in_words(cube: Cube, one: Language, row: Row) -> str:
    """'That is about 86 of every 100 workplaces.'"""
    noun = one.text(cube.universe(row.indicator).noun)
    if row.cell.status or row.cell.value is None:
        kinds = {HIDDEN: "words.hidden", TOO_UNCERTAIN: "words.too_uncertain"}
        return one.say(kinds.get(row.cell.status, "words.empty"))
    if row.indicator.measure is not Measure.SHARE:
        return one.say(f"words.{row.indicator.measure.value}", noun=noun)
    count = one.number(row.cell.value * 100)
    return one.say("words.share_few" if count == "0" else "words.share", count=count, noun=noun)


def total_words(cube: Cube, one: Language, indicator: Indicator) -> str:
    """Everyone's figure with its interval and n."""
    row = alone(cube, indicator).rows[0]
    return _with_base(written(one, indicator, row.cell, row.places))


def evidence_words(cube: Cube, one: Language, evidence: Evidence) -> str:
    """Both figures with intervals and n, and the outcome of the test."""
    claim = evidence.claim
    survey = cube.owners[claim.indicator]
    labels = {
        category.code: one.text(category.label) for category in survey.programme.breakdown(claim.breakdown).categories
    }
    indicator = cube.indicator(claim.indicator)
    places = alone(cube, indicator).rows[0].places
    left, right = (_with_base(written(one, indicator, cell, places)) for cell in (evidence.left, evidence.right))
    significant = evidence.p < cube.edition.rules.level
    outcome = "evidence.significant" if significant else "evidence.not_significant"
    pair = one.say(
        "evidence.pair", left=labels[claim.left], left_value=left, right=labels[claim.right], right_value=right
    )
    return f"{pair} {one.say(outcome, p=one.p_value(evidence.p))}"


def cite(edition: Edition, one: Language) -> str:
    """How readers should cite the release."""
    return one.say(
        "cite.line",
        publisher=one.text(edition.publisher.name),
        year=edition.release_at.year,
        title=one.text(edition.title),
        edition=edition.id,
        date=one.date(edition.release_at),
        address=edition.publisher.address,
    ).strip()


def cite_figure(edition: Edition, indicator: Indicator, one: Language) -> str:
    """How readers should cite one figure."""
    return one.say("cite.figure", label=one.text(indicator.label), line=cite(edition, one))


def cite_theme(edition: Edition, theme: Theme, one: Language) -> str:
    """How readers should cite a theme's page."""
    return one.say("cite.figure", label=one.text(theme.title), line=cite(edition, one))


def check_texts(cube: Cube) -> Iterator[Problem]:
    """What live numbers of the edition's texts the release does not have (P008), and claims that the figures do not
    bear out (P001 to P004), with file and line. Names unknown to the edition are `check_edition`'s."""
    for place, source in sources(cube.edition):
        for one in live(source):
            yield from _problems(cube, one, place if place.field else replace(place, line=one.line))


def filled(cube: Cube, one: Language, source: str) -> str:
    """`source` with every live number written out in language `one`. `check_texts` must have nothing against it."""
    text, at = [], 0
    for call in live(source):
        text += [source[at : call.start], _written(cube, one, call)]
        at = call.end
    return "".join([*text, source[at:]])


def prose(cube: Cube, one: Language, name: str, deeper: int = 0) -> Markup:
    """A text of the edition as HTML, its live numbers filled in, its headings `deeper` levels down; its first heading
    goes where it would repeat the page's."""
    source = filled(cube, one, cube.edition.texts.get(one.code, {}).get(name, ""))
    tokens = MARKDOWN.parse(source)
    if tokens and tokens[0].type == "heading_open" and tokens[0].tag == "h1" and not deeper:
        tokens = tokens[3:]
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + deeper)}"
    return Markup(MARKDOWN.renderer.render(tokens, MARKDOWN.options, {}))


def heading(source: str) -> str:
    """The heading that a text starts with, '' where it starts otherwise."""
    tokens = MARKDOWN.parse(source)
    return tokens[1].content if tokens and tokens[0].type == "heading_open" and tokens[0].tag == "h1" else ""


def inline(cube: Cube, one: Language, text: Text) -> Markup:
    """A text of one paragraph as HTML, its live numbers filled in."""
    return Markup(MARKDOWN.renderInline(filled(cube, one, one.text(text))))


MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


def sources(edition: Edition) -> Iterator[tuple[Place, str]]:
    """Every text that may have live numbers, and where it stands."""
    for code, sources in edition.texts.items():
        for name, source in sources.items():
            if not name.startswith(LETTERS):
                yield Place(f"texts/{code}/{name}.md"), source
    for theme in edition.themes:
        for name, text in (("lead", theme.lead), ("statement", theme.statement)):
            for code, source in text.items():
                yield Place("outputs.toml", field=f"theme.{theme.id}.{name}.{code}"), source


def _problems(cube: Cube, call: Live, place: Place) -> Iterator[Problem]:
    if call.function in ("compare", "claim"):
        yield from claim_problems(cube, _claim(cube, call), place)
        return
    cell = cube.cell(call.indicator, call.breakdown, call.cells[0])
    if cell is None or cell.status or cell.value is None:
        found = f"{call.indicator}, {call.breakdown} = {call.cells[0]}, which is not published"
        way_out = "Leave the number out, or use one that is published; the table on the site shows which are."
        yield Problem("P008", place, found, "a published figure", way_out)
    elif call.function == "interval" and cell.ci_low is None:
        found = f"the interval of {call.indicator}, {call.breakdown} = {call.cells[0]}"
        yield Problem("P008", place, found, "a figure with an interval", "Leave the interval out.")


def _written(cube: Cube, one: Language, call: Live) -> str:
    if call.function == "claim":
        return ""
    if call.function == "compare":
        return evidence_words(cube, one, evidence(cube, _claim(cube, call)))
    cell = cube.cell(call.indicator, call.breakdown, call.cells[0])
    assert cell is not None and cell.value is not None
    if call.function == "of_ten":
        return one.say("words.of_ten", count=one.number(cell.value * TEN))
    indicator = cube.indicator(call.indicator)
    shown = written(one, indicator, cell, decimals(indicator, cube.total(call.indicator).value))
    return {"share": shown.value, "value": shown.value, "interval": shown.interval, "n": shown.n}[call.function]


def _claim(cube: Cube, call: Live) -> Claim:
    """The claim of a call. A comparison claims what the figures say, whichever way that is."""
    left, right = call.cells
    relation = call.relation
    if relation is None:
        contrast = cube.contrast(call.indicator, call.breakdown, left, right)
        relation = Relation.NOT_DIFFERENT
        if contrast is not None and contrast.p is not None and contrast.p < cube.edition.rules.level:
            relation = Relation.MORE if contrast.difference > 0 else Relation.LESS
    return Claim(f"line-{call.line}", call.indicator, call.breakdown, left, relation, right, {})


def _with_base(cell: Written) -> str:
    """'34 % (27–41 %; n = 280)', without breaks around '='."""
    behind = "; ".join(part for part in (cell.interval, f"n{NO_BREAK_SPACE}={NO_BREAK_SPACE}{cell.n}") if part)
    return f"{cell.value} ({behind})"
