"""When it is night for whom: turns hours on the clock into moments, one group of time zones at a time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

# Zones whose clocks agree for so long share their batches: nobody is retried for longer.
_AHEAD = (timedelta(), timedelta(days=1), timedelta(days=4))


@dataclass(frozen=True, slots=True)
class Quiet:
    """From `begins` to `ends` on the clock, over midnight where that is later; never both the same."""

    begins: time
    ends: time


@dataclass(frozen=True, slots=True)
class Opening:
    """Mail may leave from `opens_at`, which has passed while it may, until `closes_at`."""

    opens_at: datetime
    closes_at: datetime


def opening(quiet: Quiet, zone: ZoneInfo, now: datetime) -> Opening:
    """The present or the next time in which people in `zone` may be written to."""
    today = now.astimezone(zone).date()
    for days in (-1, 0, 1, 2):
        opens = _moment(today + timedelta(days=days), quiet.ends, zone)
        closing = today + timedelta(days=days + (quiet.begins <= quiet.ends))
        closes = _moment(closing, quiet.begins, zone)
        if closes > now:
            return Opening(opens, closes)
    raise AssertionError("within two days there is a morning")


def zone_groups(names: Iterable[str], fallback: str, now: datetime) -> Mapping[str, str]:
    """For each name, the zone that stands for it: the first whose clocks agree. Unknown names count as `fallback`."""
    home = _zone(fallback) or ZoneInfo("UTC")
    standing: dict[tuple[timedelta | None, ...], str] = {_offsets(home, now): home.key}
    found: dict[str, str] = {}
    for name in sorted(names):
        zone = _zone(name) or home
        found[name] = standing.setdefault(_offsets(zone, now), zone.key)
    return found


def _offsets(zone: ZoneInfo, now: datetime) -> tuple[timedelta | None, ...]:
    return tuple((now + ahead).astimezone(zone).utcoffset() for ahead in _AHEAD)


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _moment(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """An hour that clocks skip comes when they have skipped it."""
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)
