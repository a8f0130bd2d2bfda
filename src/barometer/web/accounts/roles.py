"""Roles as data: what each may do. A person has roles in an edition, or in all of them (edition '')."""

from collections.abc import Mapping
from enum import StrEnum


class Permission(StrEnum):
    SEE = "see"  # collections, monitor, counts
    AUTHOR = "author"  # publish questionnaires
    RUN = "run"  # launch, remind, extend, pause, close
    CONTACTS = "contacts"  # see and change names and addresses, enter answers for a respondent
    ANSWERS = "answers"  # see pseudonymised answers: export, edit, make schemes, settle disagreements of coders
    CODING = "coding"  # read open answers, code them, hide names in them
    ORIGINALS = "originals"  # look up what an open answer said before names were hidden
    APPROVE = "approve"  # see releases before their minute, and vote on them
    AUDIT = "audit"  # read the log
    MANAGE = "manage"  # accounts and roles


ROLES: Mapping[str, frozenset[Permission]] = {
    "author": frozenset({Permission.SEE, Permission.AUTHOR}),
    "field_manager": frozenset({Permission.SEE, Permission.RUN, Permission.CONTACTS}),
    "contact_handler": frozenset({Permission.SEE, Permission.CONTACTS}),
    "analyst": frozenset({Permission.SEE, Permission.ANSWERS, Permission.CODING}),
    "coder": frozenset({Permission.SEE, Permission.CODING}),
    "custodian": frozenset({Permission.SEE, Permission.ORIGINALS}),
    "approver": frozenset({Permission.SEE, Permission.APPROVE}),
    "auditor": frozenset({Permission.SEE, Permission.AUDIT}),
    "manager": frozenset(Permission),
}
"""Nobody but a manager sees both who answered and what: contacts and answers are different roles."""
