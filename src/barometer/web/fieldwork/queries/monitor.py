"""How fieldwork goes: counts and design-weighted response rates, by stratum and survey, and day by day.

One aggregating statement for all surveys of an edition; what it gives is small, however many cases there are.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from barometer.web.fieldwork.models import Case, Collection, Message, Response
from barometer.web.fieldwork.queries.outcomes import OUTCOMES, with_outcome
from barometer.web.fieldwork.rates import Rates, representativity, response_rates
from barometer.web.fieldwork.states import DISPOSITIONS


@dataclass(frozen=True)
class OutcomeRow:
    """A disposition, its AAPOR code and group, how many cases have it, and their share by design weight."""

    outcome: str
    aapor: str
    group: str
    cases: int
    weighted_share: float | None


@dataclass(frozen=True)
class Tally:
    """A survey or a stratum: cases by disposition, and rates without and with design weights."""

    name: str
    cases: int
    weight: float
    outcomes: Mapping[str, int]  # of every disposition, 0 included
    rates: Rates
    weighted: Rates


@dataclass(frozen=True)
class Day:
    """What happened on a day, in the collection's time zone. `share` of the eligible is handed in until then, by
    design weight: RR1 as it grew."""

    day: date
    submitted: int
    share: float
    mails: int


@dataclass(frozen=True)
class SurveyMonitor:
    """One survey of an edition."""

    collection: Collection
    total: Tally
    strata: tuple[Tally, ...]
    outcomes: tuple[OutcomeRow, ...]
    days: tuple[Day, ...]
    representativity: float | None


def edition_monitor(edition: str) -> list[SurveyMonitor]:
    """Every survey of the edition, as fieldwork stands now."""
    collections = list(Collection.objects.filter(edition=edition).order_by("id"))
    cells = _cells(collections)
    return [_survey(one, cells[one.pk]) for one in collections]


def mail_counts(collection: Collection) -> dict[str, int]:
    """Messages by state; states without a message are absent."""
    rows = Message.objects.filter(collection=collection.pk).values_list("state").annotate(n=Count("id"))
    return dict(rows)


def entry_modes(collection: Collection) -> dict[str, int]:
    """Responses by how they came: web, phone, paper."""
    rows = Response.objects.filter(collection=collection.pk).exclude(mode=Response.CHECK).values_list("mode")
    return dict(rows.annotate(n=Count("key")))


def daily(collection: Collection, weight: float) -> tuple[Day, ...]:
    """Every day from the first that something happened to today, or to the close; empty before that."""
    zone = ZoneInfo(collection.time_zone)
    submitted = _submitted_by_day(collection, zone)
    mails = _mails_by_day(collection, zone)
    if not submitted and not mails:
        return ()
    first, last = min([*submitted, *mails]), _last_day(collection, zone, [*submitted, *mails])
    days, so_far = [], 0.0
    for step in range((last - first).days + 1):
        day = first + timedelta(days=step)
        count, weighed = submitted.get(day, (0, 0.0))
        so_far += weighed
        share = so_far / weight if weight else 0.0
        days.append(Day(day, count, share, mails.get(day, 0)))
    return tuple(days)


Cells = Mapping[tuple[str, str], tuple[int, float]]
"""(stratum, outcome) -> (cases, sum of design weights)."""


def _cells(collections: Iterable[Collection]) -> dict[int, dict[tuple[str, str], tuple[int, float]]]:
    rows = (
        with_outcome(Case.objects.filter(collection__in=[one.pk for one in collections]))
        .values_list("collection_id", "stratum", "outcome")
        .annotate(n=Count("pk"), weight=Sum("design_weight"))
        .order_by()
    )
    cells: dict[int, dict[tuple[str, str], tuple[int, float]]] = defaultdict(dict)
    for collection, stratum, outcome, n, weight in rows:
        cells[collection][stratum, outcome or "refused"] = (n, weight)
    return cells


def _survey(collection: Collection, cells: Cells) -> SurveyMonitor:
    names = sorted({stratum for stratum, _ in cells})
    strata = tuple(_tally(name, {cell: size for cell, size in cells.items() if cell[0] == name}) for name in names)
    total = _tally("", cells)
    spread = representativity((one.weight, one.weighted.rr2 or 0.0) for one in strata)
    eligible = sum(weight for (_, outcome), (_, weight) in cells.items() if DISPOSITIONS[outcome].group != "NE")
    return SurveyMonitor(collection, total, strata, _outcome_rows(cells), daily(collection, eligible), spread)


def _tally(name: str, cells: Cells) -> Tally:
    counts: dict[str, int] = defaultdict(int)
    groups: dict[str, float] = defaultdict(float)
    weighted: dict[str, float] = defaultdict(float)
    for (_, outcome), (n, weight) in cells.items():
        counts[outcome] += n
        groups[DISPOSITIONS[outcome].group] += n
        weighted[DISPOSITIONS[outcome].group] += weight
    return Tally(
        name=name,
        cases=sum(counts.values()),
        weight=sum(weighted.values()),
        outcomes={outcome: counts[outcome] for outcome in OUTCOMES},
        rates=response_rates(groups),
        weighted=response_rates(weighted),
    )


def _outcome_rows(cells: Cells) -> tuple[OutcomeRow, ...]:
    whole = sum(weight for _, weight in cells.values())
    rows = []
    for outcome in OUTCOMES:
        found = [size for (_, one), size in cells.items() if one == outcome]
        kind = DISPOSITIONS[outcome]
        share = sum(weight for _, weight in found) / whole if whole else None
        rows.append(OutcomeRow(outcome, kind.aapor, kind.group, sum(n for n, _ in found), share))
    return tuple(rows)


def _submitted_by_day(collection: Collection, zone: ZoneInfo) -> dict[date, tuple[int, float]]:
    rows = (
        collection.cases.filter(state="submitted")
        .values_list(TruncDate("state_at", tzinfo=zone))
        .annotate(n=Count("pk"), weight=Sum("design_weight"))
    )
    return {day: (n, weight) for day, n, weight in rows}


def _mails_by_day(collection: Collection, zone: ZoneInfo) -> dict[date, int]:
    """Letters of rules; receipts and colleagues' letters follow from what respondents do."""
    sent = Message.objects.filter(collection=collection.pk, sent_at__isnull=False).exclude(rule=None)
    return dict(sent.values_list(TruncDate("sent_at", tzinfo=zone)).annotate(n=Count("id")).order_by())


def _last_day(collection: Collection, zone: ZoneInfo, happened: list[date]) -> date:
    today = timezone.now().astimezone(zone).date()
    return max(happened) if collection.status == "closed" else max([today, *happened])
