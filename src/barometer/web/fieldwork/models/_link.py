"""The link store: cases, who may open them, and what became of them. Cut after fieldwork."""

import uuid

from django.db import models

from barometer.web.fieldwork.models._collections import Collection


class Case(models.Model):
    """A sampled unit in a collection. `response_key` is the link to its answers; null before the start and when cut."""

    reference = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    collection = models.ForeignKey(Collection, on_delete=models.PROTECT, related_name="cases")
    unit_id = models.CharField(max_length=120)  # of the frame
    number = models.CharField(max_length=16)  # what people say on the phone: short, with a check digit, in no order
    stratum = models.CharField(max_length=200)
    design_weight = models.FloatField()
    register = models.JSONField(default=dict)  # the frame's columns for this unit, its name left out
    state = models.CharField(max_length=12, default="new")  # states.CASE
    state_at = models.DateTimeField(auto_now_add=True)
    response_key = models.UUIDField(null=True, unique=True)
    token_generation = models.PositiveIntegerField(default=1)  # raising it revokes every link sent

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["collection", "unit_id"], name="case_once"),
            models.UniqueConstraint(fields=["number"], name="case_number_once"),
        )
        indexes = (models.Index(fields=["collection", "state"]),)


class Access(models.Model):
    """A way in: a respondent's link or a colleague's. Only hashes of the token and of the code are kept."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="accesses")
    role = models.CharField(max_length=12)  # 'respondent' or 'colleague'
    generation = models.PositiveIntegerField()
    token_hash = models.CharField(max_length=64, unique=True)
    code_hash = models.CharField(max_length=64, unique=True, null=True)  # of the short code in letters
    section = models.CharField(max_length=80, blank=True)  # a colleague's: the section of pages they may see
    contact = models.PositiveBigIntegerField(null=True)  # a colleague's, in the contact store
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)


class Disposition(models.Model):
    """What happened to a case, append-only: code of states.DISPOSITIONS, each with its AAPOR outcome."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="dispositions")
    code = models.CharField(max_length=24)
    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=254)  # as in the audit
    note = models.TextField(blank=True)  # of staff; never answers

    class Meta:
        ordering = ("id",)


class SecondEntry(models.Model):
    """A paper questionnaire typed in a second time, as a response of its own, to find slips. Deleted when compared."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="second_entry")
    response_key = models.UUIDField(unique=True)
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)
