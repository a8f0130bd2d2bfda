"""What a person may do, and who there is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django_otp.plugins.otp_totp.models import TOTPDevice

from barometer.web.accounts.models import FailedLogin, User
from barometer.web.accounts.roles import ROLES, Permission

WINDOW = timedelta(minutes=15)
FROM_ONE_PLACE = 5
"""Failures of one account from one network address before it has to wait."""
IN_ALL = 50
"""Failures of one account, or from one network address, before everybody there has to wait."""


@dataclass(frozen=True)
class Member:
    """A person as the page of people shows them: roles as (edition, role), '' for every edition."""

    id: int
    name: str
    email: str
    active: bool
    second_factor: bool
    roles: tuple[tuple[str, str], ...]


def may(user: User, permission: Permission, edition: str) -> bool:
    """Whether one of the person's roles in the edition, or in all editions, allows it."""
    if not user.is_active:
        return False
    return any(permission in ROLES[member.role] for member in user.memberships.all() if member.edition in ("", edition))


def may_anywhere(user: User, permission: Permission) -> bool:
    """Whether one of the person's roles in any edition allows it."""
    return user.is_active and any(permission in ROLES[member.role] for member in user.memberships.all())


def editions_with(user: User, permission: Permission, editions: Iterable[str]) -> set[str]:
    """Those of the editions in which the person may."""
    held = {member.edition for member in user.memberships.all() if permission in ROLES[member.role]}
    return {edition for edition in editions if user.is_active and ("" in held or edition in held)}


def members() -> list[Member]:
    """Everybody, the active first, by name."""
    people = User.objects.prefetch_related("memberships").order_by("-is_active", "name", "email")
    protected = set(TOTPDevice.objects.filter(confirmed=True).values_list("user_id", flat=True))
    return [
        Member(
            id=user.pk,
            name=user.name,
            email=user.email,
            active=user.is_active,
            second_factor=user.pk in protected,
            roles=tuple(sorted((one.edition, one.role) for one in user.memberships.all())),
        )
        for user in people
    ]


def must_wait(email: str, address: str) -> bool:
    """Whether too many attempts to log in have failed for this account, or from this network address."""
    account, place = keyed(email), keyed(address)
    recent = FailedLogin.objects.filter(at__gt=timezone.now() - WINDOW)
    failures = list(recent.filter(Q(account=account) | Q(place=place)).values_list("account", "place"))
    both = failures.count((account, place))
    of_account = sum(one == account for one, _ in failures)
    of_place = sum(one == place for _, one in failures)
    return both >= FROM_ONE_PLACE or max(of_account, of_place) >= IN_ALL


def keyed(value: str) -> str:
    """What `FailedLogin` keeps of an address."""
    return salted_hmac("failed log-in", value.strip().lower(), algorithm="sha256").hexdigest()
