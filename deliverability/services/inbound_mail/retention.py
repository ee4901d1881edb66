"""Forgets inbound mail after a while. What it led to stays in the events."""

from datetime import datetime

from django.db.models import QuerySet

from deliverability.models import InboundMail


def old_mail(before: datetime) -> QuerySet[InboundMail]:
    return InboundMail.objects.filter(received_at__lt=before)


def forget_mail(before: datetime) -> int:
    """Returns how many mails were deleted."""
    deleted, _ = old_mail(before).delete()
    return deleted
