"""A figure as SVG that reads well at any width.

Nothing is scaled: lengths along the axis are per cent of the width, text has the size of the page's text, and the
style sheet moves the bars beside their labels where there is room. Colours are the style sheet's, so dark mode,
print and forced colours work; numbers stand in the title and description for those who cannot see the bars.
"""

from functools import cache
from html import escape

from markupsafe import Markup
from pyphen import Pyphen, language_fallback

from barometer.model import Measure
from barometer.publication._cube import UNCERTAIN
from barometer.publication._figure import Figure, Row, Written, ticks, written
from barometer.publication._language import Language

LABEL_CHARACTERS = 28  # what a label line holds beside the value at 320 px
BOLD = 4  # how many fewer in bold
LINE = 18  # px between label lines
BAR = 12
AFTER_LABEL = 5
AFTER_BAR = 13
HEADING = 30
AXIS = 24
TALL = 820  # px: a drawing higher than this does not fit on paper, where its table stands alone
CAP = 4  # half the height of an interval's end marks


def draw(figure: Figure, language: Language) -> Markup:
    """The figure in `language`."""
    identity = figure.id
    texts = [written(language, row.indicator, row.cell, row.places) for row in figure.rows]
    body, height = _body(figure, language, texts)
    kind = "chart tall" if height > TALL else "chart"
    parts = [
        f'<svg class="{kind}" role="img" aria-labelledby="{identity}-t {identity}-d" width="100%" '
        f'height="{height + AXIS}">',
        f'<title id="{identity}-t">{escape(full_title(figure, language))}</title>',
        f'<desc id="{identity}-d">{escape(description(figure, language, texts))}</desc>',
        _grid(figure, language, height),
        *body,
        "</svg>",
    ]
    return Markup("".join(parts))


def _body(figure: Figure, language: Language, texts: list[Written]) -> tuple[list[str], int]:
    parts: list[str] = []
    top = 0
    beyond = False
    written_rows = iter(texts)
    for heading, rows in figure.groups:
        if heading:
            if beyond and not rows[0].beyond:
                parts.append(_break(top))
                beyond = False
            parts.append(f'<text class="group" y="{top + 18}">{escape(language.text(heading))}</text>')
            top += HEADING
        for row in rows:
            if beyond and not row.beyond:
                parts.append(_break(top))
            beyond = row.beyond
            text = next(written_rows)
            flagged = bool(text.remarks) and not row.cell.status
            room = LABEL_CHARACTERS - (len(text.remarks[0]) if flagged else BOLD if row.whole else 0)
            lines = _lines(language.text(row.label), room, language.code)
            part, height = _row(figure, row, lines, text, top)
            parts.append(part)
            top += height
    return parts, top


def _break(top: int) -> str:
    """A dashed line over the row at `top`: what stands above is no comparison."""
    return f'<line class="break" x2="100%" y1="{top - 7}" y2="{top - 7}"/>'


def _row(figure: Figure, row: Row, lines: tuple[str, ...], text: Written, top: int) -> tuple[str, int]:
    """Label and value on one line, the bar below them (beside them where there is room), or in its place why there is
    none."""
    label = escape(lines[0])
    if len(lines) > 1:
        label = "".join(f'<tspan x="0" dy="{LINE if n else 0}">{escape(line)}</tspan>' for n, line in enumerate(lines))
    y = len(lines) * LINE + AFTER_LABEL
    kind = " whole" if row.whole else "" if row.ours else " other"
    bar = _bar(row, figure.axis, figure.reference)
    flag = f'<tspan class="flag">{escape(text.remarks[0])} </tspan>' if bar and text.remarks else ""
    drawn = f'<g class="plot" transform="translate(0,{y})">{bar}</g>'
    if not bar and text.remarks:
        drawn = f'<text class="flag" transform="translate(0,{y + BAR - 1})">{escape(text.remarks[0])}</text>'
    parts = [
        f'<g class="row{kind}" transform="translate(0,{top})">',
        f'<text class="label" y="14">{label}</text>',
        f'<text class="value" x="100%" y="14">{flag}{escape(text.bare)}</text>',
        drawn,
        "</g>",
    ]
    return "".join(parts), y + BAR + AFTER_BAR


@cache
def _lines(label: str, characters: int, code: str) -> tuple[str, ...]:
    """The label in lines of at most so many characters; longer words are broken where the language allows it."""
    lines = [""]
    for word in label.split():
        while word:
            room = characters - len(lines[-1]) - bool(lines[-1])
            if len(word) <= room:
                lines[-1], word = f"{lines[-1]} {word}".strip(), ""
            elif lines[-1]:
                lines.append("")
            elif parts := _hyphenation(code).wrap(word, characters):
                lines[-1], word = parts
                lines.append("")
            else:  # a long word that nothing is known of stands alone
                lines[-1], word = word, ""
    return tuple(line for line in lines if line) or ("",)


