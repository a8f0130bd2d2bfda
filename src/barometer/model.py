"""What people decided, as frozen data: an edition and everything its folder says.

Nothing here reads, checks or computes; `barometer.edition` makes these objects and vouches for them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum

import polars as pl

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


@dataclass(frozen=True)
class Code:
    """A category of a register variable or breakdown, with its label."""

    code: str
    label: Text


@dataclass(frozen=True)
class FrameColumn:
    """A column of the register. `kind` is 'category', 'integer', 'number' or 'text'."""

    name: str
    kind: str
    label: Text
    categories: tuple[Code, ...] = ()
    required: bool = True


@dataclass(frozen=True)
class Exclusion:
    """Units of the register left out of the frame, and why."""

    when: Expression
    reason: Text


@dataclass(frozen=True)
class Frame:
    """A register of units. `units` are those left after the exclusions, one row a unit, `unit_id` unique text."""

    id: str
    file: str
    unit: Text  # what one unit is called, in the singular: 'workplace'
    units_plural: Text
    source: Text
    columns: tuple[FrameColumn, ...]
    exclusions: tuple[Exclusion, ...]
    units: pl.DataFrame
    excluded: int = 0
    name_column: str = ""  # column with the body's name; never published
    prn_column: str = ""  # column with the permanent random number in [0, 1); drawn when empty

    def column(self, name: str) -> FrameColumn:
        return next(column for column in self.columns if column.name == name)


class Selection(Enum):
    STRATIFIED = "stratified"  # simple random without replacement in each stratum, by permanent random numbers
    CENSUS = "census"  # everyone is asked
    REPORTED = "reported"  # nobody drew anybody: every report handed in, clustered in units


@dataclass(frozen=True)
class Design:
    """How units are chosen. `fractions` gives sampling fractions by category of `fraction_by` (stratified)."""

    selection: Selection
    strata: tuple[str, ...] = ()
    fraction_by: str = ""
    fractions: Mapping[str, float] = field(default_factory=dict)
    sample_size: int | None = None
    minimum_per_stratum: int = 2


class Calibration(Enum):
    NONE = "none"
    RAKING = "raking"
    LINEAR = "linear"


@dataclass(frozen=True)
class Margin:
    """Register totals weights must reproduce: counts of units by the crossing of `columns`,
    or, for a numeric column, its total."""

    columns: tuple[str, ...]


@dataclass(frozen=True)
class Weighting:
    """How answers stand for the frame. `weighted` False: a census or reports, published as they are, no weights."""

    weighted: bool = True
    response_classes: tuple[str, ...] = ()
    calibration: Calibration = Calibration.NONE
    margins: tuple[Margin, ...] = ()
    lower: float = 0.0  # bounds of g-weights; 0 and inf when not bounded
    upper: float = float("inf")


@dataclass(frozen=True)
class Universe:
    """Who or what an indicator is about. `condition` None: all respondents of the survey.

    `label` goes with figures ('Innovative workplaces, about their most recent innovation');
    `noun` is the plural that is counted ('innovations').
    """

    id: str
    survey: str
    label: Text
    noun: Text
    condition: Expression | None = None


class Measure(Enum):
    SHARE = "share"
    MEAN = "mean"
    TOTAL = "total"


class Keep(Enum):
    """Whether answers such as don't know stay in the denominator."""

    IN = "in"
    OUT = "out"


@dataclass(frozen=True)
class Indicator:
    """One published measure.

    A share counts the units of `universe` for which `numerator` holds; mean and total sum `value`.
    `question` names what respondents were asked (for the note): 'novelty', or a grid item 'factors.employees'.
    `components` are the indicators a union is made of (then `numerator` is their disjunction).
    """

    id: str
    survey: str
    measure: Measure
    label: Text
    universe: str
    numerator: Expression | None = None
    value: Expression | None = None
    question: str = ""
    components: tuple[str, ...] = ()
    dont_know: Keep = Keep.IN
    not_relevant: Keep = Keep.IN
    unit: Text = field(default_factory=dict)  # of a mean or total
    note: Text = field(default_factory=dict)  # what the reader must know besides the generated note
    breaks: Mapping[str, Text] = field(default_factory=dict)  # edition id -> why the series breaks there


@dataclass(frozen=True)
class Category:
    """One cell of a breakdown. `when` for breakdowns by answers; `share` is the indicator that tells how large
    the cell is (used to find published figures that contradict each other)."""

    code: str
    label: Text
    when: Expression | None = None
    share: str = ""


