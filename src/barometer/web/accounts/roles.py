"""Roles as data: what each may do. A person has roles in an edition, or in all of them (edition '')."""

from collections.abc import Mapping
from enum import StrEnum


class Permission(StrEnum):
    SEE = "see"  # collections, monitor, counts
    AUTHOR = "author"  # publish questionnaires
    RUN = "run"  # launch, remind, extend, pause, close
    CONTACTS = "contacts"  # see and change names and addresses, enter answers for a respondent
    ANSWERS = "answers"  # see pseudonymised answers: export, edit, code
    AUDIT = "audit"  # read the log
    MANAGE = "manage"  # accounts and roles


ROLES: Mapping[str, frozenset[Permission]] = {
    "author": frozenset({Permission.SEE, Permission.AUTHOR}),
    "field_manager": frozenset({Permission.SEE, Permission.RUN, Permission.CONTACTS}),
    "contact_handler": frozenset({Permission.SEE, Permission.CONTACTS}),
    "analyst": frozenset({Permission.SEE, Permission.ANSWERS}),
    "auditor": frozenset({Permission.SEE, Permission.AUDIT}),
    "manager": frozenset(Permission),
}
"""Nobody but a manager sees both who answered and what: contacts and answers are different roles."""
