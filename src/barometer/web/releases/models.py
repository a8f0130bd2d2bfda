"""Proposed releases and the votes on them."""

from django.db import models

from barometer.web.releases.states import CANDIDATE


class Candidate(models.Model):
    """What `barometer propose` put before the voters. Its files lie in build/<folder>/candidate."""

    edition = models.CharField(max_length=80)
    folder = models.CharField(max_length=120)  # name of the edition's folder, and of those in build/ and releases/
    digest = models.CharField(max_length=64)  # of everything that would be published
    summary = models.JSONField()  # what `releasing.Candidate.summary` tells
    needed = models.PositiveSmallIntegerField()
    made_by = models.CharField(max_length=254)
    made_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=12, default="voting", choices=[(name, name) for name in CANDIDATE])
    event = models.CharField(max_length=64, blank=True)  # digest of the row of the log that tells the outcome

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=["folder"], condition=models.Q(state="voting"), name="one_candidate_at_a_time"
            ),
        )


class Vote(models.Model):
    """One person's vote. Nobody but they see it before all votes are in."""

    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="votes")
    voter = models.CharField(max_length=254)
    name = models.CharField(max_length=200)
    agrees = models.BooleanField()
    reason = models.TextField(blank=True)
    salt = models.CharField(max_length=64)  # of the checksum that the log keeps until all votes are in
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=["candidate", "voter"], name="vote_once"),)
