"""Disclosure control: the only maker of a release.

Door: `protect(edition, estimates) -> Release`. Everything up to here is confidential; a `Release` is public.
"""

from barometer.disclosure._apply import nothing_left
from barometer.disclosure._ledger_apply import Before
from barometer.disclosure._ledger_together import Published, evidence_of
from barometer.disclosure._narrow import narrow
from barometer.disclosure._outsider import ASSUMED, Findings, audit_published
from barometer.disclosure._protect import Decision, protect, protect_in_full
from barometer.disclosure._release import Audit, Release, open_release, release_files

__all__ = [
    "ASSUMED",
    "Audit",
    "Before",
    "Decision",
    "Findings",
    "Published",
    "Release",
    "audit_published",
    "evidence_of",
    "narrow",
    "nothing_left",
    "open_release",
    "protect",
    "protect_in_full",
    "release_files",
]
