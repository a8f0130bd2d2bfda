"""State machines of fieldwork as data: state -> states it may become. And outcomes with their AAPOR codes.

AAPOR: American Association for Public Opinion Research, Standard Definitions, 10th edition (2023), internet surveys
of specifically named persons.
"""

from collections.abc import Mapping
from dataclasses import dataclass

Machine = Mapping[str, frozenset[str]]

COLLECTION: Machine = {
    "draft": frozenset({"open"}),
    "open": frozenset({"paused", "closed"}),
    "paused": frozenset({"open", "closed"}),
    "closed": frozenset({"open"}),  # extended
}
CASE: Machine = {
    "new": frozenset({"invited", "opened", "started", "refused", "ineligible", "submitted"}),
    "invited": frozenset({"opened", "started", "refused", "ineligible", "submitted"}),
    "opened": frozenset({"started", "refused", "ineligible", "submitted"}),
    "started": frozenset({"submitted", "partial", "refused", "ineligible"}),
    "submitted": frozenset({"started", "withdrawn"}),  # reopened, withdrawn
    "partial": frozenset({"started", "submitted", "withdrawn"}),
    "refused": frozenset({"opened", "started", "submitted"}),  # changed their mind
    "ineligible": frozenset({"opened", "started"}),
    "withdrawn": frozenset(),
}
RESPONSE: Machine = {
    "started": frozenset({"submitted"}),
    "submitted": frozenset({"started", "withdrawn"}),
    "withdrawn": frozenset(),
}
CONTACT: Machine = {
    "active": frozenset({"bounced", "unsubscribed", "replaced"}),
    "bounced": frozenset({"active", "replaced"}),
    "unsubscribed": frozenset({"active", "replaced"}),
    "replaced": frozenset(),
}
RULE: Machine = {
    "draft": frozenset({"armed"}),
    "armed": frozenset({"draft", "preparing", "stopped"}),
    "preparing": frozenset({"sending", "stopped"}),
    "sending": frozenset({"done", "stopped"}),
    "stopped": frozenset({"armed"}),
    "done": frozenset({"sending"}),  # a message whose fate was unknown is sent again
}
CODING: Machine = {
    "waiting": frozenset({"coded", "skipped"}),
    "skipped": frozenset({"coded"}),
    "coded": frozenset({"coded", "waiting"}),  # coded anew; a new version of the scheme asks for it again
}
MESSAGE: Machine = {
    "waiting": frozenset({"sending", "skipped"}),
    "sending": frozenset({"sent", "waiting", "failed", "unknown"}),
    "unknown": frozenset({"sent", "failed", "waiting"}),  # died between handing over and hearing: a person decides
    "sent": frozenset({"bounced"}),
    "skipped": frozenset(),
    "failed": frozenset(),
    "bounced": frozenset(),
}


@dataclass(frozen=True)
class Outcome:
    """A disposition: its AAPOR code and the group it counts in (I, P, R, NC, O, UO, NE)."""

    aapor: str
    group: str


DISPOSITIONS: Mapping[str, Outcome] = {
    "submitted": Outcome("1.1", "I"),  # complete
    "partial": Outcome("1.2", "P"),  # enough answered to be used
    "refused": Outcome("2.11", "R"),
    "started": Outcome("2.12", "R"),  # on the way; a break-off if nothing follows
    "broke_off": Outcome("2.12", "R"),  # started, too little answered
    "opened": Outcome("2.20", "NC"),  # visited, answered nothing
    "withdrawn": Outcome("2.11", "R"),
    "unable": Outcome("2.30", "O"),
    "invited": Outcome("3.19", "UO"),  # nothing returned
    "bounced": Outcome("3.30", "UO"),  # address does not work
    "not_invited": Outcome("3.11", "UO"),
    "ineligible": Outcome("4.10", "NE"),  # closed down, merged, not a unit
}


def can(machine: Machine, now: str, then: str) -> bool:
    return then in machine[now]
