"""Acts on groups. Members and organisers are anonymous, so that only the worker's acts stand in the log."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from barometer.web.audit.actions import record
from barometer.web.fieldwork.access import SYMBOLS
from barometer.web.statbank.models import Group, GroupAnswer
from barometer.web.statbank.selftest import Test

DAYS = (7, 14, 30)
"""How long a group may live."""
MOST = 500
"""Members of a group."""


class NoRoom(Exception):
    """The group takes no answers any more."""


@transaction.atomic
def create_group(test: Test, *, days: int) -> tuple[Group, str]:
    """A new group, and the key of its organiser, which is kept as a digest only."""
    key = secrets.token_urlsafe(18)
    group = Group.objects.create(
        code="-".join("".join(secrets.choice(SYMBOLS) for _ in range(4)) for _ in range(3)),
        folder=test.release.folder,
        release=test.release.number,
        key=_digest(key),
        expires_at=timezone.now() + timedelta(days=days),
    )
    return group, key


def find_group(code: str, now: datetime) -> Group | None:
    """The group, unless its time is over, whether or not it has been deleted yet."""
    return Group.objects.filter(code=code.strip().lower(), expires_at__gt=now).first()


def is_organiser(group: Group, key: str) -> bool:
    return hmac.compare_digest(group.key, _digest(key))


@transaction.atomic
def hand_in(group: Group, *, once: UUID, stands: Mapping[str, str]) -> None:
    """A member's answers; a second time they change nothing. Raises `NoRoom` for a group that is closed or full."""
    locked = Group.objects.select_for_update().filter(pk=group.pk).first()
    if locked is None or locked.is_closed or locked.answers.count() >= MOST:
        raise NoRoom
    GroupAnswer.objects.get_or_create(group=locked, once=once, defaults={"stands": dict(stands)})


@transaction.atomic
def close_group(group: Group) -> None:
    """Take no more answers; those that waited for company are counted, as far as the rule lets them."""
    Group.objects.filter(pk=group.pk).update(is_closed=True)


@transaction.atomic
def delete_group(group: Group) -> None:
    """With all answers, at the organiser's wish."""
    group.delete()


@transaction.atomic
def delete_expired(*, now: datetime, by: str) -> int:
    """Groups whose time is over; gives their number."""
    expired = Group.objects.filter(expires_at__lte=now)
    groups = expired.count()
    if groups:
        expired.delete()
        record("delete self-test groups", by=by, groups=groups)
    return groups


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
