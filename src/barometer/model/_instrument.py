"""Questionnaires: pages of questions, and the choices they offer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from barometer.expressions import Expression

Language = str


Text = Mapping[Language, str]
"""A text in every language of the edition."""


Folder = Mapping[str, bytes]
"""An edition folder as read from disk: path inside the folder, with '/', to content."""


class QuestionKind(Enum):
    SINGLE = "single"
    MULTI = "multi"
    GRID = "grid"  # one single-choice answer an item, all on the same scale
    NUMBER = "number"
    TEXT = "text"  # one line
    LONGTEXT = "longtext"
    INFORMATION = "information"  # shown, not answered


class Missing(Enum):
    """Answers that are given but tell nothing about the question (kept apart from no answer at all)."""

    DONT_KNOW = "dont_know"
    NOT_RELEVANT = "not_relevant"
    REFUSED = "refused"


class Required(Enum):
    NO = "no"
    SOFT = "soft"
    HARD = "hard"


@dataclass(frozen=True)
class Choice:
    """One answer option. `when` hides it from respondents for whom it makes no sense (own sector, say)."""

    code: str
    label: Text
    exclusive: bool = False
    missing: Missing | None = None
    when: Expression | None = None


@dataclass(frozen=True)
class Item:
    """One row of a grid question."""

    code: str
    label: Text
    when: Expression | None = None


@dataclass(frozen=True)
class Question:
    id: str
    kind: QuestionKind
    text: Text
    hint: Text = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()
    items: tuple[Item, ...] = ()
    when: Expression | None = None
    required: Required = Required.SOFT
    minimum: float | None = None  # number: smallest value; multi: fewest marks
    maximum: float | None = None  # number: largest value; multi: most marks; text: characters
    decimals: int = 0
    unit: Text = field(default_factory=dict)  # of a number: hours, kroner
    concept: str = ""  # id of the concept in the barometers' common core, if it is one
    core: bool = False  # kept word for word over editions and countries


@dataclass(frozen=True)
class Check:
    """A condition answers must (hard) or should (soft) meet, with what the respondent is told."""

    id: str
    condition: Expression
    hard: bool
    text: Text


@dataclass(frozen=True)
class Page:
    id: str
    title: Text
    questions: tuple[Question, ...]
    when: Expression | None = None


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

    @property
    def questions(self) -> tuple[Question, ...]:
        return tuple(question for page in self.pages for question in page.questions)

    def question(self, question_id: str) -> Question:
        return next(question for question in self.questions if question.id == question_id)
