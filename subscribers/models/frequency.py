"""How often and when at all people are written to, as the team decided."""

from django.db import models
from django.db.models import F, Q


class FrequencyCap(models.Model):
    """At most so many marketing mails to one person in so many days: of one stream, or of all of them together."""

    stream = models.ForeignKey(
        "deliverability.Stream", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    most = models.PositiveSmallIntegerField()
    days = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stream"], name="frequency_cap_once", nulls_distinct=False),
            models.CheckConstraint(condition=Q(most__gte=1, days__gte=1), name="frequency_cap_allows_some"),
        ]


class QuietHours(models.Model):
    """The one row, if any, that says at which hours of their own clocks people get no marketing mail."""

    begins = models.TimeField()
    ends = models.TimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="quiet_hours_once"),
            models.CheckConstraint(condition=~Q(begins=F("ends")), name="quiet_hours_end"),
        ]
