"""Questions to people who are on a list for long, or on a ground that ends: do you still want this?"""

from django.db import models


class Reconfirmation(models.Model):
    """One campaign that asks the people of a list for express consent, and what becomes of those who stay silent."""

    class Silence(models.TextChoices):
        LAPSE = "lapse"
        STAY = "stay"

    mailing_list = models.ForeignKey("subscribers.MailingList", on_delete=models.PROTECT, related_name="+")
    # Opaque: campaigns stand above us.
    campaign_id = models.BigIntegerField(unique=True)
    deadline_at = models.DateTimeField()
    on_silence = models.CharField(max_length=8, choices=Silence, default=Silence.LAPSE)
    opened_by = models.CharField(max_length=200)
    opened_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    confirmed = models.PositiveIntegerField(default=0, help_text="Said yes, as far as it is settled.")
    lapsed = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["deadline_at"], name="reconfirmation_due", condition=models.Q(settled_at__isnull=True))
        ]
