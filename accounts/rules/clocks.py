"""Times as people read them, the same everywhere: to the minute, and never without the zone."""

import re
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_KEPT = re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def place(zone: str) -> str:
    """`Europe/Berlin` → `Berlin time`."""
    return "UTC" if zone == "UTC" else f"{zone.rpartition('/')[2].replace('_', ' ')} time"


def clock(moment: datetime, zone: str) -> str:
    """`10:04 Berlin time`; the day goes without saying. UTC where no such zone is known."""
    known = _zone(zone)
    return f"{moment.astimezone(known or UTC):%H:%M} {place(zone if known else 'UTC')}"


def day(moment: datetime, zone: str) -> str:
    """`24 Nov 2026`, the day that it was there."""
    local = moment.astimezone(_zone(zone) or UTC)
    return f"{local.day} {local:%b %Y}"


def day_and_clock(moment: datetime, zone: str) -> str:
    """`24 Nov 2026, 10:04 Berlin time`."""
    return f"{day(moment, zone)}, {clock(moment, zone)}"


def kept(moment: datetime) -> str:
    """As a moment stands in a sentence that is stored, or told to several people: RFC 3339, UTC."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def told(sentence: str, zone: str) -> str:
    """The sentence with every moment that `kept` put into it as clocks in `zone` show it."""
    return _KEPT.sub(lambda found: day_and_clock(datetime.fromisoformat(found[0]), zone), sentence)


def _zone(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
