"""Warns ahead of permission that ends by itself (CASL s. 10), and makes the segment of those who should be asked."""

from datetime import datetime

from django.utils import timezone

from accounts.services.permission import require
from accounts.types import Actor
from deliverability.services import alerts
from subscribers.errors import ListRefused
from subscribers.models import Segment
from subscribers.queries.consent.expiring import AHEAD, expiring_lists
from subscribers.queries.lists.sizes import list_of
from subscribers.services.segments import create_segment
from subscribers.types import Purpose

_KEY = "consent-expiring"


def warn_of_expiry(*, now: datetime | None = None) -> int:
    """One alert while permission of anybody ends within 60 days; returns how many people that concerns."""
    now = now or timezone.now()
    lists = expiring_lists(now)
    people, soon = sum(each.people for each in lists), sum(each.soon for each in lists)
    if not people:
        alerts.resolve(key=_KEY, now=now)
        return 0
    names = ", ".join(f"“{each.name}” ({each.people:,})" for each in lists[:5])
    alerts.warn(
        key=_KEY,
        title=f"The permission to write to {people:,} {'person' if people == 1 else 'people'} ends within 60 days",
        text=f"{names}. For {soon:,} of them it ends within 30 days. They drop out by themselves; ask them for express "
        "consent before that, under Audience → Consent.",
        now=now,
    )
    return people


def expiring_segment(*, actor: Actor, list_id: int) -> Segment:
    """The segment of those whose permission for this list ends within 60 days; made once, found again later.

    Raises ListRefused, PermissionRefused.
    """
    require(actor, "subscribers.edit")
    found = list_of(list_id)
    if found is None:
        raise ListRefused
    rules = {
        "type": "consent",
        "purpose": Purpose.SUBSCRIPTION.value,
        "list": list_id,
        "expires_within": AHEAD.days,
    }
    # By its rules: lists may share a name, and a segment's name says nothing of what somebody made of it since.
    known = Segment.objects.filter(rules=rules).order_by("pk").first()
    if known:
        return known
    name = f"{found.name[:60]}: consent ends within {AHEAD.days} days"
    if Segment.objects.filter(name__iexact=name).exists():
        name = f"{name} ({found.slug})"
    about = "Ask them for express consent before it runs out."
    return create_segment(actor=actor, name=name, rules=rules, description=about)
