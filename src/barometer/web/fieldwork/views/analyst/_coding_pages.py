"""What the pages of coding share: the question and codes in words, and what was chosen on a form."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from barometer.estimation import Measured, Undefined
from barometer.problems import Problem
from barometer.web.fieldwork.models import Collection, OpenAnswer, Scheme
from barometer.web.fieldwork.queries.coded import Published, published_scheme
from barometer.web.fieldwork.queries.open_answers import open_questions
from barometer.web.fieldwork.views.staff.words import problem_line

UNDEFINED: Mapping[Undefined, Any] = {
    Undefined.NOBODY_TWICE: _("no answer has been coded by two yet"),
    Undefined.ONE_CODE: _("only one code was used, so that chance alone would agree"),
}
MISTAKES: Mapping[str, Any] = {
    "E003": _("%(found)s is not known here. %(way_out)s"),
    "E004": _("Something is missing: %(expected)s."),
    "E006": _("%(found)s; every language of the collection needs one."),
    "E007": _("%(found)s: codes are small letters, digits and underscores, at most 30."),
    "E008": _("%(found)s: there already."),
    "E009": _("%(found)s does not belong here: %(expected)s."),
    "E012": _("There are %(found)s; there can be %(expected)s."),
    "E027": _("The first row has %(found)s."),
    "C070": _("%(found)s is no code of the version before."),
    "C071": _("%(found)s may not code here. Give the person the role of a coder first."),
}


@dataclass(frozen=True)
class CodeChoice:
    """One code as a form offers it. `number` counts from 1 in the order of the scheme."""

    number: int
    id: str
    label: str
    description: str
    example: str
    chosen: bool

    @property
    def key(self) -> str:
        """Access key of the first ten."""
        return str(self.number % 10) if self.number <= 10 else ""


def scheme_or_404(collection: Collection, name: str) -> Scheme:
    return get_object_or_404(Scheme, collection=collection.pk, answer=name)


def published_or_404(collection: Collection, name: str) -> Published:
    found = published_scheme(scheme_or_404(collection, name))
    if found is None:
        raise Http404
    return found


def answer_or_404(collection: Collection, name: str, key: object) -> OpenAnswer:
    return get_object_or_404(OpenAnswer, pk=key, collection=collection.pk, name=name)


def reading_language(collection: Collection) -> str:
    """The reader's, where the collection has it."""
    language = (get_language() or "").split("-")[0]
    return language if language in collection.languages else str(collection.languages[0])


def question_in(collection: Collection, name: str, language: str) -> str:
    """The question's words, with those of the choice the text stands beside."""
    question = open_questions(collection).get(name)
    if question is None:
        raise Http404
    words = question.text.get(language) or next(iter(question.text.values()), name)
    code = question.other_texts.get(name)
    choice = next((one for one in question.choices if one.code == code), None)
    plain = words.replace("**", "")
    return f"{plain} – {choice.label.get(language, code)}" if choice else plain


def choices_of(published: Published, language: str, chosen: Iterable[str]) -> list[CodeChoice]:
    marked = set(chosen)
    return [
        CodeChoice(number, code.id, _label(code.label, language), code.description, code.example, code.id in marked)
        for number, code in enumerate(published.coding.codes, 1)
    ]


def chosen_codes(posted: QueryDict, choices: Sequence[CodeChoice]) -> list[str] | None:
    """The codes typed by number or, where nothing is typed, marked; None for a number that is none."""
    typed = posted.get("numbers", "").replace(",", " ").replace(";", " ").split()
    if not typed:
        return [one for one in posted.getlist("codes") if one]
    by_number = {str(one.number): one.id for one in choices}
    return [by_number[one] for one in typed] if all(one in by_number for one in typed) else None


def mistakes(problems: Iterable[Problem]) -> list[str]:
    """Each in a line that begins with its row or line."""
    return [f"{_where(one)}{_told(one)}" for one in problems]


def measured_in_words(one: Measured) -> str:
    return "" if one.reason is None else str(UNDEFINED[one.reason])


def _where(problem: Problem) -> str:
    place = problem.place
    if place.row:
        where = gettext("Row %(row)s") % {"row": place.row}
        return f"{where}, {place.column}: " if place.column else f"{where}: "
    return gettext("Line %(line)s: ") % {"line": place.line} if place.line else ""


def _told(problem: Problem) -> str:
    words = MISTAKES.get(problem.code)
    if words is None:
        return problem_line(problem)
    return str(words) % {"found": problem.found, "expected": problem.expected, "way_out": problem.way_out}


def _label(label: Mapping[str, str], language: str) -> str:
    return label.get(language) or next(iter(label.values()), "")
