"""When somebody who has not confirmed a sign-up is reminded."""

from collections.abc import Sequence
from datetime import datetime, timedelta


def next_reminder(requested_at: datetime, hours: Sequence[int], *, reminded: int, now: datetime) -> datetime | None:
    """None once no reminder is left. What came due unseen is not made up for: one mail, not two."""
    times = [requested_at + timedelta(hours=each) for each in sorted(hours)]
    left = [time for time in times[reminded:] if time > now]
    return left[0] if left else None
