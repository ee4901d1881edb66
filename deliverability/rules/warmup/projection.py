"""Says day by day how far a warm-up gets with what waits, if every day stays healthy."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from deliverability.rules.warmup.climbing import Climb, Place, follow
from deliverability.rules.warmup.judging import ENOUGH, Verdict

# Whoever waits longer than this has chosen the wrong curve, and is told so.
LONGEST_DAYS = 400
# Priority of who opened or clicked in the last 30 days.
MOST_ENGAGED = 0


@dataclass(frozen=True, slots=True)
class ProjectedDay:
    """`cap` None: no limit any more. `left` wait at the end of the day."""

    day: date
    cap: int | None
    sent: int
    left: int


def project(
    climb: Climb, place: Place, *, waiting: Mapping[int, int], first: date, sent_before: int = 0
) -> list[ProjectedDay]:
    """The days from `first` until nobody waits, 400 at most. `waiting`: people by priority, lower ones go first.

    `sent_before` have left on the first day already.
    """
    days: list[ProjectedDay] = []
    left, day, idle = dict(sorted(waiting.items())), first, 0
    while any(left.values()) and len(days) < LONGEST_DAYS:
        cap = climb.cap(place, day)
        room = None if cap is None else max(0, cap - sent_before)
        sent = _send(left, room, is_engaged_only=climb.is_engaged_only(place, day))
        days.append(ProjectedDay(day, cap, sent, sum(left.values())))
        used, sent_before = sent + sent_before, 0
        idle = 0 if used else idle + 1
        verdict = Verdict.HEALTHY if cap is not None and used >= cap * ENOUGH else Verdict.LITTLE
        day += timedelta(days=1)
        place, _ = follow(place, verdict, climb, tomorrow=day, idle_days=idle)
    return days


def _send(left: dict[int, int], room: int | None, *, is_engaged_only: bool) -> int:
    """Take from those who wait what there is room for, the most engaged first."""
    total = 0
    for priority in left:
        if is_engaged_only and priority > MOST_ENGAGED:
            break
        sent = left[priority] if room is None else min(left[priority], room - total)
        left[priority] -= sent
        total += sent
    return total
