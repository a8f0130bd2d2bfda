"""Markdown of introductions and definitions as blocks of marked words, for Typst: no raw markup gets through."""

from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

_MARKDOWN = MarkdownIt("commonmark", {"html": False}).disable("image")

Span = dict[str, Any]
Block = dict[str, Any]


def blocks(source: str) -> list[Block]:
    """Paragraphs, headings and lists, in order: {kind: 'paragraph' | 'heading' | 'list', spans or items}."""
    found: list[Block] = []
    items: list[list[Span]] | None = None
    depth, kind = 0, "paragraph"
    for token in _MARKDOWN.parse(source):
        if token.type in ("bullet_list_open", "ordered_list_open"):
            depth += 1
            if items is None:
                items = []
                found.append({"kind": "list", "numbered": token.type.startswith("ordered"), "items": items})
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            depth -= 1
            items = items if depth else None
        elif token.type == "heading_open":
            kind = "heading"
        elif token.type == "heading_close":
            kind = "paragraph"
        elif token.type in ("fence", "code_block"):
            found.append({"kind": "paragraph", "spans": [_span(token.content, 0, 0)]})
        elif token.type == "inline":
            spans = _spans(token.children or [])
            if items is None:
                found.append({"kind": kind, "spans": spans})
            else:
                items.append(spans)
    return found


def _spans(tokens: list[Token]) -> list[Span]:
    spans, strong, emphasis = [], 0, 0
    for token in tokens:
        strong += {"strong_open": 1, "strong_close": -1}.get(token.type, 0)
        emphasis += {"em_open": 1, "em_close": -1}.get(token.type, 0)
        if token.type in ("text", "code_inline") and token.content:
            spans.append(_span(token.content, strong, emphasis))
        elif token.type in ("softbreak", "hardbreak"):
            spans.append(_span(" " if token.type == "softbreak" else "\n", strong, emphasis))
    return spans


def _span(text: str, strong: int, emphasis: int) -> Span:
    return {"text": text, "strong": strong > 0, "emphasis": emphasis > 0}
