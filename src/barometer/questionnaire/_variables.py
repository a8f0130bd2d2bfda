"""The variables of an instrument: names, labels, codes and missing codes as statisticians' programs want them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from barometer.model import CONSENTED, Instrument, Question, QuestionKind, Text
from barometer.questionnaire._columns import value_columns
from barometer.questionnaire._states import AnswerState

LONGEST_NAME = 32
RESERVED = frozenset(
    "all and by eq ge gt le lt ne not or to with byte double float if in int long using str strl".split()  # noqa: SIM905
)
"""Words that SPSS or Stata do not take as names."""
MISSING_STATES = tuple(state for state in AnswerState if state is not AnswerState.ANSWERED)
"""In the order of their codes: -81, -82 … in SPSS, .a, .b … in Stata."""


class VariableMeasure(Enum):
    """What the values of a variable are."""

    CODE = "code"
    MARK = "mark"
    RANK = "rank"
    NUMBER = "number"
    DATE = "date"
    TEXT = "text"


@dataclass(frozen=True)
class VariableCategory:
    """A code of a variable and the number that stands for it where programs want numbers."""

    number: int
    code: str
    label: Text


@dataclass(frozen=True)
class Variable:
    """One column of a file of answers.

    `column` is its name in the table of answers, `name` the short one, unique without regard to case. `versions`:
    numbers of the questionnaire's versions that asked it. `deep`: missing codes lie far below all possible numbers.
    """

    name: str
    column: str
    measure: VariableMeasure
    label: Text
    question: Text
    categories: tuple[VariableCategory, ...] = ()
    decimals: int = 0
    width: int = 8
    universe: str = ""
    versions: tuple[int, ...] = ()
    deep: bool = False

    def missing_number(self, state: AnswerState) -> int:
        number = 81 + MISSING_STATES.index(state)
        return -(999_999_900 + number) if self.deep else -number


def variables_of(versions: Mapping[int, Instrument]) -> tuple[Variable, ...]:
    """The variables of all versions: those of the last in its order, then what earlier ones had beside them.

    Texts are those of the last version that has them; categories are those of any version.
    """
    names = _Names()
    found: dict[str, Variable] = {}
    for number in sorted(versions, reverse=True):
        for question in versions[number].questions:
            for one in _of_question(question):
                if one.column in found:
                    found[one.column] = _joined(found[one.column], one, number)
                else:
                    found[one.column] = _named(one, names.of(one.column), number)
    return tuple(found.values())


@dataclass
class _Names:
    taken: set[str] = field(default_factory=lambda: {"case_id"})

    def of(self, column: str) -> str:
        """Letters, digits and underscores, at most 32, beginning with a letter, none twice."""
        plain = re.sub(r"[^A-Za-z0-9]+", "_", column).strip("_")
        plain = plain if plain[:1].isalpha() else f"v_{plain}"
        plain = f"{plain}_" if plain.lower() in RESERVED else plain
        name, number = plain[:LONGEST_NAME], 1
        while name.lower() in self.taken:
            number += 1
            name = f"{plain[: LONGEST_NAME - len(str(number)) - 1]}_{number}"
        self.taken.add(name.lower())
        return name


def _named(one: Variable, name: str, number: int) -> Variable:
    return Variable(**{**vars(one), "name": name, "versions": (number,)})


def _joined(one: Variable, earlier: Variable, number: int) -> Variable:
    """The variable with the categories of an earlier version behind its own."""
    known = {category.code for category in one.categories}
    numbers = {category.number for category in one.categories}
    more = []
    for category in earlier.categories:
        if category.code not in known:
            free = category.number if category.number not in numbers else max(numbers) + 1
            numbers.add(free)
            more.append(VariableCategory(free, category.code, category.label))
    width, deep = max(one.width, earlier.width), one.deep or earlier.deep
    categories, versions = (*one.categories, *more), (number, *one.versions)
    return Variable(
        **{**vars(one), "categories": categories, "versions": versions, "width": width, "deep": deep},
    )


def _of_question(question: Question) -> Iterable[Variable]:
    universe = question.when.source if question.when else ""
    kind = question.kind
    names = dict(zip(value_columns(question), _parts(question), strict=True))
    for column, part in names.items():
        yield Variable(
            "",
            column,
            _MEASURES[kind],
            _label(question.text, part),
            question.text,
            _categories(question),
            question.decimals,
            _width(question),
            universe,
            deep=kind in (QuestionKind.NUMBER, QuestionKind.COMPUTED)
            and (question.minimum is None or question.minimum < 0),
        )
    labels = {choice.code: choice.label for choice in question.choices}
    for column, code in question.other_texts.items():
        yield Variable("", column, VariableMeasure.TEXT, _label(question.text, labels[code]), question.text, width=500)


_MEASURES: Mapping[QuestionKind, VariableMeasure] = {
    QuestionKind.SINGLE: VariableMeasure.CODE,
    QuestionKind.GRID: VariableMeasure.CODE,
    QuestionKind.CONSENT: VariableMeasure.CODE,
    QuestionKind.MULTI: VariableMeasure.MARK,
    QuestionKind.RANKING: VariableMeasure.RANK,
    QuestionKind.NUMBER: VariableMeasure.NUMBER,
    QuestionKind.YEAR: VariableMeasure.NUMBER,
    QuestionKind.SHARES: VariableMeasure.NUMBER,
    QuestionKind.COMPUTED: VariableMeasure.NUMBER,
    QuestionKind.DATE: VariableMeasure.DATE,
    QuestionKind.TEXT: VariableMeasure.TEXT,
    QuestionKind.LONGTEXT: VariableMeasure.TEXT,
}


def _parts(question: Question) -> tuple[Text | None, ...]:
    """Labels of the columns beside the question's own text."""
    if question.kind in (QuestionKind.MULTI, QuestionKind.RANKING):
        return tuple(choice.label for choice in question.choices)
    return tuple(item.label for item in question.items) or (None,) * len(value_columns(question))


def _label(text: Text, part: Text | None) -> Text:
    """The part stands first, so that labels of one question differ where programs cut them."""
    if part is None:
        return text
    return {language: f"{words} – {text.get(language, '')}" for language, words in part.items()}


def _categories(question: Question) -> tuple[VariableCategory, ...]:
    """Codes that are whole numbers keep their number; else choices are counted from 1. Missing ones have no number."""
    if question.kind is QuestionKind.CONSENT:
        return (VariableCategory(1, CONSENTED, {"da": "Ja", "nb": "Ja", "sv": "Ja", "en": "Yes"}),)
    if question.kind not in (QuestionKind.SINGLE, QuestionKind.GRID):
        return ()
    choices = [choice for choice in question.choices if choice.missing is None]
    own = all(re.fullmatch(r"0|[1-9][0-9]{0,6}", choice.code) for choice in choices)
    return tuple(
        VariableCategory(int(choice.code) if own else number, choice.code, choice.label)
        for number, choice in enumerate(choices, 1)
    )


def _width(question: Question) -> int:
    """Characters the widest answer the model allows takes."""
    if question.kind in (QuestionKind.TEXT, QuestionKind.LONGTEXT):
        return int(question.maximum or (200 if question.kind is QuestionKind.TEXT else 4000))
    largest = max(abs(question.minimum or 0), abs(question.maximum or question.total or 0))
    digits = len(f"{largest:.0f}") if largest else 10
    return min(max(digits + (question.decimals + 1 if question.decimals else 0) + 1, 4), 40)
