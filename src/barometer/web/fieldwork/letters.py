"""Letters: which there are, in which words, and what stands in them for one recipient.

A letter is Markdown under a heading (see `barometer.edition.PLACEHOLDERS`). The edition's own words, in
texts/<language>/letters, go before those that come with the program. Nothing is rendered before it is sent.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_date
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext, override
from markdown_it import MarkdownIt

from barometer.edition import fill_letter, letter_body, letter_problems, letter_subject
from barometer.problems import Place, Problem, suggestion
from barometer.web.fieldwork.models import Collection
from barometer.web.fieldwork.naming import edition_title, questionnaire_title

SHIPPED = Path(__file__).parent / "letter_texts"
LETTERS = (
    "invitation",
    "reminder_not_opened",
    "reminder_started",
    "last_reminder",
    "receipt",
    "colleague",
    "transfer",
    "paper",
)
"""Letters that come with the program. A receipt, a colleague's and a transfer answer an act of a respondent."""
ADDRESSES = ("link", "site", "unsubscribe", "refuse")
"""Placeholders that become addresses we made, so nothing in them is escaped."""


@dataclass(frozen=True)
class Letter:
    """Ready for one recipient: subject in one line, plain text, and the same as a whole HTML document."""

    subject: str
    text: str
    html: str
    fragment: str  # the HTML of the body alone, safe to set into a page


def letter_names(collection: Collection) -> tuple[str, ...]:
    """Letters a rule of the collection may send: those of the program, then the edition's others."""
    own = {name for texts in collection.texts.values() for name in texts if name.startswith("letters/")}
    return (*LETTERS, *sorted({name.removeprefix("letters/") for name in own} - {*LETTERS}))


def problems_of_letter(collection: Collection, name: str) -> tuple[Problem, ...]:
    """What keeps a letter from being sent in any of the collection's languages (C041, E030)."""
    if name not in letter_names(collection):
        way_out = suggestion(name, letter_names(collection))
        return (Problem("C041", Place(field="letter"), f"'{name}'", "a letter of this collection", way_out),)
    return tuple(
        problem
        for language in collection.languages
        for problem in letter_problems(
            name, letter_source(collection, name, language), f"texts/{language}/letters/{name}.md"
        )
    )


def letter_source(collection: Collection, name: str, language: str) -> str:
    """The Markdown of a letter in a language: the edition's own, else the program's, else the program's English."""
    own = collection.texts.get(language, {}).get(f"letters/{name}")
    return str(own) if own is not None else _shipped(name, language) or _shipped(name, "en")


def letter_language(collection: Collection, wanted: str) -> str:
    """The language a contact is written to in: theirs when the collection has it, else the collection's first."""
    return wanted if wanted in collection.languages else str(collection.languages[0])


def common_values(collection: Collection, language: str, *, name: str, minutes: int) -> dict[str, str]:
    """What stands in a letter whoever it goes to, and how it greets. Names are brought to one line."""
    title = one_line(edition_title(collection, language))
    with override(language):
        greeting = gettext("Dear %(name)s,") % {"name": one_line(name)} if one_line(name) else gettext("Hello,")
    return {
        "greeting": greeting,
        "name": one_line(name),
        "title": title,
        "questionnaire": one_line(questionnaire_title(collection, language)) or title,
        "minutes": str(minutes),
        "site": f"{settings.BASE_URL}/code",
        "closes": closing_day(collection, language),
        "help": one_line(collection.help_contact),
        "sender": one_line(collection.publisher.get(language, "") or sender_name(collection)),
    }


def render(source: str, values: Mapping[str, str], language: str) -> Letter:
    """A letter for one recipient. Names and other words from outside are never read as Markdown or HTML."""
    fragment = _markdown().render(fill_escaped(letter_body(source), values))
    return Letter(
        subject=one_line(fill_letter(letter_subject(source), values)),
        text=fill_letter(_plain(letter_body(source)), values),
        html=_document(fragment, language),
        fragment=mark_safe(fragment),
    )


def fill_escaped(markdown: str, values: Mapping[str, str]) -> str:
    """Markdown with its placeholders replaced such that each value means just its own characters."""
    return fill_letter(markdown, {key: one if key in ADDRESSES else _escaped(one) for key, one in values.items()})


def closing_day(collection: Collection, language: str) -> str:
    """The last day, written out in a language, as in the collection's time zone; '' when none is set."""
    if collection.closes_at is None:
        return ""
    day: datetime = collection.closes_at.astimezone(ZoneInfo(collection.time_zone))
    return format_date(day.date(), format="long", locale="en_GB" if language == "en" else language)


def sender_name(collection: Collection) -> str:
    """The name in 'Name <address>'."""
    return str(collection.sender.partition("<")[0]).strip().strip('"')


def one_line(text: str) -> str:
    """The text without line breaks and other control characters: nothing in it can start a new header."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


@lru_cache(maxsize=200)
def _shipped(name: str, language: str) -> str:
    path = SHIPPED / language / f"{name}.md"
    return path.read_text(encoding="utf-8") if name in LETTERS and path.is_file() else ""


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False})


def _escaped(value: str) -> str:
    """The value as Markdown that means just these characters (CommonMark 0.31, section 2.4)."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", value)


_PLAIN = (
    (re.compile(r"^#+ ", re.MULTILINE), ""),
    (re.compile(r"\[([^\]]+)\]\(([^)]+)\)"), r"\1:\n\2\n"),
    (re.compile(r"<(\{\w+\}|https?://[^>]+)>"), r"\1"),
    (re.compile(r"\*\*(.+?)\*\*"), r"\1"),
    (re.compile(r"\\$", re.MULTILINE), ""),
    (re.compile(r"^ · ", re.MULTILINE), ""),
)


def _plain(markdown: str) -> str:
    """Markdown as one would write it in a plain mail: an address on a line of its own."""
    for pattern, instead in _PLAIN:
        markdown = pattern.sub(instead, markdown)
    return markdown.strip() + "\n"


def _document(fragment: str, language: str) -> str:
    """A whole page that mail programs show as it is: no images, nothing loaded, nothing that reports back."""
    return format_html(
        '<!doctype html><html lang="{}"><head><meta charset="utf-8"></head>'
        '<body style="font-family: sans-serif; font-size: 16px; line-height: 1.5; max-width: 36em">{}</body></html>',
        language,
        mark_safe(fragment),
    )
