"""The surveys of an edition while its other files are being read."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from barometer.edition._entries import Report
from barometer.edition._fields import Fields
from barometer.edition._frame import FrameRead
from barometer.edition._names import Names
from barometer.model import AnswerSource, CodingScheme, Instrument, Text
from barometer.problems import suggestion


@dataclass(frozen=True)
class SurveyRead:
    """A survey as edition.toml declares it, with its frame and instrument as far as they could be read.

    `names` are those of register and answers, coded ones too.
    """

    id: str
    title: Text
    answers: AnswerSource
    fieldwork: Text
    margin_meaning: Text
    fields: Fields
    frame: FrameRead
    instrument: Instrument | None
    names: Names
    codings: tuple[CodingScheme, ...] = ()


@dataclass(frozen=True)
class Surveys:
    """All surveys by id. `broken` ids are declared but not usable; with `unreadable`, none could be read."""

    by_id: Mapping[str, SurveyRead] = field(default_factory=dict)
    unreadable: bool = False

    def of(self, fields: Fields, report: Report) -> SurveyRead | None:
        """The survey a table belongs to; it need not be named where the edition has only one."""
        if not fields.has("survey") and len(self.by_id) == 1:
            return next(iter(self.by_id.values()))
        if self.unreadable:
            return None
        survey_id = fields.string("survey")
        if survey_id and survey_id not in self.by_id:
            report.error(
                "E009",
                fields.place("survey"),
                f"survey '{survey_id}'",
                "a survey of edition.toml",
                suggestion(survey_id, self.by_id),
            )
        return self.by_id.get(survey_id)