@cache
def _hyphenation(code: str) -> Pyphen:
    return Pyphen(lang=language_fallback(code) or "en_GB")


def _bar(row: Row, axis: float, reference: float | None) -> str:
    """The bar, its interval, and everyone's value as a dashed line."""
    cell = row.cell
    if cell.status or cell.value is None:
        return ""
    behind = ""
    if reference is not None and not row.whole:
        x = _along(reference, axis)
        behind = f'<line class="reference" x1="{x}" x2="{x}" y1="-2" y2="{BAR + 2}"/>'
    kind = "bar uncertain" if cell.quality == UNCERTAIN else "bar"
    bar = f'<rect class="{kind}" width="{_along(cell.value, axis)}" height="{BAR}"/>{behind}'
    if cell.ci_low is None or cell.ci_high is None:
        return bar
    low, high = _along(cell.ci_low, axis), _along(cell.ci_high, axis)
    middle, above, below = BAR / 2, BAR / 2 - CAP, BAR / 2 + CAP
    return (
        f'{bar}<g class="interval"><line x1="{low}" x2="{high}" y1="{middle:g}" y2="{middle:g}"/>'
        f'<line x1="{low}" x2="{low}" y1="{above:g}" y2="{below:g}"/>'
        f'<line x1="{high}" x2="{high}" y1="{above:g}" y2="{below:g}"/></g>'
    )


def _grid(figure: Figure, language: Language, height: int) -> str:
    """Gridlines with numbers below."""
    shares = figure.indicators[0].measure is Measure.SHARE
    places = 0 if figure.axis >= 5 else 1 if figure.axis >= 1 else 2
    parts = ['<g class="grid">']
    marks = ticks(figure)
    for mark in marks:
        x = _along(mark, figure.axis)
        anchor = "start" if mark == 0 else "end" if mark == marks[-1] else "middle"
        number = language.percent(mark) if shares else language.number(mark, places)
        parts.append(
            f'<line x1="{x}" x2="{x}" y2="{height}"/><text class="{anchor}" x="{x}" y="{height + 17}">'
            f"{escape(number)}</text>"
        )
    return "".join([*parts, "</g>"])


def _along(value: float, axis: float) -> str:
    """Where `value` lies on an axis from 0, in per cent of the plot's width, cut at its ends."""
    share = min(max(value / axis, 0.0), 1.0)
    return f"{round(share * 100, 2):g}%"


def full_title(figure: Figure, language: Language) -> str:
    """'Collaborated with companies, by sector'."""
    subject = language.text(figure.indicators[0].label) if len(figure.indicators) == 1 else language.text(figure.title)
    if figure.breakdown is None:
        return f"{subject}: {language.text(figure.title)}" if figure.of else subject
    return language.say("figure.by", subject=subject, breakdown=language.text(figure.breakdown.label))


def description(figure: Figure, language: Language, texts: list[Written]) -> str:
    """The figure's numbers as sentences, for those who do not see it."""
    sentences = []
    for row, text in zip(figure.rows, texts, strict=True):
        name = language.text(row.label)
        if row.group:
            name = f"{language.text(row.group)}, {name}"
        said = f"{name}: {text.value}"
        if text.interval:
            said += f" ({text.interval})"
        if text.remark:
            said += f", {text.remark}"
        sentences.append(said)
    return ". ".join(sentences) + "."


def meter(figure: Figure) -> Markup:
    """The first bar of a figure alone, for a card that has its numbers in words; hidden from assistive technology.
    Shares are drawn on the whole axis, so that cards can be compared."""
    row = figure.rows[0]
    return _meter(row, 1.0 if row.indicator.measure is Measure.SHARE else figure.axis)


def share_meter(row: Row) -> Markup:
    """The same of one share."""
    return _meter(row, 1.0)


def _meter(row: Row, axis: float) -> Markup:
    track = f'<rect class="track" width="100%" height="{BAR}"/>'
    return Markup(
        f'<svg class="meter" aria-hidden="true" width="100%" height="{BAR}">{track}{_bar(row, axis, None)}</svg>'
    )


def small_bar(row: Row, axis: float) -> str:
    """The bar of one row, for a table that has its numbers beside it; '' where there is nothing to draw."""
    cell = row.cell
    if cell.status or cell.value is None:
        return ""
    parts = [f'<rect class="bar" width="{_along(cell.value, axis)}" height="{BAR}"/>']
    if cell.ci_low is not None and cell.ci_high is not None:
        low, high = _along(cell.ci_low, axis), _along(cell.ci_high, axis)
        parts.append(f'<line x1="{low}" x2="{high}" y1="{BAR / 2:g}" y2="{BAR / 2:g}"/>')
    return f'<svg class="interval" aria-hidden="true">{"".join(parts)}</svg>'
