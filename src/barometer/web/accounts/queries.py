"""What a person may do."""

from barometer.web.accounts.models import User
from barometer.web.accounts.roles import ROLES, Permission


def may(user: User, permission: Permission, edition: str) -> bool:
    """Whether one of the person's roles in the edition, or in all editions, allows it."""
    if not user.is_active:
        return False
    return any(permission in ROLES[member.role] for member in user.memberships.all() if member.edition in ("", edition))
