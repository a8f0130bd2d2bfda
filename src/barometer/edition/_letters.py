"""Letters of an edition: Markdown under texts/<language>/letters/, with placeholders for what differs by recipient."""

import re
from collections.abc import Iterator, Mapping

from barometer.problems import Place, Problem, suggestion

PLACEHOLDERS: Mapping[str, str] = {
    "greeting": "'Dear Ida Holm,' or, without a name, 'Hello,' in the language of the letter",
    "name": "name of the contact; may be empty",
    "title": "title of the edition, which respondents know the survey by",
    "questionnaire": "title of the questionnaire; the edition's where it has none of its own",
    "minutes": "how long answering takes, about",
    "link": "the personal link",
    "code": "the short code, for those who cannot use a link",
    "site": "where a code is entered",
    "number": "number of the case, for the phone",
    "closes": "last day, written out",
    "help": "who helps",
    "sender": "who writes",
    "source": "where the address comes from",
    "unsubscribe": "link to a page that ends mail to this address",
    "refuse": "link to a page where one can say no",
    "asked_by": "name of the colleague who asked for help or handed over",
    "section": "the part a colleague is asked to answer",
    "receipt": "number of the receipt",
}
"""What a letter may use, as {name}, and what it becomes."""

ANSWERED = ("receipt",)
"""Letters to somebody who has answered: no link is needed."""
ON_PAPER = ("paper",)
"""Letters to print: they have the code instead of a link nobody can click."""
FIRST = ("invitation", "colleague", "transfer", "paper")
"""The first a person hears from us: they must be told where the address comes from (GDPR, article 14)."""

_PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")


def letter_subject(source: str) -> str:
    """What stands in the heading a letter starts with; '' when it starts otherwise."""
    first = source.lstrip().partition("\n")[0]
    return first.removeprefix("# ").strip() if first.startswith("# ") else ""


def letter_body(source: str) -> str:
    """The Markdown under the heading."""
    return source.lstrip().partition("\n")[2].strip() + "\n"


def fill_letter(source: str, values: Mapping[str, str]) -> str:
    """The text with each placeholder replaced; unknown ones stay as they are."""
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), source)


def letter_problems(name: str, source: str, file: str) -> Iterator[Problem]:
    """What keeps a letter from being sent (E030): no subject, unknown placeholders, a needed one left out."""
    if not letter_subject(source):
        yield _problem(file, "no heading at the start", "a first line '# Subject'", "Write the subject there.")
    used = [found[1] for found in _PLACEHOLDER.finditer(source)]
    for unknown in sorted({one for one in used if one not in PLACEHOLDERS}):
        yield _problem(file, f"{{{unknown}}}", "a known placeholder", suggestion(unknown, PLACEHOLDERS))
    needed = {"link": name not in (*ANSWERED, *ON_PAPER), "code": name in ON_PAPER, "source": name in FIRST}
    for one in (one for one, needs in needed.items() if needs and one not in used):
        yield _problem(file, f"no {{{one}}}", f"{{{one}}}: {PLACEHOLDERS[one]}", f"Put {{{one}}} into the letter.")


def _problem(file: str, found: str, expected: str, way_out: str) -> Problem:
    return Problem("E030", Place(file), found, expected, way_out)
