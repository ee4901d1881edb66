"""Forgets webhooks after a while. The memory of what was counted outlives them, so a replay stays harmless."""

from datetime import timedelta

from django.utils import timezone

from deliverability import conf
from deliverability.models import ProviderNotice, Webhook

# ESPs repeat a webhook for days, and nobody can replay what is no longer kept.
_MEMORY = timedelta(days=30)


def forget_webhooks() -> int:
    """Deletes what is older than the retention; returns how many webhooks."""
    keep = timedelta(days=conf.webhook_days())
    now = timezone.now()
    ProviderNotice.objects.filter(seen_at__lt=now - keep - _MEMORY)._raw_delete("default")
    deleted, _ = Webhook.objects.filter(received_at__lt=now - keep).delete()
    return deleted
