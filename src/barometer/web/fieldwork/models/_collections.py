"""What is fielded: a collection is one survey of an edition; its questionnaire has versions that never change."""

from django.db import models


class Collection(models.Model):
    """One survey of an edition in the field. Names no person; all three stores refer to it by number."""

    edition = models.CharField(max_length=80)  # id of the edition
    folder = models.CharField(max_length=400)  # where its folder lies, for re-reading texts
    survey = models.CharField(max_length=80)
    title = models.JSONField()  # language -> text; the survey's short name, for the survey team
    edition_title = models.JSONField(default=dict)  # language -> text; what respondents know the survey by
    questionnaire = models.JSONField(default=dict)  # language -> title of the questionnaire as published last
    publisher = models.JSONField(default=dict)  # language -> name of who asks
    languages = models.JSONField()  # codes, the edition's own first
    status = models.CharField(max_length=12, default="draft")  # states.COLLECTION
    opens_at = models.DateTimeField(null=True)
    closes_at = models.DateTimeField(null=True)
    time_zone = models.CharField(max_length=60, default="Europe/Copenhagen")
    quiet_from = models.TimeField(null=True)  # no mail leaves between these
    quiet_to = models.TimeField(null=True)
    sender = models.CharField(max_length=254, blank=True)  # 'Name <address>' letters come from
    help_contact = models.CharField(max_length=254, blank=True)  # one line, shown on every page
    texts = models.JSONField(default=dict)  # language -> name (landing, privacy, letters) -> Markdown
    allowed_addresses = models.JSONField(default=list)  # when not empty, mail goes nowhere else: a test
    contacts_until = models.DateField(null=True)  # retention: after this day contacts are deleted …
    link_until = models.DateField(null=True)  # … the link is cut …
    paradata_until = models.DateField(null=True)  # … paradata are deleted …
    texts_until = models.DateField(null=True)  # … and open answers remain only as they were cleared
    partial_share = models.FloatField(null=True)  # set at the close: answered share of the path that makes a partial
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["edition", "survey"], name="collection_once"),)

    def __str__(self) -> str:
        return f"{self.edition}/{self.survey}"


class InstrumentVersion(models.Model):
    """A published questionnaire: canonical JSON and the register variables its conditions may use. Immutable."""

    collection = models.ForeignKey(Collection, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    content = models.TextField()  # canonical JSON of the instrument
    register = models.JSONField()  # variable -> {type, codes}
    change = models.CharField(max_length=12, blank=True)  # class of the change from the version before
    published_at = models.DateTimeField(auto_now_add=True)
    published_by = models.CharField(max_length=254)

    class Meta:
        ordering = ("collection", "number")
        constraints = (
            models.UniqueConstraint(fields=["collection", "number"], name="version_number_once"),
            models.UniqueConstraint(fields=["collection", "digest"], name="version_digest_once"),
        )


class VersionProposal(models.Model):
    """A changed questionnaire that waits for a second person. Gone when it is published or turned down."""

    collection = models.OneToOneField(Collection, on_delete=models.CASCADE, related_name="proposal")
    digest = models.CharField(max_length=64)
    content = models.TextField()  # canonical JSON of the instrument
    register = models.JSONField()
    texts = models.JSONField(default=dict)  # the edition's texts, re-read with it
    change = models.CharField(max_length=12)  # the weightiest class among its changes
    changes = models.JSONField()  # [{kind, place, was, now}]
    proposed_at = models.DateTimeField(auto_now_add=True)
    proposed_by = models.CharField(max_length=254)
