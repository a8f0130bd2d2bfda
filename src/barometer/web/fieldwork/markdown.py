"""Texts people write as Markdown, as safe HTML: no raw HTML, no images, no addresses that run scripts."""

from functools import lru_cache

from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

_MARKDOWN = MarkdownIt("commonmark", {"html": False}).disable("image")


@lru_cache(maxsize=256)
def as_html(source: str) -> SafeString:
    return mark_safe(str(_MARKDOWN.render(source)))
