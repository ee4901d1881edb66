"""How long a lane needs for so many people: by its rate, and hour by hour where hours or days are capped."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
# Nobody plans further; a lane that is not done by then counts as one that never will be.
LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What bounds a lane. None: no such limit. `sent_today` and `sent_this_hour` count against the first day and hour.

    `per_day_on` names days whose cap differs, as in a warm-up; after the last of them `per_day` holds. Nothing leaves
    before `not_before`. Times are UTC.
    """

    per_second: float
    per_hour: int | None = None
    per_day: int | None = None
    per_day_on: Mapping[date, int | None] = field(default_factory=dict)
    sent_today: int = 0
    sent_this_hour: int = 0
    not_before: datetime | None = None


def done_at(people: int, bounds: Bounds, starts_at: datetime) -> datetime | None:
    """When the last of them has been sent to; None when that is more than a year away."""
    now = max(starts_at, bounds.not_before or starts_at)
    if bounds.per_hour is None and bounds.per_day is None and not bounds.per_day_on:
        took = timedelta(seconds=min(people / bounds.per_second, LONGEST.total_seconds() + 1))
        return now + took if took <= LONGEST else None
    end, left, today = now + LONGEST, people, bounds.sent_today if now.date() == starts_at.date() else 0
    this_hour = bounds.sent_this_hour if _hour(now) == _hour(starts_at) else 0
    while now < end:
        next_hour = _hour(now) + _HOUR
        room = _room(bounds, now.date(), today, this_hour)
        most = bounds.per_second * (next_hour - now).total_seconds()
        if left <= min(room, most):
            return now + timedelta(seconds=left / bounds.per_second)
        # Part of a message makes no message: what the rate leaves over goes with the next hour.
        sent = int(min(room, most))
        left -= sent
        today, this_hour = (today + sent, 0) if next_hour.date() == now.date() else (0, 0)
        now = next_hour
    return None


def _room(bounds: Bounds, day: date, today: int, this_hour: int) -> float:
    per_day = bounds.per_day_on.get(day, bounds.per_day)
    rooms = [cap - used for cap, used in ((bounds.per_hour, this_hour), (per_day, today)) if cap is not None]
    return max(0, min(rooms, default=float("inf")))


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)
