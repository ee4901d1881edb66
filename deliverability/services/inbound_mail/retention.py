"""Forgets inbound mail and expired counts of soft bounces after a while."""

from datetime import timedelta

from django.utils import timezone

from deliverability import conf
from deliverability.models import InboundMail
from deliverability.services.soft_bounces import forget_soft_bounces


def forget_mail() -> int:
    """Delete mail that is older than the retention; returns how many. What it led to stays in the events."""
    forget_soft_bounces()
    before = timezone.now() - timedelta(days=conf.inbound_days())
    deleted, _ = InboundMail.objects.filter(received_at__lt=before).delete()
    return deleted
