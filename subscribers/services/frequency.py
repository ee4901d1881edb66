"""Sets how often, and at which hours, people may be written to; and keeps what waits to those hours."""

from datetime import time

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.services.audit import record
from accounts.services.permission import require
from accounts.types import Actor
from deliverability.queries.streams import marketing_streams
from deliverability.services.windows import lift_windows, move_windows, waiting_zones
from subscribers.errors import FrequencyRefused
from subscribers.models import FrequencyCap, QuietHours
from subscribers.queries.audience.quiet_hours import windows

MOST_DAYS = 90
_PERMISSION = "deliverability.manage"


@transaction.atomic
def set_cap(*, actor: Actor, most: int, days: int, stream_id: int | None = None) -> FrequencyCap:
    """At most so many mails to one person in so many days: of one stream, or of all together. It holds for what is
    sent from now on. Raises FrequencyRefused, PermissionRefused."""
    require(actor, _PERMISSION)
    names = {stream.id: stream.name for stream in marketing_streams()}
    if most < 1 or not 1 <= days <= MOST_DAYS:
        raise FrequencyRefused(
            f"A cap is at least 1 mail in 1 to {MOST_DAYS} days, so nothing was changed. Choose other numbers."
        )
    if stream_id is not None and stream_id not in names:
        raise FrequencyRefused("There is no such stream for marketing, so nothing was changed. Reload the page.")
    of_it = Q(stream_id=stream_id) if stream_id else Q(stream=None)
    cap = FrequencyCap.objects.filter(of_it).first() or FrequencyCap(stream_id=stream_id)
    cap.most, cap.days = most, days
    cap.save()
    of = f"of “{names[stream_id]}”" if stream_id else "of all marketing streams"
    record(actor=actor, text=f"Set the frequency cap {of} to {most} in {days} days.")
    return cap


@transaction.atomic
def remove_cap(*, actor: Actor, cap_id: int) -> None:
    """Raises PermissionRefused."""
    require(actor, _PERMISSION)
    cap = FrequencyCap.objects.select_related("stream").filter(pk=cap_id).first()
    if cap is None:
        return
    of = f"of “{cap.stream.name}”" if cap.stream else "of all marketing streams"
    cap.delete()
    record(actor=actor, text=f"Removed the frequency cap {of}.")


@transaction.atomic
def set_quiet_hours(*, actor: Actor, begins: time, ends: time) -> None:
    """By people's own clocks. Campaigns that were started under other hours keep to these from now on; those that
    were started without any do not. Raises FrequencyRefused, PermissionRefused."""
    require(actor, _PERMISSION)
    if begins == ends:
        raise FrequencyRefused(
            "Quiet hours that begin and end at the same time would last all day or not at all, so nothing was changed."
        )
    QuietHours.objects.update_or_create(pk=1, defaults={"begins": begins, "ends": ends})
    record(actor=actor, text=f"Set quiet hours from {begins:%H:%M} to {ends:%H:%M}.")
    keep_quiet_hours()


@transaction.atomic
def lift_quiet_hours(*, actor: Actor) -> None:
    """What waits for its morning is due at once. Raises PermissionRefused."""
    require(actor, _PERMISSION)
    deleted, _ = QuietHours.objects.all().delete()
    if deleted:
        lift_windows()
        record(actor=actor, text="Lifted the quiet hours.")


def keep_quiet_hours() -> int:
    """Move what waits to its people's next morning where their night has begun. Returns how many batches moved."""
    zones = waiting_zones()
    found = windows(zones, timezone.now()) if zones else None
    return move_windows(windows=found) if found else 0
