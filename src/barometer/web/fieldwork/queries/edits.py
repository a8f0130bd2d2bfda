"""Corrections, and cases whose answers should be looked at."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from barometer.questionnaire import check_case
from barometer.web.fieldwork.instruments import instrument_of
from barometer.web.fieldwork.models import Collection, Edit, Response, Submission
from barometer.web.fieldwork.queries.answers import case_id_of


@dataclass(frozen=True)
class Suspicion:
    """A check of the questionnaire that does not hold in a case: what it says, and the answers it looks at."""

    case_id: str
    check: str
    text: str
    answers: tuple[tuple[str, object], ...]


def edited_values(response: Response) -> dict[str, object]:
    """What was handed in last, with the corrections that stand. No query where both are prefetched."""
    handed_in = max(response.submissions.all(), key=lambda one: (one.complete, one.number), default=None)
    values = dict(handed_in.values) if handed_in else {}
    for edit in sorted(response.edits.all(), key=lambda one: one.pk):
        if edit.withdrawn_at is None:
            values[edit.name] = edit.value
    return {name: value for name, value in values.items() if value is not None}


def edits_of(collection: Collection) -> list[tuple[str, Edit]]:
    """Pseudonym and correction, the last first, withdrawn ones included."""
    found = Edit.objects.filter(response__collection=collection.pk).order_by("-id")
    return [(case_id_of(edit.response_id), edit) for edit in found]


def response_of(collection: Collection, case_id: str) -> Response | None:
    """The response behind a pseudonym."""
    handed = Submission.objects.filter(response__collection=collection.pk).exclude(response__state="withdrawn")
    for key in handed.values_list("response_id", flat=True).distinct():
        if case_id_of(key) == case_id:
            return Response.objects.get(key=key)
    return None


def suspicions(collection: Collection, *, language: str, most: int = 200) -> list[Suspicion]:
    """Checks of the questionnaires, soft and informing ones too, that do not hold once corrections are laid over."""
    return list(islice(_suspicions(collection, language), most))


def _suspicions(collection: Collection, language: str) -> Iterator[Suspicion]:
    found = Response.objects.filter(collection=collection.pk, submissions__isnull=False).exclude(state="withdrawn")
    found = found.distinct().order_by("key").prefetch_related("submissions", "edits")
    for response in found.iterator(chunk_size=500):
        instrument = instrument_of(response.version_id)
        if not instrument.checks:
            continue
        texts = {check.id: check.text for check in instrument.checks}
        values = edited_values(response)
        for problem in check_case(instrument, {**response.register, **values}):
            check = str(problem.values.get("check", ""))
            if problem.code == "Q110" and check in texts:
                names = [name for name in values if name.split(".")[0] in _questions(problem.values)]
                words = texts[check].get(language) or next(iter(texts[check].values()), check)
                yield Suspicion(
                    case_id_of(response.key), check, words, tuple((name, values[name]) for name in sorted(names))
                )


def _questions(values: object) -> frozenset[str]:
    return frozenset(values.get("questions", ())) if isinstance(values, dict) else frozenset()


def answer_counts(collection: Collection) -> dict[str, int]:
    """Responses handed in, kept as partials, and corrections that stand."""
    handed = Response.objects.filter(collection=collection.pk).exclude(state="withdrawn")
    complete = handed.filter(submissions__complete=True).distinct().count()
    return {
        "complete": complete,
        "partial": handed.filter(submissions__isnull=False).distinct().count() - complete,
        "edits": Edit.objects.filter(response__collection=collection.pk, withdrawn_at__isnull=True).count(),
    }
