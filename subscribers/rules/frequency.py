"""How often is too often for a reader who does not want each mail."""

from datetime import datetime, timedelta

from subscribers.types import Frequency

# Half a day of grace: a letter that goes out each Tuesday at ten is never quite seven days after the one before.
_GRACE = timedelta(hours=12)
_PERIODS = {Frequency.WEEKLY: timedelta(days=7) - _GRACE, Frequency.MONTHLY: timedelta(days=28) - _GRACE}
LONGEST = max(_PERIODS.values())


def quiet_since(frequency: Frequency, now: datetime) -> datetime | None:
    """Whoever got a mail of the list after this moment wants no other one yet; None for those who want each."""
    period = _PERIODS.get(frequency)
    return now - period if period else None
