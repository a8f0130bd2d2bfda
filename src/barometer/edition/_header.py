"""edition.toml: what the edition is, when it is released, who publishes it, and which surveys it has."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from barometer.edition._catalogue import read_catalogue
from barometer.edition._entries import Entry, Report
from barometer.edition._fields import Fields
from barometer.edition._texts import Context
from barometer.model import AnswerSource, Edition, Folder, Language, Publisher, Rules, Text
from barometer.problems import suggestion

LANGUAGES = ("da", "nb", "sv", "en")
"""Languages the words of the published pages exist in."""

_KEYS = (
    "id",
    "country",
    "languages",
    "seed",
    "synthetic",
    "previous",
    "sources",
    "title",
    "subtitle",
    "purpose",
    "definition",
    "synthetic_note",
    "reference_period",
    "release",
    "publisher",
    "catalogue",
    "survey",
)
_SURVEY = ("id", "title", "instrument", "frame", "answers", "fieldwork", "margin_meaning")
EDITION_ID = r"[a-z0-9]+([-_][a-z0-9]+)*"


@dataclass(frozen=True)
class SurveyHeader:
    """A survey as declared; its files are read later."""

    id: str
    title: Text
    instrument: str
    frame: str
    answers: AnswerSource
    fieldwork: Text
    margin_meaning: Text
    fields: Fields


def read_languages(entry: Entry | None, report: Report) -> tuple[Language, ...]:
    """The languages of the edition, or none if they cannot be read; texts are then checked less."""
    if entry is None or not isinstance(entry.value, Mapping):
        return ()
    fields = Fields(entry, Context(report, "E", ()), None)
    languages: list[Language] = []
    for word in fields.strings("languages", required=True):
        if word.text not in LANGUAGES:
            report.error(
                "E007", word.place, f"'{word.text}'", "one of " + ", ".join(LANGUAGES), suggestion(word.text, LANGUAGES)
            )
        elif word.text in languages:
            report.error("E008", word.place, f"'{word.text}' again", "each language once", "Delete one.")
        else:
            languages.append(word.text)
    if fields.has("languages") and not fields.entries["languages"].value:
        report.error("E004", fields.place("languages"), "no languages", "at least one", "Name the languages.")
    return tuple(languages)


def read_header(fields: Fields, report: Report) -> Edition:
    """The edition without what its other files say."""
    fields = Fields(fields.entry, fields.context, _KEYS)
    start, end = _period(fields, report)
    release = fields.table("release", ("at", "detail_at", "next", "approvals"), required=True)
    at = release.moment("at") if release else None
    next_at = release.day("next") if release and release.has("next") else None
    detail_at = release.moment("detail_at") if release and release.has("detail_at") else None
    if release and at and detail_at and detail_at <= at:
        report.error(
            "E014",
            release.place("detail_at"),
            f"details at {detail_at.isoformat()}, the headline at {at.isoformat()}",
            "details after the headline",
            "Change one of the moments, or delete detail_at to release everything at once.",
        )
    if at and end and at.date() <= end:
        assert release
        report.error(
            "E014",
            release.place("at"),
            f"released {at.date()}, while the reference period ends {end}",
            "a release after the reference period",
            "Change one of the dates.",
        )
    synthetic = fields.boolean("synthetic")
    return Edition(
        id=fields.string("id", None, EDITION_ID, "'denmark-2014'"),
        country=fields.string("country", None, r"[A-Z]{2}", "'DK'"),
        languages=fields.context.languages,
        title=fields.text("title"),
        subtitle=fields.text("subtitle"),
        purpose=fields.text("purpose"),
        definition=fields.text("definition"),
        period_start=start or date.min,
        period_end=end or date.min,
        release_at=at or datetime.min.replace(tzinfo=UTC),
        publisher=_publisher(fields),
        seed=fields.integer("seed", low=0) or 0,
        synthetic=synthetic,
        synthetic_note=fields.text("synthetic_note", optional=not synthetic),
        surveys=(),
        headline=(),
        themes=(),
        claims=(),
        rules=Rules(),
        texts={},
        sources=tuple(word.text for word in fields.strings("sources")),
        previous=fields.string("previous", "", EDITION_ID, "'denmark-2012'") if _given(fields, "previous") else "",
        detail_at=detail_at,
        next_at=next_at,
        approvals=_approvals(release),
        catalogue=read_catalogue(fields, report),
    )


def read_surveys(fields: Fields, folder: Folder, report: Report) -> tuple[SurveyHeader, ...]:
    """The declared surveys; one whose id is missing or taken is left out."""
    surveys: dict[str, SurveyHeader] = {}
    for part in fields.tables("survey", _SURVEY, required=True):
        survey_id = part.string("id", None, r"[a-z][a-z0-9_-]*", "'workplaces'")
        header = SurveyHeader(
            survey_id,
            part.text("title"),
            part.string("instrument"),
            part.string("frame"),
            _answers(part, fields, folder, report),
            part.text("fieldwork"),
            part.text("margin_meaning", optional=True),
            part,
        )
        if survey_id in surveys:
            report.error(
                "E008", part.place("id"), f"a second survey '{survey_id}'", "each id once", "Give it another id."
            )
        elif survey_id:
            surveys[survey_id] = header
    return tuple(surveys.values())


def _approvals(release: Fields | None) -> int:
    """People who must agree; two where nothing is said, so that nobody publishes alone by forgetting a line."""
    given = release.integer("approvals", default=2, low=0, high=9) if release else None
    return 2 if given is None else given


def _given(fields: Fields, key: str) -> bool:
    """Whether the key says something; previous = "" is how a first edition may say that there is none."""
    return fields.has(key) and fields.entries[key].value != ""


def _period(fields: Fields, report: Report) -> tuple[date | None, date | None]:
    period = fields.table("reference_period", ("start", "end"), required=True)
    if period is None:
        return None, None
    start, end = period.day("start"), period.day("end")
    if start and end and start > end:
        report.error(
            "E014", period.place("start"), f"start {start} after end {end}", "start before end", "Exchange the dates."
        )
        return start, None
    return start, end


def _publisher(fields: Fields) -> Publisher:
    part = fields.table("publisher", ("name", "contact", "licence", "address"), required=True)
    if part is None:
        return Publisher({}, "", "")
    address = part.string("address", "", r"https?://\S+", "'https://example.org'") if _given(part, "address") else ""
    return Publisher(part.text("name"), part.string("contact"), part.string("licence"), address)


def _answers(part: Fields, top: Fields, folder: Folder, report: Report) -> AnswerSource:
    answers = part.table("answers", ("kind", "file", "map"), required=True)
    if answers is None:
        return AnswerSource("")
    kind = answers.string("kind", None, "simulated|imported|collected", "'simulated', 'imported' or 'collected'")
    files = {"file": "", "map": ""}
    for key in files if kind == "imported" else ():
        files[key] = answers.string(key)
        if files[key] and files[key] not in folder:
            report.error(
                "E009",
                answers.place(key),
                f"the file '{files[key]}'",
                "a file of the edition folder",
                suggestion(files[key], [path for path in folder if path.startswith("answers/")]),
            )
    if kind in ("simulated", "collected"):
        for key in ("file", "map"):
            if answers.has(key):
                report.error("E007", answers.place(key), f"{key} of {kind} answers", "only kind", f"Delete {key}.")
    if kind == "simulated" and top.entries.get("synthetic") is not None and top.entries["synthetic"].value is False:
        report.error(
            "E028",
            top.place("synthetic"),
            f"synthetic = false, with simulated answers in survey '{part.string('id')}'",
            "synthetic = true",
            "Write synthetic = true, and a synthetic_note that tells readers.",
        )
    return AnswerSource(kind, files["file"], files["map"])
