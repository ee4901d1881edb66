"""Webhooks of ESPs: each as it came in, and what each event of them was, so that none counts twice."""

from django.db import models


class Webhook(models.Model):
    """One request to a provider's webhook address, kept for a while: for audit, and to be read again.

    The row is the job: accepted ones wait here until a worker has made events of them.
    """

    provider = models.ForeignKey("deliverability.Provider", on_delete=models.CASCADE, related_name="webhooks")
    received_at = models.DateTimeField()
    content_type = models.CharField(max_length=200, blank=True)
    headers = models.JSONField(default=dict, help_text="Without what proves who sent it.")
    body = models.BinaryField()
    refused_why = models.TextField(blank=True, help_text="Empty: its proof held.")
    processed_at = models.DateTimeField(null=True, blank=True)
    told = models.PositiveIntegerField(default=0, help_text="Events that it told of.")
    counted = models.PositiveIntegerField(default=0, help_text="Those that were new.")
    note = models.TextField(blank=True, help_text="What a person should know of it, such as why it could not be read.")

    class Meta:
        indexes = [
            models.Index(fields=["-received_at"], name="webhook_by_time"),
            models.Index(
                fields=["id"],
                condition=models.Q(processed_at__isnull=True, refused_why=""),
                name="webhook_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.received_at:%Y-%m-%d %H:%M} {self.provider_id}"


class ProviderNotice(models.Model):
    """One event that a provider told us of, by its id: it stands here once, however often it is told.

    Also the proof that the provider had the message, when its answer to our call was lost.
    """

    provider = models.ForeignKey("deliverability.Provider", on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.BinaryField(max_length=16, help_text="Hash of the provider's event id, or of the whole event.")
    seen_at = models.DateTimeField()
    what = models.CharField(max_length=20)
    mailing_id = models.BigIntegerField(null=True)
    recipient_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "key"], name="provider_notice_once")]
        indexes = [
            models.Index(
                fields=["mailing_id", "recipient_id"],
                condition=models.Q(mailing_id__isnull=False),
                name="provider_notice_of_message",
            ),
            models.Index(fields=["seen_at"], name="provider_notice_by_age"),
        ]
