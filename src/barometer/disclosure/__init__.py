"""Disclosure control: the only maker of a release.

Door: `protect(edition, estimates) -> Release`. Everything up to here is confidential; a `Release` is public.

Inside, in the order of the work: `_gather` turns estimates into evidence, `_relations` and `_families` say what hangs
together by definition, `_rules` what must stay unknown, `_suppress` with `_search` and `_moves` finds what to hide
besides, `_audit` with `_insider` attacks the outcome, `_decide` goes through it family by family, `_apply` and
`_protect` carry it out. `_ledger_*` bring in earlier releases; `_outsider` attacks with the downloads alone.

Publishing needs releases and nothing else of this room; what protects and attacks is loaded when it is asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from barometer.disclosure._ledger_apply import Before
from barometer.disclosure._ledger_together import Published, evidence_of
from barometer.disclosure._narrow import narrow
from barometer.disclosure._release import Audit, Release, open_release, release_files

if TYPE_CHECKING:
    from barometer.disclosure._apply import nothing_left
    from barometer.disclosure._decide import Decision
    from barometer.disclosure._outsider import ASSUMED, Findings, audit_published
    from barometer.disclosure._protect import protect, protect_in_full

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

_LATER = {
    "nothing_left": "_apply",
    "Decision": "_decide",
    "ASSUMED": "_outsider",
    "Findings": "_outsider",
    "audit_published": "_outsider",
    "protect": "_protect",
    "protect_in_full": "_protect",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
