"""What people ask of us about their own data, who did what about it, and until when the law waits."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from subscribers.types import PrivacyLaw, RequestKind, RequestState


class PrivacyRequest(models.Model):
    """One request of one person (GDPR Art. 15 to 21, CCPA). It outlives their erasure, without saying who it was."""

    kind = models.CharField(max_length=12, choices=[(kind.value, kind.value) for kind in RequestKind])
    contact = models.ForeignKey(
        "subscribers.Contact", on_delete=models.SET_NULL, null=True, related_name="privacy_requests"
    )
    # Of a person whom we do not know, or by which they wrote to us; empty after an erasure.
    address = models.CharField(max_length=320, blank=True)
    # The contact's numbers after an erasure, for a month: what comes in late about them is found by them and goes too.
    erased_ids = ArrayField(models.BigIntegerField(), default=list, editable=False)
    source = models.CharField(max_length=200, help_text="Where they asked: the preference center, a mail, a call.")
    details = models.TextField(blank=True, help_text="What they want, in their words.")
    country = models.CharField(max_length=2, blank=True)
    law = models.CharField(max_length=8, choices=[(law.value, law.value) for law in PrivacyLaw])
    received_at = models.DateTimeField()
    due_at = models.DateTimeField()
    extended_because = models.CharField(max_length=500, blank=True)
    identity = models.CharField(max_length=300, blank=True, help_text="How we know that it is they who ask.")
    state = models.CharField(
        max_length=10, choices=[(state.value, state.value) for state in RequestState], default=RequestState.OPEN
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    refused_because = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(state="open"), name="privacy_request_due"),
        ]

    def __str__(self) -> str:
        return f"request {self.pk}: {self.kind}"


class PrivacyStep(models.Model):
    """Who did what about a request, and when."""

    request = models.ForeignKey("subscribers.PrivacyRequest", on_delete=models.CASCADE, related_name="steps")
    happened_at = models.DateTimeField(auto_now_add=True)
    actor = models.CharField(max_length=200)
    text = models.CharField(max_length=600)


class RetentionChoice(models.Model):
    """How long the team keeps one kind of data; without a row, as `subscribers.rules.retention` ships it."""

    kind = models.CharField(max_length=30, unique=True)
    days = models.PositiveIntegerField(null=True, help_text="Empty: until somebody deletes it.")
    changed_by = models.CharField(max_length=200)
    changed_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.kind}: {self.days} days"
