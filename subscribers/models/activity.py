"""What people do: in their mail, summed up per person, and elsewhere, as a shop or an app tells it."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models


class ContactActivity(models.Model):
    """One thing that somebody did outside their mail, such as an order. Only ever added."""

    contact = models.ForeignKey(
        "subscribers.Contact", on_delete=models.CASCADE, related_name="activities", db_index=False
    )
    name = models.CharField(max_length=64, help_text="What it was, such as ordered.")
    occurred_at = models.DateTimeField()
    value = models.DecimalField(
        max_digits=18, decimal_places=4, null=True, help_text="What it was worth, in the shop's currency."
    )
    properties = models.JSONField(default=dict)

    class Meta:
        indexes = [
            # Counts and sums of a segment come from this index alone, without a visit to the table.
            models.Index(fields=["name", "occurred_at"], include=["contact", "value"], name="activity_by_name"),
            models.Index(fields=["contact", "occurred_at"], name="activity_of_contact"),
            # Rows arrive in the order of time, so a few kilobytes find those that are old enough to go.
            BrinIndex(fields=["occurred_at"], autosummarize=True, name="activity_by_age"),
        ]


class ActivityTotal(models.Model):
    """How often somebody did one thing, ever, and what it came to; kept in the transaction that adds the activity."""

    contact = models.ForeignKey("subscribers.Contact", on_delete=models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(max_length=64)
    times = models.BigIntegerField()
    total = models.DecimalField(max_digits=22, decimal_places=4)
    last_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["contact", "name"], name="activity_total_once")]
        indexes = [models.Index(fields=["name", "times"], include=["contact", "total"], name="activity_total_by_name")]


class MailHistory(models.Model):
    """What marketing mail did with one person, made from events by `services.engagement`: a summary, never a source.

    `mailings` are the last that were accepted for them, newest first; bit n of `opened` and `clicked` stands for the
    mailing at place n. Only people's own programs count, and whoever clicked has opened.
    """

    KEPT = 20

    contact = models.OneToOneField(
        "subscribers.Contact", on_delete=models.CASCADE, primary_key=True, related_name="mail_history"
    )
    sent_at = models.DateTimeField(null=True, help_text="When a server last accepted a mail for them.")
    opened_at = models.DateTimeField(null=True)
    clicked_at = models.DateTimeField(null=True)
    sent_count = models.IntegerField(default=0)
    opened = models.IntegerField(default=0)
    clicked = models.IntegerField(default=0)
    mailings = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        # Clicks are rare enough for an index; what every mail changes stays without, so that rows change in place.
        indexes = [
            models.Index(
                fields=["clicked_at"],
                include=["contact"],
                name="mail_history_clicked",
                condition=models.Q(clicked_at__isnull=False),
            )
        ]
