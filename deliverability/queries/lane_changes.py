"""What has changed the pace to a mailbox provider, and what of it still holds."""

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from deliverability import conf
from deliverability.models import LaneChange
from deliverability.rules.lanes import WayKey
from deliverability.rules.pacing import MEMORY

# No rule holds for longer.
_LONGEST = timedelta(days=2)
_KIND = LaneChange.Kind


def changes_of(way: WayKey) -> QuerySet[LaneChange]:
    """Newest first."""
    found = LaneChange.objects.filter(provider_id=way.provider_id, mailbox_provider=way.mailbox_provider)
    return found.order_by("-at", "-id")


def pace_in_force(way: WayKey, now: datetime | None = None) -> dict[str, str | float]:
    """The fields of the way's pace in Redis, as its changes left them; times are in milliseconds."""
    now = now or timezone.now()
    recent = changes_of(way).filter(at__gte=now - _LONGEST)
    since = recent.filter(kind__in=(_KIND.RECOVERED, _KIND.RESUMED)).first()
    if since:
        recent = recent.filter(at__gt=since.at)
    fields: dict[str, str | float] = {}
    quiet = recent.filter(kind=_KIND.SUSPENDED, until__gt=now).first()
    if quiet and quiet.until:
        fields |= {"quiet_until": _ms(quiet.until), "quiet_reply": quiet.reply}
    limited = recent.filter(kind=_KIND.LIMITED, until__gt=now).first()
    if limited and limited.until:
        fields |= {"limited_until": _ms(limited.until), "limited_reply": limited.reply}
        fields |= _numbers("limited_", limited)
    memory = MEMORY * conf.retry_scale()
    found = recent.filter(at__gt=now - memory)
    slower = found.filter(kind=_KIND.SLOWER, messages_per_second__isnull=False).first()
    fewer = found.filter(kind=_KIND.FEWER, connections__isnull=False).first()
    if slower:
        fields["rate"] = slower.messages_per_second or 0
    if fewer:
        fields |= {"connections": fewer.connections or 1, "crowd": (fewer.connections or 1) + 1}
    if newest := max((change.at for change in (slower, fewer) if change), default=None):
        fields["found_until"] = _ms(newest + memory)
    return fields


def _numbers(prefix: str, change: LaneChange) -> dict[str, str | float]:
    found = {"rate": change.messages_per_second, "connections": change.connections}
    return {prefix + name: value for name, value in found.items() if value is not None}


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
