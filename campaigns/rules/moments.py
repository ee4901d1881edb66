"""Turns a time that a person chose in a zone into a moment, and finds when sending may begin."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def zone_of(name: str) -> ZoneInfo | None:
    """None for a name that the IANA database does not know."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def moment_of(wall_clock: datetime, zone: ZoneInfo) -> datetime | None:
    """The moment at which clocks in `zone` show `wall_clock`; the earlier one where they show it twice.

    None where they never do: they were put forward past it.
    """
    moment = wall_clock.replace(tzinfo=zone, fold=0).astimezone(UTC)
    shown = moment.astimezone(zone).replace(tzinfo=None)
    return moment if shown == wall_clock.replace(fold=0) else None


def first_start(*, send_at: datetime | None, now: datetime, undo_seconds: int) -> datetime:
    """When sending may begin: never before the undo window has passed."""
    undo_ends = now + timedelta(seconds=undo_seconds)
    return max(send_at, undo_ends) if send_at else undo_ends
