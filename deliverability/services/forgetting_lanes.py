"""Forgets changes of pace that nobody will ask about any more."""

from datetime import timedelta

from django.utils import timezone

from deliverability.models import LaneChange

KEPT_FOR = timedelta(days=90)


def forget_old_changes() -> int:
    """Returns how many went."""
    return LaneChange.objects.filter(at__lt=timezone.now() - KEPT_FOR).delete()[0]
