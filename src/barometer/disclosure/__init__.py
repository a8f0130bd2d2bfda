"""Disclosure control: the only maker of a release.

Door: `protect(edition, estimates) -> Release`. Everything up to here is confidential; a `Release` is public.
"""

from barometer.disclosure._protect import Decision, protect, protect_in_full
from barometer.disclosure._release import Audit, Release, open_release, release_files

__all__ = ["Audit", "Decision", "Release", "open_release", "protect", "protect_in_full", "release_files"]
