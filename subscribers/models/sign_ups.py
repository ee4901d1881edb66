"""Sign-ups that wait for their confirmation, and how many came through each form."""

from django.db import models


class PendingSignUp(models.Model):
    """One person on one form, until the mailbox answers. The row is the job of reminding and forgetting them."""

    contact = models.ForeignKey("subscribers.Contact", on_delete=models.CASCADE, related_name="+")
    form = models.ForeignKey("subscribers.SignUpForm", on_delete=models.CASCADE, related_name="+", db_index=False)
    # What they typed beside the address; it becomes theirs once the mailbox's owner says that it was they.
    values = models.JSONField(default=dict)
    requested_at = models.DateTimeField()
    reminded = models.PositiveSmallIntegerField(default=0)
    remind_at = models.DateTimeField(null=True, help_text="Empty: no reminder is left.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["form", "contact"], name="pending_sign_up_once")]
        indexes = [
            models.Index(fields=["remind_at"], name="sign_up_to_remind", condition=models.Q(remind_at__isnull=False)),
            models.Index(fields=["requested_at"], name="sign_up_by_age"),
        ]


class FormDay(models.Model):
    """What one form brought on one day (UTC): people who signed up, and people who confirmed. Counted as it happens."""

    form = models.ForeignKey("subscribers.SignUpForm", on_delete=models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    signed_up = models.PositiveIntegerField(default=0)
    confirmed = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["form", "day"], name="form_day_once")]
