"""What the worker does. Every job may run twice, or die half-way, without harm: the tables are the truth."""

import logging

from django.db import close_old_connections
from django.utils import timezone
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.jobs import Status

from barometer.problems import BadInput
from barometer.web.fieldwork.actions.retention import apply_retention
from barometer.web.fieldwork.actions.rules import prepare_rule
from barometer.web.fieldwork.delivery import deliver
from barometer.web.fieldwork.models import Collection, Rule
from barometer.web.fieldwork.standing import Standing, standing

logger = logging.getLogger(__name__)
MOST_ATTEMPTS = 5
"""How often a job whose worker died is begun again."""


@app.task(name="deliver", pass_context=True)
def send_mail(context: JobContext) -> int:
    """Prepare rules whose time has come, and send what is due. Ends soon when the worker is told to stop."""
    close_old_connections()
    prepare_due_rules()
    return deliver(stop=context.should_abort)


@app.periodic(cron="* * * * *")
@app.task(name="every_minute", pass_context=True)
def every_minute(context: JobContext, timestamp: int) -> int:
    """The same without being asked: rules come due, temporary failures are tried again, quiet hours end."""
    return int(send_mail(context))


@app.periodic(cron="* * * * *")
@app.task(name="revive", pass_context=True)
async def revive(context: JobContext, timestamp: int) -> None:
    """Begin again the jobs of workers that died; give up those that have died too often."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs():
        if job.attempts < MOST_ATTEMPTS:
            await manager.retry_job(job, retry_at=timezone.now())
        else:
            await manager.finish_job(job, Status.FAILED, delete_job=False)


@app.periodic(cron="40 2 * * *")
@app.task(name="retention")
def every_night(timestamp: int) -> int:
    """Delete what collections no longer need; gives the number of collections that lost something."""
    close_old_connections()
    return delete_what_is_due()


def delete_what_is_due() -> int:
    """Apply every collection's retention as of today; gives the number of collections that lost something."""
    today = timezone.localdate()
    return sum(bool(apply_retention(one, today=today, by="worker")) for one in Collection.objects.all())


def prepare_due_rules() -> int:
    """Prepare the armed rules whose time has come and whose collection is open; gives the number of new messages."""
    now = timezone.now()
    prepared = 0
    for rule in Rule.objects.filter(state="armed", channel="mail", send_at__lte=now).order_by("send_at", "pk"):
        if standing(Collection.objects.get(pk=rule.collection), now) is Standing.OPEN:
            try:
                prepared += prepare_rule(rule)
            except BadInput as changed:  # taken back or stopped in this very moment
                logger.info("rule %s: %s", rule.pk, changed)
    return prepared
