"""Changes to accounts."""

from django.db import transaction

from barometer.web.accounts.models import Membership, User
from barometer.web.audit.actions import record


@transaction.atomic
def add_user(*, email: str, name: str, password: str, roles: dict[str, str] | None = None, by: str) -> User:
    """A new member of staff. `roles`: role to edition, '' for every edition. The password is hashed with Argon2."""
    user = User(email=email.strip().lower(), name=name)
    user.set_password(password)
    user.full_clean()
    user.save()
    for role, edition in (roles or {}).items():
        give_role(user, role=role, edition=edition, by=by)
    record("user added", by=by, subject=f"user {user.email}")
    return user


@transaction.atomic
def give_role(user: User, *, role: str, edition: str, by: str) -> Membership:
    """The role in the edition ('' for all); nothing happens when the person has it already."""
    membership, created = Membership.objects.get_or_create(user=user, role=role, edition=edition)
    if created:
        record("role given", by=by, edition=edition, subject=f"user {user.email}", role=role)
    return membership
