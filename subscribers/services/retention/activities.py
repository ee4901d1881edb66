"""Forgets what people did in a shop or an app a long time ago. The sums of it stay, as segments read them."""

from datetime import datetime

from subscribers.models import ContactActivity


def old_activities(before: datetime) -> int:
    return ContactActivity.objects.filter(occurred_at__lt=before).count()


def forget_activities(before: datetime) -> int:
    return ContactActivity.objects.filter(occurred_at__lt=before)._raw_delete("default")
