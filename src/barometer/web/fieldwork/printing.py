"""Letters on paper: many recipients, one tagged PDF, made by Typst from data, so no word of a letter is code."""

import io
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import segno
import typst
from markdown_it import MarkdownIt
from markdown_it.token import Token

from barometer.edition import letter_body
from barometer.web.fieldwork.letters import fill_escaped

TEMPLATE = Path(__file__).parent / "letter.typ"
Span = Mapping[str, Any]
"""A run of words of a paragraph: {"text", "strong"}, or {"break": true}."""


@dataclass(frozen=True)
class Sheet:
    """A letter to print: the lines of its window, its heading, its Markdown with the values in it, and its link."""

    language: str
    address: tuple[str, ...]
    heading: str
    source: str
    values: Mapping[str, str]
    link: str
    qr_words: str  # what the QR code is, for those who cannot see it


def letters_pdf(sheets: Sequence[Sheet], *, title: str) -> bytes:
    """One PDF (PDF/UA-1, tagged), each letter beginning on a page of its own. The same sheets give the same bytes."""
    if not sheets:
        raise ValueError("there are no letters to print")
    with tempfile.TemporaryDirectory() as folder:
        data = {"title": title, "language": sheets[0].language, "letters": [_data(sheet) for sheet in sheets]}
        (Path(folder) / "letters.json").write_text(json.dumps(data), encoding="utf-8")
        (Path(folder) / "letter.typ").write_bytes(TEMPLATE.read_bytes())
        made = typst.compile(
            str(Path(folder) / "letter.typ"), root=folder, format="pdf", pdf_standards="ua-1", timestamp=0
        )
    assert isinstance(made, bytes)
    return made


def _data(sheet: Sheet) -> dict[str, Any]:
    filled = fill_escaped(letter_body(sheet.source), sheet.values)
    tokens = MarkdownIt("commonmark", {"html": False}).parse(filled)
    return {
        "language": sheet.language,
        "address": list(sheet.address),
        "heading": sheet.heading,
        "paragraphs": [_spans(token) for token in tokens if token.type == "inline"],
        "qr": _qr(sheet.link),
        "qr_words": sheet.qr_words,
    }


def _spans(token: Token) -> list[Span]:
    strong = 0
    spans: list[Span] = []
    for child in token.children or ():
        if child.type in ("strong_open", "strong_close"):
            strong += child.nesting
        elif child.type in ("softbreak", "hardbreak"):
            spans.append({"break": child.type == "hardbreak", "text": " ", "strong": False})
        elif child.content:
            spans.append({"break": False, "text": child.content, "strong": strong > 0})
    return spans


def _qr(link: str) -> str:
    """The link as an SVG picture; error correction M survives a fold or a stain."""
    drawn = io.BytesIO()
    segno.make(link, error="m", micro=False).save(drawn, kind="svg", border=2, xmldecl=False, svgns=True)
    return drawn.getvalue().decode()
