"""Proposing a release, voting on it, and handing the outcome to `barometer publish`."""

import hashlib
import json
import secrets
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext

from barometer.files import Build
from barometer.pipeline import releasing
from barometer.pipeline.approvals import Approval, Approvals, sign
from barometer.problems import BadInput, Place, Problem
from barometer.web.accounts.models import User
from barometer.web.accounts.queries import may
from barometer.web.accounts.roles import Permission
from barometer.web.audit.actions import record
from barometer.web.releases.models import Candidate, Vote
from barometer.web.releases.queries import files_are_there
from barometer.web.releases.states import CANDIDATE, outcome


class NotAllowed(Exception):
    """An act that the state of things does not allow; its text says why, in the language of who tried."""


@transaction.atomic
def propose(candidate: releasing.Candidate, *, folder: str, stored: bool, by: str) -> Candidate:
    """Put a release before the voters; the edition's earlier proposal that is still voted on is withdrawn.

    `stored`: it is published already. The same release again changes nothing. Raises BadInput (B023).
    """
    edition, by = candidate.edition.id, by.strip().lower()
    problems = _obstacles(edition, candidate.edition.approvals, stored, by)
    if problems:
        raise BadInput(tuple(problems))
    open_or_agreed = Candidate.objects.select_for_update().filter(folder=folder, state__in=("voting", "approved"))
    same = open_or_agreed.filter(digest=candidate.digest).first()
    if same is not None:
        return same
    for earlier in open_or_agreed.filter(state="voting"):
        _move(earlier, "withdrawn", by)
    proposed = Candidate.objects.create(
        edition=edition,
        folder=folder,
        digest=candidate.digest,
        summary=candidate.summary(),
        needed=candidate.edition.approvals,
        made_by=by,
    )
    record("release proposed", by=by, edition=edition, subject=_subject(proposed), digest=proposed.digest)
    return proposed


@transaction.atomic
def cast_vote(candidate: Candidate, *, agrees: bool, reason: str, name: str, by: str) -> str:
    """Vote once; gives the candidate's state after it. The last vote needed decides.

    Until then the log keeps a salted checksum of the vote, so that it neither tells it nor lets it be changed.
    """
    locked = Candidate.objects.select_for_update().get(pk=candidate.pk)
    if locked.state != "voting":
        raise NotAllowed(gettext("The vote is over."))
    if locked.made_by == by.lower():
        raise NotAllowed(gettext("Who made a release does not vote on it."))
    if locked.votes.filter(voter=by.lower()).exists():
        raise NotAllowed(gettext("You have voted already."))
    if not agrees and not reason.strip():
        raise NotAllowed(gettext("Say why you refuse."))
    if not files_are_there(locked):
        raise NotAllowed(gettext("What was proposed is no longer there to be looked at. It must be proposed again."))
    salt = secrets.token_hex(32)
    vote = Vote.objects.create(
        candidate=locked, voter=by.lower(), name=name, agrees=agrees, reason=reason.strip(), salt=salt
    )
    record("vote cast", by=by, edition=locked.edition, subject=_subject(locked), checksum=checksum(vote))
    state = outcome([one.agrees for one in locked.votes.all()], locked.needed)
    if state != "voting":
        _move(locked, state, by)
    candidate.refresh_from_db()
    return state


def checksum(vote: Vote) -> str:
    """What the log keeps of a vote until its outcome is known."""
    told = json.dumps([vote.salt, vote.voter, vote.agrees, vote.reason])
    return hashlib.sha256(told.encode()).hexdigest()


def hand_over(candidate: Candidate) -> None:
    """Write the approvals where `barometer publish` looks for them. Doing it again does no harm."""
    agreed = tuple(Approval(vote.name, vote.voter, vote.at.isoformat()) for vote in candidate.votes.all())
    approvals = Approvals(candidate.edition, candidate.digest, candidate.made_by, agreed, candidate.event)
    build_of(candidate).approve(sign(approvals, settings.APPROVAL_KEY))


def build_of(candidate: Candidate) -> Build:
    return Build(Path(settings.WORKSPACE) / "build" / candidate.folder)


def _move(candidate: Candidate, state: str, by: str) -> None:
    """To a state of which the machine is asked; the votes are told in the log with the outcome."""
    if state not in CANDIDATE[candidate.state]:
        raise NotAllowed(gettext("The vote is over."))
    votes = [
        {"by": one.voter, "agrees": one.agrees, "reason": one.reason, "salt": one.salt}
        for one in candidate.votes.all()
        if state != "withdrawn"
    ]
    told = {"digest": candidate.digest, "votes": votes} if votes else {"digest": candidate.digest}
    event = record(f"release {state}", by=by, edition=candidate.edition, subject=_subject(candidate), **told)
    candidate.state, candidate.event = state, event.digest
    candidate.save(update_fields=["state", "event"])
    if state == "approved":
        transaction.on_commit(lambda: hand_over(candidate))


def _obstacles(edition: str, needed: int, stored: bool, by: str) -> list[Problem]:
    """What keeps a release from being voted on."""
    place = Place(file="edition.toml", field="release.approvals")
    problems = []
    if not needed:
        way_out = f"Run 'barometer publish {edition}', or ask for approvals in edition.toml."
        problems.append(Problem("B023", place, "approvals = 0", "an edition that asks for approvals", way_out))
    if stored:
        found, way_out = "a release that is published already", "Nothing needs to be done."
        problems.append(Problem("B023", Place(file=edition), found, "something new", way_out))
    maker = User.objects.filter(email__iexact=by, is_active=True).first()
    if maker is None or not may(maker, Permission.SEE, edition):
        way_out = "Give your own address with --by; a manager adds people under /staff/people/."
        problems.append(Problem("B023", Place(field="--by"), f"'{by}'", f"a member of staff of {edition}", way_out))
    people = User.objects.filter(is_active=True).exclude(email__iexact=by).prefetch_related("memberships")
    voters = sum(may(one, Permission.APPROVE, edition) for one in people)
    if voters < needed:
        found, way_out = f"{voters} others who may vote", "Give more people the role 'approver'."
        problems.append(Problem("B023", place, found, f"at least {needed}", way_out))
    return problems


def _subject(candidate: Candidate) -> str:
    return f"candidate {candidate.digest[:12]}"
