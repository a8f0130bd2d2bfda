"""Adding members of staff; imported once Django is ready."""

import secrets

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from barometer.problems import BadInput, Place, Problem, suggestion
from barometer.web.accounts.actions import add_user
from barometer.web.accounts.models import User
from barometer.web.accounts.roles import ROLES


def add_member(*, email: str, name: str, password: str, role: str, edition: str) -> str:
    """Add a person with one role; gives the password, generated when none was given. `BadInput` (C048) tells all
    that is wrong at once."""
    password = password or secrets.token_urlsafe(15)
    user = User(email=email.strip().lower(), name=name or email)
    found: list[Problem] = []
    if role not in ROLES:
        found.append(_problem("role", f"'{role}'", "a role", suggestion(role, ROLES)))
    try:
        validate_password(password, user)
    except ValidationError as weak:
        found.append(_problem("password", " ".join(weak.messages), "a long, uncommon one", "Choose another password."))
    try:
        user.full_clean(exclude=["password"])
    except ValidationError as wrong:
        told = " ".join(message for messages in wrong.message_dict.values() for message in messages)
        found.append(_problem("email", f"'{email}'", told, "Give the person's address; each has one account."))
    if found:
        raise BadInput(tuple(found))
    add_user(email=email, name=name or email, password=password, roles={role: edition}, by="command line")
    return password


def _problem(field: str, found: str, expected: str, way_out: str) -> Problem:
    return Problem("C048", Place(field=field), found, expected, way_out)
