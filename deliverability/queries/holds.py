"""What stands still and waits for a person."""

from datetime import datetime
from typing import NamedTuple

from deliverability.models import Stream


class HeldStream(NamedTuple):
    """`reason` is in words for whoever must act; `until` is empty where only a person can end it."""

    id: int
    name: str
    reason: str
    until: datetime | None


def held_streams() -> list[HeldStream]:
    held = Stream.objects.exclude(held_reason="").order_by("name")
    return [HeldStream(*row) for row in held.values_list("id", "name", "held_reason", "held_until")]
