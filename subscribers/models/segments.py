"""Segments: rules that say who belongs to them, and how many that were over time."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower


class Segment(models.Model):
    """Who meets `rules` at the moment of asking; `subscribers.rules.segments` reads them."""

    name = models.CharField(max_length=100)
    description = models.CharField(max_length=300, blank=True)
    rules = models.JSONField()
    created_by = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_by = models.CharField(max_length=200)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="segment_once")]

    def __str__(self) -> str:
        return self.name


class SegmentSize(models.Model):
    """How many people a segment had at one moment, and by which rules."""

    segment = models.ForeignKey("subscribers.Segment", on_delete=models.CASCADE, related_name="sizes", db_index=False)
    taken_at = models.DateTimeField()
    people = models.BigIntegerField()
    rules = models.JSONField(help_text="As they were: a jump in size may come from them.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["segment", "taken_at"], name="segment_size_once")]


class SegmentDraft(models.Model):
    """What one member has typed into the builder and not saved yet; nobody is in or out of anything by it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    segment = models.ForeignKey(
        "subscribers.Segment", on_delete=models.CASCADE, related_name="+", null=True, help_text="None: a new one."
    )
    name = models.CharField(max_length=200, blank=True)
    description = models.CharField(max_length=600, blank=True)
    tree = models.JSONField(help_text="As rules.segments.drafts keeps it.")
    based_on = models.DateTimeField(null=True, help_text="When the segment had been changed last, as they saw it.")
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "segment"], nulls_distinct=False, name="segment_draft_once")
        ]
