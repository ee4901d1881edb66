"""Forgets counts that no window reaches back to; the events they count stay."""

from datetime import datetime

from django.db.models import QuerySet

from deliverability.models import FlowCount


def old_flow(before: datetime) -> QuerySet[FlowCount]:
    return FlowCount.objects.filter(slot__lt=before)


def forget_flow(before: datetime) -> int:
    """Returns how many rows were deleted."""
    deleted, _ = old_flow(before).delete()
    return deleted
