"""Releases with real tables, for tests of the statistics bank: the starter published twice, the second time sealed."""

import atexit
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from proposed import MINUTE, RELEASE

from barometer import pipeline
from barometer.edition import starter
from barometer.files import Releases, create_folder

Clock = Callable[[datetime], None]
"""Sets the time that pages go by."""
LATER = MINUTE + timedelta(days=2)
"""When the second release appears."""


def releases_in(workspace: Path) -> Releases:
    """A copy of the releases in a test's own workspace."""
    shutil.copytree(_published() / "releases", workspace / "releases", symlinks=True)
    return Releases(workspace / "releases" / "starter")


@cache
def _published() -> Path:
    """Made once a test process, and removed with it. The second release has the numbers of the first."""
    workspace = Path(mkdtemp(prefix="barometer-tables-"))
    atexit.register(shutil.rmtree, workspace)
    files = {**starter()}
    files["edition.toml"] = files["edition.toml"].replace(RELEASE, b"at = 2026-06-01T09:00:00+02:00")
    files["edition.toml"] = files["edition.toml"].replace(b"approvals = 2", b"approvals = 0")
    create_folder(workspace / "starter", files)
    desk = pipeline.open_desk(workspace / "starter", workspace)
    for step in pipeline.STEPS[:-1]:
        pipeline.ACTIONS[step](desk)
    pipeline.publish_release(desk, MINUTE)
    second = {**desk.releases.read(1), "site/second.txt": b"The second release."}
    desk.releases.add(second, {**desk.releases.about(1), "released_at": LATER.isoformat()})
    return workspace
