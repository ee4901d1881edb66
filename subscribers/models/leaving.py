"""What people say when they leave."""

from django.db import models

from subscribers.types import LeavingReason


class Farewell(models.Model):
    """Why somebody unsubscribed from everything: asked after it was done, said only by those who care to.

    `entry_id` is the ledger's entry of the departure. No foreign key: an erasure deletes the person and the entries.
    """

    contact = models.ForeignKey("subscribers.Contact", on_delete=models.CASCADE, related_name="farewells")
    entry_id = models.BigIntegerField(unique=True)
    mailing_id = models.BigIntegerField(null=True, help_text="The mailing whose link they left by.")
    reason = models.CharField(max_length=20, choices=[(reason.value, reason.value) for reason in LeavingReason])
    words = models.CharField(max_length=1000, blank=True)
    said_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["mailing_id"], name="farewell_of_mailing", condition=models.Q(mailing_id__isnull=False)
            )
        ]
