"""What the worker does for the statistics bank."""

from django.db import close_old_connections
from django.utils import timezone
from procrastinate.contrib.django import app

from barometer.web.statbank.feedback import delete_old_feedback
from barometer.web.statbank.selftest_groups import delete_expired


@app.periodic(cron="10 * * * *")
@app.task(name="self-test groups")
def every_hour(timestamp: int) -> int:
    """Delete groups whose time is over."""
    close_old_connections()
    return delete_expired(now=timezone.now(), by="worker")


@app.periodic(cron="20 3 * * *")
@app.task(name="old page feedback")
def every_day(timestamp: int) -> int:
    """Delete what readers said about pages when its time is over."""
    close_old_connections()
    return delete_old_feedback(today=timezone.localdate(), by="worker")
