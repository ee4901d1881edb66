"""Finds webhooks: those that wait, and those of the log."""

from django.db.models import QuerySet

from deliverability.models import Webhook


def webhooks_wait() -> bool:
    """Whether any is still to be worked off."""
    return Webhook.objects.filter(processed_at=None, refused_why="").exists()


def newest_webhooks(provider_id: int, *, most: int = 20) -> QuerySet[Webhook]:
    """The log of one provider, newest first, without the bodies."""
    return Webhook.objects.filter(provider_id=provider_id).order_by("-id").defer("body", "headers")[:most]
