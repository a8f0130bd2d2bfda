"""Groups that compare their self-tests, and what readers say about pages. Nothing of it tells who they are."""

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


class Feedback(models.Model):
    """Whether a page of a published site helped a reader."""

    folder = models.CharField(max_length=120)  # of the edition
    release = models.PositiveIntegerField()
    page = models.CharField(max_length=250)  # its path in the site: 'en/indicators/inc_any.html'
    helped = models.BooleanField()
    words = models.TextField(blank=True)
    day = models.DateField()
    delete_on = models.DateField(db_index=True)

    class Meta:
        indexes = (models.Index(fields=["folder", "page"]),)


class SavedQuery(models.Model):
    """A selection of a table's cells, and how it is written: nothing about who stored it or when. Never changed; the
    same selection is stored once."""

    key = models.CharField(max_length=16, primary_key=True)  # digest of all that follows
    table = models.CharField(max_length=300)  # 'EDITION.TABLE' for the current release, 'EDITION.2.TABLE' for one
    selection = models.JSONField()
    placement = models.JSONField()
    language = models.CharField(max_length=8)
    output_format = models.CharField(max_length=16, blank=True)
    output_format_params = models.JSONField(default=list)
