"""At which hours people get no marketing mail, and what that means for each time zone at a moment."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from deliverability.types import Window
from subscribers.models import QuietHours
from subscribers.queries.times import zone_of
from subscribers.rules.quiet_hours import Quiet, opening, zone_groups


def quiet_hours() -> Quiet | None:
    """None where mail may leave at any hour."""
    row = QuietHours.objects.values_list("begins", "ends").first()
    return Quiet(*row) if row else None


def windows(time_zones: Iterable[str], now: datetime) -> dict[str, Window] | None:
    """By each of these names the window of the zone that stands for it; an empty or unknown name is the
    organisation's. None where there are no quiet hours."""
    quiet = quiet_hours()
    if quiet is None:
        return None
    groups = zone_groups(time_zones, zone_of("").key, now)
    found = {zone: opening(quiet, ZoneInfo(zone), now) for zone in set(groups.values())}
    return {name: Window(zone, found[zone].opens_at, found[zone].closes_at) for name, zone in groups.items()}
