"""What the worker does for releases. Either may run twice without harm."""

import logging

from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone
from procrastinate.contrib.django import app

from barometer.files import Releases
from barometer.problems import BadInput
from barometer.web.releases.actions import build_of, hand_over
from barometer.web.releases.models import Candidate
from barometer.web.releases.queries import folders

logger = logging.getLogger(__name__)


@app.periodic(cron="* * * * *")
@app.task(name="open_releases")
def every_minute(timestamp: int) -> None:
    """Let servers of plain files show what is due, and write approvals that a crash kept from being written."""
    close_old_connections()
    open_due_releases()
    hand_over_approvals()


def open_due_releases() -> None:
    """Point `current` of each edition at the release that is public now. Our own pages do not wait for this."""
    for folder in folders():
        try:
            Releases(settings.WORKSPACE / "releases" / folder).open_due(timezone.now())
        except (BadInput, OSError) as trouble:
            logger.warning("releases of %s: %s", folder, trouble)


def hand_over_approvals() -> None:
    """Of each edition, the approvals of its last approved release, where they are not there."""
    last = Candidate.objects.filter(state="approved").order_by("folder", "-id").distinct("folder")
    for candidate in last:
        content = build_of(candidate).approvals()
        if content is None or candidate.digest.encode() not in content:
            hand_over(candidate)
