"""What the worker does for the statistics bank."""

from django.db import close_old_connections
from django.utils import timezone
from procrastinate.contrib.django import app

from barometer.web.statbank.selftest_groups import delete_expired


@app.periodic(cron="10 * * * *")
@app.task(name="self-test groups")
def every_hour(timestamp: int) -> int:
    """Delete groups whose time is over."""
    close_old_connections()
    return delete_expired(now=timezone.now(), by="worker")
