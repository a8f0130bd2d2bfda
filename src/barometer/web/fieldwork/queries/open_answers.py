"""Open answers: what respondents wrote, and how far reading and clearing it has come."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q
from django.db.models.fields.json import KeyTransform

from barometer.model import Question, open_answers
from barometer.web.fieldwork.instruments import instrument_of
from barometer.web.fieldwork.models import Collection, InstrumentVersion, OpenAnswer
from barometer.web.fieldwork.queries.answers import case_id_of, last_submissions, standing_edits
from barometer.web.fieldwork.redacting import digest_of


@dataclass(frozen=True)
class Words:
    """What one respondent wrote to one question, corrections laid over."""

    response_key: UUID
    case_id: str
    name: str
    language: str
    text: str


@dataclass(frozen=True)
class Clearing:
    """How many answers in own words there are, and how many are cleared."""

    answers: int
    cleared: int

    @property
    def waiting(self) -> int:
        return self.answers - self.cleared


def open_questions(collection: Collection) -> dict[str, Question]:
    """Names of the open answers of all versions -> their question as the last version that has it asks it."""
    found: dict[str, Question] = {}
    for version in InstrumentVersion.objects.filter(collection=collection).order_by("number"):
        found |= open_answers(instrument_of(version.pk))
    return found


def words_of_respondents(collection: Collection) -> Iterator[Words]:
    """Every open answer handed in, that of the last submission, that is more than blanks."""
    edits, names = standing_edits(collection), list(open_questions(collection))
    texts = [KeyTransform(name, "values") for name in names]  # the other answers stay in the database
    found = last_submissions(collection).values_list("response_id", "response__version_id", "language", *texts)
    for key, version, language, *values in found.iterator(chunk_size=2_000):
        given = {**dict(zip(names, values, strict=True)), **edits.get(key, {})}
        for name in open_answers(instrument_of(version)):
            text = given.get(name)
            if isinstance(text, str) and text.strip():
                yield Words(key, case_id_of(key), name, language, text)


def clearing_of(collection: Collection) -> dict[str, Clearing]:
    """By name of the answer."""
    found = OpenAnswer.objects.filter(collection=collection.pk).values("name").order_by("name")
    counted = found.annotate(n=Count("key"), cleared=Count("key", filter=Q(cleared_at__isnull=False)))
    return {row["name"]: Clearing(row["n"], row["cleared"]) for row in counted}


def not_taken_in(collection: Collection) -> int:
    """How many open answers are new, or have changed, since they were taken in."""
    here = set(OpenAnswer.objects.filter(collection=collection.pk).values_list("response_id", "name", "source"))
    return sum(
        (one.response_key, one.name, digest_of(one.text)) not in here for one in words_of_respondents(collection)
    )


def next_to_clear(collection: Collection, name: str, after: OpenAnswer | None = None) -> OpenAnswer | None:
    """The next uncleared answer in the order of the random pseudonyms, round to the first again."""
    waiting = OpenAnswer.objects.filter(collection=collection.pk, name=name, cleared_at__isnull=True)
    waiting = waiting.order_by("case_id")
    if after is None:
        return waiting.first()
    return waiting.filter(case_id__gt=after.case_id).first() or waiting.exclude(pk=after.pk).first()
