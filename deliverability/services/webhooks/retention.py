"""Forgets webhooks after a while. The memory of what was counted outlives them, so a replay stays harmless."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from deliverability.models import ProviderNotice, Webhook

# ESPs repeat a webhook for days, and nobody can replay what is no longer kept.
_MEMORY = timedelta(days=30)


def old_webhooks(before: datetime) -> QuerySet[Webhook]:
    return Webhook.objects.filter(received_at__lt=before)


def forget_webhooks(before: datetime) -> int:
    """Returns how many webhooks were deleted."""
    ProviderNotice.objects.filter(seen_at__lt=before - _MEMORY)._raw_delete("default")
    deleted, _ = old_webhooks(before).delete()
    return deleted
