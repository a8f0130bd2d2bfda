"""Changes to accounts."""

import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from barometer.web.accounts.models import FailedLogin, Membership, User
from barometer.web.accounts.queries import keyed
from barometer.web.audit.actions import record

BACKUP_CODES = 10


@transaction.atomic
def add_user(*, email: str, name: str, password: str, roles: dict[str, str] | None = None, by: str) -> User:
    """A new member of staff. `roles`: role to edition, '' for every edition. The password is hashed with Argon2."""
    user = User(email=email.strip().lower(), name=name)
    user.set_password(password)
    user.full_clean()
    user.save()
    record("user added", by=by, subject=f"user {user.email}")
    for role, edition in (roles or {}).items():
        give_role(user, role=role, edition=edition, by=by)
    return user


@transaction.atomic
def give_role(user: User, *, role: str, edition: str, by: str) -> Membership:
    """The role in the edition ('' for all); nothing happens when the person has it already."""
    membership, created = Membership.objects.get_or_create(user=user, role=role, edition=edition)
    if created:
        record("role given", by=by, edition=edition, subject=f"user {user.email}", role=role)
    return membership


@transaction.atomic
def take_role(user: User, *, role: str, edition: str, by: str) -> None:
    """Take the role in the edition away; nothing happens when the person does not have it."""
    deleted, _ = Membership.objects.filter(user=user, role=role, edition=edition).delete()
    if deleted:
        record("role taken", by=by, edition=edition, subject=f"user {user.email}", role=role)


@transaction.atomic
def set_active(user: User, *, active: bool, by: str) -> None:
    """Let a person in, or keep them out from their next click on."""
    if user.is_active != active:
        user.is_active = active
        user.save(update_fields=["is_active"])
        record("user let in" if active else "user kept out", by=by, subject=f"user {user.email}")


@transaction.atomic
def change_language(user: User, *, language: str, by: str) -> None:
    user.language = language
    user.save(update_fields=["language"])
    record("language changed", by=by, subject=f"user {user.email}", language=language)


@transaction.atomic
def change_password(user: User, *, password: str, by: str) -> None:
    """Sessions opened with the old password end."""
    user.set_password(password)
    user.save(update_fields=["password"])
    record("password changed", by=by, subject=f"user {user.email}")


@transaction.atomic
def confirm_second_factor(device: TOTPDevice, *, by: str) -> list[str]:
    """Make this the person's one second factor; gives new backup codes."""
    TOTPDevice.objects.filter(user=device.user).exclude(pk=device.pk).delete()
    device.confirmed = True
    device.save()
    record("second factor set up", by=by, subject=f"user {device.user.email}")
    return new_backup_codes(device.user, by=by)


@transaction.atomic
def new_backup_codes(user: User, *, by: str) -> list[str]:
    """Codes that each open the account once in place of the second factor; earlier ones become worthless."""
    device, _ = StaticDevice.objects.get_or_create(user=user, name="backup")
    device.token_set.all().delete()
    codes = [secrets.token_hex(4) for _ in range(BACKUP_CODES)]
    for code in codes:
        device.token_set.create(token=code)
    record("backup codes made", by=by, subject=f"user {user.email}")
    return codes


@transaction.atomic
def reset_second_factor(user: User, *, by: str) -> None:
    """For somebody who lost the phone and the codes: they set up a new one at their next log-in."""
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()
    record("second factor reset", by=by, subject=f"user {user.email}")


@transaction.atomic
def note_login(user: User, *, address: str) -> None:
    """Failures of this account from this network address are forgotten."""
    FailedLogin.objects.filter(account=keyed(user.email), place=keyed(address)).delete()
    record("logged in", by=user.email, subject=f"user {user.email}")


@transaction.atomic
def note_failure(*, email: str, address: str) -> None:
    """Count a wrong password or code. Not in the audit: who is no member of staff writes nothing there."""
    FailedLogin.objects.filter(at__lt=timezone.now() - timedelta(days=1)).delete()
    FailedLogin.objects.create(account=keyed(email), place=keyed(address))
