"""Texts in several languages, and what all tables of a file share while they are read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from barometer.edition._entries import Entry, Report, describe
from barometer.model import Language, Text
from barometer.problems import Place, suggestion

LONGEST_TEXT = 30_000
"""Characters of one text in one language; what a cell of a workbook holds."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Context:
    """What all tables of a file share: where problems go, their family, and the languages of its texts."""

    report: Report
    family: str  # 'E' or 'Q'
    languages: tuple[Language, ...]  # empty when they are not known, and texts cannot be checked
    columns: Mapping[str, str] = field(default_factory=dict)  # key -> what a workbook calls it

    def error(self, number: str, place: Place, found: str, expected: str, way_out: str) -> None:
        self.report.error(self.family + number, place, found, expected, way_out)

    def called(self, key: str) -> str:
        """What the author of this file knows the key as."""
        return self.columns.get(key, key)


def is_clean(text: str) -> bool:
    """Whether the text has no control characters but line breaks and tabs."""
    return not _CONTROL.search(text)


def read_text(entry: Entry, key: str, context: Context) -> Text:
    """A text in every language of the context; a missing or blank language is reported where it should stand."""
    if not isinstance(entry.value, Mapping):
        languages = ", ".join(f'{language} = "…"' for language in context.languages)
        way_out = (
            f"Give it in each language: {{ {languages} }}." if context.family == "E" else "Give it a language a line."
        )
        what = f"{context.called(key)} is {describe(entry)}"
        context.error("005", entry.place, what, "a text in each language", way_out)
        return {}
    found: dict[Language, str] = {}
    blank: list[Language] = []
    for language, version in entry.value.items():
        if context.languages and language not in context.languages:
            context.error(
                "009" if context.family == "E" else "003",
                version.place,
                f"language '{language}'",
                "a language of this edition" if context.family == "E" else "a language of this questionnaire",
                suggestion(language, context.languages) + " Or add it to languages.",
            )
        elif version.value is None or (isinstance(version.value, str) and not version.value.strip()):
            blank.append(language)
        elif not isinstance(version.value, str):
            context.error("005", version.place, describe(version), "a text", "Put quotation marks around it.")
            found[language] = ""
        else:
            found[language] = _clean(version.value, version.place, context)
    missing = [language for language in context.languages if language not in found]
    if missing:
        place = next((entry.value[one].place for one in missing if one in blank), entry.place)
        names = ", ".join(missing)
        context.error(
            "006",
            place,
            f"no text in {names}",
            f"{context.called(key)} in " + ", ".join(context.languages),
            f"Write the text in {names}.",
        )
    order = context.languages or tuple(found)
    return {language: found[language] for language in order if language in found}


def _clean(text: str, place: Place, context: Context) -> str:
    text = text.replace("\r\n", "\n").strip()
    if _CONTROL.search(text):
        report_control(place, text, context)
    elif len(text) > LONGEST_TEXT:
        context.error(
            "012",
            place,
            f"{len(text)} characters",
            f"at most {LONGEST_TEXT} characters",
            "Split it, or move it to a page of its own under texts/.",
        )
    return text


def report_control(place: Place, text: str, context: Context) -> None:
    match = _CONTROL.search(text)
    assert match
    context.error(
        "029" if context.family == "E" else "020",
        place,
        f"character U+{ord(match[0]):04X} after '{text[max(0, match.start() - 20) : match.start()]}'",
        "visible characters, blanks and line breaks",
        "Delete the character, or write the text anew.",
    )
