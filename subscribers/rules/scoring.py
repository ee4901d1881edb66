"""What somebody's acts are worth: points that halve every 30 days, beside fifths for recency, frequency and money.

Machines' opens and clicks are worth nothing, for they say nothing about a person.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

HALF_LIFE = timedelta(days=30)
# What is older weighs less than a thousandth.
LOOKS_BACK = timedelta(days=365)
MOST_POINTS = 900


class Deed(StrEnum):
    PURCHASE = "purchase"
    REPLY = "reply"
    CLICK = "click"
    OPEN = "open"


WEIGHTS: Mapping[Deed, int] = {Deed.PURCHASE: 10, Deed.REPLY: 8, Deed.CLICK: 5, Deed.OPEN: 1}
# What shops and apps call it; every other activity is worth nothing.
NAMES: Mapping[Deed, tuple[str, ...]] = {
    Deed.PURCHASE: ("ordered", "order", "purchased", "purchase", "bought"),
    Deed.REPLY: ("replied", "reply"),
}


def points(deed: Deed, happened_at: datetime, now: datetime) -> float:
    """What it is worth now; nothing from the future is worth more than its whole weight."""
    age = max(now - happened_at, timedelta())
    return float(WEIGHTS[deed] * 0.5 ** (age / HALF_LIFE))


def deed_of(name: str) -> Deed | None:
    """Of an activity by its name."""
    return next((deed for deed, names in NAMES.items() if name in names), None)
