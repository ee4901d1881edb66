"""What the team decided about permission; one row, missing as long as the shipped policy stands."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from subscribers.rules.policies import Handling

_HANDLINGS = [(handling.value, handling.value) for handling in Handling]


class PermissionChoice(models.Model):
    """`countries`: code → [double_opt_in, bases], for countries about which the team decided otherwise."""

    role_accounts = models.CharField(max_length=8, choices=_HANDLINGS, default=Handling.ALLOW)
    disposable = models.CharField(max_length=8, choices=_HANDLINGS, default=Handling.REFUSE)
    reminder_hours = ArrayField(models.PositiveIntegerField(), default=list)
    unconfirmed_days = models.PositiveIntegerField(default=30)
    countries = models.JSONField(default=dict, blank=True)
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.CharField(max_length=200)
