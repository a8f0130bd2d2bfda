"""The answer store: what was answered. Knows neither case nor contact.

`Response.values` is the current state, `AnswerEvent` the append-only log it can be rebuilt from, `Submission`
what was handed in. All three change in one transaction, and a page acknowledges only after it has ended.
"""

import uuid

from django.db import models

from barometer.web.fieldwork.models._collections import InstrumentVersion


class Response(models.Model):
    """The answers of one case while they are being given."""

    CHECK = "check"
    """Mode of a second typing of the same paper: only to compare, in no answer table, and no case points to it."""

    key = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    public_id = models.CharField(max_length=22, unique=True)  # in the address of its pages; opens nothing by itself
    collection = models.PositiveBigIntegerField(db_index=True)
    version = models.ForeignKey(InstrumentVersion, on_delete=models.PROTECT)  # pinned at the start
    register = models.JSONField(default=dict)  # register values the questionnaire's conditions use
    values = models.JSONField(default=dict)  # name -> answer, off the path included: nothing is cleared
    kept = models.JSONField(default=dict)  # name -> text that could not be read as an answer, shown again
    revision = models.PositiveIntegerField(default=0)  # of the last event
    passed = models.JSONField(default=dict)  # page -> {shown: names it asked when left, confirmed: warnings accepted}
    page = models.CharField(max_length=80, blank=True)  # where to resume; ':review' for the overview
    language = models.CharField(max_length=8)
    mode = models.CharField(max_length=8, default="web")  # web, phone, paper, or CHECK
    state = models.CharField(max_length=12, default="started")  # states.RESPONSE: started, submitted, withdrawn
    started_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    submitted_at = models.DateTimeField(null=True)
    words_deleted_at = models.DateTimeField(null=True)  # texts in the respondent's own words: retention is over


class AnswerEvent(models.Model):
    """One saved page. `changes`: name -> [before, after]. The key of the rendered page makes a repeat harmless."""

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="events")
    revision = models.PositiveIntegerField()
    once = models.UUIDField()  # key of the rendered page
    page = models.CharField(max_length=80)
    changes = models.JSONField()
    kept = models.JSONField(default=dict)  # field -> [before, after], as in `changes`, of texts that are no answer
    conflicts = models.JSONField(default=dict)  # name -> answer posted but not stored: somebody changed it meanwhile
    then = models.CharField(max_length=200, blank=True)  # where the page led, so that a repeat leads there too
    source = models.CharField(max_length=260)  # 'respondent', 'colleague:<access>', 'staff:<e-mail>'
    language = models.CharField(max_length=8)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("response", "revision")
        constraints = (
            models.UniqueConstraint(fields=["response", "revision"], name="event_revision_once"),
            models.UniqueConstraint(fields=["response", "once"], name="event_key_once"),
        )


class Submission(models.Model):
    """What was handed in, frozen. A withdrawn and reopened response can be handed in again, as the next number."""

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="submissions")
    number = models.PositiveIntegerField(default=1)
    revision = models.PositiveIntegerField()
    values = models.JSONField()  # on the path only
    path = models.JSONField()  # ids of the questions shown
    digest = models.CharField(max_length=64)
    receipt = models.CharField(max_length=16, unique=True)  # what the receipt page shows
    complete = models.BooleanField(default=True)  # False: harvested at the close, started but not handed in
    language = models.CharField(max_length=8)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["response", "number"], name="submission_once"),)


class Edit(models.Model):
    """A correction laid over a submitted value, which itself stays as it was given."""

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="edits")
    name = models.CharField(max_length=120)  # of the answer
    value = models.JSONField(null=True)
    rule = models.CharField(max_length=80, blank=True)
    reason = models.TextField()
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)


class Paradata(models.Model):
    """How answering went: pages and their times, failed checks, steps back. No addresses, no keystrokes."""

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="paradata")
    kind = models.CharField(max_length=12)  # 'page', 'failed', 'back', 'language', 'resumed', 'submitted'
    page = models.CharField(max_length=80, blank=True)
    device = models.CharField(max_length=8, blank=True)  # 'phone', 'tablet', 'desk'
    count = models.PositiveIntegerField(default=0)  # failed checks
    seconds = models.FloatField(null=True)  # between showing and posting
    at = models.DateTimeField(auto_now_add=True)
