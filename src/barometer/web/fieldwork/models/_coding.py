"""Open answers: their words, the schemes they are coded by, who coded them how, and what was decided.

Part of the answer store: knows responses, neither cases nor contacts.
"""

import uuid

from django.db import models

from barometer.web.fieldwork.models._answers import Response


class OpenAnswer(models.Model):
    """One respondent's own words, as they may be read: once something is hidden, `text` says '[name]' instead.

    `source` is the digest of the words it was taken from: where the answer has changed since, this row is stale.
    """

    key = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="open_answers")
    collection = models.PositiveBigIntegerField()
    case_id = models.CharField(max_length=16)  # the pseudonym
    name = models.CharField(max_length=120)  # of the answer
    language = models.CharField(max_length=8)
    text = models.TextField()
    source = models.CharField(max_length=64)
    cleared_at = models.DateTimeField(null=True)  # from then on the text is in exports
    cleared_by = models.CharField(max_length=254, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["response", "name"], name="open_answer_once"),)
        indexes = (models.Index(fields=["collection", "name"]),)


class OriginalText(models.Model):
    """The words before anything was hidden in them. Read only by those who may, with a reason and a row in the log;
    deleted when the retention of texts ends."""

    answer = models.OneToOneField(OpenAnswer, on_delete=models.CASCADE, primary_key=True, related_name="original")
    text = models.TextField()


class Scheme(models.Model):
    """How one open answer of a collection is coded, and by whom."""

    collection = models.PositiveBigIntegerField(db_index=True)
    answer = models.CharField(max_length=120)
    multiple = models.BooleanField(default=False)  # an answer may get several codes
    coders = models.JSONField(default=list)  # e-mail addresses
    double_share = models.FloatField(default=1.0)  # of the answers that two code
    seed = models.PositiveBigIntegerField(default=1)  # who codes what, and in which order
    created_by = models.CharField(max_length=254)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["collection", "answer"], name="scheme_once"),)


class SchemeVersion(models.Model):
    """The codes. A draft until it is published, and never changed after that."""

    scheme = models.ForeignKey(Scheme, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    codes = models.JSONField()  # [{id, label, description, example, was}]
    published_at = models.DateTimeField(null=True)
    published_by = models.CharField(max_length=254, blank=True)

    class Meta:
        ordering = ("scheme", "number")
        constraints = (
            models.UniqueConstraint(fields=["scheme", "number"], name="scheme_version_once"),
            models.UniqueConstraint(
                fields=["scheme"], condition=models.Q(published_at__isnull=True), name="scheme_one_draft"
            ),
        )


class Coding(models.Model):
    """What one coder makes of one answer; made, without codes, when the answer is given out to them."""

    scheme = models.ForeignKey(Scheme, on_delete=models.CASCADE, related_name="codings")
    answer = models.ForeignKey(OpenAnswer, on_delete=models.CASCADE, related_name="codings")
    coder = models.CharField(max_length=254)
    place = models.PositiveIntegerField()  # in the coder's pile: a random order that the seed decides
    state = models.CharField(max_length=8, default="waiting")  # states.CODING: waiting, skipped, coded
    version = models.ForeignKey(SchemeVersion, on_delete=models.PROTECT, null=True)  # the codes are of
    codes = models.JSONField(default=list)
    unsure = models.BooleanField(default=False)
    note = models.TextField(blank=True)
    at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("place", "id")
        constraints = (models.UniqueConstraint(fields=["scheme", "answer", "coder"], name="coding_once"),)
        indexes = (models.Index(fields=["scheme", "coder", "state"]),)


class CodingDecision(models.Model):
    """What was decided where coders disagree. It counts in their place; theirs stay as they were."""

    scheme = models.ForeignKey(Scheme, on_delete=models.CASCADE, related_name="decisions")
    answer = models.ForeignKey(OpenAnswer, on_delete=models.CASCADE, related_name="decisions")
    version = models.ForeignKey(SchemeVersion, on_delete=models.PROTECT)
    codes = models.JSONField()
    reason = models.TextField()
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=["scheme", "answer"], name="decision_once"),)
