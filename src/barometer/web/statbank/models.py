"""Groups that compare their self-tests. Nothing else of the statistics bank is stored."""

from django.db import models


class Group(models.Model):
    """An organiser's group. `key` is the digest of the organiser's own link; the link itself is nowhere."""

    code = models.CharField(max_length=16, unique=True)
    folder = models.CharField(max_length=120)  # of the edition
    release = models.PositiveIntegerField()  # whose test is taken
    key = models.CharField(max_length=64)
    is_closed = models.BooleanField(default=False)
    expires_at = models.DateTimeField(db_index=True)  # when it is deleted with its answers


class GroupAnswer(models.Model):
    """Where one member stands on each indicator: not the answers, not when, not who."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="answers")
    once = models.UUIDField()  # of the visit, so that a repeated hand-in counts once
    stands = models.JSONField()

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=["group", "once"], name="group_answer_once"),)
