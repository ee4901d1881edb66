"""What becomes of people who do not react to mail: the team's policy, and where each of them stands with each list."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from subscribers.rules.sunset import SHIPPED, Step


class SunsetPolicy(models.Model):
    """At most one row; without it, as shipped: advice only. `subscribers.rules.sunset.Policy` says what each means."""

    is_on = models.BooleanField(default=False, help_text="Off: it only says what it would do.")
    least_mails = models.PositiveIntegerField(default=SHIPPED.least_mails)
    never_mails = models.PositiveIntegerField(default=SHIPPED.never_mails)
    never_win_back_days = models.PositiveIntegerField(default=SHIPPED.never_win_back_days)
    never_suppress_days = models.PositiveIntegerField(default=SHIPPED.never_suppress_days)
    win_back_mails = models.PositiveIntegerField(default=SHIPPED.win_back_mails)
    buyer_days = models.PositiveIntegerField(default=SHIPPED.buyer_days)
    purchases = ArrayField(models.CharField(max_length=64), default=list, blank=True)
    paces = models.JSONField(default=dict, help_text="Name of the pace → its days.")
    lists = models.JSONField(default=dict, help_text="Id of the list → name of its pace.")
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.CharField(max_length=200, blank=True)
    judged_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="sunset_policy_is_one")]


class SunsetStanding(models.Model):
    """One person who does not react, with one list. Judged anew every night; nobody who reacts has a row.

    `rests_until` is empty while the policy only advises. The audience leaves out whoever rests.
    """

    contact = models.ForeignKey("subscribers.Contact", on_delete=models.CASCADE, related_name="sunsets")
    mailing_list = models.ForeignKey(
        "subscribers.MailingList", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    step = models.CharField(max_length=8, choices=[(step.value, step.value) for step in Step])
    since = models.DateTimeField(help_text="When this step began.")
    quiet_since = models.DateTimeField(help_text="The last sign of life: a click, a human open, an act of their own.")
    mails = models.PositiveSmallIntegerField(help_text="Mails since then that a server accepted, up to 20.")
    sent_before = models.PositiveIntegerField(help_text="Mails they had ever had when this step began.")
    gap_days = models.PositiveIntegerField(help_text="Between two mails, as long as this step lasts.")
    rests_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mailing_list", "contact"], name="sunset_standing_once")]
        indexes = [models.Index(fields=["mailing_list", "step", "contact"], name="sunset_standing_of_step")]
