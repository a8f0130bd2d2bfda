"""Which indicators a list in outputs.toml stands for: ids, 'THEME:id' or '*'."""

from collections.abc import Mapping

from barometer.edition._entries import Report
from barometer.edition._fields import Fields, Word
from barometer.edition._indicators import Registry
from barometer.model import Theme
from barometer.problems import suggestion

THEME = "THEME:"


def selected(
    part: Fields, survey: str, registry: Registry, themes: Mapping[str, Theme], report: Report
) -> tuple[tuple[str, Word], ...]:
    """Indicators of the survey that the list `indicators` of a table stands for, each with the word it came from."""
    found: dict[str, Word] = {}
    for word in part.strings("indicators", required=True):
        for indicator in _of_word(word, survey, registry, themes, report):
            found.setdefault(indicator, word)
    return tuple(found.items())


def names_nothing(words: tuple[Word, ...], registry: Registry, report: Report) -> None:
    """Check the indicators of a table whose survey is unknown."""
    for word in words:
        if word.text != "*" and not word.text.startswith(THEME):
            registry.knows(word, report)


def _of_word(
    word: Word, survey: str, registry: Registry, themes: Mapping[str, Theme], report: Report
) -> tuple[str, ...]:
    own = registry.of(survey)
    if word.text == "*":
        chosen = tuple(own)
    elif word.text.startswith(THEME):
        theme = word.text.removeprefix(THEME)
        if theme not in themes:
            report.error("E009", word.place, f"theme '{theme}'", "a theme of this file", suggestion(theme, themes))
            return ()
        chosen = tuple(one for one in themes[theme].indicators if one in own)
    elif registry.knows(word, report):
        chosen = (word.text,) if word.text in own else ()
    else:
        return ()
    if not chosen and not registry.unreadable and not registry.broken:
        report.error(
            "E023",
            word.place,
            f"'{word.text}' stands for no indicator of survey '{survey}'",
            "at least one indicator",
            "Name the survey the indicators belong to, or other indicators.",
        )
    return chosen
