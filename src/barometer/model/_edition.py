"""An edition and its surveys."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from barometer.model._design import Design, Frame, Weighting
from barometer.model._instrument import Instrument, Language, Text
from barometer.model._programme import Claim, Indicator, Programme, Rules, Theme


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
