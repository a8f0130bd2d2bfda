"""The leaflet: one page a theme, with one number large, what the figures say, and one picture."""

from io import BytesIO

import segno

from barometer.model import Relation, Theme
from barometer.publication._claims import Evidence, evidence
from barometer.publication._cube import Cube
from barometer.publication._figure import Figure, alone, by_breakdown, side_by_side, written
from barometer.publication._language import Language
from barometer.publication._methods import answered
from barometer.publication._print import (
    Data,
    axis_of,
    colophon,
    note_of,
    opening,
    page_address,
    row_data,
    set_pdf,
    spans,
    sure,
)
from barometer.publication._svg import full_title

NOTED = ("asked", "base", "sum", "dont_know", "components", "marks", "breaks", "weighting", "significance")
UPRIGHT = 5
"""Most figures that stand side by side as columns; more lie below each other as bars."""
LETTERS = 66
"""Letters that fit side by side under all columns together."""
LINES = 4
"""Most lines under a column."""
LISTED = 9
CLAIMS = 3


def leaflet_pdf(cube: Cube, one: Language) -> bytes:
    """The leaflet in one language, A5, PDF/UA-1. Texts must have passed `check_claims` and `check_texts`."""
    return set_pdf("leaflet.typ", cube.edition, leaflet_data(cube, one))


def leaflet_data(cube: Cube, one: Language) -> Data:
    """Everything the leaflet says, every number from the release."""
    edition = cube.edition
    found = [evidence(cube, claim) for claim in edition.claims]
    several = len(edition.surveys) > 1
    return opening(cube, one) | {
        "cover": _cover(cube, one),
        "glance": _glance(cube, one),
        "themes": [_theme(cube, one, theme, found, several) for theme in edition.themes],
        "about": _about(cube, one),
    }


def _cover(cube: Cube, one: Language) -> Data:
    first = cube.indicator(next(iter(cube.edition.headline), cube.edition.indicators[0].id))
    figure = alone(cube, first)
    row = figure.rows[0]
    text = written(one, first, row.cell, row.places)
    return {
        "before": answered(cube, cube.owners[first.id], one),
        "number": text.value,
        "says": one.text(first.label),
        "sure": one.say("leaflet.sure", universe=one.text(figure.universe.label), sure=sure(one, text)),
    }


def _glance(cube: Cube, one: Language) -> Data:
    figures = [alone(cube, cube.indicator(each)) for each in cube.edition.headline]
    cards = [row_data(one, figure.rows[0], axis_of(figure)) for figure in figures]
    for card, figure in zip(cards, figures, strict=True):
        card["number"] = card["value"]
        card["sure"] = f"{one.text(figure.universe.label)}. {card['sure']}"
    confidence = one.percent(1 - cube.edition.rules.level)
    return {
        "title": one.say("index.headline"),
        "cards": cards,
        "note": one.say("note.margin", confidence=confidence),
    }


def _theme(cube: Cube, one: Language, theme: Theme, found: list[Evidence], several: bool) -> Data:
    first = cube.indicator(theme.first)
    everyone = alone(cube, first)
    row = everyone.rows[0]
    text = written(one, first, row.cell, row.places)
    picture = pictured(cube, theme)
    address = page_address(cube.edition, one, f"themes/{theme.id}.html")
    said = [each.claim for each in found if _about_picture(each, picture, theme)]
    said.sort(key=lambda claim: claim.relation is Relation.NOT_DIFFERENT)
    return {
        "kicker": one.text(cube.owners[first.id].title) if several else "",
        "title": one.text(theme.title),
        "lead": spans(cube, one, one.text(theme.lead)),
        "number": text.value,
        "statement": spans(cube, one, one.text(theme.statement) or one.text(first.label)),
        "sure": f"{one.text(everyone.universe.label)}. {sure(one, text)}",
        "address": address,
        "code": _code(address),
        "claims": [one.text(claim.text) for claim in said[:CLAIMS]],
        "picture": _picture(one, picture),
    }


def _code(address: str) -> str:
    """A QR code as SVG; '' where there is no address."""
    if not address:
        return ""
    drawn = BytesIO()
    segno.make(address, error="m", micro=False).save(drawn, kind="svg", border=0, xmldecl=False)
    return drawn.getvalue().decode()


def _about_picture(each: Evidence, picture: Figure, theme: Theme) -> bool:
    """Claims about what is drawn, or about anything of the theme where nothing is drawn by groups."""
    if picture.breakdown is None:
        return each.claim.indicator in theme.indicators
    return (each.claim.indicator, each.claim.breakdown) == (picture.indicators[0].id, picture.breakdown.id)


def pictured(cube: Cube, theme: Theme) -> Figure:
    """The picture the edition asks for; else the theme's figures that stand beside its first one."""
    if theme.picture and theme.picture.breakdown:
        indicator = cube.indicator(theme.picture.indicators[0])
        return by_breakdown(cube, indicator, cube.owners[indicator.id].programme.breakdown(theme.picture.breakdown))
    first = cube.indicator(theme.first)
    wanted = [cube.indicator(each) for each in (theme.picture.indicators if theme.picture else theme.indicators)]
    alike = [each for each in wanted if (each.universe, each.measure, each.unit) == _kind(cube, theme)]
    return side_by_side(cube, f"leaflet-{theme.id}", theme.title, (alike or [first])[:LISTED])


def _kind(cube: Cube, theme: Theme) -> tuple[object, object, object]:
    indicator = cube.indicator(theme.picture.indicators[0] if theme.picture else theme.first)
    return indicator.universe, indicator.measure, indicator.unit


def _picture(one: Language, figure: Figure) -> Data:
    axis = axis_of(figure)
    rows = [row_data(one, row, axis) for row in figure.rows if not row.whole]
    room = LETTERS // max(len(rows), 1)
    short = all(
        len(row["label"]) <= LINES * room and all(len(word) <= room for word in row["label"].split()) for row in rows
    )
    return {
        "title": full_title(figure, one) if figure.breakdown else "",  # else it is the theme's
        "rows": rows,
        "upright": 2 <= len(rows) <= UPRIGHT and short,
        "note": note_of(figure, one, NOTED),
    }


def _about(cube: Cube, one: Language) -> Data:
    edition = cube.edition
    confidence = one.percent(1 - edition.rules.level)
    meanings = [
        one.text(survey.margin_meaning) or one.say("index.interval_meaning", confidence=confidence)
        for survey in edition.surveys
    ]
    paragraphs = [
        one.text(edition.definition),
        *(answered(cube, survey, one) for survey in edition.surveys),
        *dict.fromkeys(meanings),
        one.say(
            "methods.rules",
            units=one.number(edition.rules.minimum_units),
            dominance=one.percent(edition.rules.dominance),
        ),
        one.say("about.released", date=one.date(edition.release_at)),
    ]
    return {
        "title": one.say("leaflet.about"),
        "paragraphs": [each for each in paragraphs if each],
        "colophon": colophon(edition, one),
    }
