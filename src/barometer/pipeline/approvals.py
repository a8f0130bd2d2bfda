"""Approvals: who agreed to what, as a file that `publish` asks for; signed with the installation's key.

Votes are cast on the staff pages, where it is known who votes; the file carries their outcome to the command. Its
signature tells that it comes from those pages and was not written by hand. Whoever can read the key can sign.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from barometer.problems import Place, Problem

VARIABLE, KEY = "BAROMETER_APPROVAL_KEY", "approval-key"
"""Where the key is: in the environment, or in this file of data/keys."""
FILE = "approvals.json"
FORMAT = 1


@dataclass(frozen=True)
class Approval:
    """A person who agreed. `at`: ISO 8601."""

    name: str
    email: str
    at: str


@dataclass(frozen=True)
class Approvals:
    """What was approved: the digest of everything that `publish` would store, by whom, and its row in the log."""

    edition: str
    digest: str
    made_by: str
    approvals: tuple[Approval, ...]
    event: str  # digest of the audit log's row that tells the outcome


def sign(approvals: Approvals, key: str) -> bytes:
    """The file."""
    content: dict[str, Any] = {"format": FORMAT, **asdict(approvals)}
    content["signature"] = _signature(content, key)
    return json.dumps(content, indent=1, ensure_ascii=False).encode() + b"\n"


def check_approvals(content: bytes | None, edition: str, digest: str, needed: int, key: str) -> list[Problem]:
    """What keeps `digest` from being published (B020 to B022); nothing when `needed` people have agreed to it."""
    place = Place(file=FILE)
    propose = f"Run 'barometer propose {edition}'; {needed} people vote on the staff pages; then publish again."
    if not needed:
        return []
    if content is None:
        return [Problem("B020", place, "no approvals", f"{needed} people who agreed to {digest[:12]}", propose)]
    approvals = _read(content, key)
    if approvals is None:
        found = "a file that the staff pages of this installation did not write"
        way_out = f"Give the installation its key ({VARIABLE} or data/keys/{KEY}), or vote again."
        return [Problem("B021", place, found, "a signed file of approvals", way_out)]
    if (approvals.edition, approvals.digest) != (edition, digest):
        found = f"approvals of {approvals.edition} {approvals.digest[:12]}"
        return [Problem("B022", place, found, f"approvals of {edition} {digest[:12]}", propose)]
    people = {one.email.lower() for one in approvals.approvals} - {approvals.made_by.lower()}
    if len(people) < needed:
        found = f"{len(people)} people who agreed"
        return [Problem("B020", place, found, f"{needed}, none of them the one who made it", propose)]
    return []


def _read(content: bytes, key: str) -> Approvals | None:
    """What the file says; None where it cannot be read, or its signature is not that of the key."""
    try:
        told = json.loads(content)
        signature = told.pop("signature")
        if not key or not hmac.compare_digest(signature, _signature(told, key)) or told.pop("format") != FORMAT:
            return None
        return Approvals(**{**told, "approvals": tuple(Approval(**one) for one in told["approvals"])})
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _signature(content: Mapping[str, Any], key: str) -> str:
    told = json.dumps(content, sort_keys=True, ensure_ascii=False).encode()
    return hmac.new(key.encode(), b"approvals" + told, hashlib.sha256).hexdigest()
