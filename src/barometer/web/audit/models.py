"""One row an act. Rows are never changed or deleted: the database itself refuses (see the first migration)."""

from django.db import models


class Event(models.Model):
    """An act of a person or of the program. It names what it concerns by text: nothing in the live data hangs on it."""

    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=254)  # e-mail of a member of staff; 'respondent', 'worker', 'command line'
    act = models.CharField(max_length=80)  # 'collection opened': noun and past participle
    edition = models.CharField(max_length=80, blank=True)
    subject = models.CharField(max_length=200, blank=True)  # what kind of thing and which: 'case 9f3a…'
    details = models.JSONField(default=dict)  # never contact data, links or answers
    previous = models.CharField(max_length=64, blank=True)  # digest of the row before: a chain
    digest = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=["edition", "id"]),)
