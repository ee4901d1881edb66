"""How much somebody does, and how long ago: the score and the stage of each contact, and what the stages mean."""

from django.db import models
from django.db.models.functions import Now

from subscribers.rules.lifecycle import DEFAULT


class ContactScore(models.Model):
    """Computed for everybody by `services.scoring` once a day; `subscribers.rules.scoring` says what it means."""

    contact = models.OneToOneField(
        "subscribers.Contact", on_delete=models.CASCADE, primary_key=True, related_name="score"
    )
    # Fifths of those who did anything in a year, 5 the best; 0 for whoever did nothing.
    recency = models.SmallIntegerField(db_default=0)
    frequency = models.SmallIntegerField(db_default=0)
    monetary = models.SmallIntegerField(db_default=0)
    points = models.FloatField(db_default=0.0, help_text="What they did, halved every 30 days.")
    score = models.SmallIntegerField(db_default=0)
    stage = models.CharField(max_length=10)
    stage_since = models.DateTimeField()
    computed_at = models.DateTimeField(db_default=Now())


class LifecycleDefinition(models.Model):
    """What the stages mean here, in days; one row, and without it the defaults of `subscribers.rules.lifecycle`."""

    new = models.PositiveSmallIntegerField(default=DEFAULT.new)
    active = models.PositiveSmallIntegerField(default=DEFAULT.active)
    at_risk = models.PositiveSmallIntegerField(default=DEFAULT.at_risk)
    dormant = models.PositiveSmallIntegerField(default=DEFAULT.dormant)
    changed_by = models.CharField(max_length=200)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="lifecycle_definition_once")]
