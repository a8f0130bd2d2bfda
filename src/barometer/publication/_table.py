"""A figure as a table: the same rows, for those who read numbers. Written here rather than in a template, because a
site has tens of thousands of rows."""

from collections.abc import Callable
from html import escape

from markupsafe import Markup

from barometer.model import Indicator
from barometer.publication._figure import Figure, Row, Written, written
from barometer.publication._language import Language
from barometer.publication._svg import full_title, small_bar

Address = Callable[[Indicator], str]


def table(figure: Figure, language: Language, prefix: str, address: Address, bars: bool = False) -> Markup:
    """The table of a figure, in a region that scrolls sideways by itself and takes keyboard focus.

    `address` gives the link of an indicator's page; `bars` adds a column of drawn bars, for tables that stand
    without a figure. Columns for interval and remark are left out when no row has one.
    """
    identity = f"{prefix}{figure.id}-c"
    texts = [written(language, row.indicator, row.cell, row.places) for row in figure.rows]
    heads = _heads(figure, language, texts, bars)
    body = "".join(_groups(figure, language, texts, heads, address))
    top = "".join(f'<th scope="col"{cls}>{label}</th>' for label, cls in heads.values())
    universe = "" if bars else f'<span class="universe">{escape(language.text(figure.universe.label))}</span>'
    return Markup(
        f'<div class="scroll" role="region" tabindex="0" aria-labelledby="{identity}">'
        f'<table class="{"bars" if bars else "twin"}"><caption id="{identity}">{escape(full_title(figure, language))}'
        f"{universe}</caption>"
        f"<thead><tr>{top}</tr></thead>{body}</table></div>"
    )


def _heads(figure: Figure, language: Language, texts: list[Written], bars: bool) -> dict[str, tuple[str, str]]:
    """Columns in order: name -> heading as HTML, and its class."""
    number = ' class="number"'
    first = language.text(figure.breakdown.label) if figure.breakdown else language.say(figure.of or "table.indicator")
    heads = {"label": (escape(first), "")}
    if bars:
        heads["bar"] = (f'<span class="unseen">{escape(language.say("table.bar"))}</span>', ' class="bar-cell"')
    heads["value"] = (escape(language.say("table.value")), number)
    if any(text.interval for text in texts):
        confidence = language.percent(1 - figure.level)
        heads["interval"] = (escape(language.say("table.interval", confidence=confidence)), number)
    heads["n"] = (escape(language.say("table.n")), number)
    if any(text.remarks for text in texts):
        heads["remark"] = (escape(language.say("table.remark")), "")
    return heads


def _groups(
    figure: Figure, language: Language, texts: list[Written], heads: dict[str, tuple[str, str]], address: Address
) -> list[str]:
    parts = []
    remaining = iter(texts)
    for group, rows in figure.groups:
        parts.append("<tbody>")
        if group:
            heading = escape(language.text(group))
            parts.append(f'<tr><th scope="rowgroup" colspan="{len(heads)}">{heading}</th></tr>')
        parts += [_row(figure, language, row, next(remaining), heads, address) for row in rows]
        parts.append("</tbody>")
    return parts


def _row(
    figure: Figure, language: Language, row: Row, text: Written, heads: dict[str, tuple[str, str]], address: Address
) -> str:
    everyone = row.whole and "bar" in heads  # the page says whom, just above
    label = escape(language.say("methods.everyone") if everyone else language.text(row.label))
    if figure.breakdown is None and not figure.of:
        label = f'<a href="{escape(address(row.indicator))}">{label}</a>'
    cells = [f'<th scope="row">{label}</th>']
    if "bar" in heads:
        cells.append(f'<td class="bar-cell">{small_bar(row, figure.axis)}</td>')
    cells.append(f"<td>{escape(text.value)}</td>")
    if "interval" in heads:
        cells.append(f"<td>{escape(text.interval)}</td>")
    cells.append(f"<td>{escape(text.n)}</td>")
    if "remark" in heads:
        cells.append(f'<td class="words">{escape(text.remark)}</td>')
    return f'<tr class="whole">{"".join(cells)}</tr>' if row.whole else f"<tr>{''.join(cells)}</tr>"
