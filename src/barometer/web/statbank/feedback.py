"""What readers say about pages: whether one helped, and their words. Read by the survey team, published nowhere.

Kept apart from everything else, with the page, its release and the day: no address, no browser, no time of day.
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Count, Q

from barometer.web.audit.actions import record
from barometer.web.releases.queries import PublicRelease
from barometer.web.statbank.models import Feedback

KEPT = timedelta(days=365)
"""How long an answer is kept."""
LONGEST = 1_000
"""Characters kept of a reader's words."""
COLUMNS = ("edition", "release", "page", "day", "helped", "words")


@dataclass(frozen=True)
class PageCount:
    """How readers found a page of an edition, over all its releases."""

    edition: str
    page: str
    helped: int
    not_helped: int


@transaction.atomic
def give_feedback(release: PublicRelease, *, page: str, helped: bool, words: str, today: date) -> Feedback:
    """A reader's answer. Readers are anonymous, so that nothing of it stands in the log."""
    return Feedback.objects.create(
        folder=release.folder,
        release=release.number,
        page=page,
        helped=helped,
        words=words.strip()[:LONGEST],
        day=today,
        delete_on=today + KEPT,
    )


@transaction.atomic
def delete_feedback(one: Feedback, *, by: str) -> None:
    """An answer with something in it that should not be kept."""
    record("delete page feedback", by=by, edition=one.folder, page=one.page, day=one.day)
    one.delete()


@transaction.atomic
def delete_old_feedback(*, today: date, by: str) -> int:
    """Answers whose time is over; gives their number."""
    count, _ = Feedback.objects.filter(delete_on__lte=today).delete()
    if count:
        record("delete old page feedback", by=by, answers=count)
    return count


@transaction.atomic
def export_feedback(editions: Iterable[str], *, by: str) -> bytes:
    """Everything said about pages of the editions, as CSV (UTF-8 with a mark, so that Excel reads it)."""
    told = io.StringIO()
    writer = csv.writer(told)
    writer.writerow(COLUMNS)
    rows = feedback_of(editions)
    for one in rows:
        writer.writerow([one.folder, one.release, one.page, one.day, int(one.helped), _plain(one.words)])
    record("export page feedback", by=by, answers=len(rows))
    return told.getvalue().encode("utf-8-sig")


def feedback_of(editions: Iterable[str], *, with_words: bool = False) -> list[Feedback]:
    """Answers about pages of the editions, the latest first."""
    found = Feedback.objects.filter(folder__in=[*editions]).order_by("-day", "-id")
    return list(found.exclude(words="") if with_words else found)


def page_counts(editions: Iterable[str]) -> list[PageCount]:
    """The pages of the editions that were answered about, the least helpful first."""
    counted = (
        Feedback.objects.filter(folder__in=[*editions])
        .values_list("folder", "page")
        .annotate(yes=Count("pk", filter=Q(helped=True)), no=Count("pk", filter=Q(helped=False)))
        .order_by("-no", "folder", "page")
    )
    return [PageCount(folder, page, yes, no) for folder, page, yes, no in counted]


def editions_told() -> list[str]:
    """Editions that anything was said about."""
    return list(Feedback.objects.order_by("folder").values_list("folder", flat=True).distinct())


def _plain(words: str) -> str:
    """Not a formula where a spreadsheet would take it for one."""
    return f"'{words}" if words[:1] in ("=", "+", "-", "@", "\t", "\r") else words
