"""The contact store: names, addresses and the mail that went to them. Knows a case by its reference only."""

import uuid

from django.db import models
from django.db.models.functions import Upper
from django.utils import timezone


class Contact(models.Model):
    """Somebody who can answer for a unit."""

    case_reference = models.UUIDField(db_index=True)
    collection = models.PositiveBigIntegerField(db_index=True)
    name = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=8)
    role = models.CharField(max_length=12, default="main")  # 'main' or 'colleague'
    source = models.CharField(max_length=200)  # where the address comes from; told in the first letter (GDPR 14)
    state = models.CharField(max_length=12, default="active")  # states.CONTACT: active, bounced, unsubscribed, replaced
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["case_reference"],
                condition=models.Q(role="main", state__in=["active", "bounced", "unsubscribed"]),
                name="one_main_contact",
            ),
        )
        indexes = (models.Index(Upper("email"), name="contact_address"),)


class ContactUpload(models.Model):
    """A file of contacts between its upload and the decision to use it; deleted then, or after a day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    collection = models.PositiveBigIntegerField(db_index=True)
    name = models.CharField(max_length=200)
    content = models.BinaryField()
    source = models.CharField(max_length=200)  # as Contact.source
    columns = models.JSONField(default=dict)  # what is wanted -> header of the column it is in
    uploaded_by = models.CharField(max_length=254)
    uploaded_at = models.DateTimeField(auto_now_add=True)


class Rule(models.Model):
    """Mail to send: when, to whom (a typed predicate, see predicates.py) and which letter. Armed by a person."""

    collection = models.PositiveBigIntegerField(db_index=True)
    name = models.CharField(max_length=80)
    letter = models.CharField(max_length=40)  # name of the text: 'invitation', 'reminder_not_opened', …
    predicate = models.JSONField(default=dict)
    send_at = models.DateTimeField()
    state = models.CharField(
        max_length=12, default="draft"
    )  # states.RULE: draft, armed, preparing, sending, done, stopped
    channel = models.CharField(max_length=8, default="mail")  # 'mail', or 'paper': letters to print
    created_by = models.CharField(max_length=254)  # above a number of recipients somebody else must arm it
    armed_by = models.CharField(max_length=254, blank=True)
    armed_at = models.DateTimeField(null=True)
    counted = models.PositiveIntegerField(null=True)  # of the dry run the arming person saw

    class Meta:
        constraints = (models.UniqueConstraint(fields=["collection", "name"], name="rule_once"),)


class Message(models.Model):
    """The outbox: one row a case, rule and contact, so that a crash or a second run never sends twice."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)  # also in the bounce address
    collection = models.PositiveBigIntegerField(db_index=True)
    case_reference = models.UUIDField()
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="messages")
    rule = models.ForeignKey(
        Rule, on_delete=models.PROTECT, related_name="messages", null=True
    )  # null: a single letter
    letter = models.CharField(max_length=40)
    once = models.CharField(max_length=120)  # 'rule:7', 'receipt:<response>', 'colleague:<access>'
    state = models.CharField(max_length=12, default="waiting")  # states.MESSAGE
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)  # after a temporary failure: when to try again
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["case_reference", "once", "contact"], name="message_once"),)
        indexes = (
            models.Index(fields=["due_at"], condition=models.Q(state__in=["waiting", "sending"]), name="message_due"),
            models.Index(fields=["collection", "state"]),
        )


class MessageEvent(models.Model):
    """What became of a message: sending, accepted, temporary, permanent, technical, skipped, unsubscribed."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=16)
    at = models.DateTimeField(auto_now_add=True)
    detail = models.CharField(max_length=500, blank=True)  # the server's words, addresses taken out

    class Meta:
        ordering = ("id",)
