"""An edition and its surveys."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from barometer.model._coding import CodingScheme, with_codings
from barometer.model._design import Design, Frame, Weighting
from barometer.model._instrument import Instrument, Language, Text
from barometer.model._programme import Claim, Indicator, Programme, Theme
from barometer.model._rules import CellKey, Importance, Precision, Rules
from barometer.model._series import Series


@dataclass(frozen=True)
class AnswerSource:
    """Where answers come from. kind 'simulated' (see simulation.toml), 'imported' (a file and a map of it) or
    'collected' (by our own fieldwork, frozen by `barometer collect`)."""

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
    codings: tuple[CodingScheme, ...] = ()  # of its open answers

    @cached_property
    def measured(self) -> Instrument:
        """The instrument together with its coded answers: what tables of answers and indicators are made of."""
        return with_codings(self.instrument, self.codings)


@dataclass(frozen=True)
class Publisher:
    """Who publishes: name by language, contact, licence of the data, address of the site."""

    name: Text
    contact: str
    licence: str
    address: str = ""


@dataclass(frozen=True)
class Catalogue:
    """How catalogues of open data list the edition. `address`: where its site will lie, '' where that is not known;
    `publisher`: the publisher's own identifier, an address; `themes` and `frequency` are names of the EU's lists;
    `agency` is the publisher's id in SDMX; `keywords` are separated by commas. `server`: where `barometer web` serves
    its tables, API and self-test, '' where nobody does."""

    address: str = ""
    publisher: str = ""
    agency: str = "BAROMETER"
    themes: tuple[str, ...] = ("GOVE",)
    frequency: str = "IRREG"
    keywords: Text = field(default_factory=dict)
    server: str = ""


@dataclass(frozen=True)
class SelfTest:
    """The public self-test of a survey: what visitors are asked, and by what they may compare themselves."""

    survey: str
    questions: tuple[str, ...]  # ids; none is answered in one's own words
    breakdowns: tuple[str, ...] = ()  # by register columns, whose category the visitor tells


@dataclass(frozen=True)
class Correction:
    """Why published numbers changed with a release: all of an indicator, of one breakdown of it, or one cell."""

    release: int  # the release that brought the new numbers
    date: date
    indicator: str
    reason: Text
    breakdown: str = ""  # '' all
    cell: str = ""  # '' all

    def concerns(self, indicator: str, breakdown: str, cell: str) -> bool:
        return self.indicator == indicator and self.breakdown in ("", breakdown) and self.cell in ("", cell)


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
    stricter: Mapping[str, Rules] = field(default_factory=dict)  # survey -> its own rules, nowhere laxer than `rules`
    precision: Precision = field(default_factory=Precision)
    importance: Mapping[CellKey, Importance] = field(default_factory=dict)
    detail_at: datetime | None = None  # when everything but the headline appears; None: all at release_at
    approvals: int = 2  # people who must agree before it can be published
    corrections: tuple[Correction, ...] = ()
    catalogue: Catalogue = field(default_factory=Catalogue)
    self_test: SelfTest | None = None
    series: Series = field(default_factory=Series)  # earlier editions and other barometers
    next_at: date | None = None  # when the next edition is planned to be released

    def survey(self, survey_id: str) -> Survey:
        return next(survey for survey in self.surveys if survey.id == survey_id)

    def rules_of(self, survey_id: str) -> Rules:
        return self.stricter.get(survey_id, self.rules)

    @property
    def indicators(self) -> tuple[Indicator, ...]:
        return tuple(indicator for survey in self.surveys for indicator in survey.programme.indicators)
