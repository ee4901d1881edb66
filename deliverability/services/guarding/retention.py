"""Forgets counts that no window reaches back to."""

from datetime import timedelta

from django.utils import timezone

from deliverability.models import FlowCount

KEPT = timedelta(days=8)


def forget_flow() -> int:
    """Returns how many rows were deleted; the events they count stay."""
    deleted, _ = FlowCount.objects.filter(slot__lt=timezone.now() - KEPT).delete()
    return deleted
