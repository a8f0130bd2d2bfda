"""What an author wants to know about a questionnaire in numbers: minutes by path, words and gaps by language."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from barometer.model import Instrument, Language, Text
from barometer.questionnaire import minutes, path, path_map


@dataclass(frozen=True)
class Minutes:
    """Of made-up respondents, the shortest and longest and the one in the middle; `all`: every question there is."""

    shortest: float
    typical: float
    longest: float
    all: float


def minutes_of(instrument: Instrument, respondents: Sequence[Mapping[str, object]]) -> Minutes:
    """`respondents`: register values and answers of each."""
    times = [minutes(instrument, path(instrument, values)) for values in respondents]
    return Minutes(min(times), median(times), max(times), minutes(instrument))


def words_of(instrument: Instrument) -> dict[Language, int]:
    """Words on the screen in each language, introduction included, definitions not."""
    steps = path_map(instrument).steps
    return {
        language: sum(step.words[language] for step in steps)
        + len(instrument.introduction.get(language, "").split())
        + len(instrument.title.get(language, "").split())
        for language in instrument.languages
    }


def gaps(instrument: Instrument) -> dict[Language, list[str]]:
    """Where a text is there in some languages but not in this one."""
    found: dict[Language, list[str]] = {language: [] for language in instrument.languages}
    for place, text in _texts(instrument):
        missing = [language for language in instrument.languages if not text.get(language, "").strip()]
        if len(missing) < len(instrument.languages):
            for language in missing:
                found[language].append(place)
    return found


def alike(instrument: Instrument) -> list[tuple[str, str]]:
    """Texts of four words or more that are the same in two languages, with those: perhaps not translated yet."""
    found = []
    for place, text in _texts(instrument):
        by_words: dict[str, list[str]] = {}
        for language in instrument.languages:
            words = text.get(language, "").strip()
            if len(words.split()) >= 4:
                by_words.setdefault(words, []).append(language)
        found += [(place, ", ".join(languages)) for languages in by_words.values() if len(languages) > 1]
    return found


def _texts(instrument: Instrument) -> Iterator[tuple[str, Text]]:
    yield "title", instrument.title
    yield "introduction", instrument.introduction
    for section in instrument.sections:
        yield f"section {section.id}", section.title
    for page in instrument.pages:
        yield f"page {page.id}", page.title
        for question in page.questions:
            yield f"{question.id}, text", question.text
            yield f"{question.id}, hint", question.hint
            yield f"{question.id}, definition", question.definition
            yield f"{question.id}, unit", question.unit
            for choice in question.choices:
                yield f"{question.id}, {choice.code}", choice.label
            for item in question.items:
                yield f"{question.id}, {item.code}", item.label
    for check in instrument.checks:
        yield f"check {check.id}", check.text
