"""Questionnaires: pages of questions, and the choices they offer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import Enum
from functools import cached_property

from barometer.expressions import Expression

Language = str


Text = Mapping[Language, str]
"""A text in every language of the edition."""


Folder = Mapping[str, bytes]
"""An edition folder as read from disk: path inside the folder, with '/', to content."""


class QuestionKind(Enum):
    """What an answer to the question looks like."""

    SINGLE = "single"
    MULTI = "multi"
    GRID = "grid"  # one single-choice answer an item, all on the same scale
    NUMBER = "number"
    TEXT = "text"  # one line
    LONGTEXT = "longtext"
    DATE = "date"  # a day
    YEAR = "year"
    SHARES = "shares"  # a number an item; together they make `total`
    RANKING = "ranking"  # choices in order, the first the most important; at most `maximum` of them
    CONSENT = "consent"  # one box to tick
    COMPUTED = "computed"  # a number that follows from earlier answers; nobody answers it
    INFORMATION = "information"  # shown, not answered


class Missing(Enum):
    """Answers that are given but tell nothing about the question (kept apart from no answer at all)."""

    DONT_KNOW = "dont_know"
    NOT_RELEVANT = "not_relevant"
    REFUSED = "refused"


def missing_code(missing: Missing) -> str:
    """What stands in place of the answer, under the question's id, where no choice has a code for it."""
    return f"-{missing.value}"


MISSING_CODES: Mapping[str, Missing] = {missing_code(missing): missing for missing in Missing}
"""Codes of `missing_code`. No choice code begins with a hyphen, and no number, date or year reads so."""


CONSENTED = "yes"
"""The value of a ticked consent box; an empty box has no value."""


_FIRST_DAY = date(1970, 1, 1)


def day_number(day: date) -> int:
    """A day as the limits of date questions count: days since 1 January 1970, negative before."""
    return (day - _FIRST_DAY).days


def day_of(number: float) -> date:
    """The day with this number."""
    return _FIRST_DAY + timedelta(days=int(number))


class Required(Enum):
    """Whether a question can be left out: freely, after being asked again (soft), or not at all."""

    NO = "no"
    SOFT = "soft"
    HARD = "hard"


class Level(Enum):
    """What a check that does not hold means: answers cannot stay so, should be looked at, or are worth knowing."""

    HARD = "hard"
    SOFT = "soft"
    INFO = "info"


@dataclass(frozen=True)
class Choice:
    """One answer option. `when` hides it from respondents for whom it makes no sense (own sector, say)."""

    code: str
    label: Text
    exclusive: bool = False
    missing: Missing | None = None
    when: Expression | None = None
    opens_text: bool = False  # 'other, namely …': a line of text beside it, the value 'question.code.text'


@dataclass(frozen=True)
class Item:
    """One row of a grid or of a share-of-total question."""

    code: str
    label: Text
    when: Expression | None = None


@dataclass(frozen=True)
class Question:
    """One question.

    `minimum` and `maximum` limit a number, a year or every item of shares; a date, in days since 1 January 1970;
    the marks of a multiple choice; the number of choices ranked; and the characters of a text (maximum only).
    """

    id: str
    kind: QuestionKind
    text: Text
    hint: Text = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()
    items: tuple[Item, ...] = ()
    when: Expression | None = None
    required: Required = Required.SOFT
    minimum: float | None = None
    maximum: float | None = None
    decimals: int = 0
    unit: Text = field(default_factory=dict)  # of a number: hours, kroner
    concept: str = ""  # id of the concept in the barometers' common core, if it is one
    core: bool = False  # kept word for word over editions and countries
    definition: Text = field(default_factory=dict)  # of the question's terms, with examples; opened on wish
    total: float | None = None  # what the items of shares add up to
    expression: Expression | None = None  # of a computed question
    missing: tuple[Missing, ...] = ()  # offered beside the answer, by kinds whose choices cannot say it
    prefill: str = ""  # register column whose value is offered as the answer

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names a respondent's values have for this question: see `barometer.questionnaire`.

        Not 'question.missing' and the ranks of a ranking, which follow from them.
        """
        if self.kind in (QuestionKind.INFORMATION, QuestionKind.COMPUTED):
            return ()
        parts = tuple(f"{self.id}.{item.code}" for item in self.items)
        if self.kind is QuestionKind.GRID:
            return parts
        return (*parts, self.id) if parts and self.missing else parts or (self.id, *self.other_texts)

    @cached_property
    def other_texts(self) -> Mapping[str, str]:
        """Names of the texts beside choices -> code of the choice."""
        return {f"{self.id}.{choice.code}.text": choice.code for choice in self.choices if choice.opens_text}

    @cached_property
    def routed(self) -> bool:
        """Whether some of its choices or items are shown to some respondents only."""
        parts: tuple[Choice | Item, ...] = (*self.choices, *self.items)
        return any(part.when is not None for part in parts)

    @cached_property
    def missing_codes(self) -> frozenset[str]:
        """What stands for the missing answers offered beside the answer."""
        return frozenset(missing_code(missing) for missing in self.missing)


@dataclass(frozen=True)
class Check:
    """A condition answers must or should meet, with what the respondent is told."""

    id: str
    condition: Expression
    level: Level
    text: Text


@dataclass(frozen=True)
class Section:
    """Pages that one person can answer for the others; progress is told by sections."""

    id: str
    title: Text


@dataclass(frozen=True)
class Page:
    """Questions that are shown together, where the condition `when` holds."""

    id: str
    title: Text
    questions: tuple[Question, ...]
    when: Expression | None = None
    section: str = ""  # id of its section, '' where the instrument has none


@dataclass(frozen=True)
class Instrument:
    """A questionnaire. `digest` is the SHA-256 of its canonical JSON, equal for workbook and YAML sources."""

    id: str
    version: str
    title: Text
    languages: tuple[Language, ...]
    pages: tuple[Page, ...]
    checks: tuple[Check, ...] = ()
    introduction: Text = field(default_factory=dict)
    digest: str = ""
    sections: tuple[Section, ...] = ()

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        return tuple(question for page in self.pages for question in page.questions)

    @cached_property
    def names(self) -> frozenset[str]:
        """Names that answers, given or computed, have in a respondent's values; all other names are the register's."""
        computed = {question.id for question in self.questions if question.kind is QuestionKind.COMPUTED}
        return frozenset(name for question in self.questions for name in question.names) | computed

    def question(self, question_id: str) -> Question:
        return next(question for question in self.questions if question.id == question_id)
