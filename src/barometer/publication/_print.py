"""What leaflet and report are set from: figures as rows of plain numbers and words, and the call to Typst."""

import json
from dataclasses import replace
from datetime import UTC, datetime, time
from functools import cache
from importlib.resources import files
from typing import Any

import typst

from barometer.model import Edition, Indicator, Measure
from barometer.printing import blocks
from barometer.publication._cube import UNCERTAIN, Cell, Cube
from barometer.publication._figure import Figure, Row, Written, span, written
from barometer.publication._language import Language
from barometer.publication._note import note
from barometer.publication._wording import cite, filled

Data = dict[str, Any]

TEMPLATES = files("barometer.publication") / "typst"


def set_pdf(template: str, edition: Edition, data: Data) -> bytes:
    """An accessible PDF (PDF/UA-1), dated the day of release; the same data give the same bytes."""
    return typeset(template, datetime.combine(edition.release_at, time(), UTC), data)


def typeset(template: str, stamp: datetime, data: Data) -> bytes:
    """A template of `typst/` with the shared one before it, as PDF/UA-1."""
    # One source: Typst's own import needs a folder.
    source = b"".join((TEMPLATES / name).read_bytes() for name in ("common.typ", template))
    compiled: bytes = typst.compile(
        source,
        format="pdf",
        pdf_standards=["ua-1"],
        font_paths=_fonts(),
        ignore_system_fonts=True,
        timestamp=int(stamp.timestamp()),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False, sort_keys=True)},
    )
    return compiled


def opening(cube: Cube, one: Language) -> Data:
    """What every document starts with."""
    edition = cube.edition
    day = edition.release_at
    return {
        "language": one.code,
        "title": one.text(edition.title) or edition.id,
        "subtitle": one.text(edition.subtitle),
        "publisher": one.text(edition.publisher.name),
        "date": [day.year, day.month, day.day],
        "kicker": f"{one.text(edition.publisher.name)} · {one.period(edition.period_start, edition.period_end)}",
        "warning": one.say("note.synthetic") if edition.synthetic else "",
        "released": one.say("about.released", date=one.date(edition.release_at)),
    }


def colophon(edition: Edition, one: Language) -> Data:
    """Who publishes it and under which licence, how to cite it, and where the figures lie; '' what is not known."""
    publisher = edition.publisher
    address = edition.catalogue.address
    return {
        "cite_title": one.say("cite.title"),
        "cite": cite(edition, one),
        "address": publisher.address,
        "publisher": one.say(
            "footer.publisher",
            name=one.text(publisher.name),
            contact=publisher.contact,
            licence=publisher.licence,
        ),
        "data": one.say("report.data"),
        "data_address": address,
        "edition": edition.id,
        "warning": one.text(edition.synthetic_note) if edition.synthetic else "",
    }


def page_address(edition: Edition, one: Language, path: str) -> str:
    """Where a page of the site will lie; '' where the edition does not say where the site will."""
    root = edition.catalogue.address.rstrip("/")
    return f"{root}/{one.code}/{path}" if root else ""


def row_data(one: Language, row: Row, axis: float) -> Data:
    """A row in words, and its bar as fractions of the axis; None where there is nothing to draw."""
    text = written(one, row.indicator, row.cell, row.places)
    shown = row.cell.value is not None and not row.cell.status
    ends = (row.cell.ci_low, row.cell.ci_high) if shown else (None, None)
    return {
        "label": one.text(row.label),
        "value": text.value,
        "bare": text.bare,
        "interval": text.interval,
        "n": text.n,
        "remark": text.remark,
        "sure": sure(one, text),
        "uncertain": row.cell.quality == UNCERTAIN,
        "whole": row.whole,
        "share": _along(row.cell.value, axis) if shown else None,
        "low": _along(ends[0], axis),
        "high": _along(ends[1], axis),
    }


def sure(one: Language, text: Written) -> str:
    """'60–66 %, n = 1 093', with what must be said of the figure."""
    parts = [text.interval, f"n = {text.n}" if text.n else "", text.remark]
    return ", ".join(part for part in parts if part)


def bare_interval(one: Language, row: Row) -> str:
    """A row's interval without its unit, for tables that have the unit in their head."""
    return bare_span(one, row.indicator, row.cell, row.places)


def bare_span(one: Language, indicator: Indicator, cell: Cell, places: int) -> str:
    """The interval of a cell without its unit; '' where it has none or is not shown."""
    if cell.status or cell.ci_low is None or cell.ci_high is None:
        return ""
    return span(one, replace(indicator, unit={}), cell.ci_low, cell.ci_high, places)


def note_of(figure: Figure, one: Language, kinds: tuple[str, ...]) -> str:
    """Those sentences of the figure's generated note, in the note's order."""
    return " ".join(sentence.text for sentence in note(figure, one) if sentence.kind in kinds)


def spans(cube: Cube, one: Language, source: str) -> list[Data]:
    """A text of one paragraph, its live numbers filled in, as marked words."""
    found = blocks(filled(cube, one, source))
    return list(found[0]["spans"]) if found else []


def axis_of(figure: Figure) -> float:
    """Shares are drawn against the whole, so that bars of different pages can be compared."""
    return 1.0 if figure.indicators[0].measure is Measure.SHARE else figure.axis


def _along(value: float | None, axis: float) -> float | None:
    return None if value is None else round(min(max(value / axis, 0.0), 1.0), 6)


@cache
def _fonts() -> typst.Fonts:
    folder = files("font_source_sans_pro") / "files"
    return typst.Fonts(include_system_fonts=False, font_paths=[str(folder)])