@dataclass(frozen=True)
class Breakdown:
    """A way to divide respondents: by a register column, by a crossing of two breakdowns, or by answers.

    Exactly one of `column`, `crossing` and the categories' `when` is used. Cells of a crossing are
    'a:b' in the order of `crossing`. `overlapping` categories may share respondents.
    """

    id: str
    survey: str
    label: Text
    categories: tuple[Category, ...]
    column: str = ""
    crossing: tuple[str, ...] = ()
    overlapping: bool = False

    @property
    def by_answers(self) -> bool:
        return not self.column and not self.crossing


TOTAL = "total"
"""The breakdown every indicator has: one cell, 'all'."""
ALL = "all"


@dataclass(frozen=True)
class Theme:
    """A page of related indicators, in the order shown."""

    id: str
    title: Text
    lead: Text
    indicators: tuple[str, ...]


class Relation(Enum):
    MORE = ">"
    LESS = "<"
    NOT_DIFFERENT = "~"


@dataclass(frozen=True)
class Claim:
    """A sentence that compares two cells of a breakdown; refused unless the test at `level` bears it out."""

    id: str
    indicator: str
    breakdown: str
    left: str
    relation: Relation
    right: str
    text: Text


@dataclass(frozen=True)
class Rules:
    """Disclosure and precision rules. The edition may be stricter than the floor in code, never laxer.

    minimum_units: fewest responding units behind a published figure. protect_extremes: hide 0 % and 100 %.
    dominance: largest share of a cell's reports or amount that one unit may have. level: of tests and intervals.
    unreliable_margin: half-width of the interval, in share units, from which a figure is flagged as uncertain.
    """

    minimum_units: int = 5
    protect_extremes: bool = True
    dominance: float = 0.8
    level: float = 0.05
    unreliable_margin: float = 0.15


@dataclass(frozen=True)
class Programme:
    """What is estimated for one survey: which indicators, by which breakdowns, all in one go."""

    survey: str
    universes: tuple[Universe, ...]
    indicators: tuple[Indicator, ...]
    breakdowns: tuple[Breakdown, ...]
    by: Mapping[str, tuple[str, ...]]  # indicator id -> breakdown ids, without the total, which is always made
    level: float = 0.05

    def indicator(self, indicator_id: str) -> Indicator:
        return next(indicator for indicator in self.indicators if indicator.id == indicator_id)

    def breakdown(self, breakdown_id: str) -> Breakdown:
        return next(breakdown for breakdown in self.breakdowns if breakdown.id == breakdown_id)

    def register_columns(self, breakdown: Breakdown) -> tuple[str, ...]:
        """Register columns whose crossing makes the breakdown's cells; none if answers have a part in it."""
        if breakdown.column:
            return (breakdown.column,)
        parts = [self.register_columns(self.breakdown(part)) for part in breakdown.crossing]
        return tuple(name for part in parts for name in part) if all(parts) else ()


@dataclass(frozen=True)
class AnswerSource:
    """Where answers come from. kind 'simulated' (see simulation.toml) or 'imported' (a file and a map of it)."""

    kind: str
    file: str = ""
    map_file: str = ""


@dataclass(frozen=True)
class Survey:
    """One instrument asked of one frame under one design; an edition has one or more."""

    id: str
    title: Text
    instrument: Instrument
    frame: Frame
    design: Design
    weighting: Weighting
    answers: AnswerSource
    programme: Programme
    fieldwork: Text = field(default_factory=dict)  # how and when people answered, for the methods page
    margin_meaning: Text = field(default_factory=dict)  # what intervals mean where nothing was sampled


@dataclass(frozen=True)
class Publisher:
    name: Text
    contact: str
    licence: str
    address: str = ""


@dataclass(frozen=True)
class Edition:
    """Everything people decided about one round of a barometer."""

    id: str
    country: str
    languages: tuple[Language, ...]
    title: Text
    subtitle: Text
    purpose: Text
    definition: Text
    period_start: date
    period_end: date
    release_at: datetime
    publisher: Publisher
    seed: int
    synthetic: bool  # answers are made up; said on every page and in every file
    synthetic_note: Text
    surveys: tuple[Survey, ...]
    headline: tuple[str, ...]  # indicators of the front page
    themes: tuple[Theme, ...]
    claims: tuple[Claim, ...]
    rules: Rules
    texts: Mapping[Language, Mapping[str, str]]  # language -> name of a Markdown text -> its source
    sources: tuple[str, ...] = ()  # where data and published figures were taken from, with licence
    previous: str = ""  # id of the edition before this one in the series

    def survey(self, survey_id: str) -> Survey:
        return next(survey for survey in self.surveys if survey.id == survey_id)

    @property
    def indicators(self) -> tuple[Indicator, ...]:
        return tuple(indicator for survey in self.surveys for indicator in survey.programme.indicators)
