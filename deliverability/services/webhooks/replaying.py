"""Has kept webhooks worked off once more, as when a reader has learned new words or events were lost."""

from datetime import datetime

from deliverability.models import Webhook


def replay_webhooks(*, since: datetime, provider_id: int | None = None) -> int:
    """Puts accepted webhooks back into the queue; returns how many. What was counted does not count again."""
    rows = Webhook.objects.filter(received_at__gte=since, refused_why="", processed_at__isnull=False)
    if provider_id is not None:
        rows = rows.filter(provider_id=provider_id)
    return rows.update(processed_at=None, note="")


def replay_webhook(*, webhook_id: int) -> bool:
    """Puts one back; False where its proof failed, or it waits already."""
    rows = Webhook.objects.filter(pk=webhook_id, refused_why="", processed_at__isnull=False)
    return rows.update(processed_at=None, note="") > 0
