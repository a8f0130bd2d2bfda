"""An edition that is protected and may be proposed, and the people around it, for tests of releases."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from desk import member

from barometer import pipeline
from barometer.cli._propose import propose_desk
from barometer.edition import starter
from barometer.files import create_folder
from barometer.pipeline import Desk, releasing
from barometer.pipeline.approvals import KEY
from barometer.pipeline.reviewing import reviewed
from barometer.review import review_files
from barometer.web.accounts.models import User
from barometer.web.releases.actions import cast_vote, propose
from barometer.web.releases.models import Candidate

EDITION = "example-2024"
SIGNS = "key that signs approvals"
MINUTE = datetime(2026, 6, 1, 7, tzinfo=UTC)
RELEASE = b"at = 2024-06-01T09:00:00+02:00"


made: dict[bytes, releasing.Candidate] = {}
"""What `build` made, by its edition.toml: making it takes a second, and most tests are about what comes after."""


def build(workspace: Path) -> None:
    """The starter from register to protected release, and what people vote on."""
    folder = dict(starter())
    folder["edition.toml"] = folder["edition.toml"].replace(RELEASE, b"at = 2026-06-01T09:00:00+02:00")
    create_folder(workspace / "starter", folder)
    desk = pipeline.open_desk(workspace / "starter", workspace)
    for step in pipeline.STEPS[:-1]:
        pipeline.ACTIONS[step](desk)
    made[desk.folder["edition.toml"]] = pipeline.propose_release(desk, MINUTE, review_files(reviewed(desk)))[0]


def workspace_at(built: Path, workspace: Path) -> Desk:
    """A copy of the built workspace, with the installation's key."""
    shutil.copytree(built, workspace, dirs_exist_ok=True)
    key = workspace / "data" / "keys" / KEY
    key.parent.mkdir(parents=True)
    key.write_text(SIGNS)
    return pipeline.open_desk(workspace / "starter", workspace)


def people() -> dict[str, User]:
    """Who makes releases, three who vote, and a manager. Nobody logs in by password here, so a quick hash will do."""
    voters = {name: member("approver", name=name) for name in ("ole", "kim", "eva")}
    return {"ida": member("author", name="ida"), **voters, "mona": member("manager", name="mona")}


def put_forward(desk: Desk, now: datetime = MINUTE) -> Candidate:
    known = made.get(desk.folder["edition.toml"])
    if known is None or desk.releases.numbers():
        return propose_desk(desk, now, by="ida@example.org")[0]
    return propose(known, folder=desk.build.root.name, stored=False, by="ida@example.org")


def vote(candidate: Candidate, *who: str, agrees: bool = True, reason: str = "") -> str:
    """Cast the votes of these people; gives the state after the last."""
    state = candidate.state
    for name in who:
        state = cast_vote(candidate, agrees=agrees, reason=reason, name=name.title(), by=f"{name}@example.org")
    return state


def changed(desk: Desk, name: str, old: bytes, new: bytes) -> Desk:
    """The desk after a file of the edition's folder was edited."""
    content = desk.folder[name]
    assert old in content
    return replace(desk, folder={**desk.folder, name: content.replace(old, new, 1)})
