"""Which days of the year come next."""

from datetime import date, timedelta

_FEBRUARY_28, _FEBRUARY_29 = "02-28", "02-29"


def days_of_year(today: date, ahead: int) -> list[str]:
    """Today and the days ahead as month and day. A 29 February is kept on the 28th in years without one."""
    days = [today + timedelta(days=number) for number in range(min(ahead, 366) + 1)]
    found = {f"{day:%m-%d}" for day in days}
    if any(f"{day:%m-%d}" == _FEBRUARY_28 and (day + timedelta(days=1)).month == 3 for day in days):
        found.add(_FEBRUARY_29)
    return sorted(found)
