"""What becomes of responses that were started and not handed in when a collection closes."""

from collections.abc import Iterator
from dataclasses import dataclass

from barometer.model import Question, QuestionKind
from barometer.questionnaire import Path, on_path, path
from barometer.web.fieldwork.actions.answering import facts, freeze
from barometer.web.fieldwork.actions.cases import dispose
from barometer.web.fieldwork.instruments import instrument_of
from barometer.web.fieldwork.models import Case, Collection, Response

NOT_ASKED = (QuestionKind.INFORMATION, QuestionKind.COMPUTED)


@dataclass(frozen=True)
class Standstill:
    """Where a started response stands: its path, and the share of the path's questions that are answered."""

    response: Response
    route: Path
    share: float


def harvest(collection: Collection, *, partial_share: float, by: str) -> dict[str, int]:
    """Close what was started by one rule: answered at least this share of the path, a partial; less, a break-off.

    A partial is frozen as a submission that says it is not complete; the response itself stays started, so that it
    can still be handed in if the collection is extended. AAPOR calls 50 to 80 % answered a partial. Inside the
    transaction of the close.
    """
    counts = {"partial": 0, "broke_off": 0}
    cases = {case.response_key: case for case in started_cases(collection)}
    for one in standstills(collection, lock=True):
        case = cases[one.response.key]
        if 0 < one.share >= partial_share:
            freeze(one.response, one.route, language=one.response.language, complete=False)
            dispose(case, code="partial", by=by)
            counts["partial"] += 1
        else:
            dispose(case, code="broke_off", by=by)
            counts["broke_off"] += 1
    return counts


def count_harvest(collection: Collection, *, partial_share: float) -> dict[str, int]:
    """What `harvest` would do now; nothing changes."""
    partial = [0 < one.share >= partial_share for one in standstills(collection)]
    return {"partial": sum(partial), "broke_off": len(partial) - sum(partial)}


def standstills(collection: Collection, *, lock: bool = False) -> Iterator[Standstill]:
    """Every started response of a started case; `lock` holds each until the caller's transaction ends."""
    keys = [case.response_key for case in started_cases(collection) if case.response_key]
    responses = Response.objects.filter(key__in=keys, state="started").order_by("key")
    for response in (responses.select_for_update() if lock else responses).iterator(chunk_size=500):
        instrument = instrument_of(response.version_id)
        known = facts(response)
        route = path(instrument, known)
        counted = on_path(instrument, known)
        asked = [question for question in route.questions if question.kind not in NOT_ASKED]
        answered = sum(_answered(question, counted) for question in asked)
        yield Standstill(response, route, answered / len(asked) if asked else 0.0)


def started_cases(collection: Collection) -> list[Case]:
    return list(collection.cases.filter(state="started", response_key__isnull=False))


def _answered(question: Question, values: dict[str, object]) -> bool:
    return any(values.get(name) not in (None, "", [], ()) for name in question.names)
