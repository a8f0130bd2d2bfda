"""Files of a site as answers to requests, with a notice on top where something must be said about them."""

import mimetypes
from pathlib import Path

from django.http import HttpResponse
from django.utils.html import format_html

TYPES = {
    ".parquet": "application/vnd.apache.parquet",
    ".px": "text/plain",
    ".ttl": "text/turtle",
    ".jsonld": "application/ld+json",
}
"""Of files that the standard library does not know."""


def site_file(path: Path, notice: str = "") -> HttpResponse:
    """The file; a page has the notice (HTML) right after the start of its body."""
    kind = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    content = path.read_bytes()
    if kind == "text/html" and notice:
        content = _with_notice(content, notice)
    text = kind.startswith("text/") or "json" in kind or "xml" in kind
    return HttpResponse(content, content_type=f"{kind}; charset=utf-8" if text else kind)


def notice(text: str, *, address: str = "", link: str = "") -> str:
    """A box of the site's own looks, with a link where there is somewhere to go."""
    if not address:
        return format_html('<aside class="synthetic notice"><p><strong>{}</strong></p></aside>', text)
    return format_html(
        '<aside class="synthetic notice"><p><strong>{}</strong> <a href="{}">{}</a></p></aside>', text, address, link
    )


def _with_notice(page: bytes, notice: str) -> bytes:
    """After the link that skips to the content, which must come first; at the start where there is none."""
    mark, end = (b'<a class="skip"', b"</a>") if b'<a class="skip"' in page else (b"<body", b">")
    place = page.index(end, page.index(mark)) + len(end)
    return page[:place] + b"\n" + notice.encode() + page[place:]
