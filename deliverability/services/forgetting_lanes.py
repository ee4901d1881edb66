"""Forgets changes of pace that nobody will ask about any more."""

from datetime import datetime

from django.db.models import QuerySet

from deliverability.models import LaneChange


def old_changes(before: datetime) -> QuerySet[LaneChange]:
    return LaneChange.objects.filter(at__lt=before)


def forget_old_changes(before: datetime) -> int:
    """Returns how many went."""
    return old_changes(before).delete()[0]
